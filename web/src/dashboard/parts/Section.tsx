import { useId, type ReactNode } from 'react';
import styles from './Section.module.css';

interface Props {
  readonly title: string;
  /** What can be done with it, beside its title. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of a page on a card. What is too wide scrolls within it. */
export function Section({ title, action, children }: Props) {
  const heading = useId();
  return (
    <section className={`card ${styles.section}`} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>{title}</h2>
        {action}
      </div>
      {/* What scrolls can be reached by keyboard. */}
      <div className="scroller" role="group" aria-labelledby={heading} tabIndex={0}>
        {children}
      </div>
    </section>
  );
}
