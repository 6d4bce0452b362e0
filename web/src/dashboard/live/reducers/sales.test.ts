import { describe, expect, it } from 'vitest';
import { tradeEvent, tradeRow } from '../../testing/events';
import { noSales, salesAfter, SALES_MINUTES, salesWith } from './sales';

const EARLIER = '2026-01-31T07:59:00Z';
const NOW = Date.parse('2026-01-31T08:00:30Z');
const minute = Date.parse('2026-01-31T08:00:00Z');
const payment = tradeRow('x').payment;

describe('the sales', () => {
  it('are summed by minute and payment method', () => {
    const trades = [tradeRow('a'), tradeRow('b', { quantity: 2 }), tradeRow('c', { payment: { ...payment, method: 'CASH', paidAt: EARLIER } })];
    const sales = salesWith(noSales, trades, NOW);
    expect(sales.byMinute.get(minute)?.cells).toEqual([
      { method: 'WECHAT', currency: 'CNY', decimals: 2, trades: 2, pieces: 3, minorUnits: 1000 },
    ]);
    expect(sales.byMinute.get(minute - 60_000)?.cells).toMatchObject([{ method: 'CASH', trades: 1 }]);
  });

  it('keep each currency by itself', () => {
    const dollars = tradeRow('b', { total: { amount: '5.00', currency: 'USD', minorUnits: 500 } });
    const cells = salesWith(noSales, [tradeRow('a'), dollars], NOW).byMinute.get(minute)?.cells;
    expect(cells).toMatchObject([
      { currency: 'CNY', minorUnits: 500 },
      { currency: 'USD', minorUnits: 500 },
    ]);
  });

  it('count what has no price, and add nothing for it', () => {
    const cells = salesWith(noSales, [tradeRow('a', { total: null })], NOW).byMinute.get(minute)?.cells;
    expect(cells).toMatchObject([{ currency: null, trades: 1, minorUnits: 0 }]);
  });

  it('count a trade once, however much news there is of it, also when it is said to be paid at another minute', () => {
    const sales = salesAfter(noSales, [tradeEvent('1', tradeRow('a')), tradeEvent('2', tradeRow('a'))], NOW);
    const moved = tradeRow('a', { payment: { ...payment, paidAt: EARLIER } });
    const after = salesAfter(sales, [tradeEvent('3', tradeRow('a')), tradeEvent('4', moved)], NOW);
    expect([...after.byMinute.keys()]).toEqual([minute]);
    expect(after.byMinute.get(minute)?.cells).toMatchObject([{ trades: 1 }]);
  });

  it('count neither what is not paid nor what was won', () => {
    const pending = tradeRow('a', { payment: { ...payment, state: 'PENDING', paidAt: null } });
    expect(salesWith(noSales, [pending, tradeRow('b', { kind: 'PRIZE' })], NOW).byMinute.size).toBe(0);
  });

  it('are forgotten after an hour', () => {
    const sales = salesWith(noSales, [tradeRow('a')], NOW);
    expect(salesWith(sales, [], NOW + (SALES_MINUTES - 1) * 60_000).byMinute.size).toBe(1);
    expect(salesWith(sales, [], NOW + SALES_MINUTES * 60_000).byMinute.size).toBe(0);
  });

  it('leave alone the minutes that nothing is counted into, and what others hold', () => {
    const before = salesWith(noSales, [tradeRow('a', { payment: { ...payment, paidAt: EARLIER } }), tradeRow('b')], NOW);
    const after = salesWith(before, [tradeRow('c')], NOW);
    expect(after.byMinute.get(minute - 60_000)).toBe(before.byMinute.get(minute - 60_000));
    expect(before.byMinute.get(minute)?.tradeIds.size).toBe(1);
    expect(after.byMinute.get(minute)?.tradeIds.size).toBe(2);
  });
});
