import { deliveryWords, refundWords } from '../../i18n/deliveryWords';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { useLive } from '../../live/LiveProvider';
import type { Undelivered } from '../../live/reducers/undelivered';
import { Ago } from '../../parts/Ago';
import { MachineLink } from '../../parts/MachineLink';
import { alertsWords } from './alertsWords';
import { Group } from './Group';

/** What shoppers paid for and did not get. */
export function UndeliveredAlerts({ rows }: { readonly rows: readonly Undelivered[] }) {
  const text = useWords(alertsWords);
  return (
    <Group
      title={text.undelivered}
      tone="bad"
      heads={[text.machine, text.product, text.amount, text.delivery, text.paid, text.order]}
      rows={rows}
      render={(one) => <Row key={one.trade.id} undelivered={one} />}
    />
  );
}

function Row({ undelivered: { trade, machineId, since, state } }: { readonly undelivered: Undelivered }) {
  const text = useWords(alertsWords);
  const delivery = useWords(deliveryWords);
  const refund = useWords(refundWords);
  const format = useFormat();
  const name = useLive((live) => (machineId === null ? null : (live.machines.byId.get(machineId)?.name ?? null)));
  return (
    <tr>
      <th scope="row">
        <MachineLink id={machineId} number={trade.machineNumber} name={name} />
      </th>
      <td>
        {trade.productName} ×{format.number(trade.quantity)}
      </td>
      <td>{trade.total ? format.money(trade.total) : text.unknownAmount}</td>
      <td>
        {state === 'overdue' ? text.overdue : delivery[trade.delivery.state]}
        {trade.delivery.failureReason !== null && <div className="soft small">{trade.delivery.failureReason}</div>}
        {trade.refund && <div className="soft small">{refund[trade.refund.state]}</div>}
      </td>
      <td>
        <Ago at={since} />
      </td>
      <td className="soft small">{trade.orderNumber}</td>
    </tr>
  );
}
