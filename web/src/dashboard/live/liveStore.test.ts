import { describe, expect, it } from 'vitest';
import { gapEvent, machineRow, statusEvent, statusRow, tradeEvent, tradeRow } from '../testing/events';
import { turnedClock } from '../testing/turnedClock';
import { createLiveStore, FLUSH_EVERY } from './liveStore';

describe('the live store', () => {
  it('tells of many events at once, and of nothing in between', () => {
    const clock = turnedClock();
    const store = createLiveStore(clock);
    let told = 0;
    store.subscribe(() => (told += 1));
    for (let index = 0; index < 100; index += 1) store.take(tradeEvent(`${index}`, tradeRow(`${index}`)));
    clock.turn(FLUSH_EVERY - 1);
    expect(told).toBe(0);
    clock.turn(1);
    expect(told).toBe(1);
    expect(store.get().feed.total).toBe(100);
  });

  it('leaves alone what no event touched, so that whoever looks at it does not render again', () => {
    const clock = turnedClock();
    const store = createLiveStore(clock);
    store.read({ accounts: [], rows: [machineRow('m')], sources: [] });
    const before = store.get();
    store.take(tradeEvent('a', tradeRow('a')));
    clock.turn(FLUSH_EVERY);
    expect(store.get().machines).toBe(before.machines);
    expect(store.get().accounts).toBe(before.accounts);
    expect(store.get().feed).not.toBe(before.feed);
  });

  it('moves a machine by its events, between readings', () => {
    const clock = turnedClock();
    const store = createLiveStore(clock);
    store.read({ accounts: [], rows: [machineRow('m')], sources: [] });
    store.take(statusEvent('a', 'm', statusRow({ online: false })));
    clock.turn(FLUSH_EVERY);
    expect(store.get().machines.byId.get('m')?.online).toBe(false);
  });

  it('keeps the last gap, and how it hangs on the log', () => {
    const clock = turnedClock();
    const store = createLiveStore(clock);
    store.take(gapEvent('gap'));
    store.link({ state: 'behind', byMilliseconds: 9000 });
    store.link({ state: 'live' });
    clock.turn(FLUSH_EVERY);
    expect(store.get().gap?.cursor).toBe('gap');
    expect(store.get().link).toEqual({ state: 'live' });
  });
});
