import { cacheExchange, Client, fetchExchange } from 'urql';
import { GRAPHQL_PATH } from '../../shared/endpoint';

/**
 * The client for queries and mutations. Whatever answers 401 ends the session: nobody else need look for it.
 */
export function createApi(token: string, unauthorized: () => void): Client {
  return new Client({
    url: GRAPHQL_PATH,
    exchanges: [cacheExchange, fetchExchange],
    preferGetMethod: false,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      if (response.status === 401) unauthorized();
      return response;
    },
  });
}
