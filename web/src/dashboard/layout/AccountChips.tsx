import { toldFailure } from '../api/failure';
import { useFailureWords } from '../i18n/failureWords';
import { HEALTH_TONE, healthWords } from '../i18n/healthWords';
import { useFormat, useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { cutOffSince } from '../live/contact';
import { useLive } from '../live/LiveProvider';
import { Badge } from '../parts/Badge';
import styles from './AccountChips.module.css';

const chipWords = words(
  {
    accounts: 'Vendor accounts',
    unknownSince: (time: string) => `not known since ${time}`,
    was: (state: string) => `Last known: ${state}`,
  },
  {
    accounts: '供应商账户',
    unknownSince: (time: string) => `${time} 起状态未知`,
    was: (state: string) => `最后已知：${state}`,
  },
);

/** How each vendor account has been answering; without the gateway nobody knows. */
export function AccountChips() {
  const accounts = useLive((state) => state.accounts);
  const since = useLive(cutOffSince);
  const health = useWords(healthWords);
  const text = useWords(chipWords);
  const format = useFormat();
  const tell = useFailureWords();
  return (
    <ul className={styles.chips} aria-label={text.accounts}>
      {accounts.map(({ id, name, health: { state, lastError } }) => (
        <li key={id}>
          {since === null ? (
            <Badge tone={HEALTH_TONE[state]} title={lastError ? tell(toldFailure(lastError)) : undefined}>
              {name} · {health[state]}
            </Badge>
          ) : (
            <Badge tone="mute" title={text.was(health[state])}>
              {name} · {text.unknownSince(format.time(since))}
            </Badge>
          )}
        </li>
      ))}
    </ul>
  );
}
