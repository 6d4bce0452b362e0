import type { DeliveryState } from '../../../generated/graphql';
import type { LogEvent, Trade } from '../model';

/** How many are remembered; the oldest are let go. */
export const UNDELIVERED_LENGTH = 500;

const FAILED: ReadonlySet<DeliveryState> = new Set(['FAILED', 'NO_SUCH_PRODUCT', 'OUT_OF_STOCK', 'TIMED_OUT']);

/** A trade that is paid, whose goods did not come out, and of which nothing was paid back. */
export interface Undelivered {
  readonly trade: Trade;
  readonly machineId: string | null;
  readonly accountId: string | null;
  /** When it was told (RFC 3339). */
  readonly since: string;
}

export type UndeliveredById = ReadonlyMap<string, Undelivered>;

/** What is paid but not dispensed, after a batch of events. */
export function undeliveredAfter(undelivered: UndeliveredById, batch: readonly LogEvent[]): UndeliveredById {
  let next: Map<string, Undelivered> | null = null;
  for (const event of batch) {
    if (event.__typename !== 'TradeEvent') continue;
    const { trade } = event;
    const known = (next ?? undelivered).get(trade.id);
    if (!isUndelivered(trade)) {
      if (known) (next ??= new Map(undelivered)).delete(trade.id);
      continue;
    }
    next ??= new Map(undelivered);
    next.set(trade.id, {
      trade,
      machineId: event.machine?.id ?? null,
      accountId: event.account?.id ?? null,
      since: known?.since ?? event.occurredAt,
    });
    const [oldest] = next.keys();
    if (next.size > UNDELIVERED_LENGTH && oldest !== undefined) next.delete(oldest);
  }
  return next ?? undelivered;
}

function isUndelivered(trade: Trade): boolean {
  return trade.payment.state === 'PAID' && FAILED.has(trade.delivery.state) && trade.refund === null;
}
