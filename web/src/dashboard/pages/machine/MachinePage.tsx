import { MachineIdentityDocument } from '../../../generated/graphql';
import { useWords } from '../../i18n/LanguageProvider';
import { useLive, useReading } from '../../live/LiveProvider';
import { AsOf } from '../../parts/AsOf';
import { MachineBadges } from '../../parts/MachineBadges';
import type { PageProps } from '../../routes';
import { abilitiesOf } from './actions/abilities';
import { ConditionSection } from './ConditionSection';
import { IdentitySection } from './IdentitySection';
import styles from './MachinePage.module.css';
import { machinePageWords } from './machinePageWords';
import { PickupCodesSection } from './PickupCodesSection';
import { ReadingNotice } from '../../parts/ReadingNotice';
import { SalesSection } from './SalesSection';
import { ShelvesSection } from './ShelvesSection';
import { TradesSection } from './TradesSection';
import { useMachineReading } from './useMachineReading';

/** One machine: what it is, how it is, what it holds and what it sold, and what can be done with it. */
export default function MachinePage({ params }: PageProps) {
  const id = params['id'] ?? '';
  const text = useWords(machinePageWords);
  const reading = useMachineReading(MachineIdentityDocument, id);
  const live = useLive((state) => state.machines.byId.get(id));
  const { viewer } = useReading();
  const machine = reading.data?.machine;

  // Once it is known, it stays: a dialog is not to go with an answer that does not come.
  if (!machine) {
    // An id that nobody ever gave out is refused as such.
    const isUnknown = ['NOT_FOUND', 'BAD_USER_INPUT'].includes(reading.failure?.code ?? '');
    return (
      <>
        <h1>{text.machine}</h1>
        {isUnknown ? (
          <p role="status">
            {text.unknown} <a href="#/machines">{text.toMachines}</a>
          </p>
        ) : (
          <ReadingNotice reading={reading} />
        )}
      </>
    );
  }
  const abilities = abilitiesOf(viewer?.scopes ?? [], machine.account.capabilities);
  const status = live?.status ?? null;
  return (
    <>
      <div className={styles.head}>
        <h1>
          {machine.number} <span className={styles.name}>{machine.name}</span>
        </h1>
        <MachineBadges machine={live ?? { ...machine, status }} />
        {status && <AsOf freshness={status.freshness} />}
      </div>
      <ReadingNotice reading={reading} />
      <ShelvesSection id={id} abilities={abilities} />
      <div className={styles.columns}>
        <ConditionSection id={id} />
        <IdentitySection machine={machine} />
      </div>
      <SalesSection id={id} />
      <TradesSection id={id} />
      <PickupCodesSection machine={machine} abilities={abilities} />
    </>
  );
}
