import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { isCutOff } from '../../live/contact';
import { useLive } from '../../live/LiveProvider';
import { Ago } from '../../parts/Ago';
import { Badge } from '../../parts/Badge';
import type { Counts } from './fleetCounts';
import { fleetWords } from './fleetWords';

/** How old the large figures are: as old as the oldest status that is counted in them. */
export function FleetAsOf({ counts }: { readonly counts: Counts }) {
  const text = useWords(fleetWords);
  const format = useFormat();
  const cutOff = useLive(isCutOff);
  if (counts.oldestAsOf === null) return null;
  return (
    <p className="soft small">
      {text.asOf} <Ago at={counts.oldestAsOf} /> {text.oldestOf}{' '}
      {cutOff ? (
        <Badge tone="warn">{text.allStale}</Badge>
      ) : (
        counts.stale > 0 && <Badge tone="warn">{text.staleMachines(counts.stale, format.number(counts.stale))}</Badge>
      )}
    </p>
  );
}
