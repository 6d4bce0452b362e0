import { useId, type ReactNode } from 'react';
import styles from './Section.module.css';
import { useMore } from './useMore';

interface Props {
  readonly title: string;
  /** What can be done with it, beside its title. */
  readonly action?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of a page on a card. What is too wide scrolls within it. */
export function Section({ title, action, children }: Props) {
  const heading = useId();
  const [scroller, more] = useMore();
  return (
    <section className={`card ${styles.section}`} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>{title}</h2>
        {action}
      </div>
      {/* The fading edge says that there is more at that side. */}
      <div className={styles.body} data-more={more}>
        {/* What scrolls can be reached by keyboard. */}
        <div ref={scroller} className="scroller" role="group" aria-labelledby={heading} tabIndex={0}>
          {children}
        </div>
      </div>
    </section>
  );
}
