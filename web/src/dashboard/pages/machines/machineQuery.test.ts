import { describe, expect, it } from 'vitest';
import { asked, filterOf, isFiltered, readMachineQuery, unfiltered, writeMachineQuery } from './machineQuery';

const read = (text: string) => readMachineQuery(new URLSearchParams(text));

describe('the hash of the table', () => {
  it('says everything that is asked for, and is read as what was written', () => {
    const query = read('search=a%26b&account=A&vendor=INHAND&site=S&online=false&faults=true&soldOut=true&size=50&page=3&after=c');
    expect(query).toEqual({
      search: 'a&b',
      accountId: 'A',
      vendor: 'INHAND',
      siteId: 'S',
      online: false,
      hasFaults: true,
      soldOut: true,
      size: 50,
      page: 3,
      after: 'c',
    });
    expect(readMachineQuery(writeMachineQuery(query))).toEqual(query);
  });

  it('says nothing where nothing is asked for', () => {
    expect(writeMachineQuery(read('')).toString()).toBe('');
    expect(isFiltered(read('size=50'))).toBe(false);
  });

  it.each(['vendor=ACME', 'online=perhaps', 'size=1000', 'size=x', 'page=7', 'page=-1'])('passes over %s', (text) => {
    expect(read(text)).toEqual(read(''));
  });

  it('numbers a page by its link, and never first what stands after a cursor', () => {
    expect(read('after=c&page=4').page).toBe(4);
    expect(read('after=c&page=0').page).toBe(2);
  });
});

it('goes back to the first page when something else is asked for', () => {
  expect(asked(read('page=3&after=c&online=true'), { soldOut: true })).toEqual(read('online=true&soldOut=true'));
  expect(unfiltered(read('page=3&after=c&online=true&size=100'))).toEqual(read('size=100'));
});

it('asks the API for what is set alone', () => {
  expect(filterOf(read(''))).toEqual({});
  expect(filterOf(read('search=+9100+&account=A&faults=false'))).toEqual({
    search: '9100',
    accountIds: ['A'],
    hasFaults: false,
  });
});
