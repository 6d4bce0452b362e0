import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../testing/memoryStorage';
import { tokenFreeStorage } from './tokenFreeStorage';

const NOW = '{"Authorization":"Bearer now"}';
const SECRET = '{"Authorization":"Bearer secret"}';

function everything(disk: Storage): string {
  return Array.from({ length: disk.length }, (_, index) => disk.getItem(disk.key(index)!)).join('\n');
}

describe('tokenFreeStorage', () => {
  it.each(['queries', 'favorites'])('writes %s without headers, and reads them with the present ones', (name) => {
    const disk = memoryStorage();
    const storage = tokenFreeStorage(disk, () => NOW);
    storage.setItem(`graphiql:${name}`, JSON.stringify({ [name]: [{ query: '{ a }', headers: SECRET }] }));
    expect(everything(disk)).not.toContain('secret');
    expect(JSON.parse(storage.getItem(`graphiql:${name}`)!)).toEqual({ [name]: [{ query: '{ a }', headers: NOW }] });
  });

  it('writes tabs without headers, and leaves their variables alone', () => {
    const disk = memoryStorage();
    const storage = tokenFreeStorage(disk, () => NOW);
    const tab = { query: '{ a }', variables: '{ "headers": 1 }', headers: SECRET };
    storage.setItem('graphiql:tabState', JSON.stringify({ activeTabIndex: 0, tabs: [tab] }));
    expect(JSON.parse(storage.getItem('graphiql:tabState')!)).toEqual({
      activeTabIndex: 0,
      tabs: [{ ...tab, headers: null }],
    });
  });

  it('does not write the header editor’s text at all', () => {
    const disk = memoryStorage();
    tokenFreeStorage(disk, () => NOW).setItem('graphiql:headers', SECRET);
    expect(disk.length).toBe(0);
  });

  it('gives any other text back as it was', () => {
    const storage = tokenFreeStorage(memoryStorage(), () => NOW);
    const variables = '{\n  "headers": 1\n}';
    storage.setItem('graphiql:variables', variables);
    expect(storage.getItem('graphiql:variables')).toBe(variables);
  });

  it('clears what is its own, and no more', () => {
    const disk = memoryStorage({ 'vendgraph:other': '1', 'graphiql:theme': 'dark' });
    const storage = tokenFreeStorage(disk, () => NOW);
    storage.setItem('graphiql:theme', 'light');
    expect(storage.length).toBe(1);
    expect(storage.key(0)).toBe('graphiql:theme');
    storage.clear();
    expect(storage.length).toBe(0);
    expect(disk.length).toBe(2);
  });
});
