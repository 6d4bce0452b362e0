import type { Clock } from './clock';

type Subscribe = (listener: () => void) => () => void;

/** The same subscription, which tells at most this often: at once what is rare, and the latest of what is not. */
export function calmly(subscribe: Subscribe, clock: Clock, every: number): Subscribe {
  return (listener) => {
    let due = 0;
    let cancel: (() => void) | null = null;
    const unsubscribe = subscribe(() => {
      cancel ??= clock.after(Math.max(0, due - clock.now()), () => {
        cancel = null;
        due = clock.now() + every;
        listener();
      });
    });
    return () => {
      unsubscribe();
      cancel?.();
    };
  };
}
