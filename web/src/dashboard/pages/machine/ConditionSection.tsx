import { MachineConditionDocument, type MachineConditionQuery } from '../../../generated/graphql';
import { tellFault, tellFaultPlace } from '../../i18n/faultWords';
import { useFormat, useLanguage, useWords } from '../../i18n/LanguageProvider';
import { Ago } from '../../parts/Ago';
import { AsOf } from '../../parts/AsOf';
import { Badge } from '../../parts/Badge';
import { Section } from '../../parts/Section';
import { Facts } from './Facts';
import { machinePageWords } from './machinePageWords';
import { ReadingNotice } from '../../parts/ReadingNotice';
import { useMachineReading } from './useMachineReading';

type Condition = NonNullable<NonNullable<MachineConditionQuery['machine']>['status']>;

/** How the machine is: what it told of itself, and how old that is. */
export function ConditionSection({ id }: { readonly id: string }) {
  const text = useWords(machinePageWords);
  const reading = useMachineReading(MachineConditionDocument, id, ['MACHINE_STATUS', 'DELIVERY']);
  const status = reading.data?.machine?.status;
  return (
    <Section title={text.condition} action={status && <AsOf freshness={status.freshness} isOld={reading.isOld} />}>
      <ReadingNotice reading={reading} />
      {status && <ConditionFacts status={status} />}
      {reading.data && !status && !reading.failure && <p className="soft">{text.noStatus}</p>}
    </Section>
  );
}

function ConditionFacts({ status }: { readonly status: Condition }) {
  const text = useWords(machinePageWords);
  const format = useFormat();
  const { network, coins } = status;
  const choose = (value: boolean | null, yes: string, no: string) => (value === null ? null : value ? yes : no);
  return (
    <Facts
      facts={[
        [text.faults, status.faults.length > 0 ? <Faults faults={status.faults} /> : text.noFaults],
        [text.sellable, choose(status.sellable, text.yes, text.no)],
        [text.door, status.doorOpen === true ? <Badge tone="warn">{text.doorOpen}</Badge> : choose(status.doorOpen, '', text.doorClosed)],
        [text.controller, choose(status.controllerOnline, text.answers, text.silent)],
        [text.climate, status.cabinets.length > 0 && <Climate cabinets={status.cabinets} />],
        [text.network, [network?.kind, network?.ip].filter(Boolean).join(' · ')],
        [text.sim, [network?.simNumber, network?.iccid].filter(Boolean).join(' · ')],
        [
          text.coins,
          coins &&
            [coins.oneYuan !== null && `¥1 × ${format.number(coins.oneYuan)}`, coins.fiveJiao !== null && `¥0.5 × ${format.number(coins.fiveJiao)}`]
              .filter(Boolean)
              .join(', '),
        ],
        [text.versions, status.versions.map(({ component, version }) => `${component} ${version}`).join(', ')],
      ].map(([name, value]) => [name as string, value === false ? null : value])}
    />
  );
}

function Faults({ faults }: { readonly faults: Condition['faults'] }) {
  const { language } = useLanguage();
  return (
    <ul>
      {faults.map((fault, index) => (
        <li key={index}>
          <Badge tone="bad" wraps>
            {tellFault(language, fault)}
          </Badge>{' '}
          <span className="soft small">
            {tellFaultPlace(language, fault)}
            {fault.since && (
              <>
                {' '}
                <Ago at={fault.since} />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Climate({ cabinets }: { readonly cabinets: Condition['cabinets'] }) {
  const text = useWords(machinePageWords);
  const room = (side: string, degrees: number | null, cooling: boolean | null, heating: boolean | null) =>
    degrees === null
      ? []
      : [`${side} ${degrees} °C${cooling ? ` (${text.cooling})` : ''}${heating ? ` (${text.heating})` : ''}`];
  return (
    <ul>
      {cabinets.map((one) => (
        <li key={one.cabinet}>
          <span className="soft">{text.cabinet(one.cabinet)}: </span>
          {[
            ...room(text.left, one.leftTemperature, one.leftCooling, one.leftHeating),
            ...room(text.right, one.rightTemperature, one.rightCooling, one.rightHeating),
          ].join(', ') || '–'}
        </li>
      ))}
    </ul>
  );
}
