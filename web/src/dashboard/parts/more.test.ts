import { expect, it } from 'vitest';
import { moreOf } from './more';

it.each([
  [0, 300, 'none'],
  [0, 301, 'none'],
  [0, 500, 'after'],
  [100, 500, 'both'],
  [199.5, 500, 'before'],
])('scrolled by %f within %i, there is more: %s', (scrollLeft, scrollWidth, more) => {
  expect(moreOf({ scrollLeft, scrollWidth, clientWidth: 300 })).toBe(more);
});
