import type {
  AccountRowFragment,
  LogSubscription,
  MachineRowFragment,
  SourceRowFragment,
  StatusRowFragment,
  TradeRowFragment,
  TradesSinceQuery,
} from '../../generated/graphql';
import type { Failure } from '../api/failure';

/** One event of the log, as `live.graphql` asks for it. */
export type LogEvent = LogSubscription['events'];
/** An event of one kind. */
export type LogEventOf<Name extends LogEvent['__typename']> = Extract<LogEvent, { __typename: Name }>;

export type Account = AccountRowFragment;
export type MachineStatus = StatusRowFragment;
/** A machine of the list; its status is null until it is read. */
export type Machine = MachineRowFragment & { readonly status: MachineStatus | null };
export type Source = SourceRowFragment;
export type Trade = TradeRowFragment;
/** A trade that was read, not told: it names its machine and account itself. */
export type PastTrade = NonNullable<TradesSinceQuery['trades']>['nodes'][number];

/** How the page hangs on the log. */
export type Link =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  /** Connected, and catching up: what was handled last is this old. */
  | { readonly state: 'behind'; readonly byMilliseconds: number }
  /** The connection is lost since then (ms since 1970); when the last event came, if any did. */
  | { readonly state: 'reconnecting'; readonly lastEventAt: number | null; readonly since: number }
  /** The gateway will not tell this caller what happens, and why. */
  | { readonly state: 'refused'; readonly failure: Failure };
