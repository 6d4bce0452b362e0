import type { ReactNode } from 'react';
import styles from './Badge.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'mute';

interface Props {
  readonly tone: Tone;
  readonly title?: string | undefined;
  readonly children: ReactNode;
}

/** A word on its colour. The word says it all: the colour is for those who see it. */
export function Badge({ tone, title, children }: Props) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`} title={title}>
      {children}
    </span>
  );
}
