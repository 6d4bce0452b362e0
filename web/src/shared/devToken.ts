/**
 * The token that `vendgraph dev` writes into the page, or null. Every other way to serve the page leaves the
 * element's content empty.
 */
export function readDevToken(page: Pick<Document, 'querySelector'>): string | null {
  const content = page.querySelector('meta[name="vendgraph-dev-token"]')?.getAttribute('content')?.trim();
  return content || null;
}
