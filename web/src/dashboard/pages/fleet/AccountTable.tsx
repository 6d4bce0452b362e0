import { vendorWords } from '../../i18n/healthWords';
import { useWords } from '../../i18n/LanguageProvider';
import { useLive } from '../../live/LiveProvider';
import { AsOf } from '../../parts/AsOf';
import { Badge } from '../../parts/Badge';
import { HealthBadge } from '../../parts/HealthBadge';
import { Section } from '../../parts/Section';
import { CountCells, CountHeads } from './CountCells';
import { NO_MACHINES, type Counts } from './fleetCounts';
import { fleetWords } from './fleetWords';
import { OldestStatus } from './OldestStatus';

/** Each vendor account: how it answers, how fresh its list is, and how its machines are. */
export function AccountTable({ byAccount }: { readonly byAccount: ReadonlyMap<string, Counts> }) {
  const accounts = useLive((state) => state.accounts);
  const sources = useLive((state) => state.machines.sources);
  const text = useWords(fleetWords);
  const vendor = useWords(vendorWords);
  return (
    <Section title={text.accounts}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.account}</th>
            <th scope="col">{text.health}</th>
            <CountHeads />
            <th scope="col">{text.oldest}</th>
            <th scope="col">{text.list}</th>
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => {
            const counts = byAccount.get(account.id) ?? NO_MACHINES;
            const freshness = sources.find((source) => source.account.id === account.id)?.freshness;
            return (
              <tr key={account.id}>
                <th scope="row">
                  {account.name} <span className="soft small">{vendor[account.vendor]}</span>
                </th>
                <td>
                  <HealthBadge health={account.health} />
                </td>
                <CountCells counts={counts} />
                <td>
                  <OldestStatus counts={counts} />
                </td>
                <td>{freshness ? <AsOf freshness={freshness} /> : <Badge tone="bad">{text.noShare}</Badge>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
}
