import { useSyncExternalStore } from 'react';
import { Shell } from './layout/Shell';
import { LiveProvider } from './live/LiveProvider';
import { LoginPage } from './session/LoginPage';
import type { Session } from './session/session';

interface Props {
  readonly session: Session;
  readonly devToken: string | null;
}

/** Whoever has a token sees the pages, over one connection; everybody else is asked for one. */
export function App({ session, devToken }: Props) {
  const { token, endReason } = useSyncExternalStore(session.subscribe, session.get);
  if (token === null) return <LoginPage endReason={endReason} suggestion={devToken} onSignIn={session.signIn} />;
  return (
    <LiveProvider key={token} token={token} onUnauthorized={() => session.refuse(token)}>
      <Shell onSignOut={session.signOut} />
    </LiveProvider>
  );
}
