import type { LogEvent, Trade } from '../../live/model';

/** The trades that were read, with what the log told of this machine since: newest first, at most so many. */
export function tradesWith(
  read: readonly Trade[],
  events: readonly LogEvent[],
  { machineId, length }: { readonly machineId: string; readonly length: number },
): readonly Trade[] {
  const byId = new Map(read.map((trade) => [trade.id, trade]));
  // The newest event of a trade says last how it is; the events come newest first.
  const told = new Set<string>();
  for (const event of events) {
    if (event.__typename !== 'TradeEvent' || event.machine?.id !== machineId || told.has(event.trade.id)) continue;
    told.add(event.trade.id);
    byId.set(event.trade.id, event.trade);
  }
  const at = ({ createdAt }: Trade) => (createdAt === null ? 0 : Date.parse(createdAt));
  return [...byId.values()].sort((one, other) => at(other) - at(one)).slice(0, length);
}
