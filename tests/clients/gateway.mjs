// Where the gateway is, and what every client asks of it. Its events must be coming, as they do under `vendgraph dev`.
//
//   VENDGRAPH_URL=http://127.0.0.1:8080/graphql VENDGRAPH_TOKEN=… node --test --test-force-exit
//
// It must trust what stands in manifest.json (VENDGRAPH__DOCUMENTS__MANIFEST).

import assert from 'node:assert/strict';

export const url = process.env.VENDGRAPH_URL;
export const token = process.env.VENDGRAPH_TOKEN;
if (!url || !token) {
  console.error('set VENDGRAPH_URL to the endpoint and VENDGRAPH_TOKEN to a token');
  process.exit(2);
}

export const socketUrl = url.replace(/^http/, 'ws');
export const authorization = `Bearer ${token}`;
export const headers = { authorization };

export const EVENTS = 'subscription { events { id cursor kind } }';
export const TYPENAME = '{ __typename }';
export const WRONG = 'subscription { events { thereIsNoSuchField } }';

/** How long a client may take for what must come. */
export const within = { timeout: 60_000 };

/** Checks events as they came: each once, in the order of the log. */
export function assertInOrder(events) {
  const places = events.map(({ id, cursor, kind }) => {
    assert.equal(id, cursor);
    assert.ok(kind);
    return placeOf(cursor);
  });
  for (let position = 1; position < places.length; position += 1) {
    assert.ok(places[position] > places[position - 1], `${places}`);
  }
}

/** A cursor's place in the log. */
export function placeOf(cursor) {
  const [, place] = /^event\/(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString());
  return BigInt(place);
}
