import { memo, type ReactNode } from 'react';
import { tellFault, tellFaultPlace } from '../../i18n/faultWords';
import { useFormat, useLanguage, useWords } from '../../i18n/LanguageProvider';
import type { MachineAlertRow } from '../../live/alerts';
import type { MachineAlert } from '../../live/reducers/openings';
import { useLive } from '../../live/LiveProvider';
import type { Machine } from '../../live/model';
import type { Tone } from '../../parts/Badge';
import { MachineLink } from '../../parts/MachineLink';
import { alertsWords } from './alertsWords';
import { Group } from './Group';
import { Since } from './Since';

interface Props {
  readonly kind: MachineAlert;
  readonly tone: Tone;
  readonly rows: readonly MachineAlertRow[];
}

/** The machines of one kind of alert. */
export function MachineAlerts({ kind, tone, rows }: Props) {
  const text = useWords(alertsWords);
  const detail = kind === 'fault' ? [text.faults] : kind === 'soldOut' ? [text.shelves] : [];
  return (
    <Group
      title={text[kind]}
      tone={tone}
      heads={[text.machine, ...detail, text.since, text.site, text.account]}
      rows={rows}
      render={({ machine, opening }) => <Row key={machine.id} kind={kind} machine={machine} opening={opening} />}
    />
  );
}

const Row = memo(function Row({ kind, machine, opening }: MachineAlertRow & { readonly kind: MachineAlert }) {
  const account = useLive((state) => state.accounts.find(({ id }) => id === machine.account.id)?.name);
  return (
    <tr>
      <th scope="row">
        <MachineLink id={machine.id} number={machine.number} name={machine.name} />
      </th>
      <Detail kind={kind} machine={machine} />
      <td>
        <Since opening={opening} />
      </td>
      <td>{machine.site?.name}</td>
      <td>{account}</td>
    </tr>
  );
});

function Detail({ kind, machine }: { readonly kind: MachineAlert; readonly machine: Machine }): ReactNode {
  const format = useFormat();
  const { language } = useLanguage();
  if (kind === 'soldOut') return <td>{format.number(machine.status?.soldOutShelfCount ?? 0)}</td>;
  if (kind === 'offline') return null;
  return (
    <td>
      {machine.status?.faults.map((fault) => (
        <div key={`${fault.name}/${fault.code}/${fault.cabinet}`}>
          {tellFault(language, fault)} <span className="soft small">{tellFaultPlace(language, fault)}</span>
        </div>
      ))}
    </td>
  );
}
