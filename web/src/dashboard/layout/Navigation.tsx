import { useFormat, useLanguage, useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { useLiveCalmly } from '../live/LiveProvider';
import type { LiveState } from '../live/liveStore';
import { routes } from '../routes';
import styles from './Navigation.module.css';
import { usePath } from './routing';

const navigationWords = words({ pages: 'Pages' }, { pages: '页面' });

export function Navigation() {
  const path = usePath();
  const { language } = useLanguage();
  const text = useWords(navigationWords);
  return (
    <nav className={styles.navigation} aria-label={text.pages}>
      <ul>
        {routes
          .filter((route) => route.listed)
          .map((route) => (
            <li key={route.path}>
              <a href={`#${route.path}`} aria-current={isWithin(path, route.path) ? 'page' : undefined}>
                {route.title[language]}{' '}
                {route.count && <Count of={route.count} />}
              </a>
            </li>
          ))}
      </ul>
    </nav>
  );
}

function Count({ of }: { readonly of: (state: LiveState) => number }) {
  const count = useLiveCalmly(of);
  const format = useFormat();
  return count > 0 && <span className={styles.count}>{format.number(count)}</span>;
}

/** `/machines/x` is within `/machines`, but everything is not within `/`. */
function isWithin(path: string, listed: string): boolean {
  return path === listed || (listed !== '/' && path.startsWith(`${listed}/`));
}
