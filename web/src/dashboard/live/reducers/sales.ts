import type { PaymentMethod } from '../../../generated/graphql';
import type { LogEvent, Trade } from '../model';

/** How many minutes are remembered. */
export const SALES_MINUTES = 60;
export const MINUTE = 60_000;

/** What was sold in one minute with one payment method, in one currency: money of two currencies is never added. */
export interface SalesCell {
  readonly method: PaymentMethod;
  /** ISO 4217; null: the vendor told no price. */
  readonly currency: string | null;
  /** How many of a minor unit's digits the currency has: 2 of CNY. */
  readonly decimals: number;
  readonly trades: number;
  readonly pieces: number;
  /** Whole numbers alone: they add up exactly. */
  readonly minorUnits: number;
}

export interface MinuteSales {
  readonly cells: readonly SalesCell[];
  /** The trades that were counted: there is news of a trade more than once. */
  readonly tradeIds: ReadonlySet<string>;
}

export interface Sales {
  /** By the start of the minute (ms since 1970); minutes without a sale are left out. */
  readonly byMinute: ReadonlyMap<number, MinuteSales>;
}

export const noSales: Sales = { byMinute: new Map() };

/** The sales after a batch of events. */
export function salesAfter(sales: Sales, batch: readonly LogEvent[], now: number): Sales {
  const trades = batch.flatMap((event) => (event.__typename === 'TradeEvent' ? [event.trade] : []));
  return trades.length === 0 ? sales : salesWith(sales, trades, now);
}

/** The sales with these trades counted as well, each once; also for what was read of the past. */
export function salesWith(sales: Sales, trades: readonly Trade[], now: number): Sales {
  const oldest = minuteOf(now) - (SALES_MINUTES - 1) * MINUTE;
  const byMinute = new Map([...sales.byMinute].filter(([minute]) => minute >= oldest));
  // Only the minutes that are counted into are copied, however many trades an hour has.
  const written = new Map<number, { cells: readonly SalesCell[]; tradeIds: Set<string> }>();
  const isCounted = (id: string) => [...byMinute.values()].some(({ tradeIds }) => tradeIds.has(id));
  for (const trade of trades) {
    const at = trade.payment.paidAt ?? trade.createdAt;
    if (trade.kind !== 'SALE' || trade.payment.state !== 'PAID' || !at) continue;
    const minute = minuteOf(Date.parse(at));
    if (minute < oldest || isCounted(trade.id)) continue;
    const known = byMinute.get(minute);
    const counted = written.get(minute) ?? { cells: known?.cells ?? [], tradeIds: new Set(known?.tradeIds) };
    counted.cells = cellsWith(counted.cells, trade);
    counted.tradeIds.add(trade.id);
    written.set(minute, counted);
    byMinute.set(minute, counted);
  }
  return { byMinute };
}

function cellsWith(cells: readonly SalesCell[], { payment: { method }, total, quantity }: Trade): readonly SalesCell[] {
  const currency = total?.currency ?? null;
  const minorUnits = total?.minorUnits ?? 0;
  const isIts = (cell: SalesCell) => cell.method === method && cell.currency === currency;
  if (!cells.some(isIts)) {
    return [...cells, { method, currency, decimals: decimalsOf(total?.amount), trades: 1, pieces: quantity, minorUnits }];
  }
  return cells.map((cell) =>
    isIts(cell)
      ? { ...cell, trades: cell.trades + 1, pieces: cell.pieces + quantity, minorUnits: cell.minorUnits + minorUnits }
      : cell,
  );
}

/** An amount comes with the decimals that its currency has: "5.00". */
export function decimalsOf(amount: string | undefined): number {
  return amount?.split('.')[1]?.length ?? 0;
}

/** The start of the minute that an instant is in. */
export function minuteOf(milliseconds: number): number {
  return Math.floor(milliseconds / MINUTE) * MINUTE;
}
