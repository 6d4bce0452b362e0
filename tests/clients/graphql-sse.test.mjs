// The npm package graphql-sse, in its mode of distinct connections; and what an EventSource does by itself.

import assert from 'node:assert/strict';
import test from 'node:test';

import { createClient } from 'graphql-sse';

import { assertInOrder, EVENTS, headers, placeOf, TYPENAME, url, within } from './gateway.mjs';

const client = () => createClient({ url, headers, retryAttempts: 0 });

async function take(iterator, count) {
  const taken = [];
  for await (const result of iterator) {
    taken.push(result);
    if (taken.length === count) break;
  }
  return taken;
}

test('follows events in order', within, async () => {
  const following = client();
  const events = await take(following.iterate({ query: EVENTS }), 5);
  assertInOrder(events.map((result) => result.data.events));
  following.dispose();
});

test('is answered queries', within, async () => {
  const asking = client();
  const results = await take(asking.iterate({ query: TYPENAME }), 2);
  assert.equal(results.length, 1);
  assert.equal(typeof results[0].data.__typename, 'string');
  asking.dispose();
});

test('is told what is wrong with an operation', within, async () => {
  const asking = client();
  const results = await take(asking.iterate({ query: 'subscription {' }), 2);
  assert.equal(results.length, 1);
  assert.equal(results[0].errors[0].extensions.code, 'BAD_USER_INPUT');
  asking.dispose();
});

test('goes on after the last event it saw', within, async () => {
  const first = await stream({}, 3);
  assert.deepEqual(first.map(({ id }) => id), first.map(({ data }) => data.data.events.cursor));
  const again = await stream({ 'last-event-id': first[0].id }, 2);
  assert.deepEqual(again.map(({ id }) => id), [first[1].id, first[2].id]);
  assert.ok(placeOf(again[0].id) > placeOf(first[0].id));
});

/** What an EventSource does: reads events with their ids. */
async function stream(more, count) {
  const leaving = new AbortController();
  const response = await fetch(`${url}?${new URLSearchParams({ query: EVENTS })}`, {
    headers: { ...headers, ...more, accept: 'text/event-stream' },
    signal: leaving.signal,
  });
  assert.equal(response.status, 200);
  const events = [];
  let text = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: ?(.*)/, 2)));
      if (fields.event === 'next') events.push({ id: fields.id, data: JSON.parse(fields.data) });
    }
    if (events.length >= count) break;
  }
  leaving.abort();
  return events.slice(0, count);
}
