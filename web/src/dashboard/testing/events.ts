import type { Account, LogEventOf, Machine, MachineStatus, Trade } from '../live/model';

const INSTANT = '2026-01-31T08:00:00Z';
const METRO = { id: 'account/metro', name: 'metro' };

type Common = Pick<
  LogEventOf<'GapEvent'>,
  'cursor' | 'origin' | 'occurredAt' | 'receivedAt' | 'account' | 'machineNumber' | 'machine'
>;

function common(cursor: string, receivedAt: string): Common {
  return { cursor, origin: 'PUSHED', occurredAt: receivedAt, receivedAt, account: METRO, machineNumber: null, machine: null };
}

export function gapEvent(cursor: string, receivedAt = INSTANT): LogEventOf<'GapEvent'> {
  return { ...common(cursor, receivedAt), __typename: 'GapEvent', kind: 'GAP', account: null, reason: 'RETENTION' };
}

export function healthEvent(
  cursor: string,
  health: Account['health'],
  accountId = METRO.id,
): LogEventOf<'AccountHealthEvent'> {
  const account = { id: accountId, name: accountId };
  return { ...common(cursor, INSTANT), __typename: 'AccountHealthEvent', kind: 'ACCOUNT_HEALTH', account, health };
}

export function tradeEvent(cursor: string, trade: Trade, receivedAt = INSTANT): LogEventOf<'TradeEvent'> {
  return { ...common(cursor, receivedAt), __typename: 'TradeEvent', kind: 'TRADE', trade };
}

/** A machine reported a status; `whole` is all that is known of it then. */
export function statusEvent(
  cursor: string,
  machineId: string,
  status: MachineStatus,
  whole: MachineStatus | null = status,
): LogEventOf<'MachineStatusEvent'> {
  const machine = { id: machineId, name: null, status: whole };
  return { ...common(cursor, INSTANT), __typename: 'MachineStatusEvent', kind: 'MACHINE_STATUS', soldOutShelves: [], status, machine };
}

export function statusRow(changes: Partial<MachineStatus> = {}, asOf = INSTANT): MachineStatus {
  return {
    online: true,
    sellable: null,
    doorOpen: null,
    controllerOnline: null,
    soldOutShelfCount: 0,
    faults: [],
    freshness: { asOf, source: 'CACHE', stale: false },
    ...changes,
  };
}

export function machineRow(id: string, changes: Partial<Machine> = {}): Machine {
  const status = changes.status === undefined ? statusRow() : changes.status;
  return {
    id,
    number: id,
    name: null,
    areaName: null,
    online: status?.online ?? null,
    operatingState: 'OPERATIONAL',
    account: { id: METRO.id },
    site: null,
    location: null,
    ...changes,
    status,
  };
}

export function tradeRow(id: string, changes: Partial<Trade> = {}): Trade {
  return {
    id,
    kind: 'SALE',
    orderNumber: id,
    machineNumber: '91000000',
    productName: null,
    quantity: 1,
    shelfCode: null,
    createdAt: INSTANT,
    total: { amount: '5.00', currency: 'CNY', minorUnits: 500 },
    payment: { method: 'WECHAT', state: 'PAID', paidAt: INSTANT },
    delivery: { state: 'DISPENSED', at: null, failureReason: null },
    refund: null,
    ...changes,
  };
}
