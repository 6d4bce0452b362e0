import type { ReactNode } from 'react';
import styles from './Badge.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'mute';

interface Props {
  readonly tone: Tone;
  readonly title?: string | undefined;
  /** Whether it may take more than a line: what a vendor says can be long. */
  readonly wraps?: boolean;
  readonly children: ReactNode;
}

/** A word on its colour. The word says it all: the colour is for those who see it. */
export function Badge({ tone, title, wraps = false, children }: Props) {
  return (
    <span className={`${styles.badge} ${styles[tone]} ${wraps ? styles.wraps : ''}`} title={title}>
      {children}
    </span>
  );
}
