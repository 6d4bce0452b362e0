import { useId, type ReactNode } from 'react';
import styles from './ActionForm.module.css';
import { Problems } from './ActionForm';
import type { Problem } from './actionState';

interface Props {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly problems: readonly Problem[];
  /** Makes the input with what ties it to its label, its hint and what is wrong with it. */
  readonly children: (tied: {
    readonly id: string;
    readonly className: string | undefined;
    readonly 'aria-invalid': boolean;
    readonly 'aria-describedby': string;
  }) => ReactNode;
}

/** A labelled input, with what is wrong with it told beneath. */
export function Field({ label, hint, problems, children }: Props) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        className: styles.input,
        'aria-invalid': problems.length > 0,
        'aria-describedby': `${id}-hint ${id}-problems`,
      })}
      {hint !== undefined && (
        <span id={`${id}-hint`} className="soft small">
          {hint}
        </span>
      )}
      <Problems id={`${id}-problems`} problems={problems} />
    </div>
  );
}
