import type { Clock } from './clock';
import type { Account, Link, LogEvent, LogEventOf, Machine, Source, Trade } from './model';
import { accountsAfter } from './reducers/accounts';
import { emptyFeed, feedAfter, type Feed } from './reducers/feed';
import { machinesAfter, machinesRead, noMachines, type Machines } from './reducers/machines';
import { noSales, salesAfter, salesWith, type Sales } from './reducers/sales';
import { undeliveredAfter, type UndeliveredById } from './reducers/undelivered';

/** All that the page knows of what happens; every part is replaced when it changes, never written to. */
export interface LiveState {
  readonly link: Link;
  /** When the last event came (ms since 1970); null: none yet. */
  readonly lastEventAt: number | null;
  readonly accounts: readonly Account[];
  readonly machines: Machines;
  readonly feed: Feed;
  readonly sales: Sales;
  readonly undelivered: UndeliveredById;
  /** The last gap in the log; what happened in it was read anew, but is not in the feed. */
  readonly gap: LogEventOf<'GapEvent'> | null;
}

/** What is read by queries, on start and every now and then. */
export interface Reading {
  readonly accounts: readonly Account[];
  readonly rows: readonly Machine[];
  readonly sources: readonly Source[];
}

export interface LiveStore {
  get(): LiveState;
  subscribe(listener: () => void): () => void;
  /** Takes an event; it shows with the next flush. */
  take(event: LogEvent): void;
  link(link: Link): void;
  read(reading: Reading): void;
  /** Counts trades that were read of the past; those that are known count once. */
  countTrades(trades: readonly Trade[]): void;
}

/** React hears of changes at most this often, however many events there are. */
export const FLUSH_EVERY = 250;

const initial: LiveState = {
  link: { state: 'connecting' },
  lastEventAt: null,
  accounts: [],
  machines: noMachines,
  feed: emptyFeed,
  sales: noSales,
  undelivered: new Map(),
  gap: null,
};

export function createLiveStore(clock: Clock): LiveStore {
  let state = initial;
  let batch: LogEvent[] = [];
  let link = initial.link;
  let flushDue = false;
  const listeners = new Set<() => void>();

  function become(next: LiveState) {
    state = next;
    for (const listener of listeners) listener();
  }

  function flushSoon() {
    if (flushDue) return;
    flushDue = true;
    clock.after(FLUSH_EVERY, () => {
      flushDue = false;
      const events = batch;
      batch = [];
      become({ ...stateAfter(state, events, clock.now()), link });
    });
  }

  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    take: (event) => {
      batch.push(event);
      flushSoon();
    },
    link: (next) => {
      link = next;
      flushSoon();
    },
    read: ({ accounts, rows, sources }) =>
      become({ ...state, accounts, machines: machinesRead(state.machines, { rows, sources, at: clock.now() }) }),
    countTrades: (trades) => become({ ...state, sales: salesWith(state.sales, trades, clock.now()) }),
  };
}

/** The state after a batch of events, oldest first. */
export function stateAfter(state: LiveState, batch: readonly LogEvent[], now: number): LiveState {
  if (batch.length === 0) return state;
  const gap = batch.findLast((event) => event.__typename === 'GapEvent');
  return {
    ...state,
    lastEventAt: now,
    accounts: accountsAfter(state.accounts, batch),
    machines: machinesAfter(state.machines, batch),
    feed: feedAfter(state.feed, batch),
    sales: salesAfter(state.sales, batch, now),
    undelivered: undeliveredAfter(state.undelivered, batch),
    gap: gap ?? state.gap,
  };
}
