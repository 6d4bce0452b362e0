import { useState } from 'react';
import type { OperationResult } from 'urql';
import { ASKING, stateAfter, type ActionState, type Problem } from './actionState';

interface Payload<Result> {
  readonly result: Result;
  readonly userErrors: readonly Problem[];
}

/** One action, from asking to what came of it. `pick` takes the payload out of the mutation's data. */
export function useAction<Data, Variables, Result>(
  mutate: (variables: Variables) => Promise<OperationResult<Data>>,
  pick: (data: Data) => Payload<Result> | null,
  isSomething: (result: Result) => boolean = () => false,
): readonly [ActionState<Result>, (variables: Variables) => void] {
  const [state, setState] = useState<ActionState<Result>>(ASKING);
  async function run(variables: Variables) {
    setState({ step: 'sending' });
    const { data, error } = await mutate(variables);
    const payload = data ? pick(data) : null;
    setState(stateAfter({ payload, errors: error?.graphQLErrors ?? [] }, isSomething));
  }
  return [state, (variables) => void run(variables)];
}
