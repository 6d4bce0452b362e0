import { useFailureWords } from '../i18n/failureWords';
import { useFormat, useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { useLive } from '../live/LiveProvider';
import type { Link } from '../live/model';
import { Badge, type Tone } from '../parts/Badge';
import { useNow } from '../parts/useNow';

const linkWords = words(
  {
    connecting: 'Connecting',
    live: 'Live',
    behind: (by: string) => `Behind by ${by}`,
    behindShort: 'Behind',
    reconnecting: 'Reconnecting',
    lastEvent: (ago: string) => `Reconnecting, last event ${ago}`,
    refused: 'No live events',
  },
  {
    connecting: '连接中',
    live: '实时',
    behind: (by: string) => `落后 ${by}`,
    behindShort: '落后',
    reconnecting: '重新连接中',
    lastEvent: (ago: string) => `重新连接中，上一事件${ago}`,
    refused: '无实时事件',
  },
);

const TONE: Readonly<Record<Link['state'], Tone>> = {
  connecting: 'mute',
  live: 'good',
  behind: 'warn',
  reconnecting: 'warn',
  refused: 'bad',
};

/** How the page hangs on the log. Read out when it changes; not every second that it counts. */
export function LinkState() {
  const link = useLive((state) => state.link);
  const text = useWords(linkWords);
  const tell = useFailureWords();
  const spoken = link.state === 'behind' ? text.behindShort : text[link.state];
  return (
    <>
      <span aria-hidden="true" data-link-state={link.state}>
        <Badge tone={TONE[link.state]} title={link.state === 'refused' ? tell(link.failure) : undefined}>
          <Words link={link} />
        </Badge>
      </span>
      <span className="unseen" aria-live="polite">
        {spoken}
      </span>
    </>
  );
}

function Words({ link }: { readonly link: Link }) {
  const text = useWords(linkWords);
  const format = useFormat();
  if (link.state === 'behind') return text.behind(format.duration(link.byMilliseconds));
  if (link.state === 'reconnecting' && link.lastEventAt !== null) return <LastEvent at={link.lastEventAt} />;
  return text[link.state];
}

function LastEvent({ at }: { readonly at: number }) {
  const now = useNow();
  return useWords(linkWords).lastEvent(useFormat().ago(now - at));
}
