import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../../../testing/memoryStorage';
import { createIntents, randomKey } from './intents';

interface Input {
  readonly machineId: string;
  readonly count: number;
}

const intentsIn = (storage: Pick<Storage, 'getItem' | 'setItem'>) => createIntents<Input>(storage, 'intents', randomKey);

describe('the key of what is meant', () => {
  const storage = memoryStorage();
  const one = { machineId: 'm', count: 1 };
  const first = intentsIn(storage).keyOf(one);

  it('stays while its outcome is not known, also for a dialog that is opened anew', () => {
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(intentsIn(storage).keyOf({ machineId: 'm', count: 2 })).not.toBe(first);
    expect(intentsIn(storage).keyOf(one)).toBe(first);
    expect(intentsIn(storage).pending(({ machineId }) => machineId === 'm')).toEqual(one);
    expect(intentsIn(storage).pending(({ machineId }) => machineId === 'n')).toBeNull();
  });

  it('is another once the outcome is known', () => {
    const intents = intentsIn(storage);
    intents.settle(one);
    expect(intents.pending(({ count }) => count === 1)).toBeNull();
    expect(intents.keyOf(one)).not.toBe(first);
  });

  it('is made where the storage holds something else', () => {
    const broken = memoryStorage();
    broken.setItem('intents', 'not JSON');
    expect(intentsIn(broken).keyOf(one)).toMatch(/^[0-9a-f]{32}$/);
  });
});
