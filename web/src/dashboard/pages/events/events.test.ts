import { describe, expect, it } from 'vitest';
import { createFormat } from '../../i18n/format';
import type { LogEvent } from '../../live/model';
import { emptyFeed, feedAfter, FEED_LENGTH } from '../../live/reducers/feed';
import { gapEvent, healthEvent, statusEvent, statusRow, tradeEvent, tradeRow } from '../../testing/events';
import { EVERYTHING, fits, fitting, newSince } from './feedView';
import { createTeller } from './tell';

const en = createTeller('en', createFormat('en'));
const zh = createTeller('zh', createFormat('zh-CN'));
const trade = tradeEvent('1', tradeRow('a', { productName: 'Cola' }));
const status: LogEvent = {
  ...statusEvent('2', 'm', statusRow({ online: false, faults: [{ name: '卡货', code: null, cabinet: null, since: null }] })),
  machineNumber: '91000007',
  soldOutShelves: ['5', '8'],
};

describe('an event is told', () => {
  it('as a sale', () => {
    expect(en.tell(trade)).toBe('Sold Cola ×1 · ¥5.00 · WeChat Pay · dispensed');
    expect(zh.tell(trade)).toBe('售出Cola ×1 · ¥5.00 · 微信支付 · 已出货');
  });

  it('as a sale that is not paid: nothing is to be dispensed', () => {
    const pending = tradeRow('a', {
      payment: { method: 'CASH', state: 'PENDING', paidAt: null },
      delivery: { state: 'WAITING', at: null, failureReason: null },
    });
    expect(en.tell(tradeEvent('1', pending))).toBe('Sold a product ×1 · ¥5.00 · Cash · not paid yet');
  });

  it('as a status, with all that is wrong', () => {
    expect(en.tell(status)).toBe('Offline · broken: 卡货 · sold-out shelves: 5, 8');
  });

  it('as a vendor’s health, and why', () => {
    const lastError = { code: 'VENDOR_TIMEOUT', message: 'no answer in 5 s' } as const;
    const event = healthEvent('1', { state: 'DOWN', lastSuccessAt: null, lastError });
    expect(en.tell(event)).toBe('The vendor account is Down · The vendor did not answer in time.');
  });

  it('as a gap', () => {
    expect(en.tell(gapEvent('1'))).toContain('missing');
    expect(zh.tell(gapEvent('1'))).toContain('缺失');
  });
});

describe('the filter', () => {
  it('takes kind, account and machine together', () => {
    expect(fits(status, { ...EVERYTHING, kind: 'MACHINE_STATUS', machine: ' 1000007 ' })).toBe(true);
    expect(fits(status, { ...EVERYTHING, kind: 'TRADE', machine: '91000007' })).toBe(false);
    expect(fits(status, { ...EVERYTHING, machine: '9200' })).toBe(false);
    expect(fits(status, { ...EVERYTHING, accountId: 'account/metro' })).toBe(true);
    expect(fits(status, { ...EVERYTHING, accountId: 'account/north' })).toBe(false);
  });

  it('leaves gaps in: what is missing may be what is wanted', () => {
    expect(fits(gapEvent('1'), { kind: 'TRADE', accountId: 'account/north', machine: 'x' })).toBe(true);
  });

  it('costs nothing where everything is wanted', () => {
    const events = [trade];
    expect(fitting(events, EVERYTHING)).toBe(events);
  });
});

describe('while the feed is stopped', () => {
  const shown = feedAfter(emptyFeed, [trade]);

  it('it counts what comes and fits', () => {
    const live = feedAfter(shown, [status, tradeEvent('3', tradeRow('b'))]);
    expect(newSince(shown, live, EVERYTHING)).toEqual({ count: 2, atLeast: false });
    expect(newSince(shown, live, { ...EVERYTHING, kind: 'TRADE' })).toEqual({ count: 1, atLeast: false });
    expect(newSince(shown, shown, EVERYTHING)).toEqual({ count: 0, atLeast: false });
  });

  it('it says when more came than is kept', () => {
    const many = Array.from({ length: FEED_LENGTH + 1 }, (_, index) => tradeEvent(`t${index}`, tradeRow(`${index}`)));
    expect(newSince(shown, feedAfter(shown, many), EVERYTHING)).toEqual({ count: FEED_LENGTH, atLeast: true });
  });
});
