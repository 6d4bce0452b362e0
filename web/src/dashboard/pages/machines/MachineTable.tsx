import { useQuery } from 'urql';
import { MachineListStatusesDocument, type MachineListQuery } from '../../../generated/graphql';
import { vendorWords } from '../../i18n/healthWords';
import { useWords } from '../../i18n/LanguageProvider';
import { machinePath } from '../../layout/machinePath';
import { useLive } from '../../live/LiveProvider';
import type { MachineStatus } from '../../live/model';
import { AsOf } from '../../parts/AsOf';
import { MachineBadges } from '../../parts/MachineBadges';
import { filterOf, type MachineQuery } from './machineQuery';
import styles from './MachineTable.module.css';
import { machinesWords } from './machinesWords';
import { stillMatches } from './stillMatches';

type ListedMachine = NonNullable<MachineListQuery['machines']>['nodes'][number];

interface Props {
  readonly machines: readonly ListedMachine[];
  readonly query: MachineQuery;
}

/** A page of machines: a table, and on a phone a card for each. The roles stay, whatever the elements look like. */
export function MachineTable({ machines, query }: Props) {
  const text = useWords(machinesWords);
  const isKnown = useLive((state) => machines.every(({ id }) => state.machines.byId.get(id)?.status));
  const [{ data }] = useQuery({
    query: MachineListStatusesDocument,
    variables: { filter: filterOf(query), first: query.size, after: query.after },
    pause: isKnown,
  });
  const read = new Map(data?.machines?.nodes.map(({ id, status }) => [id, status]));
  return (
    <table className={styles.table} role="table" aria-label={text.title}>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader">{text.number}</th>
          <th role="columnheader">{text.name}</th>
          <th role="columnheader">{text.account}</th>
          <th role="columnheader">{text.place}</th>
          <th role="columnheader">{text.state}</th>
          <th role="columnheader">{text.freshness}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {machines.map((machine) => (
          <MachineRow key={machine.id} machine={machine} status={read.get(machine.id) ?? null} query={query} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly machine: ListedMachine;
  /** As it was read for this page; what the live store knows is fresher. */
  readonly status: MachineStatus | null;
  readonly query: MachineQuery;
}

function MachineRow({ machine, status, query }: RowProps) {
  const text = useWords(machinesWords);
  const vendors = useWords(vendorWords);
  const account = useLive((state) => state.accounts.find(({ id }) => id === machine.account.id));
  const live = useLive((state) => state.machines.byId.get(machine.id));
  const shown = live?.status ? live : { ...machine, status };
  return (
    <tr role="row">
      <th role="rowheader" className={styles.number}>
        <a href={machinePath(machine.id)}>{machine.number}</a>
      </th>
      <td role="cell" className={styles.name}>
        {machine.name ?? <span className="soft">{text.noName}</span>}
      </td>
      <td role="cell" className={styles.account}>
        {account?.name} <span className="soft small">{vendors[machine.vendor]}</span>
      </td>
      <td role="cell" className={styles.place}>
        {machine.site?.name ?? machine.address}
        {machine.line && <span className="soft small"> {machine.line.name}</span>}
      </td>
      <td role="cell" className={styles.state}>
        <MachineBadges machine={shown} />{' '}
        {!stillMatches(query, shown) && <span className="soft small">{text.changed}</span>}
      </td>
      <td role="cell" className={styles.freshness}>
        {shown.status ? (
          <AsOf freshness={shown.status.freshness} />
        ) : (
          <span className="soft small">{text.notRead}</span>
        )}
      </td>
    </tr>
  );
}
