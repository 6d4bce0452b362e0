import { useSyncExternalStore } from 'react';

/** The path after the `#`; `/` where there is none. */
export function usePath(): string {
  return useSyncExternalStore(onHashChange, () => pathOf(window.location.hash));
}

function onHashChange(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function pathOf(hash: string): string {
  const path = hash.replace(/^#/, '').replace(/\?.*$/, '').replace(/\/+$/, '');
  return path === '' ? '/' : path;
}

/** The named parts of a path that a pattern fits, `{ id: 'x' }` of `/machines/x` and `/machines/:id`; else null. */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':') && value !== '') params[part.slice(1)] = decoded(value);
    else if (part !== value) return null;
  }
  return params;
}

/** What somebody typed may be no percent-encoding at all. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
