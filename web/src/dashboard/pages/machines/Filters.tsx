import { vendorWords } from '../../i18n/healthWords';
import { useWords } from '../../i18n/LanguageProvider';
import { useLive } from '../../live/LiveProvider';
import { Choice, TruthChoice } from './Choice';
import styles from './Filters.module.css';
import { asked, isFiltered, unfiltered, type MachineQuery } from './machineQuery';
import { machinesWords } from './machinesWords';
import { SearchField } from './SearchField';
import { sitesOf } from './sites';

interface Props {
  readonly query: MachineQuery;
  readonly onChange: (query: MachineQuery, how?: 'push' | 'replace') => void;
}

/** What the machines are searched and filtered by. */
export function Filters({ query, onChange }: Props) {
  const text = useWords(machinesWords);
  const vendors = useWords(vendorWords);
  const accounts = useLive((state) => state.accounts);
  const sites = useLive(sitesOf);
  const change = (part: Partial<MachineQuery>) => onChange(asked(query, part));
  return (
    <form className={styles.filters} role="search" aria-label={text.filter} onSubmit={(event) => event.preventDefault()}>
      <SearchField
        label={text.search}
        hint={text.searchHint}
        value={query.search}
        onChange={(search) => onChange(asked(query, { search }), 'replace')}
      />
      <Choice
        label={text.account}
        value={query.accountId}
        options={accounts.map(({ id, name }) => [id, name])}
        onChange={(accountId) => change({ accountId })}
      />
      <Choice
        label={text.vendor}
        value={query.vendor}
        options={[
          ['DINGSHANG', vendors.DINGSHANG],
          ['INHAND', vendors.INHAND],
        ]}
        onChange={(vendor) => change({ vendor })}
      />
      {(sites.length > 0 || query.siteId !== null) && (
        <Choice
          label={text.site}
          value={query.siteId}
          options={sites.map(({ id, name }) => [id, name])}
          onChange={(siteId) => change({ siteId })}
        />
      )}
      <TruthChoice
        label={text.connection}
        value={query.online}
        yes={text.online}
        no={text.offline}
        onChange={(online) => change({ online })}
      />
      <TruthChoice
        label={text.faults}
        value={query.hasFaults}
        yes={text.withFaults}
        no={text.withoutFaults}
        onChange={(hasFaults) => change({ hasFaults })}
      />
      <TruthChoice
        label={text.soldOut}
        value={query.soldOut}
        yes={text.withSoldOut}
        no={text.withoutSoldOut}
        onChange={(soldOut) => change({ soldOut })}
      />
      <button
        type="button"
        className="button"
        disabled={!isFiltered(query)}
        onClick={() => onChange(unfiltered(query))}
      >
        {text.clear}
      </button>
    </form>
  );
}
