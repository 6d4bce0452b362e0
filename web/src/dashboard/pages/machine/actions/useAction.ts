import { useState } from 'react';
import type { OperationResult } from 'urql';
import { ASKING, isSettled, stateAfter, type ActionState, type Problem } from './actionState';

interface Payload<Result> {
  readonly result: Result;
  readonly userErrors: readonly Problem[];
}

/**
 * One action, from asking to what came of it. `pick` takes the payload out of the mutation's data; `onSettled` is told
 * once the outcome of what was sent is known.
 */
export function useAction<Data, Variables, Result>(
  mutate: (variables: Variables) => Promise<OperationResult<Data>>,
  pick: (data: Data) => Payload<Result> | null,
  isSomething: (result: Result) => boolean = () => false,
  onSettled: (variables: Variables) => void = () => undefined,
): readonly [ActionState<Result>, (variables: Variables) => void] {
  const [state, setState] = useState<ActionState<Result>>(ASKING);
  async function run(variables: Variables) {
    setState({ step: 'sending' });
    const { data, error } = await mutate(variables);
    const payload = data ? pick(data) : null;
    const next = stateAfter({ payload, errors: error?.graphQLErrors ?? [] }, isSomething);
    if (isSettled(next)) onSettled(variables);
    setState(next);
  }
  return [state, (variables) => void run(variables)];
}
