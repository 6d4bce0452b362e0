import { memo, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { machinePath } from '../../layout/machinePath';
import { useLive } from '../../live/LiveProvider';
import type { Machine } from '../../live/model';
import { MachineBadges } from '../../parts/MachineBadges';
import { Section } from '../../parts/Section';
import { CONDITIONS, inWindow, type Located } from './clusters';
import { locatedOf } from './located';
import styles from './MapPage.module.css';
import { MapView } from './MapView';
import { mapWords } from './mapWords';
import { Mark } from './Mark';
import { bounded, boundsOf, fitted, zoomed, type Size, type View } from './projection';

const NO_SIZE: Size = { width: 0, height: 0 };
const LISTED = 50;

/** Where the machines are and how: a map, and a list of the same for whoever does not see it. */
export default function MapPage() {
  const text = useWords(mapWords);
  const isRead = useLive((state) => state.machines.readAt !== null);
  const { located, nowhere } = useLive(locatedOf);
  return (
    <>
      <h1>{text.title}</h1>
      {isRead && located.length > 0 && <MapWithList located={located} nowhere={nowhere} />}
      {isRead && located.length === 0 && <NoMap nowhere={nowhere} />}
      {isRead || (
        <p className="soft" role="status">
          {text.reading}
        </p>
      )}
    </>
  );
}

/** Where there is nothing to draw: what machines there are, if any. */
function NoMap({ nowhere }: { readonly nowhere: readonly Machine[] }) {
  const text = useWords(mapWords);
  const format = useFormat();
  if (nowhere.length === 0) return <p className="soft">{text.none}</p>;
  return (
    <>
      <p className="soft">{text.noneLocated}</p>
      <Section title={text.nowhere(format.number(nowhere.length))}>
        <MachineList machines={nowhere} />
      </Section>
    </>
  );
}

interface Props {
  readonly located: readonly Located[];
  readonly nowhere: readonly Machine[];
}

function MapWithList({ located, nowhere }: Props) {
  const text = useWords(mapWords);
  const format = useFormat();
  const [frame, size] = useSize();
  const [chosen, setChosen] = useState<View | null>(null);
  const points = useMemo(() => located.map(({ point }) => point), [located]);
  const bounds = useMemo(() => boundsOf(points), [points]);
  // Until somebody moves it, the map shows all there is.
  const view = useMemo(() => chosen ?? fitted(points, size), [chosen, points, size]);
  const change = useCallback(
    (act: (view: View) => View) =>
      setChosen((before) => {
        const next = act(before ?? fitted(points, size));
        return bounds ? bounded(next, size, bounds) : next;
      }),
    [points, bounds, size],
  );
  const zoom = (factor: number) => change((before) => zoomed(before, size, { factor, at: { x: size.width / 2, y: size.height / 2 } }));
  // The list follows when the hand rests: the map is not to wait for it.
  const settled = useDeferredValue(view);
  const shown = useMemo(
    () => inWindow(located, settled, size).map(({ machine }) => machine),
    [located, settled, size],
  );
  return (
    <>
      <div className="card">
        <div className={styles.tools}>
          <Legend located={located} />
          <span className={styles.zoom}>
            <button type="button" className="button" aria-label={text.zoomIn} onClick={() => zoom(1.6)}>
              +
            </button>
            <button type="button" className="button" aria-label={text.zoomOut} onClick={() => zoom(1 / 1.6)}>
              −
            </button>
            <button type="button" className="button" onClick={() => setChosen(null)}>
              {text.all}
            </button>
          </span>
        </div>
        <div ref={frame} className={styles.frame}>
          {size.width > 0 && <MapView located={located} view={view} size={size} onView={change} />}
        </div>
        <p id="map-help" className={`soft small ${styles.help}`}>
          {text.help}
        </p>
      </div>
      <Section title={text.inView(format.number(shown.length))}>
        <MachineList machines={shown} />
        {shown.length === 0 && <p className="soft">{text.noneInView}</p>}
      </Section>
      {nowhere.length > 0 && (
        <Section title={text.nowhere(format.number(nowhere.length))}>
          <MachineList machines={nowhere} />
        </Section>
      )}
    </>
  );
}

function Legend({ located }: { readonly located: readonly Located[] }) {
  const text = useWords(mapWords);
  const format = useFormat();
  return (
    <ul className={styles.legend} aria-label={text.legend}>
      {CONDITIONS.map((condition) => (
        <li key={condition}>
          <svg width="18" height="18" viewBox="-11 -11 22 22" aria-hidden="true">
            <Mark condition={condition} />
          </svg>
          {text.conditions[condition]}{' '}
          <span className="soft">{format.number(located.filter((one) => one.condition === condition).length)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Some machines, each with a link; how many more there are is said. */
const MachineList = memo(function MachineList({ machines }: { readonly machines: readonly Machine[] }) {
  const text = useWords(mapWords);
  const format = useFormat();
  return (
    <>
      <ul className={styles.list}>
        {machines.slice(0, LISTED).map((machine) => (
          <li key={machine.id}>
            <a href={machinePath(machine.id)}>{machine.number}</a> <span>{machine.name}</span>{' '}
            <MachineBadges machine={machine} />
          </li>
        ))}
      </ul>
      {machines.length > LISTED && <p className="soft">{text.more(format.number(machines.length - LISTED))}</p>}
    </>
  );
});

function useSize() {
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(NO_SIZE);
  useEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  return [frame, size] as const;
}
