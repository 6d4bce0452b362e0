import { hasFault, isOffline, isOnline, isSoldOut } from '../../live/alerts';
import type { Machine } from '../../live/model';
import { toScreen, type Point, type Size, type View } from './projection';

/** How a machine is, the gravest first. */
export const CONDITIONS = ['offline', 'fault', 'soldOut', 'unknown', 'online'] as const;
export type Condition = (typeof CONDITIONS)[number];

export function conditionOf(machine: Machine): Condition {
  if (isOffline(machine)) return 'offline';
  if (hasFault(machine)) return 'fault';
  if (isSoldOut(machine)) return 'soldOut';
  return isOnline(machine) ? 'online' : 'unknown';
}

export interface Located {
  readonly machine: Machine;
  readonly point: Point;
  readonly condition: Condition;
}

export interface Cluster {
  readonly id: string;
  /** In the window, in pixels. */
  readonly at: Point;
  readonly members: readonly Located[];
  /** The gravest of its members'. */
  readonly condition: Condition;
}

/** So many pixels are one mark. */
const CELL = 56;
/** Marks nearer to each other than this would cover each other. */
const APART = 48;

/**
 * What is near each other in the window is one mark. The cells hang on the world, not on the window: nothing falls
 * apart while the map is moved.
 */
export function clustersOf(located: readonly Located[], view: View, size: Size): readonly Cluster[] {
  const cells = new Map<string, Located[]>();
  for (const one of located) {
    const { x, y } = toScreen(view, size, one.point);
    if (x < -CELL || y < -CELL || x > size.width + CELL || y > size.height + CELL) continue;
    const cell = `${Math.floor((one.point.x * view.scale) / CELL)}/${Math.floor((one.point.y * view.scale) / CELL)}`;
    const members = cells.get(cell);
    if (members) members.push(one);
    else cells.set(cell, [one]);
  }
  const marks: Mean[] = [];
  // The largest first: what is near them joins them.
  const groups = [...cells].sort(([one, own], [other, others]) => others.length - own.length || (one < other ? -1 : 1));
  for (const [cell, members] of groups) {
    const { x, y } = meanOf(members);
    const near = marks.find((mark) => Math.hypot(mark.x - x, mark.y - y) * view.scale < APART);
    if (near) near.members.push(...members);
    else marks.push({ cell, members, x, y });
  }
  return marks.map(({ cell, members, x, y }) => ({
    id: members.length === 1 && members[0] ? members[0].machine.id : cell,
    at: toScreen(view, size, { x, y }),
    members,
    condition: gravest(members),
  }));
}

interface Mean extends Point {
  readonly cell: string;
  readonly members: Located[];
}

function meanOf(members: readonly Located[]): Point {
  const mean = (axis: 'x' | 'y') => members.reduce((sum, { point }) => sum + point[axis], 0) / members.length;
  return { x: mean('x'), y: mean('y') };
}

export function gravest(members: readonly Located[]): Condition {
  return CONDITIONS.find((condition) => members.some((member) => member.condition === condition)) ?? 'unknown';
}

/** Those of the window, the gravest first. */
export function inWindow(located: readonly Located[], view: View, size: Size): readonly Located[] {
  return located
    .filter(({ point }) => {
      const { x, y } = toScreen(view, size, point);
      return x >= 0 && y >= 0 && x <= size.width && y <= size.height;
    })
    .sort((one, other) => CONDITIONS.indexOf(one.condition) - CONDITIONS.indexOf(other.condition));
}
