const PREFIX = 'vendgraph:';
const HEADERS = 'graphiql:headers';
const TABS = 'graphiql:tabState';
const HISTORY = ['graphiql:queries', 'graphiql:favorites'];

/**
 * What GraphiQL remembers (tabs, history, theme), without a token ever reaching the disk. GraphiQL's history writes
 * the headers of each operation even where header persistence is off; here they are taken out on the way in, and
 * `headers` stands in for them on the way out.
 */
export function tokenFreeStorage(disk: Storage, headers: () => string): Storage {
  return {
    getItem(key) {
      const value = disk.getItem(PREFIX + key);
      return value !== null && HISTORY.includes(key) ? withHeaders(value, headers()) : value;
    },
    setItem(key, value) {
      if (key === HEADERS) return;
      disk.setItem(PREFIX + key, key === TABS || HISTORY.includes(key) ? withHeaders(value, null) : value);
    },
    removeItem: (key) => disk.removeItem(PREFIX + key),
    clear() {
      for (const key of ownKeys(disk)) disk.removeItem(key);
    },
    key: (index) => ownKeys(disk)[index]?.slice(PREFIX.length) ?? null,
    get length() {
      return ownKeys(disk).length;
    },
  };
}

function ownKeys(disk: Storage): string[] {
  const keys = Array.from({ length: disk.length }, (_, index) => disk.key(index));
  return keys.filter((key): key is string => key?.startsWith(`${PREFIX}graphiql:`) ?? false);
}

/** GraphiQL's own JSON with every `headers` member replaced. Variables are text within it, and stay as they are. */
function withHeaders(json: string, headers: string | null): string {
  try {
    return JSON.stringify(JSON.parse(json), (name, member: unknown) => (name === 'headers' ? headers : member));
  } catch {
    return '';
  }
}
