import type { PaymentMethod } from '../../../generated/graphql';
import { MINUTE, minuteOf, SALES_MINUTES, type MinuteSales } from '../../live/reducers/sales';

/** Money of one currency, in whole minor units. */
export interface Amount {
  readonly currency: string;
  readonly decimals: number;
  readonly minorUnits: number;
}

/** What was sold: how often, how much, and for how much of each currency. */
export interface Sum {
  /** How many trades; null where only the pieces are told. */
  readonly trades: number | null;
  readonly pieces: number;
  /** One a currency, by code: they are never added to each other. */
  readonly amounts: readonly Amount[];
  /** How many trades have no price. */
  readonly unpriced: number;
}

export interface MinuteSum extends Sum {
  /** Its start, ms since 1970. */
  readonly minute: number;
  /** Whether all of it is counted: trades of before may not have been read. */
  readonly whole: boolean;
}

export interface MethodSum extends Sum {
  readonly method: PaymentMethod;
}

/** Something that can be summed: a cell of the live sales, or a figure of the statistics. */
export interface Part {
  readonly currency: string | null;
  readonly decimals: number;
  readonly trades: number | null;
  readonly pieces: number;
  readonly minorUnits: number;
}

const NOTHING: Sum = { trades: 0, pieces: 0, amounts: [], unpriced: 0 };

export function sumOf(parts: readonly Part[]): Sum {
  return parts.reduce<Sum>((sum, part) => {
    const trades = sum.trades === null || part.trades === null ? null : sum.trades + part.trades;
    return {
      trades,
      pieces: sum.pieces + part.pieces,
      amounts: part.currency === null ? sum.amounts : amountsWith(sum.amounts, { ...part, currency: part.currency }),
      unpriced: sum.unpriced + (part.currency === null ? (part.trades ?? 0) : 0),
    };
  }, NOTHING);
}

function amountsWith(amounts: readonly Amount[], { currency, decimals, minorUnits }: Amount): readonly Amount[] {
  const others = amounts.filter((amount) => amount.currency !== currency);
  const known = amounts.find((amount) => amount.currency === currency);
  return [...others, { currency, decimals, minorUnits: (known?.minorUnits ?? 0) + minorUnits }].sort((one, other) =>
    one.currency.localeCompare(other.currency),
  );
}

/** The last hour, minute by minute, the oldest first; those without a sale as well. Counted is what was made after `from`. */
export function minutesOf(
  byMinute: ReadonlyMap<number, MinuteSales>,
  now: number,
  from: number,
): readonly MinuteSum[] {
  const first = minuteOf(now) - (SALES_MINUTES - 1) * MINUTE;
  return Array.from({ length: SALES_MINUTES }, (_, index) => {
    const minute = first + index * MINUTE;
    return { minute, whole: minute >= from, ...sumOf(byMinute.get(minute)?.cells ?? []) };
  });
}

/**
 * Which of the sums are known at all: an hour that could not be read is not one without sales, and what nobody tells of
 * did not fail to happen.
 */
export function knownOf(read: {
  readonly first: number;
  readonly from: number;
  readonly failed: boolean;
  readonly isTold: boolean;
}): { readonly hour: boolean; readonly minute: boolean } {
  const hour = !read.failed || read.from <= read.first;
  return { hour, minute: read.isTold };
}

/** By payment method, what sold most first. */
export function methodsOf(parts: readonly (Part & { readonly method: PaymentMethod })[]): readonly MethodSum[] {
  return [...new Set(parts.map(({ method }) => method))]
    .map((method) => ({ method, ...sumOf(parts.filter((part) => part.method === method)) }))
    .filter(({ pieces }) => pieces > 0)
    .sort((one, other) => other.pieces - one.pieces || one.method.localeCompare(other.method));
}

/** The cells of the last hour. */
export function cellsOf(byMinute: ReadonlyMap<number, MinuteSales>, now: number) {
  const first = minuteOf(now) - (SALES_MINUTES - 1) * MINUTE;
  return [...byMinute].flatMap(([minute, { cells }]) => (minute >= first ? cells : []));
}

/** An amount in major units, exactly: 1250 with 2 decimals is "12.50". */
export function majorUnits({ minorUnits, decimals }: Pick<Amount, 'minorUnits' | 'decimals'>): string {
  const digits = String(Math.abs(minorUnits)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals);
  return `${minorUnits < 0 ? '-' : ''}${whole}${decimals > 0 ? `.${fraction}` : ''}`;
}

/** The start of the day that an instant is in, in the browser's time zone. */
export function dayOf(now: number): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}
