import { expect, it } from 'vitest';
import { createLiveStore } from '../../live/liveStore';
import { machineRow, statusRow } from '../../testing/events';
import { turnedClock } from '../../testing/turnedClock';
import { fleetCounts } from './fleetCounts';

const CALM = { id: 'site/1', name: 'Calm' };
const TROUBLED = { id: 'site/2', name: 'Troubled' };

it('counts the machines in all, by account and by site, and puts the sites in trouble first', () => {
  const store = createLiveStore(turnedClock());
  const fault = { name: 'jammed', code: null, cabinet: null, since: null };
  store.read({
    accounts: [],
    sources: [],
    rows: [
      machineRow('a', { site: CALM }),
      machineRow('b', { site: TROUBLED, status: statusRow({ online: false, faults: [fault] }) }),
      machineRow('c', { account: { id: 'account/north' }, status: statusRow({ soldOutShelfCount: 2 }) }),
      machineRow('d', { status: null }),
    ],
  });
  const { all, byAccount, sites } = fleetCounts(store.get());
  expect(all).toMatchObject({ total: 4, online: 2, offline: 1, fault: 1, soldOut: 1 });
  expect(byAccount.get('account/north')).toMatchObject({ total: 1, online: 1, offline: 0, fault: 0, soldOut: 1 });
  expect(sites.map(({ name }) => name)).toEqual(['Troubled', 'Calm']);
});

it('says how old the oldest status is, and how many are stale', () => {
  const old = '2026-01-31T07:00:00Z';
  const stale = { ...statusRow(), freshness: { asOf: old, source: 'CACHE', stale: true } } as const;
  const store = createLiveStore(turnedClock());
  const rows = [machineRow('a'), machineRow('b', { status: stale }), machineRow('c', { status: null })];
  store.read({ accounts: [], sources: [], rows });
  expect(fleetCounts(store.get()).all).toMatchObject({
    stale: 1,
    staleOf: { online: 1, offline: 0, fault: 0, soldOut: 0 },
    oldestAsOf: old,
  });
});
