import type { ErrorCode, ProblemFragment } from '../../../../generated/graphql';

export type Problem = ProblemFragment;

/** Where an action stands. */
export type ActionState<Result> =
  /** To be sent, for the first time or again. */
  | { readonly step: 'asking'; readonly problems: readonly Problem[]; readonly lost: boolean }
  | { readonly step: 'sending' }
  /** Carried out; with problems: not in whole. */
  | { readonly step: 'done'; readonly result: Result; readonly problems: readonly Problem[] }
  /** Nobody knows whether the vendor did it; it is not to be sent again. */
  | { readonly step: 'unknown'; readonly problems: readonly Problem[] };

export const ASKING: ActionState<never> = { step: 'asking', problems: [], lost: false };

/** What came back of a mutation: its payload, or why there is none. */
export interface Answer<Result> {
  readonly payload: { readonly result: Result; readonly userErrors: readonly Problem[] } | null;
  readonly errors: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
}

export function stateAfter<Result>(
  answer: Answer<Result>,
  isSomething: (result: Result) => boolean,
): ActionState<Result> {
  const { payload, errors } = answer;
  if (!payload) {
    // Without an answer of the gateway's nobody knows whether it was carried out.
    return { step: 'asking', problems: errors.map(problemOf), lost: errors.length === 0 };
  }
  const { result, userErrors: problems } = payload;
  if (problems.length === 0) return { step: 'done', result, problems };
  if (problems.some(({ code }) => code === 'OUTCOME_UNKNOWN')) return { step: 'unknown', problems };
  return isSomething(result) ? { step: 'done', result, problems } : { step: 'asking', problems, lost: false };
}

function problemOf({ message, extensions }: Answer<unknown>['errors'][number]): Problem {
  return {
    __typename: 'UserError',
    code: (extensions['code'] ?? 'INTERNAL') as ErrorCode,
    message,
    field: null,
    retryable: false,
    vendorCode: null,
    vendorMessage: null,
  } as Problem;
}

/** The problems of one field, and of none that the form has. */
export function problemsOf(problems: readonly Problem[], field: string): readonly Problem[] {
  return problems.filter((problem) => fieldOf(problem) === field);
}

export function otherProblems(problems: readonly Problem[], fields: readonly string[]): readonly Problem[] {
  return problems.filter((problem) => !fields.includes(fieldOf(problem) ?? ''));
}

function fieldOf({ field }: Problem): string | null {
  return field?.find((part) => part !== 'input') ?? null;
}

/** The key of an intent: the same for as long as the same is meant, another when something else is. */
export function createIntent(newKey: () => string): (input: object) => string {
  let meant: { readonly text: string; readonly key: string } | null = null;
  return (input) => {
    const text = JSON.stringify(input);
    if (meant?.text !== text) meant = { text, key: newKey() };
    return meant.key;
  };
}

/** `crypto.randomUUID` wants HTTPS; this does not. */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
