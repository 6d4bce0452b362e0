import { useFormat, useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { useReading } from '../live/LiveProvider';
import styles from './Caller.module.css';
import { ThemeSwitch } from './ThemeSwitch';

const callerWords = words(
  { token: 'Token', accounts: 'Accounts', scopes: 'Allows', expiresAt: 'Ends', never: 'never', signOut: 'Sign out' },
  { token: '令牌', accounts: '账户', scopes: '权限', expiresAt: '到期', never: '永不', signOut: '退出登录' },
);

/** Whom the token names, what it allows and when it ends; how the page looks; and the way out. */
export function Caller({ onSignOut }: { readonly onSignOut: () => void }) {
  const { viewer } = useReading();
  const text = useWords(callerWords);
  const format = useFormat();
  return (
    <details className={styles.caller}>
      <summary className="button">{viewer?.subject ?? text.token}</summary>
      <div className={`card ${styles.card}`}>
        {viewer && (
          <dl>
            <dt>{text.accounts}</dt>
            <dd>{viewer.accounts.map((account) => account.name).join(', ')}</dd>
            <dt>{text.scopes}</dt>
            <dd className={styles.scopes}>{viewer.scopes.join(', ')}</dd>
            <dt>{text.expiresAt}</dt>
            <dd>{viewer.expiresAt ? format.dateTime(viewer.expiresAt) : text.never}</dd>
          </dl>
        )}
        <ThemeSwitch />
        <button type="button" className="button" onClick={onSignOut}>
          {text.signOut}
        </button>
      </div>
    </details>
  );
}
