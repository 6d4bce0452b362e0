import { useState } from 'react';
import { MachinePickupCodesDocument, type PickupCodeRowFragment } from '../../../generated/graphql';
import { issuerWords, pickupCodeStateWords } from '../../i18n/deliveryWords';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { Badge } from '../../parts/Badge';
import { Section } from '../../parts/Section';
import { canCancel, type Abilities } from './actions/abilities';
import { actionWords } from './actions/actionWords';
import { CancelAllDialog, CancelCodeDialog } from './actions/CancelDialogs';
import { CreateCodesDialog } from './actions/CreateCodesDialog';
import type { IdentifiedMachine } from './IdentitySection';
import { SourceNotices } from '../../parts/SourceNotices';
import { ReadingNotice } from '../../parts/ReadingNotice';
import { useMachineReading } from './useMachineReading';

interface Props {
  readonly machine: IdentifiedMachine;
  readonly abilities: Abilities;
}

type Doing = 'create' | 'cancelAll' | PickupCodeRowFragment;

/** The machine's pickup codes, for those whose token may see them. */
export function PickupCodesSection({ machine, abilities }: Props) {
  return abilities.readCodes ? <PickupCodes machine={machine} abilities={abilities} /> : null;
}

function PickupCodes({ machine, abilities }: Props) {
  const text = useWords(actionWords);
  const reading = useMachineReading(MachinePickupCodesDocument, machine.id, ['PICKUP_CODE']);
  const [doing, setDoing] = useState<Doing | null>(null);
  const page = reading.data?.machine?.pickupCodes;
  const codes = page?.nodes ?? [];
  const close = () => {
    setDoing(null);
    reading.reread();
  };
  return (
    <>
      <Section
        title={text.codes}
        action={
          <span>
            {abilities.issuers.length > 0 && (
              <button type="button" className="button" onClick={() => setDoing('create')}>
                {text.createCodes}
              </button>
            )}{' '}
            {codes.some((code) => canCancel(abilities, code)) && (
              <button type="button" className="button" onClick={() => setDoing('cancelAll')}>
                {text.cancelAll}
              </button>
            )}
          </span>
        }
      >
        <ReadingNotice reading={reading} />
        <SourceNotices sources={page?.sources} />
        {page?.sources.every(({ ok }) => ok) && codes.length === 0 && <p className="soft">{text.noCodes}</p>}
        {codes.length > 0 && <CodeTable codes={codes} abilities={abilities} onCancel={setDoing} />}
        {page?.pageInfo.hasNextPage && <p className="soft">{text.more}</p>}
      </Section>
      {doing === 'create' && <CreateCodesDialog machine={machine} abilities={abilities} onClose={close} />}
      {doing === 'cancelAll' && <CancelAllDialog machineId={machine.id} onClose={close} />}
      {doing !== null && typeof doing === 'object' && <CancelCodeDialog code={doing} onClose={close} />}
    </>
  );
}

interface TableProps {
  readonly codes: readonly PickupCodeRowFragment[];
  readonly abilities: Abilities;
  readonly onCancel: (code: PickupCodeRowFragment) => void;
}

function CodeTable({ codes, abilities, onCancel }: TableProps) {
  const text = useWords(actionWords);
  const states = useWords(pickupCodeStateWords);
  const issuers = useWords(issuerWords);
  const format = useFormat();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{text.code}</th>
          <th scope="col">{text.goodFor}</th>
          <th scope="col">{text.state}</th>
          <th scope="col">{text.until}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {codes.map((code) => (
          <tr key={code.id}>
            <th scope="row">{code.code}</th>
            <td>{code.shelf?.code ?? code.productNumber ?? text.anything}</td>
            <td>
              <Badge tone={code.state === 'UNUSED' ? 'good' : 'mute'}>{states[code.state]}</Badge>{' '}
              <span className="soft small">{issuers[code.issuer]}</span>
            </td>
            <td>{code.expiresAt ? format.dateTime(code.expiresAt) : <span className="soft">{text.forEver}</span>}</td>
            <td className="number">
              {canCancel(abilities, code) && (
                <button
                  type="button"
                  className="button"
                  aria-label={text.cancelCodeTitle(code.code)}
                  onClick={() => onCancel(code)}
                >
                  {text.cancelCode}
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
