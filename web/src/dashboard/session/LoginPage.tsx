import { useId, useState, type FormEvent } from 'react';
import { useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { LanguageSwitch } from '../layout/LanguageSwitch';
import { Notice } from '../parts/Notice';
import styles from './LoginPage.module.css';
import type { EndReason } from './session';

const loginWords = words(
  {
    title: 'Fleet dashboard',
    token: 'Access token',
    hint: 'A JSON Web Token with the scopes machines:read, trades:read and events:read. It is kept until this tab is closed, and sent to nobody but this gateway.',
    signIn: 'Sign in',
    unauthorized: 'The gateway does not accept the token: it has expired, or is not valid here. Paste another one.',
  },
  {
    title: '售货机总览',
    token: '访问令牌',
    hint: '一个 JSON Web Token，需要权限 machines:read、trades:read 和 events:read。令牌只保存到本标签页关闭为止，且只发送给本网关。',
    signIn: '登录',
    unauthorized: '网关不接受该令牌：已过期或在此无效。请粘贴新的令牌。',
  },
);

interface Props {
  readonly endReason: EndReason;
  /** What the field is filled in with: the developer's token, under `vendgraph dev`. */
  readonly suggestion: string | null;
  readonly onSignIn: (token: string) => void;
}

export function LoginPage({ endReason, suggestion, onSignIn }: Props) {
  const text = useWords(loginWords);
  const field = useId();
  const [token, setToken] = useState(suggestion ?? '');

  function submit(event: FormEvent) {
    event.preventDefault();
    if (token.trim() !== '') onSignIn(token);
  }

  return (
    <main className={styles.page}>
      <form className={`card ${styles.form}`} onSubmit={submit}>
        <div className={styles.head}>
          <h1>{text.title}</h1>
          <LanguageSwitch />
        </div>
        {endReason === 'unauthorized' && <Notice tone="bad">{text.unauthorized}</Notice>}
        <label htmlFor={field}>{text.token}</label>
        <textarea
          id={field}
          className={styles.token}
          value={token}
          rows={5}
          spellCheck={false}
          autoComplete="off"
          autoFocus
          aria-describedby={`${field}-hint`}
          onChange={(event) => setToken(event.target.value)}
        />
        <p id={`${field}-hint`} className="soft small">
          {text.hint}
        </p>
        <button type="submit" className="button primary" disabled={token.trim() === ''}>
          {text.signIn}
        </button>
      </form>
    </main>
  );
}
