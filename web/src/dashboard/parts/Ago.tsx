import { useFormat } from '../i18n/LanguageProvider';
import styles from './Ago.module.css';
import { useNow } from './useNow';

/** How long ago something was, counting on: "12 sec. ago". */
export function Ago({ at }: { readonly at: string | number }) {
  const format = useFormat();
  const now = useNow();
  const instant = new Date(at);
  return (
    <time dateTime={instant.toISOString()} title={format.dateTime(at)} className={styles.ago}>
      {format.ago(now - instant.getTime())}
    </time>
  );
}
