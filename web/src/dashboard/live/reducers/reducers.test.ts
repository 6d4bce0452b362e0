import { describe, expect, it } from 'vitest';
import { gapEvent, healthEvent, machineRow, statusEvent, statusRow } from '../../testing/events';
import type { Account } from '../model';
import { accountsAfter } from './accounts';
import { emptyFeed, FEED_LENGTH, feedAfter } from './feed';
import { machinesAfter, machinesRead, noMachines } from './machines';

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
