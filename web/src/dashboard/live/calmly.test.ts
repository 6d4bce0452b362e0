import { expect, it } from 'vitest';
import { turnedClock } from '../testing/turnedClock';
import { calmly } from './calmly';

const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

it('tells of what is rare at once, and of what is not once a while, its last included', () => {
  const clock = turnedClock();
  let told = 0;
  const unsubscribe = calmly(subscribe, clock, 1000)(() => (told += 1));
  tell();
  clock.turn(0);
  expect(told).toBe(1);
  for (let changes = 0; changes < 3; changes += 1) {
    tell();
    clock.turn(250);
  }
  expect(told).toBe(1);
  clock.turn(250);
  expect(told).toBe(2);
  tell();
  unsubscribe();
  clock.turn(5000);
  expect(told).toBe(2);
});
