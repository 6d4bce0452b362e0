import type { Client } from 'urql';
import { MachinesDocument, ViewerDocument, type ViewerQuery } from '../../generated/graphql';
import type { Machine, Source } from './model';
import type { Reading } from './liveStore';

/** Reads who we are and the whole fleet, a page of machines after the other. */
export async function readFleet(api: Client): Promise<Reading & { readonly viewer: ViewerQuery['viewer'] }> {
  const options = { requestPolicy: 'network-only' } as const;
  const asked = await api.query(ViewerDocument, {}, options);
  if (!asked.data) throw asked.error ?? new Error('no answer');
  const { viewer } = asked.data;
  const rows: Machine[] = [];
  let sources: readonly Source[] = [];
  let after: string | null = null;
  do {
    const page = await machinesPage(api, after);
    rows.push(...page.nodes);
    sources = page.sources;
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return { viewer, accounts: viewer.accounts, rows, sources };
}

async function machinesPage(api: Client, after: string | null) {
  const { data, error } = await api.query(MachinesDocument, { after }, { requestPolicy: 'network-only' });
  if (!data?.machines) throw error ?? new Error('no machines');
  return data.machines;
}
