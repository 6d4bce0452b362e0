import { derive } from '../../live/derive';
import type { LiveState } from '../../live/liveStore';
import type { Machine } from '../../live/model';
import { conditionOf, type Located } from './clusters';
import { project } from './projection';

/** The machines with coordinates on the map, and those that have none. */
export const locatedOf = derive(
  (state: LiveState) => [state.machines.byId] as const,
  (byId) => {
    const located: Located[] = [];
    const nowhere: Machine[] = [];
    for (const machine of byId.values()) {
      const { location } = machine;
      if (location) located.push({ machine, point: project(location), condition: conditionOf(machine) });
      else nowhere.push(machine);
    }
    return { located, nowhere };
  },
);
