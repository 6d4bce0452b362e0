import { authorization, initialHeaders, parseHeaders } from './requestHeaders';

const KEY = 'vendgraph:graphiql:headers';

/** The headers that a new tab starts with: the last ones that carried a token. They end with the browser's tab. */
export interface SessionHeaders {
  /** What the page was opened with. */
  readonly initial: string;
  current(): string;
  /** Keeps the header editor's text when it carries a token; says whether it does. */
  keep(text: string): boolean;
}

export function sessionHeaders(
  devToken: string | null,
  session: Pick<Storage, 'getItem' | 'setItem'>,
): SessionHeaders {
  const pasted = devToken === null ? session.getItem(KEY) : null;
  const initial = pasted ?? initialHeaders(devToken);
  let current = initial;
  return {
    initial,
    current: () => current,
    keep(text) {
      if (authorization(parseHeaders(text)) === null) return false;
      current = text;
      if (devToken === null) session.setItem(KEY, text);
      return true;
    },
  };
}
