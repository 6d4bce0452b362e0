import { useMemo } from 'react';
import { useWords } from '../../i18n/LanguageProvider';
import { useLive, useLiveCalmly } from '../../live/LiveProvider';
import { useMinute } from '../../parts/useNow';
import { ByMethod } from './ByMethod';
import { Covered, Missing } from './Covered';
import { PerMinute } from './PerMinute';
import { cellsOf, methodsOf, minutesOf, sumOf } from './salesSums';
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
  const today = useToday();
  const minutes = useMemo(() => minutesOf(byMinute, now, from), [byMinute, now, from]);
  const cells = useMemo(() => cellsOf(byMinute, now), [byMinute, now]);
  const hour = useMemo(() => sumOf(cells), [cells]);
  const dayParts = today?.parts;
  const day = useMemo(() => (dayParts ? sumOf(dayParts) : null), [dayParts]);
  const dayMethods = useMemo(() => (dayParts ? methodsOf(dayParts) : null), [dayParts]);
  const hourMethods = useMemo(() => methodsOf(cells), [cells]);
  return (
    <>
      <h1>{text.title}</h1>
      <Missing today={today} first={minutes[0]?.minute ?? now} />
      {isRead ? (
        <>
          <SalesTiles minute={minutes.at(-1) ?? sumOf([])} hour={hour} day={day} today={today} />
          <PerMinute minutes={minutes} hour={hour} />
          <ByMethod hour={hourMethods} day={dayMethods} today={today} />
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
