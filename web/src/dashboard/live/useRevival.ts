import { useEffect, useRef } from 'react';
import { useLive } from './LiveProvider';

/** Does something whenever a lost connection is back: what failed meanwhile need not wait for its period. */
export function useRevival(act: () => void): void {
  const revivals = useLive((state) => state.revivals);
  const seen = useRef(revivals);
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  });
  useEffect(() => {
    if (revivals === seen.current) return;
    seen.current = revivals;
    latest.current();
  }, [revivals]);
}
