import { expect, it, vi } from 'vitest';
import { exampleMachines } from './exampleMachines';

it('are those that the gateway knows', async () => {
  const nodes = [{ id: 'a' }, { id: 'b' }];
  expect(await exampleMachines(async () => ({ data: { machines: { nodes } } }))).toEqual(['a', 'b']);
});

it('are none where the gateway refuses, or does not answer', async () => {
  expect(await exampleMachines(async () => ({ data: { machines: null } }))).toEqual([]);
  expect(await exampleMachines(() => Promise.reject(new TypeError('Failed to fetch')))).toEqual([]);
  vi.useFakeTimers();
  const late = exampleMachines(() => new Promise(() => undefined));
  await vi.runAllTimersAsync();
  expect(await late).toEqual([]);
  vi.useRealTimers();
});
