/** Something that was asked for and whose outcome nobody knows: asked again, it goes by the same key. */
export interface Intents<Input extends object> {
  /** The key of what is meant: the same until its outcome is known, whatever is meant in between. */
  keyOf(input: Input): string;
  /** Its outcome is known: who means the same later means it anew. */
  settle(input: Input): void;
  /** What was meant last of those that are not settled. */
  pending(fits: (input: Input) => boolean): Input | null;
}

type Kept = Readonly<Record<string, string>>;

/** Kept in the tab's storage: they outlive the dialog, the page, and its being loaded again. */
export function createIntents<Input extends object>(
  storage: Pick<Storage, 'getItem' | 'setItem'>,
  name: string,
  newKey: () => string,
): Intents<Input> {
  const read = (): Kept => {
    try {
      return JSON.parse(storage.getItem(name) ?? '{}') as Kept;
    } catch {
      return {};
    }
  };
  const write = (kept: Kept) => storage.setItem(name, JSON.stringify(kept));
  const without = (kept: Kept, text: string): Kept => Object.fromEntries(Object.entries(kept).filter(([key]) => key !== text));
  return {
    keyOf: (input) => {
      const text = JSON.stringify(input);
      const kept = read();
      const key = kept[text] ?? newKey();
      write({ ...without(kept, text), [text]: key });
      return key;
    },
    settle: (input) => write(without(read(), JSON.stringify(input))),
    pending: (fits) =>
      Object.keys(read())
        .map((text) => JSON.parse(text) as Input)
        .findLast(fits) ?? null,
  };
}

/** `crypto.randomUUID` wants HTTPS; this does not. */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
