import type { DeliveryState } from '../../../generated/graphql';
import type { LogEvent, PastTrade, Trade } from '../model';

/** How many are remembered; the oldest are let go. */
export const UNDELIVERED_LENGTH = 2_000;
/** So long after it was paid, goods that are still to come have not come. */
export const OVERDUE_AFTER = 5 * 60_000;

const FAILED: ReadonlySet<DeliveryState> = new Set(['FAILED', 'NO_SUCH_PRODUCT', 'OUT_OF_STOCK', 'TIMED_OUT']);
const TO_COME: ReadonlySet<DeliveryState> = new Set(['WAITING', 'DISPENSING']);

/** A trade that is paid, whose goods did not come out (yet), and whose money does not go back. */
export interface Undelivered {
  readonly trade: Trade;
  readonly machineId: string | null;
  readonly accountId: string | null;
  /** When it was paid, as far as that is known (RFC 3339). */
  readonly since: string;
  /** `waiting`: there is time yet; nobody need look. */
  readonly state: 'failed' | 'waiting' | 'overdue';
}

export type UndeliveredById = ReadonlyMap<string, Undelivered>;

interface Told {
  readonly trade: Trade;
  readonly machineId: string | null;
  readonly accountId: string | null;
  readonly at: string;
}

/** What is paid but not dispensed, after a batch of events. */
export function undeliveredAfter(undelivered: UndeliveredById, batch: readonly LogEvent[]): UndeliveredById {
  const told = batch.flatMap((event): Told[] =>
    event.__typename === 'TradeEvent'
      ? [
          {
            trade: event.trade,
            machineId: event.machine?.id ?? null,
            accountId: event.account?.id ?? null,
            at: event.occurredAt,
          },
        ]
      : [],
  );
  return undeliveredWith(undelivered, told);
}

/** What is paid but not dispensed, after trades of the past were read. */
export function undeliveredRead(
  undelivered: UndeliveredById,
  trades: readonly PastTrade[],
  now: number,
): UndeliveredById {
  const at = new Date(now).toISOString();
  const told = trades.map((trade) => ({
    trade,
    machineId: trade.machine?.id ?? null,
    accountId: trade.account.id,
    at,
  }));
  // The newest came first.
  return undeliveredWith(undelivered, told.reverse());
}

function undeliveredWith(undelivered: UndeliveredById, told: readonly Told[]): UndeliveredById {
  let next: Map<string, Undelivered> | null = null;
  for (const { trade, machineId, accountId, at } of told) {
    const known = (next ?? undelivered).get(trade.id);
    if (!isOpen(trade)) {
      if (known) (next ??= new Map(undelivered)).delete(trade.id);
      continue;
    }
    next ??= new Map(undelivered);
    const since = known?.since ?? trade.payment.paidAt ?? trade.createdAt ?? at;
    const state = FAILED.has(trade.delivery.state) ? 'failed' : (known?.state ?? 'waiting');
    next.set(trade.id, { trade, machineId, accountId, since, state });
    const [oldest] = next.keys();
    if (next.size > UNDELIVERED_LENGTH && oldest !== undefined) next.delete(oldest);
  }
  return next ?? undelivered;
}

/** The same at a later time: what waited too long is overdue. */
export function undeliveredAt(undelivered: UndeliveredById, now: number): UndeliveredById {
  let next: Map<string, Undelivered> | null = null;
  for (const [id, one] of undelivered) {
    if (one.state !== 'waiting' || now - Date.parse(one.since) < OVERDUE_AFTER) continue;
    (next ??= new Map(undelivered)).set(id, { ...one, state: 'overdue' });
  }
  return next ?? undelivered;
}

/** Paid, not dispensed, and no money goes back: a refund that failed leaves it as it was. */
function isOpen({ payment, delivery, refund }: Trade): boolean {
  return (
    payment.state === 'PAID' &&
    (FAILED.has(delivery.state) || TO_COME.has(delivery.state)) &&
    (refund === null || refund.state === 'FAILED')
  );
}
