import type { ReactNode } from 'react';
import styles from './Notice.module.css';

/** Something that whoever looks should know; read out when it appears. */
export function Notice({ tone, children }: { readonly tone: 'warn' | 'bad'; readonly children: ReactNode }) {
  return (
    <p className={`${styles.notice} ${styles[tone]}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {children}
    </p>
  );
}
