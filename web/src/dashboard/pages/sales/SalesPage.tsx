import { useMemo } from 'react';
import { useWords } from '../../i18n/LanguageProvider';
import { useLive, useLiveCalmly } from '../../live/LiveProvider';
import { useMinute } from '../../parts/useNow';
import { ByMethod } from './ByMethod';
import { Covered, Missing } from './Covered';
import { PerMinute } from './PerMinute';
import { cellsOf, knownOf, methodsOf, minutesOf, sumOf } from './salesSums';
import { SalesTiles } from './SalesTiles';
import { salesWords } from './salesWords';
import { useToday } from './useToday';

/** What is sold, minute by minute and by payment method. */
export default function SalesPage() {
  const text = useWords(salesWords);
  const byMinute = useLiveCalmly((state) => state.sales.byMinute);
  const isRead = useLive((state) => state.pastTrades !== null);
  const from = useLive((state) => state.pastTrades?.from ?? 0);
  const now = useMinute();
  const asked = useToday();
  const today = asked === 'none' ? null : asked;
  const minutes = useMemo(() => minutesOf(byMinute, now, from), [byMinute, now, from]);
  const cells = useMemo(() => cellsOf(byMinute, now), [byMinute, now]);
  const hour = useMemo(() => sumOf(cells), [cells]);
  const dayParts = today?.parts;
  const day = useMemo(() => (dayParts ? sumOf(dayParts) : null), [dayParts]);
  const dayMethods = useMemo(() => (dayParts ? methodsOf(dayParts) : null), [dayParts]);
  const failed = useLive((state) => state.pastTrades?.error != null);
  const isTold = useLive((state) => state.link.state !== 'refused');
  const known = knownOf({ first: minutes[0]?.minute ?? now, from, failed, isTold });
  const hourMethods = useMemo(() => methodsOf(cells), [cells]);
  return (
    <>
      <h1>{text.title}</h1>
      <Missing today={today} first={minutes[0]?.minute ?? now} />
      {isRead ? (
        <>
          <SalesTiles
            minute={known.minute ? (minutes.at(-1) ?? sumOf([])) : 'unknown'}
            hour={known.hour ? hour : 'unknown'}
            day={asked === 'none' || (today?.machines === 0 && today.failures.length > 0) ? 'unknown' : day}
            today={today}
          />
          <PerMinute minutes={minutes} hour={hour} isKnown={known.hour} />
          <ByMethod hour={known.hour ? hourMethods : null} isUnknown={{ hour: !known.hour, day: asked === 'none' }} day={dayMethods} today={today} />
          <Covered />
        </>
      ) : (
        <p className="soft" role="status">
          {text.reading}
        </p>
      )}
    </>
  );
}
