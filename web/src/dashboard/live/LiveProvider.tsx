import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';
import { Provider as ApiProvider } from 'urql';
import { webSocketUrl } from '../../shared/endpoint';
import type { ViewerQuery } from '../../generated/graphql';
import { createApi } from '../api/client';
import { failureOf, type Failure } from '../api/failure';
import { calmly } from './calmly';
import { systemClock } from './clock';
import { followLog } from './followLog';
import { keepFresh } from './keepFresh';
import { createLiveStore, type LiveState, type LiveStore } from './liveStore';
import { readFleet } from './readFleet';
import { followTrades } from './readTrades';
import { webSocketTransport } from './transport';

/** What the fleet was last read as, and whose it is. */
interface Reading {
  readonly viewer: ViewerQuery['viewer'] | null;
  /** Why the last reading failed; null: it did not. */
  readonly error: Failure | null;
}

const StoreContext = createContext<LiveStore | null>(null);
const ReadingContext = createContext<Reading>({ viewer: null, error: null });

interface Props {
  readonly token: string;
  readonly onUnauthorized: () => void;
  readonly children: ReactNode;
}

/** One client, one store and one subscription, for as long as somebody is signed in. */
export function LiveProvider({ token, onUnauthorized, children }: Props) {
  const [api] = useState(() => createApi(token, onUnauthorized));
  const [store] = useState(() => createLiveStore(systemClock));
  const [reading, setReading] = useState<Reading>({ viewer: null, error: null });

  useEffect(() => {
    const refresh = keepFresh(systemClock, async () => {
      try {
        // What the caller may do need not wait for the last status.
        const known = (viewer: Reading['viewer']) => setReading((before) => ({ ...before, viewer }));
        await readFleet(api, { known, show: store.read });
        setReading((before) => ({ ...before, error: null }));
      } catch (error) {
        setReading((before) => ({ ...before, error: failureOf(error) }));
      }
    });
    const trades = followTrades(api, store, systemClock);
    const following = followLog(webSocketTransport(webSocketUrl(window.location), token), systemClock, {
      event: (event) => {
        store.take(event);
        trades.event(event);
        if (event.__typename === 'GapEvent' || event.__typename === 'MachineRegisteredEvent') refresh.soon();
      },
      link: store.link,
      startedAnew: () => {
        refresh.soon();
        trades.refresh.soon();
      },
      revived: () => {
        store.revived();
        refresh.soon();
        if (store.get().pastTrades?.error) trades.refresh.soon();
      },
      unauthorized: onUnauthorized,
    });
    window.addEventListener('online', following.retryNow);
    return () => {
      window.removeEventListener('online', following.retryNow);
      following.stop();
      refresh.stop();
      trades.refresh.stop();
    };
  }, [api, store, token]);

  return (
    <ApiProvider value={api}>
      <StoreContext value={store}>
        <ReadingContext value={reading}>{children}</ReadingContext>
      </StoreContext>
    </ApiProvider>
  );
}

export function useLiveStore(): LiveStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error('useLiveStore stands outside of LiveProvider');
  return store;
}

/**
 * A slice of what happens. The component renders again when the slice is another object, at most four times a second:
 * a selector that makes something new is made with `derive`.
 */
export function useLive<Slice>(select: (state: LiveState) => Slice): Slice {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}

/** As `useLive`, at most this often: for what is large on the page and changes with every event. */
export function useLiveCalmly<Slice>(select: (state: LiveState) => Slice, every = 1000): Slice {
  const store = useLiveStore();
  const subscribe = useMemo(() => calmly(store.subscribe, systemClock, every), [store, every]);
  return useSyncExternalStore(subscribe, () => select(store.get()));
}

export function useReading(): Reading {
  return useContext(ReadingContext);
}
