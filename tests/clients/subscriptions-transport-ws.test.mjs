// The npm package subscriptions-transport-ws, which old Apollo clients are made of: sub-protocol graphql-ws.

import assert from 'node:assert/strict';
import test from 'node:test';

import transport from 'subscriptions-transport-ws';
import WebSocket from 'ws';

import { assertInOrder, authorization, EVENTS, socketUrl, TYPENAME, within } from './gateway.mjs';

const client = (options) => new transport.SubscriptionClient(socketUrl, { reconnect: false, ...options }, WebSocket);

function follow(client, query, count) {
  return new Promise((resolve, reject) => {
    const results = [];
    const subscription = client.request({ query }).subscribe({
      next: (result) => {
        results.push(result);
        if (results.length === count) {
          subscription.unsubscribe();
          resolve(results);
        }
      },
      error: reject,
      complete: () => resolve(results),
    });
  });
}

test('follows events in order, and asks queries', within, async () => {
  const following = client({ connectionParams: { authorization } });
  const [events, answers] = await Promise.all([follow(following, EVENTS, 5), follow(following, TYPENAME, 2)]);
  assertInOrder(events.map(({ data }) => data.events));
  assert.equal(answers.length, 1);
  assert.equal(typeof answers[0].data.__typename, 'string');
  following.close();
});

test('is told what is wrong with an operation', within, async () => {
  const asking = client({ connectionParams: { authorization } });
  await assert.rejects(follow(asking, 'query ($id: ID!) { node(id: $id) { id } }', 1), (refused) => {
    const [error] = [refused].flat();
    return error.extensions.code === 'BAD_USER_INPUT';
  });
  asking.close();
});

test('is told that its token is bad', within, async () => {
  const refused = await new Promise((connectionCallback) => {
    client({ connectionParams: { authorization: 'Bearer nonsense' }, connectionCallback });
  });
  assert.equal(refused.message, 'Forbidden');
});
