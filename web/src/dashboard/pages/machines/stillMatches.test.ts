import { expect, it } from 'vitest';
import { machineRow, statusRow } from '../../testing/events';
import { readMachineQuery } from './machineQuery';
import { stillMatches } from './stillMatches';

const fault = { name: 'jammed', code: null, cabinet: null, since: null };
const asked = (text: string) => readMachineQuery(new URLSearchParams(text));

it.each([
  ['online=false', statusRow({ online: false }), true],
  ['online=false', statusRow(), false],
  ['faults=true', statusRow({ faults: [fault] }), true],
  ['faults=true', statusRow(), false],
  ['soldOut=false', statusRow({ soldOutShelfCount: 2 }), false],
  ['soldOut=true', statusRow({ soldOutShelfCount: null }), true],
  ['faults=true&online=true', null, true],
])('of a machine asked for by %s', (query, status, matches) => {
  expect(stillMatches(asked(query), machineRow('a', { status }))).toBe(matches);
});
