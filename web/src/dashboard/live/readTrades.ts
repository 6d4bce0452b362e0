import type { Client } from 'urql';
import { TradesSinceDocument } from '../../generated/graphql';
import { failureOf } from '../api/failure';
import type { Clock } from './clock';
import { keepFresh, type Refresh } from './keepFresh';
import type { LiveStore, TradesReading } from './liveStore';
import type { LogEvent, PastTrade, Source } from './model';
import { MINUTE, SALES_MINUTES } from './reducers/sales';

/** What no event tells (that a source answers again) is seen so soon. */
const READ_EVERY = 5 * MINUTE;
/** An order is a trade as well, of which no event tells: what asks for a reading waits so long for others. */
const READ_SOON = 3_000;
/** So many pages of 500 at most: whoever sells more has the latest alone, and is told so. */
export const MOST_PAGES = 20;
/** What is paid within the hour may have been made a little before. */
const MARGIN = 5 * MINUTE;

export interface FollowedTrades {
  readonly refresh: Refresh;
  /** To be told of every event. */
  event(event: LogEvent): void;
}

/** Reads the trades of the last hour at first, after a gap, when an order changed, and every now and then. */
export function followTrades(api: Client, store: LiveStore, clock: Clock): FollowedTrades {
  let told: Set<string> | null = null;

  async function read() {
    const meanwhile = new Set<string>();
    told = meanwhile;
    const since = clock.now() - (SALES_MINUTES - 1) * MINUTE - MARGIN;
    try {
      store.readTrades({ ...(await readTrades(api, since)), toldMeanwhile: meanwhile });
    } catch (error) {
      const before = store.get().pastTrades ?? { from: clock.now(), sources: [] };
      store.readTrades({ trades: [], toldMeanwhile: meanwhile, reach: { ...before, error: failureOf(error) } });
    } finally {
      told = null;
    }
  }

  const refresh = keepFresh(clock, read, { every: READ_EVERY, soon: READ_SOON });
  return {
    refresh,
    event: (event) => {
      if (event.__typename === 'TradeEvent') told?.add(event.trade.id);
      if (event.__typename === 'GapEvent' || event.__typename === 'OrderEvent' || event.__typename === 'DeliveryEvent') {
        refresh.soon();
      }
    },
  };
}

async function readTrades(api: Client, since: number): Promise<Omit<TradesReading, 'toldMeanwhile'>> {
  const trades: PastTrade[] = [];
  let sources: readonly Source[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const variables: { from: string; after: string | null } = { from: new Date(since).toISOString(), after };
    const { data, error } = await api.query(TradesSinceDocument, variables, { requestPolicy: 'network-only' }).toPromise();
    if (!data?.trades) throw error ?? new Error('no trades');
    const answer: NonNullable<typeof data.trades> = data.trades;
    trades.push(...answer.nodes);
    sources = withWorst(sources, answer.sources);
    after = answer.pageInfo.hasNextPage ? answer.pageInfo.endCursor : null;
    if (after === null) return { trades, reach: { from: since, sources, error: null } };
  }
  const oldest = trades.at(-1)?.createdAt;
  const from = oldest ? Date.parse(oldest) : since;
  return { trades, reach: { from, sources, error: null } };
}

/** What became of each account's share over all pages: one that failed once is not whole. */
function withWorst(sources: readonly Source[], page: readonly Source[]): readonly Source[] {
  return page.map((source) => sources.find(({ account, ok }) => account.id === source.account.id && !ok) ?? source);
}
