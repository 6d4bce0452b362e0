import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { asked, SIZES, type MachineQuery } from './machineQuery';
import { machinesWords } from './machinesWords';
import styles from './Pager.module.css';

interface Props {
  readonly query: MachineQuery;
  /** How many machines match in all. */
  readonly total: number;
  /** The cursor that the next page begins after; null: there is none. */
  readonly next: string | null;
  readonly previous: { readonly page: number; readonly after: string | null };
  readonly onChange: (query: MachineQuery) => void;
}

export function Pager({ query, total, next, previous, onChange }: Props) {
  const text = useWords(machinesWords);
  const format = useFormat();
  const pages = Math.max(query.page, Math.ceil(total / query.size), 1);
  const isFirst = query.after === null;
  return (
    <nav className={styles.pager} aria-label={text.pages}>
      <label className={styles.size}>
        <span className="soft small">{text.rows}</span>
        <select
          className="button"
          value={query.size}
          onChange={(event) => onChange(asked(query, { size: Number(event.target.value) }))}
        >
          {SIZES.map((size) => (
            <option key={size}>{size}</option>
          ))}
        </select>
      </label>
      <span className={styles.place} role="status">
        {text.page(format.number(query.page), format.number(pages))}
      </span>
      <button type="button" className="button" disabled={isFirst} onClick={() => onChange(asked(query, {}))}>
        {text.first}
      </button>
      <button type="button" className="button" disabled={isFirst} onClick={() => onChange({ ...query, ...previous })}>
        {text.previous}
      </button>
      <button
        type="button"
        className="button"
        disabled={next === null}
        onClick={() => onChange({ ...query, page: query.page + 1, after: next })}
      >
        {text.next}
      </button>
    </nav>
  );
}
