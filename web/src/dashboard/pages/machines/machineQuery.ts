import type { MachineFilter, Vendor } from '../../../generated/graphql';

/** What the table is asked for; all of it stands in the hash. */
export interface MachineQuery {
  readonly search: string;
  readonly accountId: string | null;
  readonly vendor: Vendor | null;
  readonly siteId: string | null;
  readonly online: boolean | null;
  readonly hasFaults: boolean | null;
  readonly soldOut: boolean | null;
  /** How many rows a page has. */
  readonly size: number;
  /** The number of the page, from 1; where it begins, `after` says. */
  readonly page: number;
  readonly after: string | null;
}

export const SIZES = [25, 50, 100] as const;
const VENDORS: readonly Vendor[] = ['DINGSHANG', 'INHAND'];
const ANYTHING: MachineQuery = {
  search: '',
  accountId: null,
  vendor: null,
  siteId: null,
  online: null,
  hasFaults: null,
  soldOut: null,
  size: SIZES[0],
  page: 1,
  after: null,
};

/** What the hash says. What makes no sense in it (people write links by hand) is left out. */
export function readMachineQuery(params: URLSearchParams): MachineQuery {
  const after = params.get('after');
  const page = Number(params.get('page'));
  return {
    search: params.get('search') ?? '',
    accountId: params.get('account'),
    vendor: VENDORS.find((vendor) => vendor === params.get('vendor')) ?? null,
    siteId: params.get('site'),
    online: truth(params.get('online')),
    hasFaults: truth(params.get('faults')),
    soldOut: truth(params.get('soldOut')),
    size: SIZES.find((size) => size === Number(params.get('size'))) ?? SIZES[0],
    page: after !== null && Number.isInteger(page) && page > 1 ? page : after === null ? 1 : 2,
    after,
  };
}

/** What the hash is to say; what is as it always is stays out of it. */
export function writeMachineQuery(query: MachineQuery): URLSearchParams {
  const params = new URLSearchParams();
  const write = (name: string, value: string | number | boolean | null) => {
    if (value !== null && value !== '') params.set(name, String(value));
  };
  write('search', query.search);
  write('account', query.accountId);
  write('vendor', query.vendor);
  write('site', query.siteId);
  write('online', query.online);
  write('faults', query.hasFaults);
  write('soldOut', query.soldOut);
  write('size', query.size === SIZES[0] ? null : query.size);
  write('page', query.after === null ? null : query.page);
  write('after', query.after);
  return params;
}

/** The query with something else asked for: from its first page on. */
export function asked(query: MachineQuery, change: Partial<MachineQuery>): MachineQuery {
  return { ...query, page: 1, after: null, ...change };
}

/** The same without a filter. */
export function unfiltered(query: MachineQuery): MachineQuery {
  return { ...ANYTHING, size: query.size };
}

export function isFiltered(query: MachineQuery): boolean {
  return Object.keys(filterOf(query)).length > 0;
}

/** The API's filter. */
export function filterOf(query: MachineQuery): MachineFilter {
  const { accountId, vendor, siteId, online, hasFaults, soldOut } = query;
  const search = query.search.trim();
  return {
    ...(search !== '' && { search }),
    ...(accountId !== null && { accountIds: [accountId] }),
    ...(vendor !== null && { vendor }),
    ...(siteId !== null && { siteId }),
    ...(online !== null && { online }),
    ...(hasFaults !== null && { hasFaults }),
    ...(soldOut !== null && { soldOut }),
  };
}

function truth(value: string | null): boolean | null {
  return value === 'true' ? true : value === 'false' ? false : null;
}
