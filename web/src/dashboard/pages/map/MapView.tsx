import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { machinePath } from '../../layout/machinePath';
import { clustersOf, type Cluster, type Located } from './clusters';
import { graticule } from './graticule';
import styles from './MapView.module.css';
import { mapWords } from './mapWords';
import { Mark } from './Mark';
import { fitted, panned, zoomed, type Point, type Size, type View } from './projection';

interface Props {
  readonly located: readonly Located[];
  readonly view: View;
  readonly size: Size;
  readonly onView: (change: (view: View) => View) => void;
}

/** Pixels of an arrow key; the factor of a plus. */
const STEP = 80;
const FACTOR = 1.6;
/** Who moves the hand less means to click. */
const CLICK_WITHIN = 5;

const KEYS: Readonly<Record<string, (view: View, size: Size) => View>> = {
  ArrowLeft: (view) => panned(view, { x: STEP, y: 0 }),
  ArrowRight: (view) => panned(view, { x: -STEP, y: 0 }),
  ArrowUp: (view) => panned(view, { x: 0, y: STEP }),
  ArrowDown: (view) => panned(view, { x: 0, y: -STEP }),
  '+': (view, size) => zoomed(view, size, { factor: FACTOR, at: middle(size) }),
  '=': (view, size) => zoomed(view, size, { factor: FACTOR, at: middle(size) }),
  '-': (view, size) => zoomed(view, size, { factor: 1 / FACTOR, at: middle(size) }),
};

/** The machines on a map without tiles: lines of longitude and latitude, and a mark for what is near each other. */
export function MapView({ located, view, size, onView }: Props) {
  const text = useWords(mapWords);
  const frame = useRef<HTMLDivElement>(null);
  const pointers = useRef(new Map<number, Point>());
  const moved = useRef(0);
  const [dragging, setDragging] = useState(false);

  // React listens to the wheel passively: the page would scroll as well.
  useEffect(() => {
    const element = frame.current;
    const zoom = (event: WheelEvent) => {
      event.preventDefault();
      const box = element?.getBoundingClientRect();
      const at = { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
      onView((before) => zoomed(before, size, { factor: Math.exp(-event.deltaY / 400), at }));
    };
    // Two fingers are the map's: the page is not to scroll with them.
    const hold = (event: TouchEvent) => {
      if (event.touches.length > 1 && event.cancelable) event.preventDefault();
    };
    element?.addEventListener('wheel', zoom, { passive: false });
    element?.addEventListener('touchmove', hold, { passive: false });
    return () => {
      element?.removeEventListener('wheel', zoom);
      element?.removeEventListener('touchmove', hold);
    };
  }, [onView, size]);

  function press(event: PointerEvent<HTMLDivElement>) {
    if (pointers.current.size === 0) moved.current = 0;
    pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  function move(event: PointerEvent<HTMLDivElement>) {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    // One finger scrolls the page.
    if (event.pointerType === 'touch' && !other) return;
    moved.current += Math.hypot(now.x - before.x, now.y - before.y);
    if (moved.current < CLICK_WITHIN) return;
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) event.currentTarget.setPointerCapture(event.pointerId);
    setDragging(true);
    if (!other) return onView((one) => panned(one, { x: now.x - before.x, y: now.y - before.y }));
    const box = event.currentTarget.getBoundingClientRect();
    const factor = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
    const at = { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top };
    // The map goes along with the middle between the fingers.
    const by = { x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 };
    onView((one) => zoomed(panned(one, by), size, { factor, at }));
  }

  function release(event: PointerEvent<HTMLDivElement>) {
    pointers.current.delete(event.pointerId);
    if (pointers.current.size === 0) setDragging(false);
  }

  function pressKey(event: KeyboardEvent) {
    const act = event.key === '0' ? () => fitted(located.map(({ point }) => point), size) : KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onView((before) => act(before, size));
  }

  return (
    <div
      ref={frame}
      className={styles.map}
      data-dragging={dragging}
      // Arrow keys are the map's while it has the focus.
      role="application"
      aria-label={text.label}
      aria-describedby="map-help"
      tabIndex={0}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
      onClickCapture={(event) => {
        if (moved.current < CLICK_WITHIN) return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onKeyDown={pressKey}
    >
      <svg width={size.width} height={size.height} aria-hidden="true">
        <Graticule view={view} size={size} />
        {clustersOf(located, view, size).map((cluster) => (
          <ClusterMark
            key={cluster.id}
            cluster={cluster}
            onOpen={() => onView(() => fitted(cluster.members.map(({ point }) => point), size))}
          />
        ))}
      </svg>
    </div>
  );
}

function middle({ width, height }: Size): Point {
  return { x: width / 2, y: height / 2 };
}

function Graticule({ view, size }: { readonly view: View; readonly size: Size }) {
  return graticule(view, size).map(({ axis, degrees, at }) =>
    axis === 'meridian' ? (
      <g key={`x${degrees}`} className={styles.line}>
        <line x1={at} x2={at} y1={0} y2={size.height} />
        <text x={at + 4} y={size.height - 6}>{`${Math.abs(degrees)}° ${degrees < 0 ? 'W' : 'E'}`}</text>
      </g>
    ) : (
      <g key={`y${degrees}`} className={styles.line}>
        <line x1={0} x2={size.width} y1={at} y2={at} />
        <text x={4} y={at - 4}>{`${Math.abs(degrees)}° ${degrees < 0 ? 'S' : 'N'}`}</text>
      </g>
    ),
  );
}

function ClusterMark({ cluster, onOpen }: { readonly cluster: Cluster; readonly onOpen: () => void }) {
  const format = useFormat();
  const { at, members, condition } = cluster;
  const [only] = members;
  const place = `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})`;
  if (members.length === 1 && only) {
    const { machine } = only;
    return (
      <g transform={place}>
        <a href={machinePath(machine.id)} tabIndex={-1} draggable={false}>
          <title>{[machine.number, machine.name].filter(Boolean).join(' ')}</title>
          <circle r={14} className={styles.reach} />
          <Mark condition={condition} />
        </a>
      </g>
    );
  }
  const radius = 13 + Math.min(14, Math.log2(members.length) * 1.6);
  return (
    <g transform={place} className={styles.cluster} onClick={onOpen}>
      <title>{areasOf(cluster)}</title>
      <circle r={radius} />
      <text dy="0.35em">{format.number(members.length)}</text>
      <g transform={`translate(${radius * 0.75} ${-radius * 0.75}) scale(0.75)`}>
        <Mark condition={condition} />
      </g>
      <text className={styles.area} dy={radius + 14}>
        {areasOf(cluster)}
      </text>
    </g>
  );
}

/** The area that most of its machines are in; nothing where no vendor tells areas. */
function areasOf({ members }: Cluster): string {
  const counts = new Map<string, number>();
  for (const { machine } of members) {
    if (machine.areaName) counts.set(machine.areaName, (counts.get(machine.areaName) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? '';
}
