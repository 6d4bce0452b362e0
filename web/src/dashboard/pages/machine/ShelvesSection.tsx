import { useState } from 'react';
import { MachineStockDocument } from '../../../generated/graphql';
import { useWords } from '../../i18n/LanguageProvider';
import { useLive } from '../../live/LiveProvider';
import { AsOf } from '../../parts/AsOf';
import { Section } from '../../parts/Section';
import type { Abilities } from './actions/abilities';
import { actionWords } from './actions/actionWords';
import { ReplenishMachineDialog } from './actions/ReplenishMachineDialog';
import { ReplenishShelfDialog } from './actions/ReplenishShelfDialog';
import { machinePageWords } from './machinePageWords';
import { oldestStock, planogram, type Shelf } from './planogram';
import { Planogram } from './Planogram';
import { ReadingNotice } from '../../parts/ReadingNotice';
import { useMachineReading } from './useMachineReading';

interface Props {
  readonly id: string;
  readonly abilities: Abilities;
}

/** The shelves as they stand in the machine, and how to say that they were refilled. */
export function ShelvesSection({ id, abilities }: Props) {
  const text = useWords(machinePageWords);
  const actions = useWords(actionWords);
  const reading = useMachineReading(MachineStockDocument, id, ['TRADE', 'DELIVERY', 'ORDER', 'REFILL', 'MACHINE_STATUS']);
  const [refilling, setRefilling] = useState<Shelf | 'machine' | null>(null);
  const stale = useLive((state) => state.machines.byId.get(id)?.status?.freshness.stale ?? false);
  const shelves = reading.data?.machine?.shelves;
  const asOf = shelves ? oldestStock(shelves) : null;
  const plans = shelves ? planogram(shelves) : [];
  return (
    <>
      <Section
        title={text.shelves}
        action={
          <>
            {asOf !== null && (
              // The shelves and the status come from the same vendor: where the one is stale, so is the other.
              <AsOf name={text.stockAsOf} freshness={{ asOf, stale }} isOld={reading.isOld} />
            )}
            {abilities.replenish && (
              <button type="button" className="button" onClick={() => setRefilling('machine')}>
                {actions.refillMachine}
              </button>
            )}
          </>
        }
      >
        <ReadingNotice reading={reading} />
        {plans.map((plan) => (
          <Planogram key={plan.cabinet} plan={plan} onRefill={abilities.replenish ? setRefilling : null} />
        ))}
        {reading.data && !reading.failure && plans.length === 0 && <p className="soft">{text.noShelves}</p>}
      </Section>
      {refilling === 'machine' && (
        <ReplenishMachineDialog
          machineId={id}
          cabinets={plans.map(({ cabinet }) => cabinet)}
          onClose={() => setRefilling(null)}
        />
      )}
      {refilling !== null && refilling !== 'machine' && (
        <ReplenishShelfDialog shelf={refilling} onClose={() => setRefilling(null)} />
      )}
    </>
  );
}
