import { useEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { toldFailure } from '../../../api/failure';
import { tellRefusal } from '../../../i18n/failureWords';
import { useLanguage, useWords } from '../../../i18n/LanguageProvider';
import { Dialog } from '../../../parts/Dialog';
import { Notice } from '../../../parts/Notice';
import styles from './ActionForm.module.css';
import { otherProblems, toldProblems, type ActionState, type Problem } from './actionState';
import { actionWords } from './actionWords';

interface Props<Result> {
  readonly title: string;
  readonly submit: string;
  readonly state: ActionState<Result>;
  /** The fields of the form: what is wrong with others is told above them. */
  readonly fields?: readonly string[];
  readonly onSend: () => void;
  readonly onClose: () => void;
  /** What is asked for. */
  readonly children: ReactNode;
  /** What came of it. */
  readonly done?: (result: Result) => ReactNode;
}

/** A dialog that asks, sends, and says what came of it. */
export function ActionForm<Result>({ title, submit, state, fields = [], onSend, onClose, children, done }: Props<Result>) {
  const text = useWords(actionWords);
  const isOver = state.step === 'done' || state.step === 'unknown';
  const problems = state.step === 'sending' ? [] : state.problems;
  const close = useRef<HTMLButtonElement>(null);
  // What had the focus is gone: the dialog keeps it.
  useEffect(() => {
    if (isOver) close.current?.focus();
  }, [isOver]);

  function send(event: FormEvent) {
    event.preventDefault();
    if (!isOver && state.step !== 'sending') onSend();
  }

  return (
    <Dialog title={title} onClose={onClose}>
      <form className={styles.form} onSubmit={send}>
        {state.step === 'unknown' && <Notice tone="warn">{text.unknown}</Notice>}
        {state.step === 'asking' && state.lost && <Notice tone="warn">{text.lost}</Notice>}
        {state.step === 'done' && problems.length > 0 && <Notice tone="warn">{text.partly}</Notice>}
        <Problems problems={toldProblems(isOver ? problems : otherProblems(problems, fields), state.step)} />
        {isOver || <fieldset disabled={state.step === 'sending'}>{children}</fieldset>}
        {state.step === 'done' && (
          <div role="status" className={styles.result}>
            {done ? done(state.result) : problems.length === 0 && text.done}
          </div>
        )}
        <div className={styles.buttons}>
          <button ref={close} type="button" className="button" onClick={onClose}>
            {isOver ? text.close : text.cancel}
          </button>
          {isOver || (
            <button type="submit" className="button primary" disabled={state.step === 'sending'}>
              {state.step === 'sending' ? text.sending : submit}
            </button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

/** What is wrong, once: in the words of the page, or in the gateway's where the page has none; and what the vendor said. */
export function Problems({ problems, id }: { readonly problems: readonly Problem[]; readonly id?: string }) {
  const { language } = useLanguage();
  if (problems.length === 0) return null;
  return (
    <div id={id} role="alert" className={styles.problems}>
      {problems.map(({ code, message, vendorCode, vendorMessage }, index) => (
        <p key={index} title={message}>
          {tellRefusal(language, toldFailure({ code, message }))}
          {(vendorCode ?? vendorMessage) !== null && (
            <span className="small"> ({[vendorCode, vendorMessage].filter(Boolean).join(': ')})</span>
          )}
        </p>
      ))}
    </div>
  );
}
