import { useState } from 'react';
import { methodWords } from '../../i18n/paymentWords';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { Section } from '../../parts/Section';
import styles from './ByMethod.module.css';
import type { MethodSum } from './salesSums';
import { salesWords } from './salesWords';
import type { Today } from './useToday';
import { useSumWords } from './useSumWords';

interface Props {
  readonly hour: readonly MethodSum[] | null;
  readonly day: readonly MethodSum[] | null;
  readonly today: Today | null;
  /** What nobody will tell, so that waiting for it is in vain. */
  readonly isUnknown: { readonly hour: boolean; readonly day: boolean };
}

/** By payment method, a bar for the pieces in each row: the table is the chart. */
export function ByMethod({ hour, day, today, isUnknown }: Props) {
  const text = useWords(salesWords);
  const format = useFormat();
  const [window, setWindow] = useState<'hour' | 'day'>('hour');
  const rows = window === 'hour' ? hour : day;
  return (
    <Section
      title={text.byMethod}
      action={
        <label className={styles.choice}>
          <span className="soft small">{text.window}</span>
          <select
            className="button"
            value={window}
            onChange={(event) => setWindow(event.target.value === 'day' ? 'day' : 'hour')}
          >
            <option value="hour">{text.lastHour}</option>
            <option value="day">{text.today}</option>
          </select>
        </label>
      }
    >
      {window === 'day' && today && (
        <p className="soft small">{text.since(format.instant(today.from), format.instant(today.to))}</p>
      )}
      {rows === null && (
        <p className="soft" role="status">
          {isUnknown[window] ? '–' : text.reading}
        </p>
      )}
      {rows?.length === 0 && <p className="soft">{text.none}</p>}
      {rows && rows.length > 0 && <MethodTable rows={rows} withTrades={window === 'hour'} />}
    </Section>
  );
}

function MethodTable({ rows, withTrades }: { readonly rows: readonly MethodSum[]; readonly withTrades: boolean }) {
  const text = useWords(salesWords);
  const method = useWords(methodWords);
  const format = useFormat();
  const written = useSumWords();
  const most = Math.max(...rows.map(({ pieces }) => pieces));
  const all = rows.reduce((sum, { pieces }) => sum + pieces, 0);
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{text.method}</th>
          {withTrades && (
            <th scope="col" className="number">
              {text.number}
            </th>
          )}
          <th scope="col" className="number">
            {text.piecesHead}
          </th>
          <th scope="col" className={styles.barHead}>
            <span className="unseen">%</span>
          </th>
          <th scope="col" className="number">
            {text.amountHead}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.method}>
            <th scope="row">{method[row.method]}</th>
            {withTrades && <td className="number">{format.number(row.trades ?? 0)}</td>}
            <td className="number">{format.number(row.pieces)}</td>
            <td className={styles.bar}>
              <span className={styles.track} aria-hidden="true">
                <span className={styles.fill} style={{ inlineSize: `${(row.pieces / most) * 100}%` }} />
              </span>
              <span className="soft small">{format.percent(row.pieces / all)}</span>
            </td>
            <td className="number">
              {row.amounts.map((amount) => (
                <span key={amount.currency} className={styles.amount}>
                  {written.amount(amount)}
                </span>
              ))}
              {row.unpriced > 0 && <span className="soft small">{text.unpriced(format.number(row.unpriced))}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
