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

/** Reads now and then, never twice at once; asked while it reads, it reads once more. */
export function keepFresh(clock: Clock, read: () => Promise<void>): Refresh {
  let reading = false;
  let again = false;
  let stopped = false;
  let cancel: () => void = clock.after(FIRST_READ_WITHIN, start);

  function schedule(milliseconds: number) {
    cancel();
    if (!stopped) cancel = clock.after(milliseconds, start);
  }

  function start() {
    reading = true;
    void read().finally(() => {
      reading = false;
      schedule(again ? READ_SOON : READ_EVERY);
      again = false;
    });
  }

  return {
    soon: () => {
      if (reading) again = true;
      else schedule(READ_SOON);
    },
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
