import { useDeferredValue, useMemo, useState } from 'react';
import type { EventFilter } from '../../../generated/graphql';
import { useLanguage, useWords } from '../../i18n/LanguageProvider';
import { useLive } from '../../live/LiveProvider';
import { Notice } from '../../parts/Notice';
import styles from './Events.module.css';
import { eventsWords } from './eventsWords';
import { EVERYTHING, hasText, type FeedFilter } from './feedView';
import { FilterBar } from './FilterBar';
import { LiveFeed } from './LiveFeed';
import { LogPages } from './LogPages';
import { createTeller, type Teller } from './tell';

/** What happens, told in words; and what happened before, as far as the log goes back. */
export default function EventsPage() {
  const text = useWords(eventsWords);
  const { language, format } = useLanguage();
  const teller = useMemo(() => createTeller(language, format), [language, format]);
  const [view, setView] = useState<'live' | 'log'>('live');
  const [filter, setFilter] = useState(EVERYTHING);
  const settled = useDeferredValue(filter);
  return (
    <>
      <h1>{text.title}</h1>
      <div className={styles.choice} role="group" aria-label={text.view}>
        <button type="button" className="button" aria-pressed={view === 'live'} onClick={() => setView('live')}>
          {text.live}
        </button>
        <button type="button" className="button" aria-pressed={view === 'log'} onClick={() => setView('log')}>
          {text.log}
        </button>
      </div>
      <FilterBar filter={filter} onChange={setFilter} />
      {view === 'live' ? (
        <LiveFeed filter={settled} teller={teller} onReadLog={() => setView('log')} />
      ) : (
        <FilteredLog filter={settled} teller={teller} />
      )}
    </>
  );
}

/** The log is asked for machines by their ids; so many at most. */
const MOST_MACHINES = 100;

function FilteredLog({ filter, teller }: { readonly filter: FeedFilter; readonly teller: Teller }) {
  const text = useWords(eventsWords);
  const machines = useLive((state) => state.machines.byId);
  const machineIds =
    filter.machine.trim() === ''
      ? null
      : [...machines.values()].filter(({ number, name }) => hasText(filter.machine, number, name)).map(({ id }) => id);
  if (machineIds?.length === 0) return <p className="soft">{text.noneFits}</p>;
  if (machineIds && machineIds.length > MOST_MACHINES) return <Notice tone="warn">{text.tooMany}</Notice>;
  const asked: EventFilter = {
    ...(filter.kind !== '' && { kinds: [filter.kind] }),
    ...(filter.accountId !== '' && { accountIds: [filter.accountId] }),
    ...(machineIds && { machineIds }),
  };
  // Another filter, another log: it is read from its beginning.
  return <LogPages key={JSON.stringify(asked)} filter={asked} teller={teller} />;
}
