/** Why something could not be read, as far as the page knows it. */
export interface Failure {
  /** A code of the API's (`ErrorCode`); null: no answer came at all. */
  readonly code: string | null;
  /** The scope that the token lacks; null where it is something else. */
  readonly scope: string | null;
  /** The gateway's own words: for codes that the page has no words for. */
  readonly message: string;
}

interface Told {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** The gateway names a scope in its message alone. */
const SCOPE = /needs the scope `([a-z:-]+)`/;

export function failureOf(error: unknown): Failure {
  const told = firstTold(error);
  if (told) {
    const code = told.extensions?.['code'];
    return toldFailure({ code: typeof code === 'string' ? code : 'INTERNAL', message: told.message });
  }
  // An answer that is none of the API's comes from something before the gateway.
  return { code: null, scope: null, message: '' };
}

/** What the API tells of an error by itself, as a source and an account's health do. */
export function toldFailure({ code, message }: { readonly code: string; readonly message: string }): Failure {
  return { code, scope: SCOPE.exec(message)?.[1] ?? null, message };
}

function firstTold(error: unknown): Told | undefined {
  if (Array.isArray(error)) return error[0] as Told | undefined;
  const told = (error as { graphQLErrors?: readonly Told[] } | null | undefined)?.graphQLErrors;
  return told?.[0];
}
