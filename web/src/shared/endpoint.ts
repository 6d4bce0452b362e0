/** The one GraphQL endpoint, on the page's own origin. */
export const GRAPHQL_PATH = '/graphql';

/** The same endpoint for WebSockets: `ws:` under `http:`, `wss:` under `https:`. */
export function webSocketUrl(page: { readonly href: string }): string {
  const url = new URL(GRAPHQL_PATH, page.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
