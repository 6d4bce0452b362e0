import type { LiveState } from './liveStore';

/** Since when the gateway is out of reach (ms since 1970); null: it is not. */
export function cutOffSince({ link }: Pick<LiveState, 'link'>): number | null {
  return link.state === 'reconnecting' ? link.since : null;
}

/** Whether all that is shown may be other by now, and nobody would tell. */
export const isCutOff = (state: Pick<LiveState, 'link'>): boolean => cutOffSince(state) !== null;
