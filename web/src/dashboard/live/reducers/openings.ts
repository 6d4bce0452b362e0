import type { LogEvent, Machine } from '../model';
import type { Machines } from './machines';

export const MACHINE_ALERTS = ['offline', 'fault', 'soldOut'] as const;
export type MachineAlert = (typeof MACHINE_ALERTS)[number];

/** Since when an alert about a machine is open. */
export interface Opening {
  /** RFC 3339. */
  readonly at: string;
  /** Whether it began then, as was told; else it was found so then, and began before. */
  readonly told: boolean;
}

/** By `openingId`. */
export type Openings = ReadonlyMap<string, Opening>;

export const openingId = (kind: MachineAlert, machineId: string) => `${kind}/${machineId}`;

export const isOnline = (machine: Machine) => machine.online === true;
export const isOffline = (machine: Machine) => machine.online === false;
export const hasFault = (machine: Pick<Machine, 'status'>) => (machine.status?.faults.length ?? 0) > 0;
export const isSoldOut = (machine: Pick<Machine, 'status'>) => (machine.status?.soldOutShelfCount ?? 0) > 0;

const HOLDS: Readonly<Record<MachineAlert, (machine: Machine) => boolean>> = {
  offline: isOffline,
  fault: hasFault,
  soldOut: isSoldOut,
};

/** The openings once the machines are other than they were; the events that made them so, if any did. */
export function openingsAfter(
  openings: Openings,
  before: Machines,
  after: Machines,
  { batch, now }: { readonly batch: readonly LogEvent[]; readonly now: number },
): Openings {
  if (before.byId === after.byId) return openings;
  const occurredAt = new Map<string, string>();
  for (const event of batch) {
    if (event.__typename === 'MachineStatusEvent' && event.machine) occurredAt.set(event.machine.id, event.occurredAt);
  }
  const next = new Map<string, Opening>();
  for (const machine of after.byId.values()) {
    for (const kind of MACHINE_ALERTS) {
      if (!HOLDS[kind](machine)) continue;
      const id = openingId(kind, machine.id);
      const known = before.byId.get(machine.id);
      const began = known?.status && !HOLDS[kind](known) ? occurredAt.get(machine.id) : undefined;
      next.set(id, openings.get(id) ?? openingOf(kind, machine, began, now));
    }
  }
  return next;
}

function openingOf(kind: MachineAlert, machine: Machine, began: string | undefined, now: number): Opening {
  const broken = kind === 'fault' ? earliestFault(machine) : null;
  if (broken !== null) return { at: broken, told: true };
  if (began !== undefined) return { at: began, told: true };
  return { at: machine.status?.freshness.asOf ?? new Date(now).toISOString(), told: false };
}

function earliestFault(machine: Machine): string | null {
  const since = machine.status?.faults.flatMap((fault) => fault.since ?? []) ?? [];
  return since.sort((one, other) => Date.parse(one) - Date.parse(other))[0] ?? null;
}
