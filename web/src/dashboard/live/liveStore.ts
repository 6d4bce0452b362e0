import type { Failure } from '../api/failure';
import type { Clock } from './clock';
import type { Account, Link, LogEvent, LogEventOf, Machine, PastTrade, Source } from './model';
import { accountsAfter } from './reducers/accounts';
import { emptyFeed, feedAfter, type Feed } from './reducers/feed';
import { machinesAfter, machinesRead, noMachines, type Machines } from './reducers/machines';
import { openingsAfter, type Openings } from './reducers/openings';
import { noSales, salesAfter, salesWith, type Sales } from './reducers/sales';
import { undeliveredAfter, undeliveredAt, undeliveredRead, type UndeliveredById } from './reducers/undelivered';

/** All that the page knows of what happens; every part is replaced when it changes, never written to. */
export interface LiveState {
  readonly link: Link;
  /** How often a lost connection came back: who renders by it reads again what failed. */
  readonly revivals: number;
  /** When the last event came (ms since 1970); null: none yet. */
  readonly lastEventAt: number | null;
  readonly accounts: readonly Account[];
  readonly machines: Machines;
  readonly feed: Feed;
  readonly sales: Sales;
  /** How far the trades of the past are known; null: not read yet. */
  readonly pastTrades: PastTrades | null;
  readonly undelivered: UndeliveredById;
  /** Since when which alert about a machine is open. */
  readonly openings: Openings;
  /** The last gap in the log; what happened in it was read anew, but is not in the feed. */
  readonly gap: LogEventOf<'GapEvent'> | null;
}

/** What is read by queries, on start and every now and then. */
export interface Reading {
  readonly accounts: readonly Account[];
  /** Null: the token may not read them. */
  readonly rows: readonly Machine[] | null;
  readonly sources: readonly Source[];
}

/** How far the trades that were read of the past reach. */
export interface PastTrades {
  /** What was made before is not counted (ms since 1970): nobody asked, or there were too many. */
  readonly from: number;
  /** What became of each account's share. */
  readonly sources: readonly Source[];
  /** Why the last reading failed; null: it did not. */
  readonly error: Failure | null;
}

/** Trades that were read of the past. */
export interface TradesReading {
  /** The newest first. */
  readonly trades: readonly PastTrade[];
  /** Trades that events told of meanwhile: what was read of them may be older. */
  readonly toldMeanwhile: ReadonlySet<string>;
  readonly reach: PastTrades;
}

export interface LiveStore {
  get(): LiveState;
  subscribe(listener: () => void): () => void;
  /** Takes an event; it shows with the next flush. */
  take(event: LogEvent): void;
  link(link: Link): void;
  /** A lost connection is back. */
  revived(): void;
  read(reading: Reading): void;
  /** Takes trades that were read of the past; those that are counted count once. */
  readTrades(reading: TradesReading): void;
}

/** React hears of changes at most this often, however many events there are. */
export const FLUSH_EVERY = 250;

const initial: LiveState = {
  link: { state: 'connecting' },
  revivals: 0,
  lastEventAt: null,
  accounts: [],
  machines: noMachines,
  feed: emptyFeed,
  sales: noSales,
  pastTrades: null,
  undelivered: new Map(),
  openings: new Map(),
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
    revived: () => become({ ...state, revivals: state.revivals + 1 }),
    read: (reading) => become(stateRead(state, reading, clock.now())),
    readTrades: (reading) => become(stateWithTrades(state, reading, clock.now())),
  };
}

/** The state once the fleet was read anew. */
function stateRead(state: LiveState, { accounts, rows, sources }: Reading, now: number): LiveState {
  if (rows === null) return { ...state, accounts };
  const machines = machinesRead(state.machines, { rows, sources, at: now });
  return {
    ...state,
    accounts,
    machines,
    openings: openingsAfter(state.openings, state.machines, machines, { batch: [], now }),
    undelivered: undeliveredAt(state.undelivered, now),
  };
}

/** The state once trades of the past were read. */
function stateWithTrades(state: LiveState, { trades, toldMeanwhile, reach }: TradesReading, now: number): LiveState {
  const untold = trades.filter(({ id }) => !toldMeanwhile.has(id));
  return {
    ...state,
    sales: salesWith(state.sales, trades, now),
    // What happened since an earlier reading was told by events.
    pastTrades: { ...reach, from: Math.min(reach.from, state.pastTrades?.from ?? reach.from) },
    undelivered: undeliveredAt(undeliveredRead(state.undelivered, untold, now), now),
  };
}

/** The state after a batch of events, oldest first. */
export function stateAfter(state: LiveState, batch: readonly LogEvent[], now: number): LiveState {
  if (batch.length === 0) return state;
  const gap = batch.findLast((event) => event.__typename === 'GapEvent');
  const machines = machinesAfter(state.machines, batch);
  return {
    ...state,
    lastEventAt: now,
    accounts: accountsAfter(state.accounts, batch),
    machines,
    feed: feedAfter(state.feed, batch),
    sales: salesAfter(state.sales, batch, now),
    undelivered: undeliveredAt(undeliveredAfter(state.undelivered, batch), now),
    openings: openingsAfter(state.openings, state.machines, machines, { batch, now }),
    gap: gap ?? state.gap,
  };
}
