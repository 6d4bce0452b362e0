import { useState, type ReactNode } from 'react';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { Badge, type Tone } from '../../parts/Badge';
import { Section } from '../../parts/Section';
import { alertsWords } from './alertsWords';
import styles from './Group.module.css';

const FEW = 8;
const MANY = 100;

interface Props<Row> {
  readonly title: string;
  readonly tone: Tone;
  readonly heads: readonly string[];
  readonly rows: readonly Row[];
  /** One row of the table, with its key. */
  readonly render: (row: Row) => ReactNode;
}

/** The alerts of one kind; nothing where there are none, and not all at once where there are many. */
export function Group<Row>({ title, tone, heads, rows, render }: Props<Row>) {
  const text = useWords(alertsWords);
  const format = useFormat();
  const [shown, setShown] = useState(FEW);
  if (rows.length === 0) return null;
  const more = Math.min(MANY, rows.length - shown);
  return (
    <Section title={title} action={<Badge tone={tone}>{format.number(rows.length)}</Badge>}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{rows.slice(0, shown).map(render)}</tbody>
      </table>
      {more > 0 && (
        <div className={styles.more}>
          <button type="button" className="button" onClick={() => setShown(shown + more)}>
            {text.more(format.number(more))}
          </button>
        </div>
      )}
    </Section>
  );
}
