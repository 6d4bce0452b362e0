import { derive } from './derive';
import type { LiveState } from './liveStore';
import type { Account, Machine } from './model';
import { hasFault, isOffline, isSoldOut, openingId, type MachineAlert, type Opening } from './reducers/openings';
import type { Undelivered } from './reducers/undelivered';

export { hasFault, isOffline, isOnline, isSoldOut } from './reducers/openings';

export interface MachineAlertRow {
  readonly machine: Machine;
  readonly opening: Opening | null;
}

/** Everything that somebody should look at, the gravest kind first; what is made good is in none of these. */
export interface Alerts {
  /** Vendor accounts that are DOWN or DEGRADED, those that are down first. */
  readonly accounts: readonly Account[];
  /** Paid but not dispensed, the newest first. */
  readonly undelivered: readonly Undelivered[];
  /** The latest first. */
  readonly offline: readonly MachineAlertRow[];
  readonly fault: readonly MachineAlertRow[];
  /** Those with the most sold-out shelves first. */
  readonly soldOut: readonly MachineAlertRow[];
}

export const alertsOf = derive(
  (state: LiveState) => [state.accounts, state.machines.byId, state.undelivered, state.openings] as const,
  (accounts, byId, undelivered, openings): Alerts => {
    const machines = [...byId.values()];
    const of = (kind: MachineAlert, holds: (machine: Machine) => boolean): MachineAlertRow[] =>
      machines.filter(holds).map((machine) => ({ machine, opening: openings.get(openingId(kind, machine.id)) ?? null }));
    return {
      accounts: accounts
        .filter(({ health }) => health.state !== 'UP')
        .sort((one, other) => Number(other.health.state === 'DOWN') - Number(one.health.state === 'DOWN')),
      undelivered: [...undelivered.values()]
        .filter(({ state }) => state !== 'waiting')
        .sort((one, other) => Date.parse(other.since) - Date.parse(one.since)),
      offline: of('offline', isOffline).sort(latestFirst),
      fault: of('fault', hasFault).sort(latestFirst),
      soldOut: of('soldOut', isSoldOut).sort((one, other) => shelves(other) - shelves(one)),
    };
  },
);

/** How many alerts are open that cannot wait: a sold-out shelf waits for the next round. */
export const graveCount = (state: LiveState): number => alertCount(state) - alertsOf(state).soldOut.length;

/** How many alerts are open. */
export const alertCount = (state: LiveState): number =>
  Object.values(alertsOf(state)).reduce((sum: number, kind: readonly unknown[]) => sum + kind.length, 0);

function latestFirst(one: MachineAlertRow, other: MachineAlertRow): number {
  return Date.parse(other.opening?.at ?? '') - Date.parse(one.opening?.at ?? '') || 0;
}

function shelves({ machine }: MachineAlertRow): number {
  return machine.status?.soldOutShelfCount ?? 0;
}
