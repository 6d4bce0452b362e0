import type { Clock } from '../live/clock';

/** A clock that a test turns: what is due happens in its order, and nothing else passes. */
export interface TurnedClock extends Clock {
  turn(milliseconds: number): void;
}

export function turnedClock(start = Date.parse('2026-01-31T08:00:00Z')): TurnedClock {
  let now = start;
  let due: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    now: () => now,
    after: (milliseconds, callback) => {
      const entry = { at: now + milliseconds, callback };
      due.push(entry);
      return () => {
        due = due.filter((other) => other !== entry);
      };
    },
    turn: (milliseconds) => {
      const end = now + milliseconds;
      for (;;) {
        const next = due.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
        if (!next) break;
        due = due.filter((entry) => entry !== next);
        now = next.at;
        next.callback();
      }
      now = end;
    },
  };
}
