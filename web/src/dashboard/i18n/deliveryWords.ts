import type {
  DeliveryState,
  OrderState,
  PickupCodeIssuer,
  PickupCodeState,
  RefundState,
  ShelfState,
} from '../../generated/graphql';
import { words } from './text';

export const deliveryWords = words(
  {
    CANCELLED: 'given up',
    DISPENSED: 'dispensed',
    DISPENSING: 'being dispensed',
    FAILED: 'not dispensed',
    NO_SUCH_PRODUCT: 'not dispensed: no such product',
    OUT_OF_STOCK: 'not dispensed: out of stock',
    TIMED_OUT: 'not dispensed: the machine did not answer',
    UNKNOWN: 'not known whether dispensed',
    WAITING: 'not dispensed yet',
  } satisfies Record<DeliveryState, string>,
  {
    CANCELLED: '已取消出货',
    DISPENSED: '已出货',
    DISPENSING: '出货中',
    FAILED: '出货失败',
    NO_SUCH_PRODUCT: '出货失败：无此商品',
    OUT_OF_STOCK: '出货失败：缺货',
    TIMED_OUT: '出货失败：设备无响应',
    UNKNOWN: '出货状态未知',
    WAITING: '待出货',
  },
);

export const refundWords = words(
  { DONE: 'paid back', IN_PROGRESS: 'being paid back', FAILED: 'paying back failed' } satisfies Record<RefundState, string>,
  { DONE: '已退款', IN_PROGRESS: '退款中', FAILED: '退款失败' },
);

export const shelfStateWords = words(
  {
    JAMMED: 'jammed',
    MISSING: 'missing',
    MOTOR_FAULT: 'motor broken',
    NORMAL: 'in order',
    SERIAL_TIMEOUT: 'its controller did not answer',
    SOLD_OUT: 'sold out',
    UNKNOWN: 'not known',
  } satisfies Record<ShelfState, string>,
  {
    JAMMED: '卡货',
    MISSING: '不存在',
    MOTOR_FAULT: '电机故障',
    NORMAL: '正常',
    SERIAL_TIMEOUT: '控制器无响应',
    SOLD_OUT: '售罄',
    UNKNOWN: '未知',
  },
);

export const orderStateWords = words(
  {
    CLOSED: 'closed',
    EXPIRED: 'not paid in time',
    PAID: 'paid',
    PAYING: 'being paid',
    PAYMENT_FAILED: 'payment failed',
    PICKUP_CODE: 'paid by a pickup code',
    REFUND: 'paid back',
    REVOKED: 'revoked',
    TEST: 'a test',
    UNKNOWN: 'not known',
    UNPAID: 'not paid yet',
  } satisfies Record<OrderState, string>,
  {
    CLOSED: '已关闭',
    EXPIRED: '超时未支付',
    PAID: '已支付',
    PAYING: '支付中',
    PAYMENT_FAILED: '支付失败',
    PICKUP_CODE: '取货码支付',
    REFUND: '已退款',
    REVOKED: '已撤销',
    TEST: '测试',
    UNKNOWN: '未知',
    UNPAID: '待支付',
  },
);

export const pickupCodeStateWords = words(
  {
    CANCELLED: 'cancelled',
    EXPIRED: 'expired',
    HELD: 'held while a machine dispenses',
    UNKNOWN: 'not known',
    UNUSED: 'good',
    USED: 'used',
  } satisfies Record<PickupCodeState, string>,
  { CANCELLED: '已作废', EXPIRED: '已过期', HELD: '出货中，已占用', UNKNOWN: '未知', UNUSED: '可用', USED: '已使用' },
);

export const issuerWords = words(
  { GATEWAY: 'kept by this gateway', VENDOR: 'kept by the vendor' } satisfies Record<PickupCodeIssuer, string>,
  { GATEWAY: '由网关保管', VENDOR: '由供应商保管' },
);
