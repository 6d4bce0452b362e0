import type { EventKind } from '../../../generated/graphql';
import type { LogEvent } from '../../live/model';
import { FEED_LENGTH, type Feed } from '../../live/reducers/feed';

/** Which events are wanted; empty: all. */
export interface FeedFilter {
  readonly kind: EventKind | '';
  readonly accountId: string;
  /** With this text in the machine's number or name, whatever its case. */
  readonly machine: string;
}

export const EVERYTHING: FeedFilter = { kind: '', accountId: '', machine: '' };

/** Whether an event is wanted. A gap always is: what is missing may be what is wanted. */
export function fits(event: LogEvent, { kind, accountId, machine }: FeedFilter): boolean {
  if (event.__typename === 'GapEvent') return true;
  if (kind !== '' && event.kind !== kind) return false;
  if (accountId !== '' && event.account?.id !== accountId) return false;
  return hasText(machine, event.machineNumber, event.machine?.name);
}

export function hasText(text: string, ...fields: readonly (string | null | undefined)[]): boolean {
  const wanted = text.trim().toLocaleLowerCase();
  return wanted === '' || fields.some((field) => field?.toLocaleLowerCase().includes(wanted));
}

export function fitting(events: readonly LogEvent[], filter: FeedFilter): readonly LogEvent[] {
  if (filter.kind === '' && filter.accountId === '' && filter.machine.trim() === '') return events;
  return events.filter((event) => fits(event, filter));
}

/** How many events that fit came since the feed was as it is shown; `atLeast`: not all of them are kept. */
export function newSince(shown: Feed, live: Feed, filter: FeedFilter): { readonly count: number; readonly atLeast: boolean } {
  const came = live.total - shown.total;
  const count = live.events.slice(0, Math.min(came, FEED_LENGTH)).filter((event) => fits(event, filter)).length;
  return { count, atLeast: came > FEED_LENGTH };
}
