import fleetAtAGlance from './opening-tabs/FleetAtAGlance.graphql?raw';
import oneMachineWhole from './opening-tabs/OneMachineWhole.graphql?raw';
import salesByPaymentMethod from './opening-tabs/SalesByPaymentMethod.graphql?raw';

export interface OpeningTab {
  query: string;
  variables?: string;
}

/** The tabs that somebody sees who comes for the first time. All of them only read. */
export function openingTabs(now: Date): OpeningTab[] {
  return [
    { query: fleetAtAGlance },
    { query: oneMachineWhole },
    { query: salesByPaymentMethod, variables: salesVariables(now) },
  ];
}

/** The 24 hours up to now, and no machine yet. */
function salesVariables(now: Date): string {
  const dayBefore = new Date(now.getTime() - 24 * 60 * 60 * 1000);
  return JSON.stringify({ machineIds: [], from: dayBefore.toISOString(), to: now.toISOString() }, null, 2);
}
