import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { Ago } from '../../parts/Ago';
import { Badge } from '../../parts/Badge';
import type { Counts } from './fleetCounts';
import { fleetWords } from './fleetWords';

/** How old the oldest of many statuses is, and how many are stale: no other is older. */
export function OldestStatus({ counts }: { readonly counts: Counts }) {
  const text = useWords(fleetWords);
  const format = useFormat();
  return (
    <span className="soft small">
      {counts.oldestAsOf !== null && <Ago at={counts.oldestAsOf} />}{' '}
      {counts.stale > 0 && <Badge tone="warn">{text.stale(format.number(counts.stale))}</Badge>}
    </span>
  );
}
