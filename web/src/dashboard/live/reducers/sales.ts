import type { PaymentMethod } from '../../../generated/graphql';
import type { LogEvent, Trade } from '../model';

/** How many minutes are remembered. */
export const SALES_MINUTES = 60;
const MINUTE = 60_000;

/** What was sold in one minute with one payment method. */
export interface SalesCell {
  readonly method: PaymentMethod;
  /** ISO 4217. */
  readonly currency: string;
  readonly count: number;
  readonly minorUnits: number;
}

export interface Sales {
  /** By the start of the minute (ms since 1970); minutes without a sale are left out. */
  readonly byMinute: ReadonlyMap<number, readonly SalesCell[]>;
  /** The minute of each trade that was counted: there is news of a trade more than once. */
  readonly counted: ReadonlyMap<string, number>;
}

export const noSales: Sales = { byMinute: new Map(), counted: new Map() };

/** The sales after a batch of events. */
export function salesAfter(sales: Sales, batch: readonly LogEvent[], now: number): Sales {
  const trades = batch.flatMap((event) => (event.__typename === 'TradeEvent' ? [event.trade] : []));
  return trades.length === 0 ? sales : salesWith(sales, trades, now);
}

/** The sales with these trades counted as well, each once; also for what was read of the past. */
export function salesWith(sales: Sales, trades: readonly Trade[], now: number): Sales {
  const oldest = minuteOf(now) - (SALES_MINUTES - 1) * MINUTE;
  const byMinute = new Map([...sales.byMinute].filter(([minute]) => minute >= oldest));
  const counted = new Map([...sales.counted].filter(([, minute]) => minute >= oldest));
  for (const trade of trades) {
    const at = trade.payment.paidAt ?? trade.createdAt;
    if (trade.kind !== 'SALE' || trade.payment.state !== 'PAID' || !trade.total || !at) continue;
    const minute = minuteOf(Date.parse(at));
    if (minute < oldest || counted.has(trade.id)) continue;
    counted.set(trade.id, minute);
    byMinute.set(minute, cellsWith(byMinute.get(minute) ?? [], trade.payment.method, trade.total));
  }
  return { byMinute, counted };
}

function cellsWith(
  cells: readonly SalesCell[],
  method: PaymentMethod,
  { currency, minorUnits }: { readonly currency: string; readonly minorUnits: number },
): readonly SalesCell[] {
  const isIts = (cell: SalesCell) => cell.method === method && cell.currency === currency;
  if (!cells.some(isIts)) return [...cells, { method, currency, count: 1, minorUnits }];
  return cells.map((cell) =>
    isIts(cell) ? { ...cell, count: cell.count + 1, minorUnits: cell.minorUnits + minorUnits } : cell,
  );
}

/** The start of the minute that an instant is in. */
export function minuteOf(milliseconds: number): number {
  return Math.floor(milliseconds / MINUTE) * MINUTE;
}
