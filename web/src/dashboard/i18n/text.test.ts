import { expect, it } from 'vitest';
import { initialLanguage, plural } from './text';

it.each([
  ['zh', ['en-GB'], 'zh'],
  [null, ['zh-Hans-CN', 'en'], 'zh'],
  [null, ['de-DE', 'zh-CN'], 'zh'],
  [null, ['de-DE'], 'en'],
  ['fr', ['en-US'], 'en'],
])('with %j chosen and %j preferred it speaks %s', (stored, preferred, language) => {
  expect(initialLanguage(stored, preferred)).toBe(language);
});

it('counts one thing as one', () => {
  expect([0, 1, 2].map((count) => plural(count, 'machine', 'machines'))).toEqual(['machines', 'machine', 'machines']);
});
