import { toldFailure } from '../../api/failure';
import { useFailureWords } from '../../i18n/failureWords';
import { vendorWords } from '../../i18n/healthWords';
import { useWords } from '../../i18n/LanguageProvider';
import type { Account } from '../../live/model';
import { Ago } from '../../parts/Ago';
import { HealthBadge } from '../../parts/HealthBadge';
import { alertsWords } from './alertsWords';
import { Group } from './Group';

/** Vendor accounts that are down, or fail at times. */
export function AccountAlerts({ rows }: { readonly rows: readonly Account[] }) {
  const text = useWords(alertsWords);
  const tell = useFailureWords();
  const vendor = useWords(vendorWords);
  return (
    <Group
      title={text.accounts}
      tone="bad"
      heads={[text.account, text.state, text.lastAnswer, text.lastError]}
      rows={rows}
      render={(account) => (
        <tr key={account.id}>
          <th scope="row">
            {account.name} <span className="soft small">{vendor[account.vendor]}</span>
          </th>
          <td>
            <HealthBadge health={account.health} />
          </td>
          <td>{account.health.lastSuccessAt === null ? text.never : <Ago at={account.health.lastSuccessAt} />}</td>
          <td>{account.health.lastError && tell(toldFailure(account.health.lastError))}</td>
        </tr>
      )}
    />
  );
}
