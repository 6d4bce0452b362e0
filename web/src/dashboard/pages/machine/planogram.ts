import type { ShelfCellFragment } from '../../../generated/graphql';

export type Shelf = ShelfCellFragment;

export interface Place {
  readonly shelf: Shelf;
  /** Where it is in its cabinet, from 1; null: its code does not tell, and the shelves stand in a row. */
  readonly at: { readonly row: number; readonly column: number } | null;
}

export interface CabinetPlan {
  readonly cabinet: string;
  readonly places: readonly Place[];
  /** How many columns its rows have; null where the codes tell no rows. */
  readonly columns: number | null;
}

/** A letter, a digit for the row, and the place in the row: `A11`, `B46`, `A210`. */
const ROW_AND_COLUMN = /^[A-Za-z]+([1-9])(\d{1,2})$/;

/** The shelves as they are in their cabinets, as far as their codes tell. */
export function planogram(shelves: readonly Shelf[]): readonly CabinetPlan[] {
  const byCabinet = new Map<string, Shelf[]>();
  for (const shelf of shelves) byCabinet.set(shelf.cabinet, [...(byCabinet.get(shelf.cabinet) ?? []), shelf]);
  return [...byCabinet].map(([cabinet, own]) => planOf(cabinet, own));
}

function planOf(cabinet: string, shelves: readonly Shelf[]): CabinetPlan {
  const inOrder = [...shelves].sort((one, other) => one.code.localeCompare(other.code, 'en', { numeric: true }));
  const places = inOrder.map((shelf): Place => ({ shelf, at: rowAndColumn(shelf.code) }));
  const seats = new Set(places.map(({ at }) => at && `${at.row}/${at.column}`));
  // One code that tells no row, or two shelves at one place: the codes are no places at all.
  if (seats.has(null) || seats.size < places.length) {
    return { cabinet, places: inOrder.map((shelf) => ({ shelf, at: null })), columns: null };
  }
  return { cabinet, places, columns: Math.max(...places.map(({ at }) => at?.column ?? 1)) };
}

function rowAndColumn(code: string): Place['at'] {
  const [, row, column] = ROW_AND_COLUMN.exec(code) ?? [];
  const at = { row: Number(row), column: Number(column) };
  return row !== undefined && at.column > 0 ? at : null;
}

/** How a shelf is, the gravest first. */
export type ShelfCondition = 'broken' | 'soldOut' | 'low' | 'good' | 'unknown';

const BROKEN: ReadonlySet<Shelf['state']> = new Set(['JAMMED', 'MISSING', 'MOTOR_FAULT', 'SERIAL_TIMEOUT']);
/** Of what fits, so much or less is little. */
const LOW = 0.25;

/** A shelf that is broken may be sold out as well. */
export function isSoldOut(shelf: Pick<Shelf, 'soldOut' | 'state'>): boolean {
  return shelf.soldOut === true || shelf.state === 'SOLD_OUT';
}

export function conditionOf(shelf: Shelf): ShelfCondition {
  if (BROKEN.has(shelf.state)) return 'broken';
  if (isSoldOut(shelf)) return 'soldOut';
  const share = stockShare(shelf);
  if (share !== null && share <= LOW) return 'low';
  return share === null && shelf.state === 'UNKNOWN' ? 'unknown' : 'good';
}

/** How full it is, 0 to 1; null where the vendor does not tell. */
export function stockShare({ stock, capacity }: Pick<Shelf, 'stock' | 'capacity'>): number | null {
  return stock && capacity ? Math.min(1, Math.max(0, stock.quantity / capacity)) : null;
}

/** When the oldest of the stock levels was so; null: none is known. */
export function oldestStock(shelves: readonly Shelf[]): string | null {
  const instants = shelves.flatMap(({ stock }) => (stock ? [stock.asOf] : []));
  return instants.reduce<string | null>(
    (oldest, at) => (oldest === null || Date.parse(at) < Date.parse(oldest) ? at : oldest),
    null,
  );
}
