import type { Client } from 'urql';
import { MachinesDocument, MachineStatusesDocument, ViewerDocument, type ViewerQuery } from '../../generated/graphql';
import type { Reading } from './liveStore';
import type { Machine, Source } from './model';

const ANEW = { requestPolicy: 'network-only' } as const;

/**
 * Reads who we are and the whole fleet, and hands over what it has as it comes: the list, which is quick, and then the
 * statuses, page by page.
 */
export async function readFleet(
  api: Client,
  { known, show }: { readonly known: (viewer: ViewerQuery['viewer']) => void; readonly show: (reading: Reading) => void },
): Promise<void> {
  const asked = await api.query(ViewerDocument, {}, ANEW);
  if (!asked.data) throw asked.error ?? new Error('no answer');
  const { viewer } = asked.data;
  known(viewer);
  // Who may not read the machines is not to ask for them, every half a minute.
  if (!viewer.scopes.includes('machines:read')) return show({ accounts: viewer.accounts, rows: null, sources: [] });
  const { rows, sources } = await readList(api);
  show({ accounts: viewer.accounts, rows: [...rows.values()], sources });
  await readStatuses(api, rows, () => show({ accounts: viewer.accounts, rows: [...rows.values()], sources }));
}

async function readList(api: Client) {
  const rows = new Map<string, Machine>();
  let sources: readonly Source[] = [];
  let after: string | null = null;
  do {
    const { data, error } = await api.query(MachinesDocument, { after }, ANEW).toPromise();
    if (!data?.machines) throw error ?? new Error('no machines');
    const page: NonNullable<typeof data.machines> = data.machines;
    for (const row of page.nodes) rows.set(row.id, { ...row, status: null });
    sources = page.sources;
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return { rows, sources };
}

async function readStatuses(api: Client, rows: Map<string, Machine>, show: () => void) {
  let after: string | null = null;
  do {
    const { data, error } = await api.query(MachineStatusesDocument, { after }, ANEW).toPromise();
    if (!data?.machines) throw error ?? new Error('no statuses');
    const page: NonNullable<typeof data.machines> = data.machines;
    for (const { id, online, status } of page.nodes) {
      const row = rows.get(id);
      if (row) rows.set(id, { ...row, online, status });
    }
    show();
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
}
