import { beforeEach, describe, expect, it } from 'vitest';
import { gapEvent, tradeEvent, tradeRow } from '../testing/events';
import { turnedClock } from '../testing/turnedClock';
import { BEHIND_AFTER, CAUGHT_UP_AFTER, followLog, GOOD_AFTER, type Following } from './followLog';
import type { Link, LogEvent } from './model';
import type { Transport, TransportSink } from './transport';

const NO_SCOPE = { code: 'FORBIDDEN', scope: 'events:read', message: 'this needs the scope `events:read`' };

let clock = turnedClock();
let connections: { readonly after: string | null; readonly sink: TransportSink; closed: boolean }[] = [];
let events: string[] = [];
let links: Link[] = [];
let startedAnew = 0;
let revived = 0;
let unauthorized = 0;
let following: Following;

const transport: Transport = (after, sink) => {
  const connection = { after, sink, closed: false };
  connections.push(connection);
  return () => {
    connection.closed = true;
  };
};

const current = () => connections[connections.length - 1]!.sink;
const link = () => links[links.length - 1];
const event = (cursor: string, age = 0): LogEvent =>
  tradeEvent(cursor, tradeRow(cursor), new Date(clock.now() - age).toISOString());

beforeEach(() => {
  clock = turnedClock();
  connections = [];
  events = [];
  links = [];
  startedAnew = 0;
  revived = 0;
  unauthorized = 0;
  following = followLog(
    transport,
    clock,
    {
      event: ({ cursor }) => events.push(cursor),
      link: (next) => links.push(next),
      startedAnew: () => (startedAnew += 1),
      revived: () => (revived += 1),
      unauthorized: () => (unauthorized += 1),
    },
    () => 1,
  );
});

describe('at first', () => {
  it('it connects from now on, and says so', () => {
    expect(link()).toEqual({ state: 'connecting' });
    expect(connections).toMatchObject([{ after: null }]);
  });

  it('it is live when the subscription stands, and what was before is to be read', () => {
    current().opened(null);
    expect(link()).toEqual({ state: 'live' });
    expect(startedAnew).toBe(1);
  });
});

describe('after a lost connection', () => {
  it('it goes on after the last event', () => {
    current().opened(null);
    current().event(event('a'));
    current().event(event('b'));
    current().ended({ kind: 'lost' });
    expect(link()).toEqual({ state: 'reconnecting', lastEventAt: clock.now(), since: clock.now() });
    clock.turn(500);
    expect(connections).toMatchObject([{ after: null }, { after: 'b' }]);
  });

  it('it says since when, however often it tries, and once when it is back', () => {
    current().opened(null);
    expect(revived).toBe(0);
    const since = clock.now();
    current().ended({ kind: 'lost' });
    clock.turn(500);
    current().ended({ kind: 'lost' });
    expect(link()).toMatchObject({ state: 'reconnecting', since });
    clock.turn(5_000);
    current().opened(null);
    expect(revived).toBe(1);
    expect(link()).toEqual({ state: 'live' });
  });

  it('it reads nothing anew when it can go on, and reads again when it had no place yet', () => {
    current().opened(null);
    current().ended({ kind: 'lost' });
    clock.turn(500);
    current().opened(null);
    expect(startedAnew).toBe(2);
    current().event(event('a'));
    current().ended({ kind: 'lost' });
    clock.turn(1000);
    current().opened(null);
    expect(startedAnew).toBe(2);
  });

  it('it goes on after the place it was given, when no event came meanwhile', () => {
    current().opened('start');
    current().ended({ kind: 'lost' });
    clock.turn(500);
    expect(connections).toMatchObject([{ after: null }, { after: 'start' }]);
    current().opened('start');
    expect(startedAnew).toBe(1);
  });

  it('it goes on after an event, though the place it was given comes later', () => {
    current().event(event('a'));
    current().opened('start');
    expect(startedAnew).toBe(1);
    current().ended({ kind: 'lost' });
    clock.turn(500);
    expect(connections).toMatchObject([{ after: null }, { after: 'a' }]);
  });

  it('it tells an event once, though it is told twice', () => {
    current().event(event('a'));
    current().ended({ kind: 'lost' });
    clock.turn(500);
    current().event(event('a'));
    current().event(event('b'));
    expect(events).toEqual(['a', 'b']);
  });

  it('it waits longer each time, up to 15 s', () => {
    const waits = [500, 1000, 2000, 4000, 8000, 15_000, 15_000];
    for (const [index, wait] of waits.entries()) {
      current().ended({ kind: 'lost' });
      clock.turn(wait - 1);
      expect(connections).toHaveLength(index + 1);
      clock.turn(1);
      expect(connections).toHaveLength(index + 2);
    }
  });

  it('it comes back soon after a connection that held, not after one that broke at once', () => {
    for (const wait of [500, 1000]) {
      current().ended({ kind: 'lost' });
      clock.turn(wait);
      current().opened(null);
    }
    clock.turn(GOOD_AFTER);
    current().ended({ kind: 'lost' });
    clock.turn(500);
    expect(connections).toHaveLength(4);
  });

  it('it tries at once when the browser is online again, and only when it waits', () => {
    following.retryNow();
    expect(connections).toHaveLength(1);
    current().ended({ kind: 'lost' });
    following.retryNow();
    expect(connections).toHaveLength(2);
    clock.turn(60_000);
    expect(connections).toHaveLength(2);
  });
});

describe('behind', () => {
  it('it says by how much while old events come, and is live when they are new', () => {
    current().event(event('a'));
    current().event(event('b', 60_000));
    expect(link()).toEqual({ state: 'behind', byMilliseconds: 60_000 });
    current().event(event('c', BEHIND_AFTER));
    expect(link()).toEqual({ state: 'live' });
  });

  it('it is live when no more old events come', () => {
    current().event(event('a'));
    current().event(event('b', 60_000));
    clock.turn(CAUGHT_UP_AFTER);
    expect(link()).toEqual({ state: 'live' });
  });

  it('it is not, only because the two clocks differ', () => {
    current().event(event('a', 3_600_000));
    current().event(event('b', 3_600_500));
    expect(link()).toEqual({ state: 'live' });
  });

  it('it stays so while it is caught up with, also when the subscription is answered for meanwhile', () => {
    current().event(event('a'));
    current().event(event('b', 60_000));
    current().opened(null);
    expect(link()).toMatchObject({ state: 'behind' });
  });
});

describe('a gap', () => {
  it('is told, and forgets the cursors of a log that may be no more', () => {
    current().event(event('a'));
    current().event(gapEvent('gap'));
    current().event(event('a'));
    expect(events).toEqual(['a', 'gap', 'a']);
  });
});

describe('the end', () => {
  it('comes with a token that is not taken, and nothing is tried again', () => {
    current().ended({ kind: 'unauthorized' });
    clock.turn(60_000);
    expect(unauthorized).toBe(1);
    expect(connections).toHaveLength(1);
  });

  it('comes with a refusal, in the gateway’s words', () => {
    current().ended({ kind: 'refused', failure: NO_SCOPE });
    clock.turn(60_000);
    expect(link()).toEqual({ state: 'refused', failure: NO_SCOPE });
    expect(connections).toHaveLength(1);
  });

  it('comes when it is stopped: the connection is closed, and nothing is told any more', () => {
    const sink = current();
    following.stop();
    sink.event(event('a'));
    sink.ended({ kind: 'lost' });
    clock.turn(60_000);
    expect(connections).toMatchObject([{ closed: true }]);
    expect(events).toEqual([]);
  });
});
