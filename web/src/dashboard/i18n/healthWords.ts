import type { HealthState, Vendor } from '../../generated/graphql';
import type { Tone } from '../parts/Badge';
import { words } from './text';

export const healthWords = words(
  { UP: 'Up', DEGRADED: 'Degraded', DOWN: 'Down' },
  { UP: '正常', DEGRADED: '不稳定', DOWN: '中断' },
);

export const HEALTH_TONE: Readonly<Record<HealthState, Tone>> = { UP: 'good', DEGRADED: 'warn', DOWN: 'bad' };

export const vendorWords = words(
  { DINGSHANG: 'Dingshang', INHAND: 'InHand' } satisfies Record<Vendor, string>,
  { DINGSHANG: '鼎商', INHAND: '映翰通' },
);
