import { lazy, type ComponentType } from 'react';
import type { Text } from './i18n/text';
import { graveCount } from './live/alerts';
import type { LiveState } from './live/liveStore';

/** What a page is given: the named parts of its path, `{ id }` of `/machines/:id`. */
export interface PageProps {
  readonly params: Readonly<Record<string, string>>;
}

export interface Route {
  /** What stands after the `#`. */
  readonly path: string;
  /** What it is called in the title and in the navigation. */
  readonly title: Text;
  /** Whether the navigation has it. */
  readonly listed: boolean;
  /** The scope without which there is nothing on it to see. */
  readonly needs: 'machines:read' | 'trades:read' | 'events:read';
  /** What the navigation counts beside its title; nothing where it is 0. */
  readonly count?: (state: LiveState) => number;
  readonly Page: ComponentType<PageProps>;
}

/** Every page there is. A new one is a folder in `pages/` and an entry here. */
export const routes: readonly Route[] = [
  {
    path: '/',
    title: { en: 'Fleet', zh: '总览' },
    listed: true,
    needs: 'machines:read',
    Page: lazy(() => import('./pages/fleet/FleetPage')),
  },
  {
    path: '/machines',
    title: { en: 'Machines', zh: '设备' },
    listed: true,
    needs: 'machines:read',
    Page: lazy(() => import('./pages/machines/MachinesPage')),
  },
  {
    path: '/machines/:id',
    title: { en: 'Machine', zh: '设备' },
    listed: false,
    needs: 'machines:read',
    Page: lazy(() => import('./pages/machine/MachinePage')),
  },
  {
    path: '/map',
    title: { en: 'Map', zh: '地图' },
    listed: true,
    needs: 'machines:read',
    Page: lazy(() => import('./pages/map/MapPage')),
  },
  {
    path: '/alerts',
    title: { en: 'Alerts', zh: '告警' },
    listed: true,
    needs: 'machines:read',
    count: graveCount,
    Page: lazy(() => import('./pages/alerts/AlertsPage')),
  },
  {
    path: '/events',
    title: { en: 'Events', zh: '事件' },
    listed: true,
    needs: 'events:read',
    Page: lazy(() => import('./pages/events/EventsPage')),
  },
  {
    path: '/sales',
    title: { en: 'Sales', zh: '销售' },
    listed: true,
    needs: 'trades:read',
    Page: lazy(() => import('./pages/sales/SalesPage')),
  },
];
