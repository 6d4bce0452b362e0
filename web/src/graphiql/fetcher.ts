import type { Fetcher, FetcherOpts, FetcherParams } from '@graphiql/toolkit';
import { type ExecutionResult, getOperationAST } from 'graphql';
import { post } from './http';
import { messageError } from './messageError';
import { authorization, parseHeaders, type RequestHeaders } from './requestHeaders';
import { subscribe } from './webSocket';

const INTRODUCTION = `One API over every vending machine of an operator, whichever vendor made it.

Start with \`machines\`; \`events\` tells what happens, as a query and as a subscription. Every list says in \`sources\`
how each account answered and how fresh that is. Ids are opaque. A command says in \`userErrors\` what you can mend.`;

/** How GraphiQL reaches the gateway. `headers` is the text of the headers that a tab starts with. */
export function createFetcher(headers: () => string): Fetcher {
  return (params, options) => {
    if (isSubscription(params, options)) {
      return subscribe(params, authorization(options?.headers as RequestHeaders | undefined));
    }
    if (params.operationName === 'IntrospectionQuery') {
      return introspect(params, headers());
    }
    return post(params, (options?.headers ?? {}) as RequestHeaders);
  };
}

/** GraphiQL asks for the schema before its header editor exists, and so without headers. */
async function introspect(params: FetcherParams, headers: string) {
  const known = parseHeaders(headers);
  if (known === null || authorization(known) === null) {
    throw messageError('Put a token into the header editor, after “Bearer ”; the schema is read with it.');
  }
  return introduced(await post(params, known));
}

/** Under `__schema.description` the gateway's library says what a schema is at all, and GraphiQL's docs open with it. */
function introduced(answer: ExecutionResult): ExecutionResult {
  const schema = answer.data?.__schema as object | undefined;
  return schema ? { ...answer, data: { ...answer.data, __schema: { ...schema, description: INTRODUCTION } } } : answer;
}

function isSubscription({ operationName }: FetcherParams, options: FetcherOpts | undefined): boolean {
  const document = options?.documentAST;
  return document ? getOperationAST(document, operationName)?.operation === 'subscription' : false;
}
