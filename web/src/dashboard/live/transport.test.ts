import { expect, it } from 'vitest';
import { endOf } from './transport';

it.each([
  [{ code: 4401, reason: 'Unauthorized: the token has expired' }, { kind: 'unauthorized' }],
  [{ code: 4403, reason: 'Forbidden' }, { kind: 'unauthorized' }],
  [{ code: 1012, reason: '' }, { kind: 'lost' }],
  [{ code: 1006, reason: '' }, { kind: 'lost' }],
  [new Event('error'), { kind: 'lost' }],
  [[{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }], { kind: 'unauthorized' }],
  [[{ message: 'too many', extensions: { code: 'OVERLOADED' } }], { kind: 'lost' }],
  [[{ message: 'no', extensions: { code: 'FORBIDDEN' } }], { kind: 'refused', failure: { code: 'FORBIDDEN', scope: null, message: 'no' } }],
])('%j means %j', (error, end) => {
  expect(endOf(error)).toEqual(end);
});
