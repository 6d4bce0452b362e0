// Documents by their names: @apollo/client's persisted query link (automatic persisted queries) by GET and by POST, and
// trusted documents, which the gateway knows from manifest.json.

import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import test from 'node:test';

import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { assertInOrder, authorization, headers, socketUrl, url, within } from './gateway.mjs';

// The cache would answer `__typename` by itself.
const fetchPolicy = 'network-only';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** A client, and what it sent: the method, and whether the document was with it. */
function recording(options) {
  const sent = [];
  const fetching = (uri, init) => {
    const whole = init.method === 'GET' ? new URL(uri).searchParams.has('query') : 'query' in JSON.parse(init.body);
    sent.push(`${init.method} ${whole ? 'document' : 'name'}`);
    return fetch(uri, init);
  };
  const link = ApolloLink.from([new PersistedQueryLink(options), new HttpLink({ uri: url, headers, fetch: fetching })]);
  return [new ApolloClient({ link, cache: new InMemoryCache() }), sent];
}

for (const method of ['GET', 'POST']) {
  test(`a document is sent once, and asked for by its hash with ${method} from then on`, within, async () => {
    const options = { sha256, useGETForHashedQueries: method === 'GET' };
    const query = gql(`query Q${randomUUID().replaceAll('-', '')} { __typename }`);
    const [first, sentFirst] = recording(options);
    assert.equal((await first.query({ query, fetchPolicy })).data.__typename, 'Query');
    assert.deepEqual(sentFirst, [`${method} name`, 'POST document']);
    const [second, sentSecond] = recording(options);
    assert.equal((await second.query({ query, fetchPolicy })).data.__typename, 'Query');
    assert.deepEqual(sentSecond, [`${method} name`]);
    first.stop();
    second.stop();
  });
}

test('a trusted document is asked for by the id that the build gave it', within, async () => {
  const [client, sent] = recording({ generateHash: () => 'typename' });
  const { data } = await client.query({ query: gql('query Typename { __typename }'), fetchPolicy });
  assert.equal(data.__typename, 'Query');
  assert.deepEqual(sent, ['POST name']);
  client.stop();
});

test('graphql-ws follows a trusted subscription by its id', within, async () => {
  const client = createClient({
    url: socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
  const events = [];
  for await (const { data, errors } of client.iterate({ query: '', documentId: 'events' })) {
    assert.equal(errors, undefined);
    events.push(data.events);
    if (events.length === 3) break;
  }
  assertInOrder(events);
  await client.dispose();
});
