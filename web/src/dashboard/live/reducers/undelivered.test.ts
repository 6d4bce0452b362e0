import { describe, expect, it } from 'vitest';
import type { DeliveryState } from '../../../generated/graphql';
import { tradeEvent, tradeRow } from '../../testing/events';
import type { PastTrade, Trade } from '../model';
import { OVERDUE_AFTER, undeliveredAfter, undeliveredAt, UNDELIVERED_LENGTH, undeliveredRead } from './undelivered';

const NOW = Date.parse('2026-01-31T08:00:30Z');
const PAID_AT = Date.parse('2026-01-31T08:00:00Z');
const delivery = (state: DeliveryState) => ({ state, at: null, failureReason: null });
const failed = tradeRow('a', { delivery: delivery('FAILED') });
const waiting = tradeRow('a', { delivery: delivery('WAITING') });
const told = (...trades: Trade[]) =>
  undeliveredAfter(new Map(), trades.map((trade, index) => tradeEvent(`${index}`, trade)));
const past = (trade: Trade): PastTrade => ({ ...trade, account: { id: 'account/metro' }, machine: { id: 'm' } });

describe('what is paid but not dispensed', () => {
  it('is known until the goods come out', () => {
    const open = told(failed);
    expect(open.get('a')).toMatchObject({ trade: failed, state: 'failed' });
    expect(undeliveredAfter(open, [tradeEvent('2', tradeRow('a'))]).size).toBe(0);
  });

  it.each(['IN_PROGRESS', 'DONE'] as const)('is not what a refund is %s of', (state) => {
    expect(undeliveredAfter(told(failed), [tradeEvent('2', { ...failed, refund: { state } })]).size).toBe(0);
  });

  it('is also what could not be paid back', () => {
    expect(told({ ...failed, refund: { state: 'FAILED' } }).get('a')?.state).toBe('failed');
  });

  it.each(['FAILED', 'NO_SUCH_PRODUCT', 'OUT_OF_STOCK', 'TIMED_OUT'] as const)('is what is %s', (state) => {
    expect(told(tradeRow('a', { delivery: delivery(state) })).get('a')?.state).toBe('failed');
  });

  it.each(['DISPENSED', 'CANCELLED', 'UNKNOWN'] as const)('is not what is %s', (state) => {
    expect(told(tradeRow('a', { delivery: delivery(state) })).size).toBe(0);
  });

  it('is not what is not paid', () => {
    const payment = { ...failed.payment, state: 'PENDING' } as const;
    expect(told({ ...failed, payment }).size).toBe(0);
  });

  it('waits a while for goods that are to come, and is overdue then', () => {
    const open = told(waiting);
    expect(undeliveredAt(open, PAID_AT + OVERDUE_AFTER - 1)).toBe(open);
    const late = undeliveredAt(open, PAID_AT + OVERDUE_AFTER);
    expect(late.get('a')?.state).toBe('overdue');
    expect(undeliveredAfter(late, [tradeEvent('2', tradeRow('a', { delivery: delivery('DISPENSING') }))]).get('a')?.state).toBe('overdue');
    expect(undeliveredAfter(late, [tradeEvent('2', tradeRow('a'))]).size).toBe(0);
  });

  it('is read of the past as well, and made good by what is read', () => {
    const read = undeliveredRead(new Map(), [past(failed)], NOW);
    expect(read.get('a')).toMatchObject({ machineId: 'm', accountId: 'account/metro', since: '2026-01-31T08:00:00Z' });
    expect(undeliveredRead(read, [past(tradeRow('a'))], NOW).size).toBe(0);
  });

  it('is let go, the oldest first, when there is too much of it', () => {
    const many = Array.from({ length: UNDELIVERED_LENGTH + 1 }, (_, index) => past({ ...failed, id: `${index}` }));
    const read = undeliveredRead(new Map(), many, NOW);
    expect(read.size).toBe(UNDELIVERED_LENGTH);
    expect(read.has('0')).toBe(true);
    expect(read.has(`${UNDELIVERED_LENGTH}`)).toBe(false);
  });
});
