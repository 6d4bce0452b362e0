import { expect, it } from 'vitest';
import { memoryStorage } from '../testing/memoryStorage';
import { initialHeaders } from './requestHeaders';
import { sessionHeaders } from './sessionHeaders';

const PASTED = initialHeaders('pasted');

it('starts with the dev token, and writes it nowhere', () => {
  const session = memoryStorage();
  const headers = sessionHeaders('dev', session);
  expect(headers.initial).toBe(initialHeaders('dev'));
  expect(headers.keep(PASTED)).toBe(true);
  expect(headers.current()).toBe(PASTED);
  expect(session.length).toBe(0);
});

it('keeps a pasted token for as long as the session', () => {
  const session = memoryStorage();
  const headers = sessionHeaders(null, session);
  expect(headers.initial).toBe(initialHeaders(null));
  expect(headers.keep(PASTED)).toBe(true);
  expect(headers.current()).toBe(PASTED);
  expect(sessionHeaders(null, session).initial).toBe(PASTED);
});

it('prefers the dev token to one pasted before', () => {
  const session = memoryStorage();
  sessionHeaders(null, session).keep(PASTED);
  expect(sessionHeaders('dev', session).initial).toBe(initialHeaders('dev'));
});

it.each(['', '{', '{}', initialHeaders(null)])('does not keep %o', (text) => {
  const headers = sessionHeaders(null, memoryStorage());
  expect(headers.keep(text)).toBe(false);
  expect(headers.current()).toBe(headers.initial);
});
