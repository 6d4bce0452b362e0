import { describe, expect, it } from 'vitest';
import { gapEvent, healthEvent, machineRow, statusEvent, statusRow, tradeEvent, tradeRow } from '../../testing/events';
import type { Account } from '../model';
import { accountsAfter } from './accounts';
import { emptyFeed, FEED_LENGTH, feedAfter } from './feed';
import { machinesAfter, machinesRead, noMachines } from './machines';
import { noSales, salesAfter, SALES_MINUTES, salesWith } from './sales';
import { undeliveredAfter } from './undelivered';

const EARLIER = '2026-01-31T07:59:00Z';
const NOW = Date.parse('2026-01-31T08:00:30Z');
const source = (ok: boolean) => ({ account: { id: 'account/metro' }, ok, error: null, freshness: null });

describe('the feed', () => {
  it('has the newest first, and forgets the oldest', () => {
    const events = Array.from({ length: FEED_LENGTH + 5 }, (_, index) => gapEvent(`${index}`));
    const feed = feedAfter(feedAfter(emptyFeed, events.slice(0, 10)), events.slice(10));
    expect(feed.events).toHaveLength(FEED_LENGTH);
    expect(feed.events[0]?.cursor).toBe(`${FEED_LENGTH + 4}`);
    expect(feed.events[FEED_LENGTH - 1]?.cursor).toBe('5');
    expect(feed.total).toBe(FEED_LENGTH + 5);
  });
});

describe('the accounts', () => {
  const metro: Account = {
    id: 'account/metro',
    name: 'metro',
    vendor: 'INHAND',
    capabilities: [],
    health: { state: 'UP', lastSuccessAt: null, lastError: null },
  };

  it('take the health that an event tells, each its own', () => {
    const down = { state: 'DOWN', lastSuccessAt: null, lastError: null } as const;
    const north = { ...metro, id: 'account/north' };
    expect(accountsAfter([metro, north], [healthEvent('a', down)])).toEqual([{ ...metro, health: down }, north]);
  });
});

describe('the machines', () => {
  const read = machinesRead(noMachines, { rows: [machineRow('m')], sources: [source(true)], at: NOW });

  it('take the whole status of the machine, not what the event left out', () => {
    const told = statusRow({ faults: [], soldOutShelfCount: null });
    const whole = statusRow({ soldOutShelfCount: 3 });
    const after = machinesAfter(read, [statusEvent('a', 'm', told, whole)]);
    expect(after.byId.get('m')?.status?.soldOutShelfCount).toBe(3);
  });

  it('without the whole status take what an event always tells', () => {
    const known = machinesRead(noMachines, {
      rows: [machineRow('m', { status: statusRow({ soldOutShelfCount: 3 }) })],
      sources: [],
      at: NOW,
    });
    const told = statusRow({ online: false, soldOutShelfCount: null });
    const after = machinesAfter(known, [statusEvent('a', 'm', told, null)]);
    expect(after.byId.get('m')).toMatchObject({ online: false, status: { online: false, soldOutShelfCount: 3 } });
  });

  it('are the same object when no event is about one of them', () => {
    expect(machinesAfter(read, [statusEvent('a', 'unknown', statusRow()), gapEvent('b')])).toBe(read);
  });

  it('keep a status that an event told while an older reading was on its way', () => {
    const moved = machinesAfter(read, [statusEvent('a', 'm', statusRow({ online: false }))]);
    const rows = [machineRow('m', { status: statusRow({ online: true }, EARLIER) })];
    const again = machinesRead(moved, { rows, sources: [source(true)], at: NOW });
    expect(again.byId.get('m')?.online).toBe(false);
  });

  it('keep the status that is known while the list is read, which comes without', () => {
    const again = machinesRead(read, { rows: [machineRow('m', { status: null })], sources: [source(true)], at: NOW });
    expect(again.byId.get('m')?.status).toEqual(statusRow());
  });

  it('of an account that does not answer stay as they were known', () => {
    expect(machinesRead(read, { rows: [], sources: [source(false)], at: NOW }).byId.size).toBe(1);
    expect(machinesRead(read, { rows: [], sources: [source(true)], at: NOW }).byId.size).toBe(0);
  });
});

describe('the sales', () => {
  const minute = Date.parse('2026-01-31T08:00:00Z');

  it('are summed by minute and payment method', () => {
    const trades = [
      tradeRow('a'),
      tradeRow('b'),
      tradeRow('c', { payment: { method: 'CASH', state: 'PAID', paidAt: EARLIER } }),
    ];
    const sales = salesWith(noSales, trades, NOW);
    expect(sales.byMinute.get(minute)).toEqual([{ method: 'WECHAT', currency: 'CNY', count: 2, minorUnits: 1000 }]);
    expect(sales.byMinute.get(minute - 60_000)).toMatchObject([{ method: 'CASH', count: 1 }]);
  });

  it('count a trade once, however much news there is of it', () => {
    const sales = salesAfter(noSales, [tradeEvent('1', tradeRow('a')), tradeEvent('2', tradeRow('a'))], NOW);
    expect(salesAfter(sales, [tradeEvent('3', tradeRow('a'))], NOW).byMinute.get(minute)).toMatchObject([{ count: 1 }]);
  });

  it('count neither what is not paid nor what was won', () => {
    const pending = tradeRow('a', { payment: { method: 'WECHAT', state: 'PENDING', paidAt: null } });
    expect(salesWith(noSales, [pending, tradeRow('b', { kind: 'PRIZE' })], NOW).byMinute.size).toBe(0);
  });

  it('are forgotten after an hour, with the trades that were counted', () => {
    const sales = salesWith(noSales, [tradeRow('a')], NOW);
    const later = salesWith(sales, [], NOW + SALES_MINUTES * 60_000);
    expect(later.byMinute.size).toBe(0);
    expect(later.counted.size).toBe(0);
  });
});

describe('what is paid but not dispensed', () => {
  const failed = tradeRow('a', { delivery: { state: 'FAILED', at: null, failureReason: 'stuck' } });

  it('is known until the goods come out, or the money goes back', () => {
    const open = undeliveredAfter(new Map(), [tradeEvent('1', failed)]);
    expect(open.get('a')?.trade).toBe(failed);
    expect(undeliveredAfter(open, [tradeEvent('2', tradeRow('a'))]).size).toBe(0);
    expect(undeliveredAfter(open, [tradeEvent('2', { ...failed, refund: { state: 'IN_PROGRESS' } })]).size).toBe(0);
  });

  it('is not what is being dispensed', () => {
    const dispensing = tradeRow('a', { delivery: { state: 'DISPENSING', at: null, failureReason: null } });
    expect(undeliveredAfter(new Map(), [tradeEvent('1', dispensing)]).size).toBe(0);
  });
});
