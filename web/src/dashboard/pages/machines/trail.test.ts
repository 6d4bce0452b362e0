import { expect, it } from 'vitest';
import { createTrail } from './trail';

it('goes back a page to where that was seen to begin, in the same list alone', () => {
  const trail = createTrail();
  trail.note('all', 1, null);
  trail.note('all', 2, 'b');
  trail.note('all', 3, 'c');
  expect(trail.before('all', 3)).toEqual({ page: 2, after: 'b' });
  expect(trail.before('all', 2)).toEqual({ page: 1, after: null });
  expect(trail.before('offline', 3)).toEqual({ page: 1, after: null });
});

it('goes to the first page where the one before was not seen', () => {
  expect(createTrail().before('all', 9)).toEqual({ page: 1, after: null });
});
