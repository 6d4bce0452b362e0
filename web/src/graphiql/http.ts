import type { FetcherParams } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';
import { GRAPHQL_PATH } from '../shared/endpoint';
import { messageError } from './messageError';
import type { RequestHeaders } from './requestHeaders';

/** One operation, one answer. */
export async function post(params: FetcherParams, headers: RequestHeaders): Promise<ExecutionResult> {
  const response = await fetch(GRAPHQL_PATH, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json, application/json;q=0.9',
      ...headers,
    },
    body: JSON.stringify(params),
  });
  const type = response.headers.get('content-type') ?? '';
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    throw messageError(`HTTP ${response.status}: the answer is not JSON but ${type || 'of no type'}.`);
  }
  return (await response.json()) as ExecutionResult;
}
