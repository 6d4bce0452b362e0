import { HEALTH_TONE, healthWords } from '../i18n/healthWords';
import { useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { useLive } from '../live/LiveProvider';
import { Badge } from '../parts/Badge';
import styles from './AccountChips.module.css';

const chipWords = words({ accounts: 'Vendor accounts' }, { accounts: '供应商账户' });

/** How each vendor account has been answering. */
export function AccountChips() {
  const accounts = useLive((state) => state.accounts);
  const health = useWords(healthWords);
  const text = useWords(chipWords);
  return (
    <ul className={styles.chips} aria-label={text.accounts}>
      {accounts.map((account) => (
        <li key={account.id}>
          <Badge tone={HEALTH_TONE[account.health.state]} title={account.health.lastError?.message}>
            {account.name} · {health[account.health.state]}
          </Badge>
        </li>
      ))}
    </ul>
  );
}
