import { useMemo, useSyncExternalStore } from 'react';

/** What stands after the `?` of the hash: what a page is filtered by, so that links and Back work. */
export function useHashQuery(): URLSearchParams {
  const text = useSyncExternalStore(onHashChange, () => queryOf(window.location.hash));
  return useMemo(() => new URLSearchParams(text), [text]);
}

/** Writes it. What was typed replaces what stood there, what was chosen is a place that Back comes back to. */
export function writeHashQuery(query: URLSearchParams, how: 'push' | 'replace'): void {
  const hash = withQuery(window.location.hash, query);
  if (hash === window.location.hash) return;
  // Unlike `history.replaceState`, this tells everybody that the hash is another.
  if (how === 'replace') window.location.replace(hash);
  else window.location.hash = hash;
}

export function queryOf(hash: string): string {
  const start = hash.indexOf('?');
  return start < 0 ? '' : hash.slice(start + 1);
}

export function withQuery(hash: string, query: URLSearchParams): string {
  const path = hash.replace(/\?.*$/, '') || '#/';
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

function onHashChange(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
