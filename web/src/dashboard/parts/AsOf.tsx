import { useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { Ago } from './Ago';
import styles from './AsOf.module.css';
import { Badge } from './Badge';

const asOfWords = words({ asOf: 'as of', stale: 'stale' }, { asOf: '数据时间', stale: '已过期' });

/** How fresh a piece of data is: "as of 12 sec. ago", and marked where it is stale. */
export function AsOf({ freshness }: { readonly freshness: { readonly asOf: string; readonly stale: boolean } }) {
  const text = useWords(asOfWords);
  return (
    <span className={`soft small ${styles.asOf}`}>
      {text.asOf} <Ago at={freshness.asOf} /> {freshness.stale && <Badge tone="warn">{text.stale}</Badge>}
    </span>
  );
}
