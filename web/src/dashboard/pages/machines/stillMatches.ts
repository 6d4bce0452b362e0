import { hasFault, isSoldOut } from '../../live/alerts';
import type { Machine } from '../../live/model';
import type { MachineQuery } from './machineQuery';

type Shown = Pick<Machine, 'online' | 'status'>;

/**
 * Whether what is known of a machine by now still is what was asked for: the list is the gateway's, and some seconds
 * old. What is not known contradicts nothing.
 */
export function stillMatches({ online, hasFaults, soldOut }: MachineQuery, machine: Shown): boolean {
  const agrees = (wanted: boolean | null, is: boolean | null) => wanted === null || is === null || wanted === is;
  const { status } = machine;
  return (
    agrees(online, machine.online) &&
    agrees(hasFaults, status && hasFault({ status })) &&
    agrees(soldOut, status && status.soldOutShelfCount !== null ? isSoldOut({ status }) : null)
  );
}
