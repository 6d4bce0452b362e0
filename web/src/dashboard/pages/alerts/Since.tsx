import { useFormat, useWords } from '../../i18n/LanguageProvider';
import type { Opening } from '../../live/reducers/openings';
import { Ago } from '../../parts/Ago';
import { useNow } from '../../parts/useNow';
import { alertsWords } from './alertsWords';

/** Since when an alert is open; or when it was first seen, where nobody tells when it began. */
export function Since({ opening }: { readonly opening: Opening | null }) {
  if (opening === null) return '–';
  return opening.told ? <Ago at={opening.at} /> : <Seen at={opening.at} />;
}

function Seen({ at }: { readonly at: string }) {
  const text = useWords(alertsWords);
  const format = useFormat();
  const now = useNow();
  return (
    <time dateTime={at} title={`${format.dateTime(at)} · ${text.atLeastHint}`} className="soft">
      {text.atLeast(format.ago(now - Date.parse(at)))}
    </time>
  );
}
