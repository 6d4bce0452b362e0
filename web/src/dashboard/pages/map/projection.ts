/** Where something is on the world's map: 0 to 1 from west to east, and from north to south. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** What a window shows: the middle of it, and how many pixels the whole world would be wide. */
export interface View {
  readonly center: Point;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Web Mercator ends here. */
const LAST_LATITUDE = 85.05;
export const LEAST_SCALE = 256;
/** A pixel is some centimetres. */
export const GREATEST_SCALE = 2 ** 28;

/** Web Mercator. */
export function project({ latitude, longitude }: Place): Point {
  const sine = Math.sin((Math.max(-LAST_LATITUDE, Math.min(LAST_LATITUDE, latitude)) * Math.PI) / 180);
  return { x: (longitude + 180) / 360, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) };
}

export function unproject({ x, y }: Point): Place {
  return { longitude: x * 360 - 180, latitude: (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI };
}

/** Where a point is in the window, in pixels. */
export function toScreen({ center, scale }: View, size: Size, point: Point): Point {
  return { x: (point.x - center.x) * scale + size.width / 2, y: (point.y - center.y) * scale + size.height / 2 };
}

export function fromScreen({ center, scale }: View, size: Size, at: Point): Point {
  return { x: center.x + (at.x - size.width / 2) / scale, y: center.y + (at.y - size.height / 2) / scale };
}

/** The map moved by so many pixels. */
export function panned({ center, scale }: View, by: Point): View {
  const within = (value: number) => Math.min(1, Math.max(0, value));
  return { scale, center: { x: within(center.x - by.x / scale), y: within(center.y - by.y / scale) } };
}

/** The least box around some points; null: there are none. */
export interface Bounds {
  readonly from: Point;
  readonly to: Point;
}

export function boundsOf(points: readonly Point[]): Bounds | null {
  if (points.length === 0) return null;
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  return { from: { x: Math.min(...xs), y: Math.min(...ys) }, to: { x: Math.max(...xs), y: Math.max(...ys) } };
}

/** The view moved back so far that an edge of the bounds is in the window: whoever pans cannot lose what is there. */
export function bounded({ center, scale }: View, size: Size, { from, to }: Bounds, margin = 48): View {
  const within = (value: number, least: number, most: number, extent: number) => {
    const reach = Math.max(0, extent / 2 - margin) / scale;
    return Math.min(most + reach, Math.max(least - reach, value));
  };
  return {
    scale,
    center: { x: within(center.x, from.x, to.x, size.width), y: within(center.y, from.y, to.y, size.height) },
  };
}

/** Closer by a factor; what is at that place of the window stays there. */
export function zoomed(view: View, size: Size, { factor, at }: { readonly factor: number; readonly at: Point }): View {
  const scale = Math.min(GREATEST_SCALE, Math.max(LEAST_SCALE, view.scale * factor));
  const still = fromScreen(view, size, at);
  const closer = { center: view.center, scale };
  const moved = toScreen(closer, size, still);
  return panned(closer, { x: at.x - moved.x, y: at.y - moved.y });
}

/** The view that shows all of these points, with some room around. */
export function fitted(points: readonly Point[], size: Size, margin = 48): View {
  const bounds = boundsOf(points);
  if (!bounds) return { center: { x: 0.5, y: 0.5 }, scale: LEAST_SCALE };
  const { from: { x: west, y: north }, to: { x: east, y: south } } = bounds;
  const across = Math.max(1, size.width - 2 * margin) / Math.max(east - west, 1e-9);
  const down = Math.max(1, size.height - 2 * margin) / Math.max(south - north, 1e-9);
  // Two machines of one house need not fill the window.
  const scale = Math.min(2 ** 24, Math.max(LEAST_SCALE, Math.min(across, down)));
  return { center: { x: (west + east) / 2, y: (north + south) / 2 }, scale };
}
