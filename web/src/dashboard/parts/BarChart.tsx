import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import styles from './BarChart.module.css';
import { onThemeChange, themeColour } from './themeColour';

interface Props {
  /** Ms since 1970, ascending. */
  readonly instants: readonly number[];
  /** Null: not known. */
  readonly values: readonly (number | null)[];
  /** What the values are, and when. */
  readonly names: { readonly value: string; readonly instant: string };
  readonly formatValue: (value: number) => string;
  readonly formatInstant: (instant: number) => string;
  /** What the chart says, for who cannot see it. */
  readonly summary: string;
}

const HEIGHT = 240;

/** Bars over time. Whoever shows it offers the same as a table as well. */
export function BarChart(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const { names, formatInstant, instants, values, summary } = props;

  // Made anew when the words are others; what is drawn changes below.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = new UPlot(optionsFor(element, latest), dataOf(latest.current), element);
    chart.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    const unthemed = onThemeChange(() => made.redraw(false, true));
    return () => {
      unthemed();
      resized.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [names.value, names.instant, formatInstant]);

  useEffect(() => chart.current?.setData(dataOf({ instants, values })), [instants, values]);

  return <div ref={box} className={styles.chart} role="img" aria-label={summary} />;
}

/** A bar begins at its instant: the last one needs room behind it. */
function withLastBar(chart: UPlot, first: number, last: number): [number, number] {
  const instants = chart.data[0];
  return [first, last + (last - first) / Math.max(1, instants.length - 1)];
}

function dataOf({ instants, values }: Pick<Props, 'instants' | 'values'>): UPlot.AlignedData {
  return [instants.map((instant) => instant / 1000), [...values]];
}

function optionsFor(element: HTMLElement, latest: { readonly current: Props }): UPlot.Options {
  const colour = (name: string) => () => themeColour(element, name);
  const font = '12px system-ui, sans-serif';
  const axis: UPlot.Axis = {
    stroke: colour('--ink-soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
    font,
  };
  const { names } = latest.current;
  const instantOf = (seconds: number) => latest.current.formatInstant(seconds * 1000);
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 32, 0, 0],
    cursor: { drag: { x: false, y: false }, y: false },
    scales: { x: { time: true, range: withLastBar }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] } },
    axes: [
      { ...axis, grid: { show: false }, values: (_, seconds) => seconds.map(instantOf) },
      {
        ...axis,
        size: 72,
        // Pieces and fen are whole: so are the steps.
        incrs: [1, 2, 5].flatMap((step) => [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].map((power) => step * power)).sort((one, other) => one - other),
        values: (_, values) => values.map((value) => latest.current.formatValue(value)),
      },
    ],
    series: [
      { label: names.instant, value: (_, seconds: number | null) => (seconds === null ? '–' : instantOf(seconds)) },
      {
        label: names.value,
        value: (_, value: number | null) => (value === null ? '–' : latest.current.formatValue(value)),
        fill: colour('--accent'),
        stroke: colour('--accent'),
        width: 0,
        points: { show: false },
        ...(UPlot.paths.bars && { paths: UPlot.paths.bars({ size: [0.8, 24], align: 1 }) }),
      },
    ],
  };
}
