/** What a part of a machine was read as, and since when. */
export interface Kept<Data> {
  readonly data: Data | undefined;
  /** When all of it was read (ms since 1970); null: never yet. */
  readonly readAt: number | null;
  /** Whether some of it is of an earlier reading, since the last one failed. */
  readonly isOld: boolean;
}

export const NOTHING_KEPT: Kept<never> = { data: undefined, readAt: null, isOld: false };

/**
 * What is known after a reading: a failed one takes nothing away. A field that is null beside an error is not known to
 * be null, and a list that its only source could not give is not empty.
 */
export function keptAfter<Data extends { readonly machine: object | null }>(
  kept: Kept<Data>,
  { data, failed, now }: { readonly data: Data | undefined; readonly failed: boolean; readonly now: number },
): Kept<Data> {
  if (data === undefined) return failed ? { ...kept, isOld: kept.data !== undefined } : kept;
  const before = kept.data?.machine;
  if (!before) return { data, readAt: now, isOld: false };
  if (!data.machine) return failed ? { ...kept, isOld: true } : { data, readAt: now, isOld: false };
  const known: Readonly<Record<string, unknown>> = { ...before };
  let isOld = false;
  const machine = Object.fromEntries(
    Object.entries(data.machine).map(([name, value]) => {
      const told = known[name];
      if (told == null) return [name, value];
      if (value === null && failed) {
        isOld = true;
        return [name, told];
      }
      if (!isUnanswered(value) || isUnanswered(told)) return [name, value];
      isOld = true;
      // Why its source has nothing to say is news.
      return [name, { ...told, sources: value.sources }];
    }),
  );
  return { data: { ...data, machine }, readAt: isOld ? kept.readAt : now, isOld };
}

interface List {
  readonly nodes: readonly unknown[];
  readonly sources: readonly { readonly ok: boolean }[];
}

/** A list without a row, whose source failed. */
function isUnanswered(value: unknown): value is List {
  if (typeof value !== 'object' || value === null || !('nodes' in value) || !('sources' in value)) return false;
  const { nodes, sources } = value as List;
  return nodes.length === 0 && sources.some(({ ok }) => !ok);
}
