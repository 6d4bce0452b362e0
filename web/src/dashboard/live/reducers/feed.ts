import type { LogEvent } from '../model';

/** How many events the page remembers. */
export const FEED_LENGTH = 1_000;

export interface Feed {
  /** The newest first, at most `FEED_LENGTH`. */
  readonly events: readonly LogEvent[];
  /** How many there were since the page was opened. */
  readonly total: number;
}

export const emptyFeed: Feed = { events: [], total: 0 };

/** The feed after a batch of events, oldest first. */
export function feedAfter(feed: Feed, batch: readonly LogEvent[]): Feed {
  const newest = batch.slice(-FEED_LENGTH).reverse();
  return {
    events: [...newest, ...feed.events.slice(0, FEED_LENGTH - newest.length)],
    total: feed.total + batch.length,
  };
}
