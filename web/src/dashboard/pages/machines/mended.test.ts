import { expect, it } from 'vitest';
import { readMachineQuery } from './machineQuery';
import { mended } from './mended';

const read = (text: string) => readMachineQuery(new URLSearchParams(text));
const refused = { code: 'BAD_USER_INPUT', scope: null, message: 'no cursor' };

it('goes to the first page where the place in the list is none', () => {
  const query = read('search=a&page=9&after=garbage');
  expect(mended(query, { accountIds: [], failure: refused })).toEqual({ query: read('search=a'), gone: 'cursor' });
  expect(mended(query, { accountIds: [], failure: null })).toBeNull();
  expect(mended(query, { accountIds: [], failure: { ...refused, code: null } })).toBeNull();
});

it('asks for any account where the link names none of ours, once they are known', () => {
  const query = read('account=north&online=true');
  expect(mended(query, { accountIds: ['A'], failure: refused })).toEqual({ query: read('online=true'), gone: 'account' });
  expect(mended(query, { accountIds: null, failure: null })).toBeNull();
  expect(mended(read('account=A'), { accountIds: ['A'], failure: null })).toBeNull();
});
