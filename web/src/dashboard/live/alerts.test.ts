import { beforeEach, describe, expect, it } from 'vitest';
import { healthEvent, machineRow, statusEvent, statusRow, tradeEvent, tradeRow } from '../testing/events';
import { turnedClock } from '../testing/turnedClock';
import { alertCount, alertsOf } from './alerts';
import { createLiveStore, FLUSH_EVERY, type LiveStore } from './liveStore';
import type { Account, LogEvent, Machine, MachineStatus } from './model';
import { OVERDUE_AFTER } from './reducers/undelivered';

const INSTANT = '2026-01-31T08:00:00Z';
const fault = { name: 'jammed', code: null, cabinet: null, since: null };
const metro: Account = {
  id: 'account/metro',
  name: 'metro',
  vendor: 'INHAND',
  capabilities: [],
  health: { state: 'UP', lastSuccessAt: null, lastError: null },
};

let clock = turnedClock();
let store: LiveStore;
let cursor = 0;

const read = (...rows: Machine[]) => store.read({ accounts: [metro], rows, sources: [] });
const take = (...events: LogEvent[]) => {
  events.forEach(store.take);
  clock.turn(FLUSH_EVERY);
};
const turns = (changes: Partial<MachineStatus>, occurredAt = INSTANT) => {
  cursor += 1;
  take({ ...statusEvent(`${cursor}`, 'm', statusRow(changes, occurredAt)), occurredAt });
};
const alerts = () => alertsOf(store.get());

beforeEach(() => {
  clock = turnedClock();
  store = createLiveStore(clock);
});

describe('an alert about a machine', () => {
  it.each([
    ['offline', { online: false }],
    ['fault', { faults: [fault] }],
    ['soldOut', { soldOutShelfCount: 2 }],
  ] as const)('%s opens with the event that tells of it, and ends with the one that tells it is over', (kind, bad) => {
    read(machineRow('m'));
    expect(alertCount(store.get())).toBe(0);
    turns(bad, '2026-01-31T08:01:00Z');
    expect(alerts()[kind]).toMatchObject([{ machine: { id: 'm' }, opening: { at: '2026-01-31T08:01:00Z', told: true } }]);
    expect(alertCount(store.get())).toBe(1);
    turns({}, '2026-01-31T08:02:00Z');
    expect(alertCount(store.get())).toBe(0);
  });

  it('stays open since when it opened, whatever else is told', () => {
    read(machineRow('m'));
    turns({ online: false }, '2026-01-31T08:01:00Z');
    turns({ online: false, soldOutShelfCount: 1 }, '2026-01-31T08:02:00Z');
    expect(alerts().offline[0]?.opening?.at).toBe('2026-01-31T08:01:00Z');
    expect(alerts().soldOut[0]?.opening?.at).toBe('2026-01-31T08:02:00Z');
  });

  it('opens with what is read at first, and does not claim to know since when', () => {
    read(machineRow('m', { status: statusRow({ online: false }) }));
    expect(alerts().offline[0]?.opening).toEqual({ at: INSTANT, told: false });
  });

  it('about a fault is open since the fault, where that is told', () => {
    read(machineRow('m', { status: statusRow({ faults: [{ ...fault, since: '2026-01-30T00:00:00Z' }] }) }));
    expect(alerts().fault[0]?.opening).toEqual({ at: '2026-01-30T00:00:00Z', told: true });
  });

  it('ends with a reading that shows it is over, and opens anew later', () => {
    read(machineRow('m', { status: statusRow({ online: false }) }));
    read(machineRow('m', { status: statusRow({}, '2026-01-31T08:05:00Z') }));
    expect(alertCount(store.get())).toBe(0);
    turns({ online: false }, '2026-01-31T08:06:00Z');
    expect(alerts().offline[0]?.opening).toEqual({ at: '2026-01-31T08:06:00Z', told: true });
  });

  it('is not opened by a machine of which nothing is known', () => {
    read(machineRow('m', { status: null }));
    expect(alertCount(store.get())).toBe(0);
  });
});

describe('an alert about an account', () => {
  it('opens when the vendor does not answer, and ends when it does', () => {
    read();
    take(healthEvent('1', { state: 'DOWN', lastSuccessAt: null, lastError: null }));
    expect(alerts().accounts).toMatchObject([{ id: 'account/metro' }]);
    take(healthEvent('2', { state: 'UP', lastSuccessAt: null, lastError: null }));
    expect(alertCount(store.get())).toBe(0);
  });
});

describe('an alert about a trade', () => {
  const waiting = tradeRow('a', { delivery: { state: 'WAITING', at: null, failureReason: null } });
  const reach = { from: 0, sources: [], error: null };
  const past = (trade: typeof waiting) => ({ ...trade, account: { id: metro.id }, machine: null });

  it('opens with a reading of the fleet, when the goods are overdue', () => {
    take(tradeEvent('1', waiting));
    clock.turn(OVERDUE_AFTER);
    read();
    expect(alerts().undelivered).toMatchObject([{ state: 'overdue' }]);
  });

  it('is not opened by a reading that is older than what an event told', () => {
    take(tradeEvent('1', tradeRow('a')));
    store.readTrades({ trades: [past(waiting)], toldMeanwhile: new Set(['a']), reach });
    expect(store.get().undelivered.size).toBe(0);
  });

  it('opens with what is read of the last hour', () => {
    const failed = { ...waiting, delivery: { state: 'FAILED', at: null, failureReason: 'stuck' } } as const;
    store.readTrades({ trades: [past(failed)], toldMeanwhile: new Set(), reach });
    expect(alertCount(store.get())).toBe(1);
  });
});
