import { useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { isCutOff } from '../live/contact';
import { useLive } from '../live/LiveProvider';
import { Ago } from './Ago';
import styles from './AsOf.module.css';
import { Badge } from './Badge';

const asOfWords = words({ asOf: 'as of', stale: 'stale' }, { asOf: '数据时间', stale: '已过期' });

interface Props {
  /** What it is the age of, in place of "as of". */
  readonly name?: string | undefined;
  readonly freshness: { readonly asOf: string; readonly stale: boolean };
  /** Whether it could not be read anew, however fresh it was. */
  readonly isOld?: boolean;
}

/** How fresh a piece of data is: "as of 12 sec. ago", and marked where it is stale or nothing newer can come. */
export function AsOf({ name, freshness, isOld = false }: Props) {
  const text = useWords(asOfWords);
  const cutOff = useLive(isCutOff);
  return (
    <span className={`soft small ${styles.asOf}`}>
      {name ?? text.asOf} <Ago at={freshness.asOf} />{' '}
      {(freshness.stale || isOld || cutOff) && <Badge tone="warn">{text.stale}</Badge>}
    </span>
  );
}
