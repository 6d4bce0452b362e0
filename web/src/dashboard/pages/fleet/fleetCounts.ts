import { hasFault, isOffline, isOnline, isSoldOut } from '../../live/alerts';
import { derive } from '../../live/derive';
import type { LiveState } from '../../live/liveStore';
import type { Machine } from '../../live/model';

/** How many machines are how. One may be counted more than once: online, and with a fault. */
export interface Counts {
  readonly total: number;
  readonly online: number;
  readonly offline: number;
  readonly fault: number;
  readonly soldOut: number;
  /** Of how many of each the status is stale. */
  readonly staleOf: Readonly<Record<'online' | 'offline' | 'fault' | 'soldOut', number>>;
  /** Of how many the status is older than it should be, since the vendor does not answer. */
  readonly stale: number;
  /** When the oldest status was so (RFC 3339); null: none is known. */
  readonly oldestAsOf: string | null;
}

export interface SiteCounts {
  readonly id: string;
  readonly name: string;
  readonly counts: Counts;
}

export const NO_MACHINES: Counts = {
  total: 0,
  online: 0,
  offline: 0,
  fault: 0,
  soldOut: 0,
  staleOf: { online: 0, offline: 0, fault: 0, soldOut: 0 },
  stale: 0,
  oldestAsOf: null,
};

export function countsWith(counts: Counts, machine: Machine): Counts {
  const stale = machine.status?.freshness.stale ?? false;
  const { staleOf } = counts;
  return {
    total: counts.total + 1,
    online: counts.online + Number(isOnline(machine)),
    offline: counts.offline + Number(isOffline(machine)),
    fault: counts.fault + Number(hasFault(machine)),
    soldOut: counts.soldOut + Number(isSoldOut(machine)),
    staleOf: {
      online: staleOf.online + Number(stale && isOnline(machine)),
      offline: staleOf.offline + Number(stale && isOffline(machine)),
      fault: staleOf.fault + Number(stale && hasFault(machine)),
      soldOut: staleOf.soldOut + Number(stale && isSoldOut(machine)),
    },
    stale: counts.stale + Number(stale),
    oldestAsOf: older(counts.oldestAsOf, machine.status?.freshness.asOf ?? null),
  };
}

function older(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return Date.parse(one) < Date.parse(other) ? one : other;
}

export interface FleetCounts {
  readonly all: Counts;
  readonly byAccount: ReadonlyMap<string, Counts>;
  /** The sites with the most offline and broken machines first. */
  readonly sites: readonly SiteCounts[];
}

export const fleetCounts = derive(
  (state: LiveState) => [state.machines.byId] as const,
  (byId): FleetCounts => {
    let all = NO_MACHINES;
    const byAccount = new Map<string, Counts>();
    const bySite = new Map<string, SiteCounts>();
    for (const machine of byId.values()) {
      all = countsWith(all, machine);
      byAccount.set(machine.account.id, countsWith(byAccount.get(machine.account.id) ?? NO_MACHINES, machine));
      if (!machine.site) continue;
      const { id, name } = machine.site;
      bySite.set(id, { id, name, counts: countsWith(bySite.get(id)?.counts ?? NO_MACHINES, machine) });
    }
    const sites = [...bySite.values()].sort(
      (one, other) => trouble(other.counts) - trouble(one.counts) || one.name.localeCompare(other.name, 'zh'),
    );
    return { all, byAccount, sites };
  },
);

function trouble({ offline, fault, soldOut }: Counts): number {
  return (offline + fault) * 1000 + soldOut;
}
