import { describe, expect, it } from 'vitest';
import { noSales, salesWith } from '../../live/reducers/sales';
import { tradeRow } from '../../testing/events';
import { cellsOf, knownOf, majorUnits, methodsOf, minutesOf, sumOf, type Part } from './salesSums';

const NOW = Date.parse('2026-01-31T08:00:30Z');
const minute = Date.parse('2026-01-31T08:00:00Z');
const part = (changes: Partial<Part> = {}): Part => ({
  currency: 'CNY',
  decimals: 2,
  trades: 1,
  pieces: 1,
  minorUnits: 10,
  ...changes,
});

describe('a sum', () => {
  it('never adds one currency to another', () => {
    const sum = sumOf([part(), part({ currency: 'JPY', decimals: 0, minorUnits: 300 }), part({ minorUnits: 20 })]);
    expect(sum).toEqual({
      trades: 3,
      pieces: 3,
      unpriced: 0,
      amounts: [
        { currency: 'CNY', decimals: 2, minorUnits: 30 },
        { currency: 'JPY', decimals: 0, minorUnits: 300 },
      ],
    });
  });

  it('is exact: 0.10 three times is 0.30', () => {
    const [amount] = sumOf([part(), part(), part()]).amounts;
    expect(amount && majorUnits(amount)).toBe('0.30');
  });

  it('says how many trades have no price, and how many trades there are only where that is told', () => {
    expect(sumOf([part({ currency: null, minorUnits: 0 })])).toMatchObject({ unpriced: 1, amounts: [] });
    expect(sumOf([part(), part({ trades: null, pieces: 4 })])).toMatchObject({ trades: null, pieces: 5 });
  });
});

it.each([
  [1250, 2, '12.50'],
  [5, 2, '0.05'],
  [300, 0, '300'],
  [-5, 2, '-0.05'],
  [900_719_925_474_099, 2, '9007199254740.99'],
])('%d minor units with %d decimals are %s', (minorUnits, decimals, text) => {
  expect(majorUnits({ minorUnits, decimals })).toBe(text);
});

describe('the last hour', () => {
  const { byMinute } = salesWith(noSales, [tradeRow('a'), tradeRow('b')], NOW);

  it('has 60 minutes, the last of them this one, those without a sale as well', () => {
    const minutes = minutesOf(byMinute, NOW, 0);
    expect(minutes).toHaveLength(60);
    expect(minutes[59]).toMatchObject({ minute, trades: 2, amounts: [{ currency: 'CNY', minorUnits: 1000 }] });
    expect(minutes[0]).toEqual({ minute: minute - 59 * 60_000, whole: true, trades: 0, pieces: 0, amounts: [], unpriced: 0 });
  });

  it('says which minutes are not counted, or not in whole', () => {
    const whole = minutesOf(byMinute, NOW, minute - 90_000).map((each) => each.whole);
    expect(whole.slice(-3)).toEqual([false, true, true]);
  });

  it('moves on although nothing is sold', () => {
    expect(cellsOf(byMinute, NOW + 59 * 60_000)).toHaveLength(1);
    expect(cellsOf(byMinute, NOW + 60 * 60_000)).toHaveLength(0);
  });
});

it('the payment methods stand by what they sold, those that sold nothing are left out', () => {
  const methods = methodsOf([
    { method: 'CASH', ...part() },
    { method: 'WECHAT', ...part({ pieces: 3 }) },
    { method: 'CASH', ...part() },
    { method: 'POS', ...part({ pieces: 0, minorUnits: 0 }) },
  ]);
  expect(methods.map(({ method, pieces }) => [method, pieces])).toEqual([
    ['WECHAT', 3],
    ['CASH', 2],
  ]);
});

it('knows nothing of an hour that could not be read, and nothing of a minute that nobody tells of', () => {
  const read = { first: 100, from: 0, failed: false, isTold: true };
  expect(knownOf(read)).toEqual({ hour: true, minute: true });
  expect(knownOf({ ...read, failed: true, from: 200 })).toEqual({ hour: false, minute: true });
  // It was read once, and events told of all that happened since.
  expect(knownOf({ ...read, failed: true })).toMatchObject({ hour: true });
  expect(knownOf({ ...read, isTold: false })).toMatchObject({ minute: false });
});
