// @apollo/client: its GraphQLWsLink, and its HttpLink, which follows subscriptions in multipart answers.

import assert from 'node:assert/strict';
import test from 'node:test';

import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

import { assertInOrder, authorization, EVENTS, headers, socketUrl, TYPENAME, url, within } from './gateway.mjs';

// The link names what browsers and Node from 22 on have by themselves.
globalThis.WebSocket ??= WebSocket;

function overSocket() {
  const connection = createClient({
    url: socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
  return [new GraphQLWsLink(connection), () => connection.dispose()];
}

const overHttp = () => [new HttpLink({ uri: url, headers }), () => {}];

function follow(client, query, count) {
  return new Promise((resolve, reject) => {
    const results = [];
    const subscription = client.subscribe({ query: gql(query), errorPolicy: 'all' }).subscribe({
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

for (const [name, link] of [['GraphQLWsLink', overSocket], ['HttpLink', overHttp]]) {
  test(`${name} follows events in order, and asks queries`, within, async () => {
    const [transport, dispose] = link();
    const client = new ApolloClient({ link: transport, cache: new InMemoryCache() });
    const results = await follow(client, EVENTS, 5);
    assert.equal(results.length, 5);
    assert.deepEqual(results.flatMap(({ error }) => (error ? [error] : [])), []);
    assertInOrder(results.map(({ data }) => data.events));
    const { data } = await client.query({ query: gql(TYPENAME) });
    assert.equal(typeof data.__typename, 'string');
    client.stop();
    await dispose();
  });

  test(`${name} is told what is wrong with an operation`, within, async () => {
    const [transport, dispose] = link();
    const client = new ApolloClient({ link: transport, cache: new InMemoryCache() });
    const query = 'subscription ($needed: ID!) { events(after: $needed) { id } }';
    const [{ error }] = await follow(client, query, 1);
    assert.match(error.message, /needed/);
    client.stop();
    await dispose();
  });
}
