import { derive } from './derive';
import type { Machine } from './model';
import type { Undelivered } from './reducers/undelivered';
import type { LiveState } from './liveStore';

/** Something that somebody should look at. */
export type Alert =
  | { readonly kind: 'offline' | 'fault' | 'soldOut'; readonly id: string; readonly machine: Machine }
  | { readonly kind: 'undelivered'; readonly id: string; readonly undelivered: Undelivered };

/** Every open alert, the gravest kind first. */
export const alertsOf = derive(
  (state: LiveState) => [state.machines, state.undelivered] as const,
  (machines, undelivered): readonly Alert[] => {
    const all = [...machines.byId.values()];
    const of = (kind: 'offline' | 'fault' | 'soldOut', holds: (machine: Machine) => boolean): Alert[] =>
      all.filter(holds).map((machine) => ({ kind, id: `${kind}/${machine.id}`, machine }));
    return [
      ...[...undelivered.values()].map(
        (one): Alert => ({ kind: 'undelivered', id: `undelivered/${one.trade.id}`, undelivered: one }),
      ),
      ...of('offline', isOffline),
      ...of('fault', hasFault),
      ...of('soldOut', isSoldOut),
    ];
  },
);

export const isOnline = (machine: Machine) => machine.online === true;
export const isOffline = (machine: Machine) => machine.online === false;
export const hasFault = (machine: Pick<Machine, 'status'>) => (machine.status?.faults.length ?? 0) > 0;
export const isSoldOut = (machine: Pick<Machine, 'status'>) => (machine.status?.soldOutShelfCount ?? 0) > 0;
