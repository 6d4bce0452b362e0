import { derive } from '../../live/derive';
import type { LiveState } from '../../live/liveStore';

/** The sites that the machines of the fleet stand at, by name. */
export const sitesOf = derive(
  (state: LiveState) => [state.machines.readAt === null ? null : state.machines.byId] as const,
  (byId) => {
    const names = new Map([...(byId?.values() ?? [])].flatMap(({ site }) => (site ? [[site.id, site.name]] : [])));
    return [...names].map(([id, name]) => ({ id, name })).sort((one, other) => one.name.localeCompare(other.name, 'zh'));
  },
);
