import { useEffect, useRef, useState } from 'react';
import { useClient, type Client } from 'urql';
import { SalesTodayDocument, type PaymentMethod, type SalesTodayQuery } from '../../../generated/graphql';
import { failureOf, type Failure } from '../../api/failure';
import { systemClock } from '../../live/clock';
import { keepFresh } from '../../live/keepFresh';
import { useLive, useReading } from '../../live/LiveProvider';
import { useRevival } from '../../live/useRevival';
import { decimalsOf, MINUTE } from '../../live/reducers/sales';
import { dayOf, type Part } from './salesSums';

/** So many machines may be asked for at once. */
const MACHINES_AT_ONCE = 500;

export interface Today {
  readonly parts: readonly (Part & { readonly method: PaymentMethod })[];
  /** From when to when, ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** Of how many machines the sums are known, and of how many they were asked for. */
  readonly machines: number;
  readonly asked: number;
  /** Why the sums of some machines are missing. */
  readonly failures: readonly Failure[];
}

/** What was sold since midnight; summed by the vendors, read every minute. Null: not read yet; 'none': no machine is known. */
export function useToday(): Today | 'none' | null {
  const api = useClient();
  const machines = useLive((state) => state.machines.byId);
  const isRead = machines.size > 0;
  const { viewer } = useReading();
  // Nobody will read them for who may not see them, or has none.
  const none = viewer !== null && (viewer.accounts.length === 0 || !viewer.scopes.includes('machines:read'));
  const current = useRef(machines);
  current.current = machines;
  const again = useRef<() => void>(() => undefined);
  useRevival(() => again.current());
  const [today, setToday] = useState<Today | null>(null);
  useEffect(() => {
    if (!isRead) return;
    let left = false;
    const refresh = keepFresh(
      systemClock,
      async () => {
        const read = await readToday(api, [...current.current.keys()], Date.now());
        // What failed as a whole takes nothing away: what was known is as of its time.
        if (!left) setToday((before) => (read.machines === 0 && before ? { ...before, failures: read.failures } : read));
      },
      { every: MINUTE, soon: 0 },
    );
    refresh.soon();
    again.current = refresh.soon;
    return () => {
      left = true;
      refresh.stop();
    };
  }, [api, isRead]);
  return none ? 'none' : today;
}

async function readToday(api: Client, machineIds: readonly string[], now: number): Promise<Today> {
  const from = dayOf(now);
  // Whole seconds: the window is not to end in what is still to come.
  const to = Math.max(from + 1000, Math.floor(now / 1000) * 1000);
  const parts: Today['parts'][number][] = [];
  const failures: Failure[] = [];
  let machines = 0;
  for (let first = 0; first < machineIds.length; first += MACHINES_AT_ONCE) {
    const variables = {
      machineIds: machineIds.slice(first, first + MACHINES_AT_ONCE),
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    };
    const { data, error } = await api.query(SalesTodayDocument, variables, { requestPolicy: 'network-only' });
    if (error) failures.push(...(error.graphQLErrors.length > 0 ? error.graphQLErrors.map((each) => failureOf([each])) : [failureOf(error)]));
    machines += data?.salesStatistics?.length ?? 0;
    parts.push(...(data?.salesStatistics ?? []).flatMap(partsOf));
  }
  return { parts, from, to, machines, asked: machineIds.length, failures };
}

function partsOf({ byMethod }: NonNullable<SalesTodayQuery['salesStatistics']>[number]): readonly Today['parts'][number][] {
  return byMethod.map(({ method, figure: { count, amount } }) => ({
    method,
    currency: amount.currency,
    decimals: decimalsOf(amount.amount),
    trades: null,
    pieces: count,
    minorUnits: amount.minorUnits,
  }));
}
