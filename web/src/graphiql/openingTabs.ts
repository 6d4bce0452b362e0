import fleetAtAGlance from './opening-tabs/FleetAtAGlance.graphql?raw';
import liveEvents from './opening-tabs/LiveEvents.graphql?raw';
import oneMachineWhole from './opening-tabs/OneMachineWhole.graphql?raw';
import orderLifeCycle from './opening-tabs/OrderLifeCycle.graphql?raw';
import salesByPaymentMethod from './opening-tabs/SalesByPaymentMethod.graphql?raw';

export interface OpeningTab {
  query: string;
  variables?: string;
}

/** The tabs that somebody sees who comes for the first time. What a tab runs first only reads. */
export function openingTabs(now: Date, machineIds: readonly string[] = []): OpeningTab[] {
  return [
    { query: fleetAtAGlance },
    { query: oneMachineWhole },
    { query: salesByPaymentMethod, variables: salesVariables(now, machineIds) },
    { query: orderLifeCycle, variables: orderVariables(now) },
    { query: liveEvents },
  ];
}

/** The 24 hours up to now, and machines that are known already, if any. */
function salesVariables(now: Date, machineIds: readonly string[]): string {
  const dayBefore = new Date(now.getTime() - 24 * 60 * 60 * 1000);
  return variables({ machineIds, from: dayBefore.toISOString(), to: now.toISOString() });
}

/** A key of this very visit, and a place for each id that a step answers with. */
function orderVariables(now: Date): string {
  return variables({ machineId: '', shelfId: '', idempotencyKey: `order of ${now.toISOString()}`, orderId: '', lineId: '' });
}

function variables(values: Record<string, unknown>): string {
  return JSON.stringify(values, null, 2);
}
