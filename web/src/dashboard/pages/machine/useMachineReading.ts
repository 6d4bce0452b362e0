import { useEffect, useRef, useState } from 'react';
import { useQuery, type TypedDocumentNode } from 'urql';
import type { EventKind } from '../../../generated/graphql';
import { failureOf, type Failure } from '../../api/failure';
import { READ_EVERY } from '../../live/keepFresh';
import { useLive } from '../../live/LiveProvider';
import { useRevival } from '../../live/useRevival';
import { useEvery } from '../../parts/useEvery';
import { keptAfter, NOTHING_KEPT, type Kept } from './keptReading';

/** What happens at a machine comes in handfuls: it is read again once for all of them. */
const REREAD_AFTER = 600;

export interface MachineReading<Data> extends Kept<Data> {
  readonly failure: Failure | null;
  readonly reading: boolean;
  readonly reread: () => void;
}

/**
 * A part of a machine: read when the page is opened, after events of these kinds at it, when a lost connection is back,
 * and every now and then. What was known outlives a reading that fails.
 */
export function useMachineReading<Data extends { readonly machine: object | null }>(
  query: TypedDocumentNode<Data, { id: string }>,
  id: string,
  kinds: readonly EventKind[] = [],
): MachineReading<Data> {
  const [{ data, error, fetching }, read] = useQuery({ query, variables: { id }, requestPolicy: 'cache-and-network' });
  const [kept, setKept] = useState<{ readonly known: Kept<Data>; readonly of: readonly unknown[] }>({
    known: NOTHING_KEPT,
    of: [],
  });
  // Derived from one rendering to the next: urql forgets the data when an error comes instead.
  let { known } = kept;
  if (kept.of[0] !== data || kept.of[1] !== error) {
    known = keptAfter(known, { data, failed: error !== undefined, now: Date.now() });
    setKept({ known, of: [data, error] });
  }
  const reread = () => read({ requestPolicy: 'network-only' });
  useEvery(READ_EVERY, reread);
  useRevival(reread);
  useRereadAfter(id, kinds, reread);
  return { ...known, failure: error ? failureOf(error) : null, reading: fetching, reread };
}

function useRereadAfter(id: string, kinds: readonly EventKind[], reread: () => void): void {
  const newest = useLive(({ feed }) => feed.events.find((event) => event.machine?.id === id && kinds.includes(event.kind)));
  const cursor = newest?.cursor;
  const seen = useRef(cursor);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef(reread);
  useEffect(() => {
    latest.current = reread;
  });
  useEffect(() => {
    if (cursor === undefined || cursor === seen.current) return;
    seen.current = cursor;
    timer.current ??= setTimeout(() => {
      timer.current = null;
      latest.current();
    }, REREAD_AFTER);
  }, [cursor]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
}
