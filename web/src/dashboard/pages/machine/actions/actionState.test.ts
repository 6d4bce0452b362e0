import { describe, expect, it } from 'vitest';
import { abilitiesOf, canCancel } from './abilities';
import { isSettled, otherProblems, problemsOf, stateAfter, toldProblems, type Problem } from './actionState';

const problem = (changes: Partial<Problem> = {}) =>
  ({ code: 'BAD_USER_INPUT', field: ['quantity'], message: '', retryable: false, vendorCode: null, vendorMessage: null, ...changes }) as Problem;
const something = (codes: readonly string[]) => codes.length > 0;
const answer = (result: readonly string[], userErrors: readonly Problem[] = []) => ({ payload: { result, userErrors }, errors: [] });

describe('an action', () => {
  it('is done when nothing is wrong, also with nothing to show', () => {
    expect(stateAfter(answer([]), something).step).toBe('done');
  });

  it('is done in part when some of it came beside what is wrong', () => {
    expect(stateAfter(answer(['1'], [problem()]), something)).toMatchObject({ step: 'done', result: ['1'] });
  });

  it('may be mended and sent again when nothing was done', () => {
    expect(stateAfter(answer([], [problem()]), something)).toMatchObject({ step: 'asking', lost: false });
  });

  it('is not to be sent again when its outcome is not known', () => {
    expect(stateAfter(answer([], [problem({ code: 'OUTCOME_UNKNOWN' })]), something).step).toBe('unknown');
  });

  it('says that an answer was lost, and what the gateway said instead of one', () => {
    expect(stateAfter({ payload: null, errors: [] }, something)).toEqual({ step: 'asking', problems: [], lost: true });
    const errors = [{ message: 'no', extensions: { code: 'FORBIDDEN' } }];
    expect(stateAfter({ payload: null, errors }, something)).toMatchObject({ lost: false, problems: [{ code: 'FORBIDDEN' }] });
  });
});

it('shows each problem at its field, and every other one', () => {
  const problems = [problem(), problem({ field: ['input', 'count'] }), problem({ field: null }), problem({ field: ['fee'] })];
  expect(problemsOf(problems, 'count')).toEqual([problems[1]]);
  expect(otherProblems(problems, ['quantity', 'count'])).toEqual([problems[2], problems[3]]);
});

it('is settled once somebody knows what came of it', () => {
  const failed = { payload: null, errors: [{ message: 'no', extensions: { code: 'INTERNAL' } }] };
  expect(isSettled(stateAfter(answer(['1']), something))).toBe(true);
  expect(isSettled(stateAfter(answer([], [problem()]), something))).toBe(true);
  expect(isSettled(stateAfter(answer([], [problem({ code: 'OUTCOME_UNKNOWN' })]), something))).toBe(false);
  expect(isSettled(stateAfter({ payload: null, errors: [] }, something))).toBe(false);
  expect(isSettled(stateAfter(failed, something))).toBe(false);
});

it('says each problem once, and not what the form says already', () => {
  const problems = [problem({ code: 'OUTCOME_UNKNOWN' }), problem(), problem({ message: 'another' })];
  expect(toldProblems(problems, 'unknown').map(({ code }) => code)).toEqual(['BAD_USER_INPUT']);
  expect(toldProblems(problems, 'done').map(({ code }) => code)).toEqual(['OUTCOME_UNKNOWN', 'BAD_USER_INPUT']);
});

it('offers what both the token and the vendor allow', () => {
  const scopes = ['replenish:write', 'pickup-codes:write', 'pickup-codes:read'];
  expect(abilitiesOf(scopes, ['REPLENISH', 'PICKUP_CODE_CREATE'])).toMatchObject({ replenish: true, issuers: ['VENDOR'] });
  expect(abilitiesOf([], ['REPLENISH', 'PICKUP_CODE_CREATE'])).toMatchObject({ replenish: false, issuers: [] });
  const inhand = abilitiesOf(scopes, ['PICKUP_CODE_CREATE', 'PICKUP_CODE_VERIFY']);
  expect(canCancel(inhand, { state: 'UNUSED', issuer: 'GATEWAY' })).toBe(true);
  expect(canCancel(inhand, { state: 'UNUSED', issuer: 'VENDOR' })).toBe(false);
  expect(canCancel(inhand, { state: 'USED', issuer: 'GATEWAY' })).toBe(false);
});
