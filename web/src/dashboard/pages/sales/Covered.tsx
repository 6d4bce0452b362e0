import { toldFailure } from '../../api/failure';
import { useFailureWords } from '../../i18n/failureWords';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { useLive } from '../../live/LiveProvider';
import { Notice } from '../../parts/Notice';
import { Section } from '../../parts/Section';
import styles from './Covered.module.css';
import { salesWords } from './salesWords';
import type { Today } from './useToday';

/** What is missing from the sums since the first minute that is shown. */
export function Missing({ today, first }: { readonly today: Today | null; readonly first: number }) {
  const past = useLive((state) => state.pastTrades);
  const accounts = useLive((state) => state.accounts);
  // Nothing is told of what happens: then nothing since is counted either.
  const isTold = useLive((state) => state.link.state !== 'refused');
  const tell = useFailureWords();
  const text = useWords(salesWords);
  const format = useFormat();
  const missing = today ? today.asked - today.machines : 0;
  return (
    <>
      {past?.error != null && (
        <Notice tone="bad">
          {text.unread} {tell(past.error)} {isTold && text.onlySince}
        </Notice>
      )}
      {past && past.error === null && past.from > first && (
        <Notice tone="warn">{text.incomplete(format.instant(past.from))}</Notice>
      )}
      {past?.sources.map(({ account, error }) => {
        const name = accounts.find(({ id }) => id === account.id)?.name ?? account.id;
        return error && <Notice key={account.id} tone="bad">{[text.sourceFailed(name), tell(toldFailure(error)), isTold ? text.ofItOnlySince : ''].join(' ')}</Notice>;
      })}
      {today && missing > 0 && (
        <Notice tone="warn">{text.missingMachines(format.number(missing), format.number(today.asked))}</Notice>
      )}
      {[...new Set(today?.failures.map(tell))].map((why) => (
        <Notice key={why} tone="bad">
          {text.todayFailed(why)}
        </Notice>
      ))}
    </>
  );
}

/** What the sums are made of. */
export function Covered() {
  const accounts = useLive((state) => state.accounts);
  const isTold = useLive((state) => state.link.state !== 'refused');
  const text = useWords(salesWords);
  return (
    <Section title={text.covered}>
      <ul className={`soft small ${styles.notes}`}>
        <li>
          {text.liveNote} {isTold && text.eventsNote}
        </li>
        <li>{text.todayNote}</li>
        {accounts
          .filter(({ capabilities }) => !capabilities.includes('TRADE_HISTORY'))
          .map(({ id, name }) => (
            <li key={id}>{text.noHistory(name)}</li>
          ))}
        {accounts
          .filter(({ capabilities }) => !capabilities.includes('EVENTS_TRADE'))
          .map(({ id, name }) => (
            <li key={id}>{text.noTradeEvents(name)}</li>
          ))}
      </ul>
    </Section>
  );
}
