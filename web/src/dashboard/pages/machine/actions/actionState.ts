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

/** Whether it is known what came of an action; a gateway that fails may still have asked the vendor. */
export function isSettled(state: ActionState<unknown>): boolean {
  if (state.step === 'asking') return !state.lost && state.problems.every(({ code }) => code !== 'INTERNAL');
  return state.step === 'done';
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

/** Each of them once, however many of what was asked for it is said of; without what the form says in its own words. */
export function toldProblems(problems: readonly Problem[], step: ActionState<unknown>['step']): readonly Problem[] {
  const told = new Map(problems.map((problem) => [[problem.code, problem.vendorCode, problem.vendorMessage].join('/'), problem]));
  return [...told.values()].filter(({ code }) => step !== 'unknown' || code !== 'OUTCOME_UNKNOWN');
}

export function otherProblems(problems: readonly Problem[], fields: readonly string[]): readonly Problem[] {
  return problems.filter((problem) => !fields.includes(fieldOf(problem) ?? ''));
}

function fieldOf({ field }: Problem): string | null {
  return field?.find((part) => part !== 'input') ?? null;
}
