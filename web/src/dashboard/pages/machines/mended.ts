import type { Failure } from '../../api/failure';
import { asked, type MachineQuery } from './machineQuery';

/** What of a link was of no use. */
export type Gone = 'cursor' | 'account';

/**
 * The query without what nothing can be found by: links are kept, and written by hand. Null: all of it may be good.
 * `accountIds` is null for as long as they are not known.
 */
export function mended(
  query: MachineQuery,
  { accountIds, failure }: { readonly accountIds: readonly string[] | null; readonly failure: Failure | null },
): { readonly query: MachineQuery; readonly gone: Gone } | null {
  if (query.accountId !== null && accountIds && !accountIds.includes(query.accountId)) {
    return { query: asked(query, { accountId: null }), gone: 'account' };
  }
  if (query.after !== null && failure?.code === 'BAD_USER_INPUT') return { query: asked(query, {}), gone: 'cursor' };
  return null;
}
