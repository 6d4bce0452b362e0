import { words } from '../../i18n/text';
import type { Condition } from './clusters';

export const mapWords = words(
  {
    title: 'Map',
    label: 'Map of the machines',
    help: 'Drag or use the arrow keys to move, the wheel or + and − to zoom, 0 to see all. The list below has the same machines.',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    all: 'Show all',
    legend: 'Legend',
    inView: (count: string) => `Machines in view: ${count}`,
    noneInView: 'No machine is in view.',
    more: (count: string) => `And ${count} more: zoom in to see them here.`,
    nowhere: (count: string) => `Machines without coordinates: ${count}`,
    machines: (count: string) => `${count} machines`,
    reading: 'The fleet is being read …',
    conditions: {
      offline: 'Offline',
      fault: 'Fault',
      soldOut: 'Sold out',
      unknown: 'Not known yet',
      online: 'Online',
    } satisfies Record<Condition, string>,
  },
  {
    title: '地图',
    label: '设备地图',
    help: '拖动或用方向键移动，滚轮或 + 和 − 缩放，0 显示全部。下方列表包含相同的设备。',
    zoomIn: '放大',
    zoomOut: '缩小',
    all: '显示全部',
    legend: '图例',
    inView: (count: string) => `视野内设备：${count}`,
    noneInView: '视野内没有设备。',
    more: (count: string) => `另有 ${count} 台：放大后在此显示。`,
    nowhere: (count: string) => `没有坐标的设备：${count}`,
    machines: (count: string) => `${count} 台设备`,
    reading: '正在读取设备……',
    conditions: { offline: '离线', fault: '故障', soldOut: '售罄', unknown: '状态未知', online: '在线' },
  },
);
