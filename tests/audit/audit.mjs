// Runs the GraphQL over HTTP audit suite against a running gateway:
//
//   VENDGRAPH_URL=http://127.0.0.1:8080/graphql VENDGRAPH_TOKEN=… node audit.mjs
//
// Prints every check that does not pass, whether it says MUST, SHOULD or MAY; exits with 1 if there is one.

import { serverAudits } from 'graphql-http';

const url = process.env.VENDGRAPH_URL;
const token = process.env.VENDGRAPH_TOKEN;
if (!url || !token) {
  console.error('set VENDGRAPH_URL to the endpoint and VENDGRAPH_TOKEN to a token');
  process.exit(2);
}

function fetchFn(address, init = {}) {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  return fetch(address, { ...init, headers });
}

const results = await Promise.all(serverAudits({ url, fetchFn }).map((audit) => audit.fn()));
const failed = results.filter((result) => result.status !== 'ok');
for (const { id, name, status, reason } of failed) {
  console.log(`${status} ${id} ${name}: ${reason}`);
}
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length === 0 ? 0 : 1);
