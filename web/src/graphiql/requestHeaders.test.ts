import { describe, expect, it } from 'vitest';
import { authorization, initialHeaders, parseHeaders } from './requestHeaders';

describe('initialHeaders', () => {
  it('carries the token', () => {
    expect(JSON.parse(initialHeaders('a.b.c'))).toEqual({ Authorization: 'Bearer a.b.c' });
  });

  it('leaves a place for one', () => {
    const headers = parseHeaders(initialHeaders(null));
    expect(headers).toEqual({ Authorization: 'Bearer ' });
    expect(authorization(headers)).toBeNull();
  });
});

describe('parseHeaders', () => {
  it.each(['', '{', '[]', 'null', '"x"'])('takes %o for none', (text) => {
    expect(parseHeaders(text)).toBeNull();
  });
});

describe('authorization', () => {
  it('does not mind how the name is written', () => {
    expect(authorization({ AUTHORIZATION: 'Bearer t' })).toBe('Bearer t');
  });

  it.each([null, undefined, {}, { Authorization: 'Bearer' }, { 'X-Other': 'Bearer t' }])('finds none in %o', (headers) => {
    expect(authorization(headers as Record<string, string>)).toBeNull();
  });
});
