import { useEffect, useRef } from 'react';
import { useQuery, type CombinedError, type TypedDocumentNode } from 'urql';
import type { EventKind } from '../../../generated/graphql';
import { READ_EVERY } from '../../live/keepFresh';
import { useLive } from '../../live/LiveProvider';
import { useEvery } from '../../parts/useEvery';

/** What happens at a machine comes in handfuls: it is read again once for all of them. */
const REREAD_AFTER = 600;

export interface MachineReading<Data> {
  readonly data: Data | undefined;
  readonly error: CombinedError | undefined;
  readonly reading: boolean;
  readonly reread: () => void;
}

/** A part of a machine: read when the page is opened, after events of these kinds at it, and every now and then. */
export function useMachineReading<Data>(
  query: TypedDocumentNode<Data, { id: string }>,
  id: string,
  kinds: readonly EventKind[] = [],
): MachineReading<Data> {
  const [{ data, error, fetching }, read] = useQuery({ query, variables: { id }, requestPolicy: 'cache-and-network' });
  const reread = () => read({ requestPolicy: 'network-only' });
  useEvery(READ_EVERY, reread);
  useRereadAfter(id, kinds, reread);
  return { data, error, reading: fetching, reread };
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
