import { describe, expect, it } from 'vitest';
import { createFormat } from './format';

const en = createFormat('en');
const zh = createFormat('zh-CN');

describe('a format', () => {
  it('writes money exactly, with its currency', () => {
    expect(en.money({ amount: '1234567.50', currency: 'CNY' })).toBe('¥1,234,567.50');
    expect(zh.money({ amount: '5.00', currency: 'CNY' })).toBe('¥5.00');
  });

  it.each([
    [12_400, '12 sec. ago', '12秒前'],
    [119_000, '1 min. ago', '1分钟前'],
    [7_200_000, '2 hr. ago', '2小时前'],
  ])('says how long ago %d ms are', (milliseconds, english, chinese) => {
    expect(en.ago(milliseconds)).toBe(english);
    expect(zh.ago(milliseconds)).toBe(chinese);
  });

  it('knows no future: clocks differ by a little', () => {
    expect(en.ago(-800)).toBe('0 sec. ago');
  });
});
