import { describe, expect, it } from 'vitest';
import { matchPath, pathOf } from './routing';

it.each([
  ['', '/'],
  ['#', '/'],
  ['#/machines/', '/machines'],
  ['#/machines?online=false', '/machines'],
])('the hash %j is the path %j', (hash, path) => {
  expect(pathOf(hash)).toBe(path);
});

describe('matchPath', () => {
  it('names the parts of a path', () => {
    expect(matchPath('/machines/:id', '/machines/a%20b')).toEqual({ id: 'a b' });
  });

  it('takes what is no percent-encoding as it is', () => {
    expect(matchPath('/machines/:id', '/machines/100%')).toEqual({ id: '100%' });
  });

  it.each(['/machines', '/machines/', '/sites/x', '/machines/x/y'])('does not fit %j', (path) => {
    expect(matchPath('/machines/:id', path)).toBeNull();
  });
});
