import { Suspense, useEffect, useRef } from 'react';
import { useLanguage, useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { useReading } from '../live/LiveProvider';
import { routes } from '../routes';
import { AccountChips } from './AccountChips';
import { Caller } from './Caller';
import { FleetNotices } from './FleetNotices';
import { LanguageSwitch } from './LanguageSwitch';
import { LinkState } from './LinkState';
import { Navigation } from './Navigation';
import { matchPath, usePath } from './routing';
import styles from './Shell.module.css';

const shellWords = words(
  {
    skip: 'Skip to the content',
    noPage: 'There is no such page',
    toFleet: 'To the fleet',
    needs: (scope: string) => `This page needs the scope ${scope}, which your token does not have.`,
  },
  {
    skip: '跳到内容',
    noPage: '没有这个页面',
    toFleet: '返回总览',
    needs: (scope: string) => `此页面需要权限 ${scope}，您的令牌没有该权限。`,
  },
);

/** What stands around every page. */
export function Shell({ onSignOut }: { readonly onSignOut: () => void }) {
  const text = useWords(shellWords);
  const main = useRef<HTMLElement>(null);
  return (
    <>
      {/* The hash is the page's: this link moves the focus alone. */}
      <a
        className={styles.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {text.skip}
      </a>
      <header className={styles.header}>
        <div className={styles.bar}>
          <a className={styles.brand} href="#/">
            vendgraph
          </a>
          <LinkState />
          <AccountChips />
          <div className={styles.switches}>
            <LanguageSwitch />
            <Caller onSignOut={onSignOut} />
          </div>
        </div>
        <Navigation />
      </header>
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        <FleetNotices />
        <CurrentPage />
      </main>
    </>
  );
}

function CurrentPage() {
  const path = usePath();
  const { language } = useLanguage();
  const text = useWords(shellWords);
  const scopes = useReading().viewer?.scopes;
  const found = routes
    .map((route) => ({ route, params: matchPath(route.path, path) }))
    .find(({ params }) => params !== null);
  const title = found?.route.title[language];

  useEffect(() => {
    document.title = title === undefined ? 'vendgraph' : `vendgraph · ${title}`;
  }, [title]);

  if (!found?.params) {
    return (
      <>
        <h1>{text.noPage}</h1>
        <p>
          <a href="#/">{text.toFleet}</a>
        </p>
      </>
    );
  }
  const { Page, needs } = found.route;
  if (scopes && !scopes.includes(needs)) {
    return (
      <>
        <h1>{title}</h1>
        <p role="status">{text.needs(needs)}</p>
      </>
    );
  }
  return (
    <Suspense>
      <Page key={path} params={found.params} />
    </Suspense>
  );
}
