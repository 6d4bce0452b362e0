import { expect, it } from 'vitest';
import { tradeEvent, tradeRow } from '../../testing/events';
import { tradesWith } from './tradesWith';

const HERE = { id: 'here', name: null };
const at = (id: string, minute: number, changes = {}) =>
  tradeRow(id, { createdAt: `2026-01-31T08:0${minute}:00Z`, ...changes });

it('puts what the log told before what was read, each trade once and as it is last known', () => {
  const failed = { state: 'FAILED', at: null, failureReason: 'jammed' } as const;
  const events = [
    { ...tradeEvent('3', at('b', 2, { delivery: failed })), machine: HERE },
    { ...tradeEvent('2', at('b', 2)), machine: HERE },
    { ...tradeEvent('1', at('c', 1)), machine: { id: 'elsewhere', name: null } },
  ];
  const trades = tradesWith([at('a', 1)], events, { machineId: 'here', length: 10 });
  expect(trades.map(({ id, delivery }) => [id, delivery.state])).toEqual([
    ['b', 'FAILED'],
    ['a', 'DISPENSED'],
  ]);
  expect(tradesWith([at('a', 1)], events, { machineId: 'here', length: 1 })).toHaveLength(1);
});
