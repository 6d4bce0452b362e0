import { toldFailure } from '../../api/failure';
import { deliveryWords, issuerWords, orderStateWords, pickupCodeStateWords, refundWords, shelfStateWords } from '../../i18n/deliveryWords';
import { tellFailure } from '../../i18n/failureWords';
import { createFormat, type Format } from '../../i18n/format';
import { tellFault } from '../../i18n/faultWords';
import { healthWords } from '../../i18n/healthWords';
import { methodWords, paymentStateWords } from '../../i18n/paymentWords';
import { LANGUAGE_TAG, words, type Language } from '../../i18n/text';
import type { LogEvent, LogEventOf, Trade } from '../../live/model';

const tellWords = words(
  {
    online: 'online',
    offline: 'offline',
    doorOpen: 'door open',
    noController: 'its vending controller does not answer',
    notSellable: 'cannot sell',
    faults: (names: string) => `broken: ${names}`,
    soldOut: (codes: string) => `sold-out shelves: ${codes}`,
    soldOutCount: (count: string) => `${count} shelves sold out`,
    registered: (name: string) => `set up as ${name}`,
    registeredUnnamed: 'set up',
    at: (site: string) => `at ${site}`,
    refilled: (time: string) => `refilled at ${time}`,
    sold: 'sold',
    won: 'won',
    product: 'a product',
    order: (number: string) => `order ${number}`,
    test: 'a test, of no order',
    claims: (state: string) => `the machine says: ${state}`,
    shelf: (state: string) => `shelf ${state}`,
    code: (state: string) => `a pickup code is ${state}`,
    account: (state: string) => `the vendor account is ${state}`,
    gap: 'Events are missing here: the log keeps them no longer, or it is another log.',
    list: ', ',
    between: ' · ',
  },
  {
    online: '在线',
    offline: '离线',
    doorOpen: '门未关',
    noController: '售货控制器无响应',
    notSellable: '无法销售',
    faults: (names: string) => `故障：${names}`,
    soldOut: (codes: string) => `售罄货道：${codes}`,
    soldOutCount: (count: string) => `${count} 个货道售罄`,
    registered: (name: string) => `已登记：${name}`,
    registeredUnnamed: '已登记',
    at: (site: string) => `点位 ${site}`,
    refilled: (time: string) => `补货时间 ${time}`,
    sold: '售出',
    won: '中奖',
    product: '商品',
    order: (number: string) => `订单 ${number}`,
    test: '测试出货，无订单',
    claims: (state: string) => `设备报告：${state}`,
    shelf: (state: string) => `货道${state}`,
    code: (state: string) => `取货码：${state}`,
    account: (state: string) => `供应商账户：${state}`,
    gap: '此处有事件缺失：日志已不再保留，或已更换日志。',
    list: '、',
    between: ' · ',
  },
);

/** Says what happened, in one language. */
export interface Teller {
  tell(event: LogEvent): string;
}

export function createTeller(language: Language, format: Format = createFormat(LANGUAGE_TAG[language])): Teller {
  const text = tellWords[language];
  const spoken = { text, format, language };
  return {
    tell: (event) => {
      const parts = partsOf(event, spoken).filter((part) => part !== null);
      const told = parts.join(text.between);
      return told.charAt(0).toLocaleUpperCase(LANGUAGE_TAG[language]) + told.slice(1);
    },
  };
}

interface Spoken {
  readonly text: (typeof tellWords)['en'];
  readonly format: Format;
  readonly language: Language;
}

function partsOf(event: LogEvent, spoken: Spoken): readonly (string | null)[] {
  const { text, format, language } = spoken;
  switch (event.__typename) {
    case 'GapEvent':
      return [text.gap];
    case 'AccountHealthEvent':
      return [text.account(healthWords[language][event.health.state]), event.health.lastError ? tellFailure(language, toldFailure(event.health.lastError)) : null];
    case 'MachineRegisteredEvent':
      return [
        event.name === null ? text.registeredUnnamed : text.registered(event.name),
        event.siteName === null ? null : text.at(event.siteName),
      ];
    case 'MachineStatusEvent':
      return statusParts(event, spoken);
    case 'TradeEvent':
      return tradeParts(event.trade, spoken);
    case 'DeliveryEvent':
      return [
        event.orderNumber === null ? text.test : text.order(event.orderNumber),
        text.claims(deliveryWords[language][event.delivery.state]),
        event.delivery.failureReason,
        event.shelfState === 'UNKNOWN' ? null : text.shelf(shelfStateWords[language][event.shelfState]),
      ];
    case 'OrderEvent':
      return [
        text.order(event.order.number ?? event.order.tradeNumber),
        orderStateWords[language][event.order.state],
        event.order.amount ? format.money(event.order.amount) : null,
      ];
    case 'PickupCodeEvent':
      return [
        text.code(pickupCodeStateWords[language][event.pickupCode.state]),
        issuerWords[language][event.pickupCode.issuer],
      ];
    case 'RefillEvent':
      return [text.refilled(format.instant(event.refill.refilledAt))];
  }
}

function statusParts(event: LogEventOf<'MachineStatusEvent'>, { text, format, language }: Spoken): readonly (string | null)[] {
  const { online, faults, doorOpen, controllerOnline, sellable, soldOutShelfCount } = event.status;
  const soldOut =
    event.soldOutShelves.length > 0
      ? text.soldOut(event.soldOutShelves.join(text.list))
      : soldOutShelfCount
        ? text.soldOutCount(format.number(soldOutShelfCount))
        : null;
  return [
    online ? text.online : text.offline,
    sellable === false ? text.notSellable : null,
    faults.length > 0 ? text.faults(faults.map((fault) => tellFault(language, fault)).join(text.list)) : null,
    doorOpen ? text.doorOpen : null,
    controllerOnline === false ? text.noController : null,
    soldOut,
  ];
}

function tradeParts(trade: Trade, { text, format, language }: Spoken): readonly (string | null)[] {
  const { payment, delivery, refund } = trade;
  return [
    `${trade.kind === 'PRIZE' ? text.won : text.sold}${language === 'zh' ? '' : ' '}${trade.productName ?? text.product} ×${format.number(trade.quantity)}`,
    trade.total ? format.money(trade.total) : null,
    methodWords[language][payment.method],
    payment.state === 'PAID' ? null : paymentStateWords[language][payment.state],
    // What is not paid for is not to be dispensed.
    payment.state === 'PAID' || delivery.state !== 'WAITING' ? deliveryWords[language][delivery.state] : null,
    delivery.failureReason,
    refund ? refundWords[language][refund.state] : null,
  ];
}
