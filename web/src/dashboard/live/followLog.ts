import type { Clock } from './clock';
import type { Link, LogEvent } from './model';
import type { End, Transport } from './transport';

export interface LogSink {
  event(event: LogEvent): void;
  link(link: Link): void;
  /** A connection stands that had no cursor to go on from: what happened before it is to be read. */
  startedAnew(): void;
  /** A connection stands again after one was lost: what failed meanwhile can be read. */
  revived(): void;
  unauthorized(): void;
}

/** An event that is older than this when it comes shows that we are behind. */
export const BEHIND_AFTER = 3_000;
/** No event for so long after an old one: there are no more of them. */
export const CAUGHT_UP_AFTER = 2_000;
/** A connection that held so long was a good one: the next attempt comes soon. */
export const GOOD_AFTER = 5_000;
/** One object: who looks at it renders again when it is another. */
const LIVE: Link = { state: 'live' };
const FIRST_RETRY = 500;
const LAST_RETRY = 15_000;
/** How many cursors are remembered to know an event again. */
const REMEMBERED = 1_000;

export interface Following {
  /** Tries again at once, when the browser says that it is online again. */
  retryNow(): void;
  stop(): void;
}

/**
 * Follows the log for as long as the page is open: each event once, in order, over any number of connections. A new
 * connection goes on after the last event that was handled.
 */
export function followLog(transport: Transport, clock: Clock, sink: LogSink, random = Math.random): Following {
  let cursor: string | null = null;
  let lastEventAt: number | null = null;
  let attempt = 0;
  let openedAt: number | null = null;
  /** Since when there is no connection, where there was to be one. */
  let lostSince: number | null = null;
  let stopped = false;
  /** How far the gateway's clock seems to be from ours: the least age that any event came with. */
  let leastAge = Number.POSITIVE_INFINITY;
  let close: (() => void) | null = null;
  let cancelRetry: (() => void) | null = null;
  let cancelCaughtUp: (() => void) | null = null;
  const seen = new Set<string>();

  function connect() {
    cancelRetry = null;
    openedAt = null;
    const isNew = cursor === null;
    close = transport(cursor, { opened: (given) => opened(isNew, given), event: take, ended });
  }

  function opened(isNew: boolean, given: string | null) {
    if (stopped) return;
    openedAt = clock.now();
    // An event may have come before the answer that the subscription stands.
    cursor ??= given;
    if (isNew) sink.startedAnew();
    if (lostSince !== null) sink.revived();
    lostSince = null;
    if (cancelCaughtUp === null) sink.link(LIVE);
  }

  function take(event: LogEvent) {
    if (stopped) return;
    // After a gap the log may be another one, whose cursors begin anew.
    if (event.__typename === 'GapEvent') seen.clear();
    else if (seen.has(event.cursor)) return;
    remember(event.cursor);
    cursor = event.cursor;
    lastEventAt = clock.now();
    measure(lastEventAt - Date.parse(event.receivedAt));
    sink.event(event);
  }

  function remember(place: string) {
    seen.add(place);
    const [oldest] = seen;
    if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
  }

  function measure(age: number) {
    leastAge = Math.min(leastAge, age);
    const byMilliseconds = age - leastAge;
    cancelCaughtUp?.();
    cancelCaughtUp = null;
    if (byMilliseconds <= BEHIND_AFTER) return sink.link(LIVE);
    sink.link({ state: 'behind', byMilliseconds });
    cancelCaughtUp = clock.after(CAUGHT_UP_AFTER, () => {
      cancelCaughtUp = null;
      sink.link(LIVE);
    });
  }

  function ended(end: End) {
    if (stopped) return;
    close = null;
    cancelCaughtUp?.();
    cancelCaughtUp = null;
    if (end.kind === 'unauthorized') return sink.unauthorized();
    if (end.kind === 'refused') return sink.link({ state: 'refused', failure: end.failure });
    if (openedAt !== null && clock.now() - openedAt >= GOOD_AFTER) attempt = 0;
    lostSince ??= clock.now();
    sink.link({ state: 'reconnecting', lastEventAt, since: lostSince });
    // Half of it by chance, so that all pages do not come back in the same instant.
    const ceiling = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** attempt);
    attempt += 1;
    cancelRetry = clock.after(ceiling * (0.5 + random() / 2), connect);
  }

  sink.link({ state: 'connecting' });
  connect();
  return {
    retryNow: () => {
      if (cancelRetry === null) return;
      cancelRetry();
      connect();
    },
    stop: () => {
      stopped = true;
      cancelRetry?.();
      cancelCaughtUp?.();
      close?.();
    },
  };
}
