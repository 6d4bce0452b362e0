import { toldFailure } from '../../api/failure';
import { useFailureWords } from '../../i18n/failureWords';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { alertCount, alertsOf } from '../../live/alerts';
import { useLive, useReading } from '../../live/LiveProvider';
import type { LiveState } from '../../live/liveStore';
import { MINUTE, SALES_MINUTES } from '../../live/reducers/sales';
import { Notice } from '../../parts/Notice';
import { useMinute } from '../../parts/useNow';
import { AccountAlerts } from './AccountAlerts';
import { alertsWords } from './alertsWords';
import { MachineAlerts } from './MachineAlerts';
import { UndeliveredAlerts } from './UndeliveredAlerts';

const unknownMachines = (state: LiveState) =>
  [...state.machines.byId.values()].filter(({ online, status }) => online === null && status === null).length;

/** What somebody should look at now, the gravest first. What is made good is gone. */
export default function AlertsPage() {
  const text = useWords(alertsWords);
  const isRead = useLive((state) => state.machines.readAt !== null);
  const alerts = useLive(alertsOf);
  const count = useLive(alertCount);
  const readsTrades = useReading().viewer?.scopes.includes('trades:read') ?? true;
  if (!isRead) {
    return (
      <>
        <h1>{text.title}</h1>
        <p className="soft" role="status">
          {text.reading}
        </p>
      </>
    );
  }
  return (
    <>
      <h1>{text.title}</h1>
      <Missing />
      {count === 0 && <p className="soft">{text.none}</p>}
      <AccountAlerts rows={alerts.accounts} />
      <UndeliveredAlerts rows={alerts.undelivered} />
      <MachineAlerts kind="offline" tone="bad" rows={alerts.offline} />
      <MachineAlerts kind="fault" tone="warn" rows={alerts.fault} />
      <MachineAlerts kind="soldOut" tone="warn" rows={alerts.soldOut} />
      {readsTrades && <p className="soft small">{text.hour}</p>}
    </>
  );
}

/** What no alert can be told of, since it is not known. */
function Missing() {
  const text = useWords(alertsWords);
  const format = useFormat();
  const unknown = useLive(unknownMachines);
  const past = useLive((state) => state.pastTrades);
  const hourAgo = useMinute() - (SALES_MINUTES - 1) * MINUTE;
  const accounts = useLive((state) => state.accounts);
  // Nothing is told of what happens: then nothing since is looked at either.
  const isTold = useLive((state) => state.link.state !== 'refused');
  const tell = useFailureWords();
  return (
    <>
      {unknown > 0 && <Notice tone="warn">{text.unknown(format.number(unknown))}</Notice>}
      {past?.error != null && (
        <Notice tone="bad">
          {past.error.scope === null ? text.hourUnread : text.undeliveredUnknown} {tell(past.error)}{' '}
          {past.error.scope === null && isTold && text.onlySince}
        </Notice>
      )}
      {past && past.error === null && past.from > hourAgo && (
        <Notice tone="warn">{text.notAll(format.instant(past.from))}</Notice>
      )}
      {past?.sources.map(({ account, error }) => {
        const name = accounts.find(({ id }) => id === account.id)?.name ?? account.id;
        return error && <Notice key={account.id} tone="bad">{text.sourceFailed(name, tell(toldFailure(error)))}</Notice>;
      })}
    </>
  );
}
