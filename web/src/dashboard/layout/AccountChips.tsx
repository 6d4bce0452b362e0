import { useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { useLive } from '../live/LiveProvider';
import { HealthBadge } from '../parts/HealthBadge';
import styles from './AccountChips.module.css';

const chipWords = words({ accounts: 'Vendor accounts' }, { accounts: '供应商账户' });

/** How each vendor account has been answering. */
export function AccountChips() {
  const accounts = useLive((state) => state.accounts);
  const text = useWords(chipWords);
  return (
    <ul className={styles.chips} aria-label={text.accounts}>
      {accounts.map(({ id, name, health }) => (
        <li key={id}>
          <HealthBadge name={name} health={health} />
        </li>
      ))}
    </ul>
  );
}
