import { words } from './text';

/** How a machine is, as every page that shows machines says it. */
export const machineWords = words(
  {
    online: 'Online',
    offline: 'Offline',
    notKnown: 'Not known yet',
    fault: 'Fault',
    faults: (count: string) => `Faults: ${count}`,
    soldOut: (count: string) => `Sold out: ${count}`,
    states: {
      OPERATIONAL: 'In operation',
      MAINTENANCE: 'Under maintenance',
      NOT_IN_OPERATION: 'Switched off',
      TRANSFER: 'Being moved',
      UNKNOWN: 'Not told',
    },
  },
  {
    online: '在线',
    offline: '离线',
    notKnown: '状态未知',
    fault: '故障',
    faults: (count: string) => `故障：${count}`,
    soldOut: (count: string) => `售罄：${count}`,
    states: {
      OPERATIONAL: '运营中',
      MAINTENANCE: '维护中',
      NOT_IN_OPERATION: '已停用',
      TRANSFER: '转移中',
      UNKNOWN: '未提供',
    },
  },
);
