import { memo } from 'react';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import type { LogEvent } from '../../live/model';
import { Badge, type Tone } from '../../parts/Badge';
import { MachineLink } from '../../parts/MachineLink';
import styles from './EventRow.module.css';
import { kindWords, originWords } from './eventsWords';
import type { Teller } from './tell';

/** What happened, to which machine, when and who told. An event never changes: it is rendered once. */
export const EventRow = memo(function EventRow({ event, teller }: { readonly event: LogEvent; readonly teller: Teller }) {
  const format = useFormat();
  const kind = useWords(kindWords);
  const origin = useWords(originWords);
  const { machineNumber, machine, account } = event;
  return (
    <li className={`${styles.row} ${event.__typename === 'GapEvent' ? styles.gap : ''}`} data-kind={event.kind}>
      <time className={`small ${styles.when}`} dateTime={event.occurredAt}>
        {format.instant(event.occurredAt)}
      </time>
      <span className={styles.kind}>
        <Badge tone={toneOf(event)}>{kind[event.kind]}</Badge>
      </span>
      <span className={styles.what}>
        {machineNumber !== null && (
          <>
            <MachineLink id={machine?.id ?? null} number={machineNumber} name={machine?.name ?? null} />{' '}
          </>
        )}
        {teller.tell(event)}
      </span>
      <span className={`soft small ${styles.origin}`}>
        {account && <span>{account.name}</span>} <span>{origin[event.origin]}</span>
      </span>
    </li>
  );
});

function toneOf(event: LogEvent): Tone {
  switch (event.__typename) {
    case 'GapEvent':
      return 'bad';
    case 'AccountHealthEvent':
      return event.health.state === 'UP' ? 'good' : event.health.state === 'DOWN' ? 'bad' : 'warn';
    case 'MachineStatusEvent':
      if (!event.status.online) return 'bad';
      return event.status.faults.length > 0 || event.soldOutShelves.length > 0 ? 'warn' : 'mute';
    case 'TradeEvent':
      return event.trade.payment.state === 'PAID' && event.trade.delivery.state === 'DISPENSED' ? 'good' : 'mute';
    default:
      return 'mute';
  }
}
