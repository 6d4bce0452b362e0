import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFetcher } from './fetcher';
import { initialHeaders } from './requestHeaders';

const fetched = vi.fn<typeof fetch>();

beforeEach(() => vi.stubGlobal('fetch', fetched));
afterEach(() => {
  fetched.mockReset();
  vi.unstubAllGlobals();
});

function answer(body: string, type = 'application/graphql-response+json; charset=utf-8', status = 200) {
  fetched.mockResolvedValue(new Response(body, { status, headers: { 'content-type': type } }));
}

function sentHeaders() {
  return new Headers(fetched.mock.calls[0]?.[1]?.headers);
}

describe('an operation', () => {
  const query = 'query A { viewer { subject } }';
  const run = (headers: Record<string, string>) =>
    createFetcher(() => initialHeaders('page'))({ query, operationName: 'A' }, { headers, documentAST: parse(query) });

  it('is posted with the headers of its tab alone', async () => {
    answer('{"data":{}}');
    await expect(run({ Authorization: 'Bearer tab' })).resolves.toEqual({ data: {} });
    expect(fetched.mock.calls[0]?.[0]).toBe('/graphql');
    expect(sentHeaders().get('accept')).toBe('application/graphql-response+json, application/json;q=0.9');
    expect(sentHeaders().get('authorization')).toBe('Bearer tab');
  });

  it('is not helped with a token that its tab does not hold', async () => {
    answer('{"data":{}}');
    await run({});
    expect(sentHeaders().has('authorization')).toBe(false);
  });

  it('answers with GraphQL errors whatever the HTTP status', async () => {
    answer('{"errors":[{"message":"no"}]}', 'application/json', 401);
    await expect(run({})).resolves.toEqual({ errors: [{ message: 'no' }] });
  });

  it('says what came instead of JSON', async () => {
    answer('<html>', 'text/html', 502);
    await expect(run({})).rejects.toThrow('HTTP 502: the answer is not JSON but text/html.');
  });
});

describe('the schema', () => {
  const ask = (headers: string) =>
    createFetcher(() => headers)({ query: '{ __schema { queryType { name } } }', operationName: 'IntrospectionQuery' });

  it('is read with the token of the page, which GraphiQL does not pass on', async () => {
    answer('{"data":{}}');
    await ask(initialHeaders('page'));
    expect(sentHeaders().get('authorization')).toBe('Bearer page');
  });

  it('is introduced in our words', async () => {
    answer('{"data":{"__schema":{"description":"A GraphQL schema is …","types":[]}}}');
    await expect(ask(initialHeaders('page'))).resolves.toMatchObject({
      data: { __schema: { description: expect.stringMatching(/^One API over every vending machine/), types: [] } },
    });
  });

  it('is not asked for without a token', async () => {
    await expect(ask(initialHeaders(null))).rejects.toThrow('Put a token into the header editor');
    expect(fetched).not.toHaveBeenCalled();
  });
});
