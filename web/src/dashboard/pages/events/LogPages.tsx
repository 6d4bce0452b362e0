import { useState } from 'react';
import { useQuery } from 'urql';
import { EventPageDocument, type EventFilter } from '../../../generated/graphql';
import { failureOf } from '../../api/failure';
import { useFailureWords } from '../../i18n/failureWords';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { useRevival } from '../../live/useRevival';
import { Notice } from '../../parts/Notice';
import { Section } from '../../parts/Section';
import { EventRow } from './EventRow';
import styles from './Events.module.css';
import { eventsWords } from './eventsWords';
import type { Teller } from './tell';

/** The log page by page, from its beginning. */
export function LogPages({ filter, teller }: { readonly filter: EventFilter; readonly teller: Teller }) {
  const text = useWords(eventsWords);
  const format = useFormat();
  /** Where the pages up to this one begin. */
  const [starts, setStarts] = useState<readonly (string | null)[]>([null]);
  const after = starts.at(-1) ?? null;
  const [{ data, error, fetching }, read] = useQuery({
    query: EventPageDocument,
    variables: { after, filter },
    requestPolicy: 'network-only',
  });
  useRevival(() => error && read({ requestPolicy: 'network-only' }));
  const tell = useFailureWords();
  const next = data?.events?.pageInfo.hasNextPage ? data.events.pageInfo.endCursor : null;
  return (
    <Section title={text.log}>
      <p className="soft small">{text.logOrder}</p>
      {error && <Notice tone="bad">{text.unread(tell(failureOf(error)))}</Notice>}
      {data?.events?.nodes.length === 0 && <p className="soft">{text.noneFits}</p>}
      {fetching && !data && (
        <p className="soft" role="status">
          {text.reading}
        </p>
      )}
      <ol className={styles.list} data-feed="log" aria-busy={fetching}>
        {data?.events?.nodes.map((event) => (
          <EventRow key={event.cursor} event={event} teller={teller} />
        ))}
      </ol>
      <div className={styles.foot}>
        <button
          type="button"
          className="button"
          disabled={starts.length === 1}
          onClick={() => setStarts(starts.slice(0, -1))}
        >
          {text.previous}
        </button>
        <span className="soft small" role="status">
          {text.page(format.number(starts.length))}
        </span>
        <button
          type="button"
          className="button"
          disabled={next === null || fetching}
          onClick={() => next !== null && setStarts([...starts, next])}
        >
          {text.next}
        </button>
      </div>
    </Section>
  );
}
