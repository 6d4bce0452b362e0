import type { LogEvent, LogEventOf, Machine, MachineStatus, Source } from '../model';

export interface Machines {
  /** In the order of the API: by account and number. */
  readonly byId: ReadonlyMap<string, Machine>;
  /** What became of each account's share when the list was read last. */
  readonly sources: readonly Source[];
  /** When the list was read last; null: not yet. */
  readonly readAt: number | null;
}

export const noMachines: Machines = { byId: new Map(), sources: [], readAt: null };

/**
 * The machines as they were read now. An event may have told of a machine while the list was on its way: the status
 * that is as of a later time stays.
 */
export function machinesRead(
  machines: Machines,
  read: { readonly rows: readonly Machine[]; readonly sources: readonly Source[]; readonly at: number },
): Machines {
  const byId = new Map(read.rows.map((row) => [row.id, fresher(machines.byId.get(row.id), row)]));
  // An account that does not answer has no share in the list: what was known of its machines stays, and is old.
  const silent = new Set(read.sources.filter((source) => !source.ok).map((source) => source.account.id));
  for (const [id, known] of machines.byId) {
    if (!byId.has(id) && silent.has(known.account.id)) byId.set(id, known);
  }
  return { byId, sources: read.sources, readAt: read.at };
}

function fresher(known: Machine | undefined, row: Machine): Machine {
  if (!known?.status) return row;
  // The list comes before the statuses: what is known of them stays meanwhile.
  if (!row.status) return { ...row, status: known.status };
  return Date.parse(known.status.freshness.asOf) > Date.parse(row.status.freshness.asOf)
    ? { ...row, status: known.status, online: known.online }
    : row;
}

/** The machines after a batch of events. */
export function machinesAfter(machines: Machines, batch: readonly LogEvent[]): Machines {
  let byId: Map<string, Machine> | null = null;
  for (const event of batch) {
    if (event.__typename !== 'MachineStatusEvent') continue;
    const known = event.machine && (byId ?? machines.byId).get(event.machine.id);
    if (!known) continue;
    byId ??= new Map(machines.byId);
    const status = statusAfter(known.status, event);
    byId.set(known.id, { ...known, status, online: status.online });
  }
  return byId ? { ...machines, byId } : machines;
}

/** An event's own status leaves out what the machine left out: the whole of it is `machine.status`. */
function statusAfter(known: MachineStatus | null, event: LogEventOf<'MachineStatusEvent'>): MachineStatus {
  const whole = event.machine?.status ?? known;
  if (!whole) return event.status;
  return event.machine?.status ?? { ...whole, online: event.status.online, freshness: event.status.freshness };
}
