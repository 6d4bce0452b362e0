import { fromScreen, project, toScreen, unproject, type Size, type View } from './projection';

export interface GridLine {
  readonly axis: 'meridian' | 'parallel';
  /** Degrees. */
  readonly degrees: number;
  /** Pixels from the left or the top. */
  readonly at: number;
}

const STEPS = [60, 30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
/** Lines are at least so many pixels apart. */
const APART = 110;

/** The lines of longitude and latitude that a window shows. */
export function graticule(view: View, size: Size): readonly GridLine[] {
  const step = STEPS.findLast((degrees) => (degrees / 360) * view.scale >= APART) ?? STEPS[0] ?? 60;
  const first = unproject(fromScreen(view, size, { x: 0, y: size.height }));
  const last = unproject(fromScreen(view, size, { x: size.width, y: 0 }));
  return [
    ...steps(Math.max(-180, first.longitude), Math.min(180, last.longitude), step).map((degrees) => ({
      axis: 'meridian' as const,
      degrees,
      at: toScreen(view, size, project({ latitude: 0, longitude: degrees })).x,
    })),
    ...steps(Math.max(-85, first.latitude), Math.min(85, last.latitude), step).map((degrees) => ({
      axis: 'parallel' as const,
      degrees,
      at: toScreen(view, size, project({ latitude: degrees, longitude: 0 })).y,
    })),
  ];
}

function steps(from: number, to: number, step: number): readonly number[] {
  const first = Math.ceil(from / step);
  const length = Math.max(0, Math.floor(to / step) - first + 1);
  return Array.from({ length }, (_, index) => Number(((first + index) * step).toFixed(3)));
}
