import { describe, expect, it } from 'vitest';
import { conditionOf, isSoldOut, oldestStock, planogram, stockShare, type Shelf } from './planogram';

function shelf(code: string, changes: Partial<Shelf> = {}): Shelf {
  return {
    id: code,
    cabinet: 'A',
    code,
    capacity: 8,
    state: 'NORMAL',
    soldOut: false,
    soldSinceRefill: null,
    price: null,
    product: null,
    stock: { quantity: 5, basis: 'REPORTED', asOf: '2026-01-31T08:00:00Z' },
    ...changes,
  };
}

describe('the planogram', () => {
  it('puts each shelf where its code says, cabinet by cabinet', () => {
    const plan = planogram([shelf('A12'), shelf('A11'), shelf('A210'), shelf('B11', { cabinet: 'B' })]);
    expect(plan.map(({ cabinet, columns }) => [cabinet, columns])).toEqual([
      ['A', 10],
      ['B', 1],
    ]);
    expect(plan[0]?.places.map(({ shelf: { code }, at }) => [code, at])).toEqual([
      ['A11', { row: 1, column: 1 }],
      ['A12', { row: 1, column: 2 }],
      ['A210', { row: 2, column: 10 }],
    ]);
  });

  it('stands them in the order of their numbers where the codes tell no rows', () => {
    const [plan] = planogram([shelf('10'), shelf('2'), shelf('1')]);
    expect(plan?.columns).toBeNull();
    expect(plan?.places.map(({ shelf: { code }, at }) => [code, at])).toEqual([
      ['1', null],
      ['2', null],
      ['10', null],
    ]);
  });

  it.each([[['A11', 'spare']], [['A11', 'X11']], [['A10']]])('takes %j for no places', (codes) => {
    expect(planogram(codes.map((code) => shelf(code)))[0]?.columns).toBeNull();
  });
});

describe('a shelf', () => {
  it.each([
    ['broken', { state: 'JAMMED', soldOut: true }],
    ['soldOut', { soldOut: true }],
    ['soldOut', { soldOut: null, state: 'SOLD_OUT' }],
    ['low', { stock: { quantity: 2, basis: 'ESTIMATED', asOf: '' } }],
    ['good', {}],
    ['good', { stock: null, capacity: null }],
    ['unknown', { stock: null, state: 'UNKNOWN', soldOut: null }],
  ] as const)('is %s with %j', (condition, changes) => {
    expect(conditionOf(shelf('A11', changes))).toBe(condition);
  });

  it('is never more than full, and is not told where either number is missing', () => {
    expect(stockShare({ stock: { quantity: 9, basis: 'REPORTED', asOf: '' }, capacity: 8 })).toBe(1);
    expect(stockShare({ stock: null, capacity: 8 })).toBeNull();
    expect(stockShare({ stock: { quantity: 9, basis: 'REPORTED', asOf: '' }, capacity: null })).toBeNull();
  });
});

it('is as old as the oldest of its stock levels', () => {
  const at = (asOf: string) => shelf('A11', { stock: { quantity: 1, basis: 'REPORTED', asOf } });
  expect(oldestStock([at('2026-01-31T08:00:00Z'), at('2026-01-31T07:00:00Z'), shelf('A12', { stock: null })])).toBe(
    '2026-01-31T07:00:00Z',
  );
  expect(oldestStock([])).toBeNull();
});

it('knows a shelf that is both broken and sold out', () => {
  const both = shelf('A11', { state: 'JAMMED', soldOut: true });
  expect([conditionOf(both), isSoldOut(both)]).toEqual(['broken', true]);
  expect(isSoldOut(shelf('A12', { state: 'JAMMED' }))).toBe(false);
});
