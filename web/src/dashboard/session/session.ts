/** Why nobody is signed in any more; null: nobody asked, or somebody signed out. */
export type EndReason = 'unauthorized' | null;

export interface SessionState {
  readonly token: string | null;
  readonly endReason: EndReason;
}

export interface Session {
  get(): SessionState;
  subscribe(listener: () => void): () => void;
  signIn(token: string): void;
  signOut(): void;
  /** The gateway does not take this token (any more). One that was replaced meanwhile ends nothing. */
  refuse(token: string): void;
}

const KEY = 'vendgraph.dashboard.token';

/** Who is signed in, until the browser's tab is closed. A token of the tab's own wins over the developer's. */
export function createSession(storage: Storage, devToken: string | null): Session {
  let state: SessionState = { token: storage.getItem(KEY) ?? devToken, endReason: null };
  const listeners = new Set<() => void>();

  function become(next: SessionState) {
    state = next;
    if (next.token === null) storage.removeItem(KEY);
    else storage.setItem(KEY, next.token);
    for (const listener of listeners) listener();
  }

  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    signIn: (pasted) => become({ token: bare(pasted), endReason: null }),
    signOut: () => become({ token: null, endReason: null }),
    refuse: (token) => {
      if (token === state.token) become({ token: null, endReason: 'unauthorized' });
    },
  };
}

/** What people paste: with `Bearer`, with quotes, with blanks and line breaks. */
function bare(pasted: string): string {
  return pasted.replace(/^[\s"']*(?:bearer\s+)?|[\s"']+$/gi, '');
}
