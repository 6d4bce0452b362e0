import { useEffect, useRef, useState } from 'react';
import { useClient, type Client } from 'urql';
import { SalesTodayDocument, type PaymentMethod, type SalesTodayQuery } from '../../../generated/graphql';
import { systemClock } from '../../live/clock';
import { keepFresh } from '../../live/keepFresh';
import { useLive } from '../../live/LiveProvider';
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
  /** Why the sums of some machines are missing, in the gateway's words. */
  readonly errors: readonly string[];
}

/** What was sold since midnight; summed by the vendors, read every minute. Null: not read yet. */
export function useToday(): Today | null {
  const api = useClient();
  const machines = useLive((state) => state.machines.byId);
  const isRead = machines.size > 0;
  const current = useRef(machines);
  current.current = machines;
  const [today, setToday] = useState<Today | null>(null);
  useEffect(() => {
    if (!isRead) return;
    let left = false;
    const refresh = keepFresh(
      systemClock,
      async () => {
        const read = await readToday(api, [...current.current.keys()], Date.now());
        if (!left) setToday(read);
      },
      { every: MINUTE, soon: 0 },
    );
    refresh.soon();
    return () => {
      left = true;
      refresh.stop();
    };
  }, [api, isRead]);
  return today;
}

async function readToday(api: Client, machineIds: readonly string[], now: number): Promise<Today> {
  const from = dayOf(now);
  // Whole seconds: the window is not to end in what is still to come.
  const to = Math.max(from + 1000, Math.floor(now / 1000) * 1000);
  const parts: Today['parts'][number][] = [];
  const errors = new Set<string>();
  let machines = 0;
  for (let first = 0; first < machineIds.length; first += MACHINES_AT_ONCE) {
    const variables = {
      machineIds: machineIds.slice(first, first + MACHINES_AT_ONCE),
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    };
    const { data, error } = await api.query(SalesTodayDocument, variables, { requestPolicy: 'network-only' });
    for (const each of error?.graphQLErrors ?? []) errors.add(each.message);
    if (error?.networkError) errors.add(error.networkError.message);
    machines += data?.salesStatistics?.length ?? 0;
    parts.push(...(data?.salesStatistics ?? []).flatMap(partsOf));
  }
  return { parts, from, to, machines, asked: machineIds.length, errors: [...errors] };
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
