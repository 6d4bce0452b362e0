import { useMemo, useState } from 'react';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { useLiveCalmly } from '../../live/LiveProvider';
import type { Feed } from '../../live/reducers/feed';
import { Section } from '../../parts/Section';
import { EventRow } from './EventRow';
import styles from './Events.module.css';
import { eventsWords } from './eventsWords';
import { fitting, newSince, type FeedFilter } from './feedView';
import type { Teller } from './tell';

/** So many rows are shown at first, and so many more when they are asked for. */
const ROWS = 50;

interface Props {
  readonly filter: FeedFilter;
  readonly teller: Teller;
  readonly onReadLog: () => void;
}

/** What happens, the newest first, until somebody stops it to read. */
export function LiveFeed({ filter, teller, onReadLog }: Props) {
  const text = useWords(eventsWords);
  const format = useFormat();
  const live = useLiveCalmly((state) => state.feed);
  const [stoppedAt, setStoppedAt] = useState<Feed | null>(null);
  const [rows, setRows] = useState(ROWS);
  const feed = stoppedAt ?? live;
  const events = useMemo(() => fitting(feed.events, filter), [feed, filter]);
  const shown = events.slice(0, rows);
  return (
    <Section
      title={text.live}
      action={
        <PauseButton live={live} stoppedAt={stoppedAt} filter={filter} onChange={(next) => setStoppedAt(next)} />
      }
    >
      {shown.length === 0 ? (
        <p className="soft">{feed.total === 0 ? text.none : text.noneFits}</p>
      ) : (
        <ol className={styles.list} data-feed="live">
          {shown.map((event) => (
            <EventRow key={event.cursor} event={event} teller={teller} />
          ))}
        </ol>
      )}
      <div className={styles.foot}>
        {events.length > rows && (
          <button type="button" className="button" onClick={() => setRows(rows + ROWS)}>
            {text.more}
          </button>
        )}
        <span className="soft small">
          {text.shown(format.number(shown.length), format.number(events.length), format.number(feed.total))}
        </span>
        <span className="soft small">
          {text.older}{' '}
          <button type="button" className={styles.link} onClick={onReadLog}>
            {text.readLog}
          </button>
        </span>
      </div>
    </Section>
  );
}

interface PauseProps {
  readonly live: Feed;
  readonly stoppedAt: Feed | null;
  readonly filter: FeedFilter;
  readonly onChange: (stoppedAt: Feed | null) => void;
}

function PauseButton({ live, stoppedAt, filter, onChange }: PauseProps) {
  const text = useWords(eventsWords);
  const format = useFormat();
  if (stoppedAt === null) {
    return (
      <button type="button" className="button" onClick={() => onChange(live)}>
        {text.pause}
      </button>
    );
  }
  const { count, atLeast } = newSince(stoppedAt, live, filter);
  return (
    <span className={styles.paused}>
      <span className="soft small" role="status">
        {text.paused}
      </span>
      <button type="button" className="button primary" onClick={() => onChange(null)}>
        {count === 0 ? text.resume : text.resumeWith(`${format.number(count)}${atLeast ? '+' : ''}`)}
      </button>
    </span>
  );
}
