import { describe, expect, it } from 'vitest';
import { machineRow, statusRow } from '../../testing/events';
import { clustersOf, conditionOf, inWindow, type Located } from './clusters';
import { graticule } from './graticule';
import { bounded, boundsOf, fitted, fromScreen, GREATEST_SCALE, panned, project, toScreen, unproject, zoomed } from './projection';

const SIZE = { width: 800, height: 600 };
const BEIJING = { latitude: 39.9, longitude: 116.4 };
const SHENZHEN = { latitude: 22.5, longitude: 114.1 };
const fault = { name: 'jammed', code: null, cabinet: null, since: null };

function located(id: string, place: { latitude: number; longitude: number }, status = statusRow()): Located {
  const machine = machineRow(id, { status });
  return { machine, point: project(place), condition: conditionOf(machine) };
}

describe('the projection', () => {
  it('puts the middle of the world in the middle, and comes back to every place', () => {
    expect(project({ latitude: 0, longitude: 0 })).toEqual({ x: 0.5, y: 0.5 });
    expect(unproject(project(BEIJING)).latitude).toBeCloseTo(39.9, 9);
    expect(unproject(project(BEIJING)).longitude).toBeCloseTo(116.4, 9);
    expect(project({ latitude: 90, longitude: 180 }).y).toBeCloseTo(0, 3);
  });

  it('fits all points into the window', () => {
    const view = fitted([project(BEIJING), project(SHENZHEN)], SIZE);
    for (const place of [BEIJING, SHENZHEN]) {
      const { x, y } = toScreen(view, SIZE, project(place));
      expect(x >= 0 && x <= SIZE.width && y >= 0 && y <= SIZE.height).toBe(true);
    }
  });

  it('keeps what is under the pointer there when it zooms, and moves with the hand when it pans', () => {
    const view = fitted([project(BEIJING), project(SHENZHEN)], SIZE);
    const at = { x: 120, y: 450 };
    const before = fromScreen(view, SIZE, at);
    const closer = zoomed(view, SIZE, { factor: 4, at });
    expect(closer.scale).toBeCloseTo(view.scale * 4);
    expect(fromScreen(closer, SIZE, at).x).toBeCloseTo(before.x, 9);
    const moved = toScreen(panned(closer, { x: 30, y: -20 }), SIZE, before);
    expect(moved.x).toBeCloseTo(150);
    expect(moved.y).toBeCloseTo(430);
    expect(zoomed(view, SIZE, { factor: 1e12, at }).scale).toBe(GREATEST_SCALE);
  });
});

describe('the bounds', () => {
  const points = [project(BEIJING), project(SHENZHEN)];
  const bounds = boundsOf(points)!;
  const isSeen = (view: Parameters<typeof toScreen>[0]) =>
    points.some((point) => {
      const { x, y } = toScreen(view, SIZE, point);
      return x >= 0 && x <= SIZE.width && y >= 0 && y <= SIZE.height;
    });

  it('leave alone a view that shows what is there', () => {
    const view = panned(fitted(points, SIZE), { x: 100, y: -60 });
    expect(bounded(view, SIZE, bounds).center.x).toBeCloseTo(view.center.x, 12);
    expect(boundsOf([])).toBeNull();
  });

  it.each([
    [9_999, 0],
    [-9_999, 0],
    [0, 9_999],
    [0, -9_999],
  ])('keep an edge of it in the window when the hand goes on by %i and %i', (x, y) => {
    const away = panned(fitted(points, SIZE), { x, y });
    expect(isSeen(away)).toBe(false);
    expect(isSeen(bounded(away, SIZE, bounds))).toBe(true);
  });
});

describe('the clusters', () => {
  const near = { latitude: 39.91, longitude: 116.41 };
  const all = [located('a', BEIJING), located('b', near, statusRow({ faults: [fault] })), located('c', SHENZHEN)];

  it('make one mark of what is near, as grave as its gravest machine, and lose nobody', () => {
    const clusters = clustersOf(all, fitted(all.map(({ point }) => point), SIZE), SIZE);
    expect(clusters.map(({ members, condition }) => [members.length, condition]).sort()).toEqual([
      [1, 'online'],
      [2, 'fault'],
    ]);
  });

  it('fall apart when one looks closer, and leave out what is not in the window', () => {
    const close = fitted([project(BEIJING), project(near)], SIZE);
    expect(clustersOf(all, close, SIZE).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(inWindow(all, close, SIZE).map(({ machine }) => machine.id)).toEqual(['b', 'a']);
  });

  it('stay the same while the map is moved', () => {
    const view = fitted(all.map(({ point }) => point), SIZE);
    const ids = (by: number) => clustersOf(all, panned(view, { x: by, y: by }), SIZE).map(({ id }) => id);
    expect(ids(17)).toEqual(ids(0));
  });
});

it.each([
  [statusRow({ online: false, faults: [fault] }), 'offline'],
  [statusRow({ faults: [fault], soldOutShelfCount: 1 }), 'fault'],
  [statusRow({ soldOutShelfCount: 1 }), 'soldOut'],
  [statusRow(), 'online'],
  [null, 'unknown'],
])('tells the gravest of how a machine is', (status, condition) => {
  expect(conditionOf(machineRow('a', { status }))).toBe(condition);
});

it('draws the lines of the window, not too near each other', () => {
  const lines = graticule(fitted([project(BEIJING), project(SHENZHEN)], SIZE), SIZE);
  const meridians = lines.filter(({ axis }) => axis === 'meridian').map(({ at }) => at);
  expect(meridians.length).toBeGreaterThan(1);
  expect(meridians.every((at, index) => index === 0 || at - (meridians[index - 1] ?? 0) >= 100)).toBe(true);
  expect(lines.every(({ at }) => at >= 0 && at <= SIZE.width)).toBe(true);
});

it('draws no meridian that there is not', () => {
  const degrees = graticule(fitted([], { width: 1400, height: 600 }), { width: 1400, height: 600 }).map((line) => Math.abs(line.degrees));
  expect(Math.max(...degrees)).toBeLessThanOrEqual(180);
});
