import { useMemo, useState } from 'react';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { BarChart } from '../../parts/BarChart';
import { Section } from '../../parts/Section';
import { majorUnits, type MinuteSum, type Sum } from './salesSums';
import styles from './PerMinute.module.css';
import { salesWords } from './salesWords';
import { useSumWords } from './useSumWords';

interface Props {
  readonly minutes: readonly MinuteSum[];
  readonly hour: Sum;
  /** Whether the hour could be read; what is known of single minutes is shown in any case. */
  readonly isKnown: boolean;
}

/** What was sold in each minute of the last hour: how often, or for how much of one currency. */
export function PerMinute({ minutes, hour, isKnown }: Props) {
  const text = useWords(salesWords);
  const format = useFormat();
  const written = useSumWords();
  /** A currency's code; empty: the number of sales. */
  const [chosen, setChosen] = useState('');
  const shown = hour.amounts.find(({ currency }) => currency === chosen) ?? null;
  const instants = useMemo(() => minutes.map(({ minute }) => minute), [minutes]);
  const values = useMemo(
    () =>
      minutes.map(({ trades, amounts, whole }) => {
        // A bar for what is not counted would be a claim.
        if (!isCounted({ whole, trades })) return null;
        return shown ? (amounts.find(({ currency }) => currency === shown.currency)?.minorUnits ?? 0) : (trades ?? 0);
      }),
    [minutes, shown?.currency],
  );
  const most = minutes.reduce<MinuteSum | null>(
    (best, minute) => ((minute.trades ?? 0) > (best?.trades ?? 0) ? minute : best),
    null,
  );
  const summary = [
    isKnown ? text.summary(written.count(hour), written.amounts(hour)) : text.notKnown,
    most && text.most(written.count(most), format.minute(most.minute)),
  ]
    .filter(Boolean)
    .join(' ');
  return (
    <Section
      title={text.perMinute}
      action={
        <label className={styles.choice}>
          <span className="soft small">{text.show}</span>
          <select className="button" value={shown?.currency ?? ''} onChange={(event) => setChosen(event.target.value)}>
            <option value="">{text.number}</option>
            {hour.amounts.map(({ currency }) => (
              <option key={currency} value={currency}>
                {text.amountIn(currency)}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <BarChart
        instants={instants}
        values={values}
        names={{ value: shown ? text.amountIn(shown.currency) : text.number, instant: text.minute }}
        formatValue={(value) =>
          shown
            ? format.money({ amount: majorUnits({ ...shown, minorUnits: value }), currency: shown.currency })
            : format.number(value)
        }
        formatInstant={format.minute}
        summary={summary}
      />
      <p className="soft small">
        {summary} {text.zone(format.zone(minutes.at(-1)?.minute ?? 0))}
      </p>
      <MinuteTable minutes={minutes} />
    </Section>
  );
}

/** Nothing is known of a minute that was not read and of which nothing was told. */
function isCounted({ whole, trades }: Pick<MinuteSum, 'whole' | 'trades'>): boolean {
  return whole || Boolean(trades);
}

/** Only once it is opened: it changes with every sale. */
function MinuteTable({ minutes }: { readonly minutes: readonly MinuteSum[] }) {
  const text = useWords(salesWords);
  const format = useFormat();
  const written = useSumWords();
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.table} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{text.asTable}</summary>
      {open && (
        <table>
          <thead>
            <tr>
              <th scope="col">{text.minute}</th>
              <th scope="col" className="number">
                {text.number}
              </th>
              <th scope="col" className="number">
                {text.piecesHead}
              </th>
              <th scope="col" className="number">
                {text.amountHead}
              </th>
            </tr>
          </thead>
          <tbody>
            {minutes.toReversed().map((minute) => (
              <tr key={minute.minute}>
                <th scope="row">
                  {format.minute(minute.minute)} {!minute.whole && <span className="soft small">{text.notWhole}</span>}
                </th>
                {isCounted(minute) ? (
                  <>
                    <td className="number">{format.number(minute.trades ?? 0)}</td>
                    <td className="number">{format.number(minute.pieces)}</td>
                    <td className="number">{written.amounts(minute)}</td>
                  </>
                ) : (
                  ['trades', 'pieces', 'amount'].map((name) => (
                    <td key={name} className="number">
                      –
                    </td>
                  ))
                )}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </details>
  );
}
