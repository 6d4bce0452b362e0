// The npm package graphql-ws: sub-protocol graphql-transport-ws.

import assert from 'node:assert/strict';
import test from 'node:test';

import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { assertInOrder, authorization, EVENTS, socketUrl, TYPENAME, within, WRONG } from './gateway.mjs';

function client(options = {}) {
  return createClient({
    url: socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
    ...options,
  });
}

async function take(iterator, count) {
  const taken = [];
  for await (const result of iterator) {
    assert.equal(result.errors, undefined);
    taken.push(result.data.events);
    if (taken.length === count) break;
  }
  return taken;
}

test('follows events in order, several at once on one socket', within, async () => {
  let sockets = 0;
  const following = client({ on: { opened: () => (sockets += 1) } });
  const rows = await Promise.all([1, 2, 3].map(() => take(following.iterate({ query: EVENTS }), 5)));
  for (const row of rows) {
    assert.equal(row.length, 5);
    assertInOrder(row);
  }
  assert.equal(sockets, 1);
  await following.dispose();
});

test('is answered queries over the socket', within, async () => {
  const asking = client();
  const results = [];
  for await (const result of asking.iterate({ query: TYPENAME })) results.push(result);
  assert.equal(results.length, 1);
  assert.equal(typeof results[0].data.__typename, 'string');
  await asking.dispose();
});

test('is told what is wrong with an operation, and keeps the socket', within, async () => {
  let closed;
  // Not lazy, so that the socket does not end with its only operation.
  const asking = client({ lazy: false, on: { closed: (event) => (closed = event) } });
  const refused = await new Promise((resolve, reject) => {
    asking.subscribe({ query: 'subscription {' }, { next: reject, error: resolve, complete: reject });
  });
  assert.ok(Array.isArray(refused), `${refused}`);
  assert.equal(refused[0].extensions.code, 'BAD_USER_INPUT');
  assert.equal(closed, undefined);
  assert.equal((await take(asking.iterate({ query: EVENTS }), 1)).length, 1);
  await asking.dispose();
});

test('is refused a field that does not exist', { ...within, skip: process.env.VENDGRAPH_FAKE }, async () => {
  const asking = client();
  await assert.rejects(async () => {
    for await (const result of asking.iterate({ query: WRONG })) assert.fail(JSON.stringify(result));
  }, (refused) => Array.isArray(refused) && refused[0].extensions.code === 'BAD_USER_INPUT');
  await asking.dispose();
});

test('is closed with 4403 with a bad token', within, async () => {
  const stranger = client({ connectionParams: { authorization: 'Bearer nonsense' } });
  const refused = await new Promise((resolve, reject) => {
    stranger.subscribe({ query: EVENTS }, { next: reject, error: resolve, complete: reject });
  });
  assert.equal(refused.code, 4403);
});
