import { useWords } from '../../i18n/LanguageProvider';
import type { EventKind } from '../../../generated/graphql';
import { useLive } from '../../live/LiveProvider';
import styles from './FilterBar.module.css';
import { eventsWords, kindWords } from './eventsWords';
import type { FeedFilter } from './feedView';

interface Props {
  readonly filter: FeedFilter;
  readonly onChange: (filter: FeedFilter) => void;
}

/** By kind, account and machine. */
export function FilterBar({ filter, onChange }: Props) {
  const text = useWords(eventsWords);
  const kinds = useWords(kindWords);
  const accounts = useLive((state) => state.accounts);
  return (
    <form className={styles.bar} role="search" aria-label={text.filter} onSubmit={(event) => event.preventDefault()}>
      <label>
        <span className="soft small">{text.kind}</span>
        <select
          className="button"
          value={filter.kind}
          onChange={(event) => onChange({ ...filter, kind: event.target.value as EventKind | '' })}
        >
          <option value="">{text.allKinds}</option>
          {(Object.keys(kinds) as EventKind[])
            .filter((kind) => kind !== 'GAP')
            .map((kind) => (
              <option key={kind} value={kind}>
                {kinds[kind]}
              </option>
            ))}
        </select>
      </label>
      <label>
        <span className="soft small">{text.account}</span>
        <select
          className="button"
          value={filter.accountId}
          onChange={(event) => onChange({ ...filter, accountId: event.target.value })}
        >
          <option value="">{text.allAccounts}</option>
          {accounts.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.machine}>
        <span className="soft small">{text.machine}</span>
        <input
          type="search"
          className="button"
          placeholder={text.machineHint}
          value={filter.machine}
          onChange={(event) => onChange({ ...filter, machine: event.target.value })}
        />
      </label>
    </form>
  );
}
