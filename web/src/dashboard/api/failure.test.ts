import { CombinedError } from 'urql';
import { expect, it } from 'vitest';
import { tellFailure } from '../i18n/failureWords';
import { failureOf, toldFailure } from './failure';

const refused = (message: string, code: string) =>
  new CombinedError({ graphQLErrors: [{ message, extensions: { code } }] });

it('tells an answer that never came from one that says no', () => {
  const lost = failureOf(new CombinedError({ networkError: new TypeError('Failed to fetch') }));
  expect(lost.code).toBeNull();
  expect(failureOf(refused('slow', 'VENDOR_TIMEOUT'))).toMatchObject({ code: 'VENDOR_TIMEOUT', scope: null });
});

it('knows which scope is missing', () => {
  expect(failureOf(refused('this needs the scope `machines:read`', 'FORBIDDEN')).scope).toBe('machines:read');
});

it('is told in the words of the page, never in the client’s', () => {
  const lost = failureOf(new CombinedError({ networkError: new TypeError('Failed to fetch') }));
  expect(tellFailure('en', lost)).toBe('The gateway cannot be reached.');
  expect(tellFailure('zh', lost)).toBe('无法连接网关。');
  const noScope = toldFailure({ code: 'FORBIDDEN', message: 'this needs the scope `trades:read`' });
  expect(tellFailure('zh', noScope)).toBe('您的令牌缺少权限 trades:read。');
  expect(tellFailure('zh', toldFailure({ code: 'VENDOR_TIMEOUT', message: 'took too long' }))).not.toMatch(/took/);
});

it('is told in the gateway’s words where the page has none', () => {
  expect(tellFailure('zh', toldFailure({ code: 'SOMETHING_NEW', message: 'the moon is full' }))).toBe('the moon is full');
});
