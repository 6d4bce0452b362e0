/**
 * A selector that computes again only when one of its inputs is another object: `useLive` needs the same answer for
 * the same state.
 */
export function derive<State, const Inputs extends readonly unknown[], Result>(
  select: (state: State) => Inputs,
  compute: (...inputs: Inputs) => Result,
): (state: State) => Result {
  let kept: { readonly inputs: Inputs; readonly result: Result } | null = null;
  return (state) => {
    const inputs = select(state);
    if (kept && inputs.every((input, index) => Object.is(input, kept?.inputs[index]))) return kept.result;
    kept = { inputs, result: compute(...inputs) };
    return kept.result;
  };
}
