import type { Clock } from './clock';

/** Readings are made anew this often: what no event tells (how fresh a source is) grows old. */
export const READ_EVERY = 30_000;
/** What asks for a reading waits so long for others that ask as well. */
export const READ_SOON = 100;
/** The first reading waits for the log's place, but not for ever. */
export const FIRST_READ_WITHIN = 1_500;

export interface Refresh {
  /** Something happened that only a reading can tell of. */
  soon(): void;
  stop(): void;
}

export interface Pace {
  readonly every: number;
  readonly soon: number;
}

/** Reads now and then, never twice at once; asked while it reads, it reads once more. */
export function keepFresh(
  clock: Clock,
  read: () => Promise<void>,
  pace: Pace = { every: READ_EVERY, soon: READ_SOON },
): Refresh {
  let reading = false;
  let again = false;
  let stopped = false;
  /** Whether a reading was asked for and is yet to come: who asks again does not put it off. */
  let asked = false;
  let cancel: () => void = clock.after(FIRST_READ_WITHIN, start);

  function schedule(milliseconds: number) {
    cancel();
    if (!stopped) cancel = clock.after(milliseconds, start);
  }

  function start() {
    reading = true;
    asked = false;
    void read().finally(() => {
      reading = false;
      schedule(again ? pace.soon : pace.every);
      asked = again;
      again = false;
    });
  }

  return {
    soon: () => {
      if (reading) again = true;
      else if (!asked) {
        asked = true;
        schedule(pace.soon);
      }
    },
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
