import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { AsOf } from '../../parts/AsOf';
import styles from './SalesTiles.module.css';
import type { Sum } from './salesSums';
import { salesWords } from './salesWords';
import type { Today } from './useToday';
import { useSumWords } from './useSumWords';

/** Null: it is being read. */
type Shown = Sum | 'unknown' | null;

interface Props {
  readonly minute: Shown;
  readonly hour: Shown;
  readonly day: Shown;
  readonly today: Today | null;
}

/** The large figures: this minute, the last hour, today. */
export function SalesTiles({ minute, hour, day, today }: Props) {
  const text = useWords(salesWords);
  return (
    <dl className={styles.tiles}>
      <Tile name={text.thisMinute} sum={minute} />
      <Tile name={text.lastHour} sum={hour} />
      <Tile name={text.today} sum={day}>
        {today && <AsOf freshness={{ asOf: new Date(today.to).toISOString(), stale: false }} />}
      </Tile>
    </dl>
  );
}

interface TileProps {
  readonly name: string;
  readonly sum: Shown;
  readonly children?: React.ReactNode;
}

function Tile({ name, sum: shown, children }: TileProps) {
  const sum = shown === 'unknown' ? null : shown;
  const text = useWords(salesWords);
  const format = useFormat();
  const written = useSumWords();
  return (
    <div className={`card ${styles.tile}`}>
      <dt>{name}</dt>
      <dd>
        <span className={styles.figure}>{sum ? written.count(sum) : shown === 'unknown' ? '–' : '…'}</span>
        {sum?.amounts.map((amount) => <span key={amount.currency}>{written.amount(amount)}</span>)}
        {sum && sum.unpriced > 0 && <span className="soft small">{text.unpriced(format.number(sum.unpriced))}</span>}
        {children}
      </dd>
    </div>
  );
}
