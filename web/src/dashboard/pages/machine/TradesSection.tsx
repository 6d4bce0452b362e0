import { useMemo } from 'react';
import { MachineTradesDocument, type DeliveryState } from '../../../generated/graphql';
import { deliveryWords } from '../../i18n/deliveryWords';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { methodWords, paymentStateWords } from '../../i18n/paymentWords';
import { useLive } from '../../live/LiveProvider';
import type { Trade } from '../../live/model';
import { Badge, type Tone } from '../../parts/Badge';
import { Section } from '../../parts/Section';
import { machinePageWords } from './machinePageWords';
import { SourceNotices } from '../../parts/SourceNotices';
import { ReadingNotice } from '../../parts/ReadingNotice';
import { tradesWith } from './tradesWith';
import { useMachineReading } from './useMachineReading';

const LENGTH = 10;
const NONE: readonly Trade[] = [];

/** What the machine sold last; what the log tells stands there at once. */
export function TradesSection({ id }: { readonly id: string }) {
  const text = useWords(machinePageWords);
  const reading = useMachineReading(MachineTradesDocument, id, ['TRADE', 'ORDER', 'DELIVERY']);
  const events = useLive((state) => state.feed.events);
  const page = reading.data?.machine?.trades;
  const read = page?.nodes ?? NONE;
  const trades = useMemo(() => tradesWith(read, events, { machineId: id, length: LENGTH }), [read, events, id]);
  return (
    <Section title={text.trades}>
      <ReadingNotice reading={reading} />
      <SourceNotices sources={page?.sources} />
      {trades.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{text.time}</th>
              <th scope="col">{text.product}</th>
              <th scope="col">{text.shelf}</th>
              <th scope="col" className="number">
                {text.total}
              </th>
              <th scope="col">{text.payment}</th>
              <th scope="col">{text.delivery}</th>
            </tr>
          </thead>
          <tbody>
            {trades.map((trade) => (
              <TradeLine key={trade.id} trade={trade} />
            ))}
          </tbody>
        </table>
      )}
      {page?.sources.every(({ ok }) => ok) && trades.length === 0 && <p className="soft">{text.noTrades}</p>}
    </Section>
  );
}

function TradeLine({ trade }: { readonly trade: Trade }) {
  const format = useFormat();
  const methods = useWords(methodWords);
  const states = useWords(paymentStateWords);
  const deliveries = useWords(deliveryWords);
  return (
    <tr>
      <td>{trade.createdAt && format.dateTime(trade.createdAt)}</td>
      <td>
        {trade.productName} {trade.quantity > 1 && `× ${format.number(trade.quantity)}`}
      </td>
      <td>{trade.shelfCode}</td>
      <td className="number">{trade.total && format.money(trade.total)}</td>
      <td>
        {methods[trade.payment.method]} <span className="soft small">{states[trade.payment.state]}</span>
      </td>
      <td>
        <Badge tone={toneOf(trade.delivery.state)} title={trade.delivery.failureReason ?? undefined}>
          {deliveries[trade.delivery.state]}
        </Badge>
      </td>
    </tr>
  );
}

function toneOf(state: DeliveryState): Tone {
  if (state === 'DISPENSED') return 'good';
  return state === 'WAITING' || state === 'DISPENSING' || state === 'UNKNOWN' || state === 'CANCELLED' ? 'mute' : 'bad';
}
