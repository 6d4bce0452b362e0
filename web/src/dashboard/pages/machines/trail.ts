/**
 * Where the pages of a list begin, as far as they were seen: the API goes forward alone. It outlives the page, so that
 * whoever comes back from a machine can still go back a page.
 */
export interface Trail {
  /** The page of this number begins after this cursor. */
  note(list: string, page: number, after: string | null): void;
  /** Where the page before begins; the first, where that was not seen (somebody opened a link). */
  before(list: string, page: number): { readonly page: number; readonly after: string | null };
}

export function createTrail(): Trail {
  const lists = new Map<string, Map<number, string | null>>();
  return {
    note: (list, page, after) => {
      const pages = lists.get(list) ?? new Map<number, string | null>();
      lists.set(list, pages.set(page, after));
    },
    before: (list, page) => {
      const after = lists.get(list)?.get(page - 1) ?? null;
      return after === null ? { page: 1, after: null } : { page: page - 1, after };
    },
  };
}
