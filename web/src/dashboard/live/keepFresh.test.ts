import { expect, it } from 'vitest';
import { turnedClock } from '../testing/turnedClock';
import { FIRST_READ_WITHIN, keepFresh, READ_EVERY, READ_SOON } from './keepFresh';

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('reads when it is asked to, once for all who ask', async () => {
  const clock = turnedClock();
  let reads = 0;
  const refresh = keepFresh(clock, async () => void (reads += 1));
  refresh.soon();
  refresh.soon();
  clock.turn(READ_SOON);
  await settled();
  expect(reads).toBe(1);
});

it('reads unasked at first, and then every now and then until it is stopped', async () => {
  const clock = turnedClock();
  let reads = 0;
  const refresh = keepFresh(clock, async () => void (reads += 1));
  clock.turn(FIRST_READ_WITHIN);
  await settled();
  clock.turn(READ_EVERY);
  await settled();
  expect(reads).toBe(2);
  refresh.stop();
  clock.turn(READ_EVERY);
  expect(reads).toBe(2);
});

it('never reads twice at once: asked while it reads, it reads once more', async () => {
  const clock = turnedClock();
  const answers: (() => void)[] = [];
  const refresh = keepFresh(clock, () => new Promise<void>((resolve) => answers.push(resolve)));
  clock.turn(FIRST_READ_WITHIN);
  refresh.soon();
  clock.turn(READ_EVERY);
  expect(answers).toHaveLength(1);
  answers[0]?.();
  await settled();
  clock.turn(READ_SOON);
  expect(answers).toHaveLength(2);
});

it('does not put a reading off because it is asked for again', async () => {
  const clock = turnedClock();
  let reads = 0;
  const refresh = keepFresh(clock, async () => void (reads += 1));
  for (let asked = 0; asked < 10; asked += 1) {
    refresh.soon();
    clock.turn(READ_SOON / 10);
  }
  await settled();
  expect(reads).toBe(1);
});
