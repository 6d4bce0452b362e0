import type { Condition } from './clusters';
import styles from './Mark.module.css';

const SHAPES: Readonly<Record<Condition, string>> = {
  /** A cross. */
  offline: 'M-6-9 0-3 6-9 9-6 3 0 9 6 6 9 0 3-6 9-9 6-3 0-9-6Z',
  /** A triangle. */
  fault: 'M0-9 9 7-9 7Z',
  /** A diamond. */
  soldOut: 'M0-9 9 0 0 9-9 0Z',
  /** A ring. */
  unknown: 'M0-8A8 8 0 1 1 0 8 8 8 0 1 1 0-8ZM0-4A4 4 0 1 0 0 4 4 4 0 1 0 0-4Z',
  /** A disc. */
  online: 'M0-7A7 7 0 1 1 0 7 7 7 0 1 1 0-7Z',
};

/** How a machine is: a shape of its own for each condition, and a colour. */
export function Mark({ condition }: { readonly condition: Condition }) {
  return <path d={SHAPES[condition]} className={`${styles.mark} ${styles[condition]}`} />;
}
