import type { FetcherParams } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';
import { webSocketUrl } from '../shared/endpoint';
import { messageError } from './messageError';

/**
 * One subscription over graphql-transport-ws. Each has a connection of its own, opened when it starts and closed
 * when it ends, so that it speaks with the token of the tab that it was started in.
 */
export function subscribe(
  { query, variables, operationName }: FetcherParams,
  authorization: string | null,
): AsyncIterableIterator<ExecutionResult> {
  const client = createClient({
    url: webSocketUrl(window.location),
    connectionParams: authorization === null ? {} : { authorization },
    retryAttempts: 0,
  });
  const payload = { query, variables: variables as Record<string, unknown> | undefined, operationName };
  const results = client.iterate(payload) as AsyncIterableIterator<ExecutionResult>;
  // Not an async generator: its `return` would wait for the next result, and GraphiQL's stop button with it.
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => results.next().catch((error: unknown) => Promise.reject(readable(error))),
    return: () => results.return!(),
  };
}

/** What graphql-ws throws may be the WebSocket's own event, which says nothing when printed. */
function readable(error: unknown): unknown {
  if (error instanceof CloseEvent) {
    return messageError(`The WebSocket was closed with code ${error.code}${error.reason && `: ${error.reason}`}.`);
  }
  return error instanceof Event ? messageError('No WebSocket could be opened at the endpoint.') : error;
}
