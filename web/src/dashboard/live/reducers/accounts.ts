import type { Account, LogEvent } from '../model';

/** The accounts after a batch of events: a vendor ceased to answer, or answers again. */
export function accountsAfter(accounts: readonly Account[], batch: readonly LogEvent[]): readonly Account[] {
  let next = accounts;
  for (const event of batch) {
    if (event.__typename !== 'AccountHealthEvent') continue;
    next = next.map((account) => (account.id === event.account?.id ? { ...account, health: event.health } : account));
  }
  return next;
}
