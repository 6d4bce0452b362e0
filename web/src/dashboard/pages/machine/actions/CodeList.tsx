import { useState } from 'react';
import { useWords } from '../../../i18n/LanguageProvider';
import styles from './ActionForm.module.css';
import { actionWords } from './actionWords';

/** Codes that can be copied; where the browser allows no copying (without HTTPS), a click selects one. */
export function CodeList({ codes }: { readonly codes: readonly string[] }) {
  const text = useWords(actionWords);
  const [copied, setCopied] = useState<string | null>(null);
  const canCopy = typeof navigator.clipboard?.writeText === 'function';

  async function copy(what: string) {
    await navigator.clipboard.writeText(what);
    setCopied(what);
  }

  const all = codes.join('\n');
  return (
    <>
      <ul className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>
            <code className={styles.code}>{code}</code>
            {canCopy && (
              <button type="button" className="button" aria-label={`${text.copy} ${code}`} onClick={() => void copy(code)}>
                {copied === code ? text.copied : text.copy}
              </button>
            )}
          </li>
        ))}
      </ul>
      {canCopy && codes.length > 1 && (
        <button type="button" className="button" onClick={() => void copy(all)}>
          {copied === all ? text.copied : text.copyAll}
        </button>
      )}
    </>
  );
}
