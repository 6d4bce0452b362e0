import { useEffect, useRef, useState } from 'react';
import styles from './Filters.module.css';

/** The gateway is asked so long after the last key. */
const AFTER = 300;

interface Props {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** What is searched for; while somebody types, nobody is asked. */
export function SearchField({ label, hint, value, onChange }: Props) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  });

  // Back, a link, "clear": what is searched for changed by itself.
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);

  useEffect(() => {
    if (typed === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed;
      change.current(typed);
    }, AFTER);
    return () => clearTimeout(timer);
  }, [typed]);

  return (
    <label className={`${styles.field} ${styles.search}`}>
      <span className="soft small">{label}</span>
      <input
        type="search"
        className={styles.input}
        value={typed}
        placeholder={hint}
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  );
}
