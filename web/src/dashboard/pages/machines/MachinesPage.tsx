import { useEffect, useMemo } from 'react';
import { useQuery } from 'urql';
import { MachineListDocument } from '../../../generated/graphql';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { useHashQuery, writeHashQuery } from '../../layout/hashQuery';
import { READ_EVERY } from '../../live/keepFresh';
import { Notice } from '../../parts/Notice';
import { useEvery } from '../../parts/useEvery';
import { Filters } from './Filters';
import { filterOf, isFiltered, readMachineQuery, writeMachineQuery, type MachineQuery } from './machineQuery';
import styles from './MachinesPage.module.css';
import { machinesWords } from './machinesWords';
import { MachineTable } from './MachineTable';
import { Pager } from './Pager';
import { createTrail } from './trail';

const trail = createTrail();

/** Every machine, page by page: searched and filtered by the gateway, live in each row. */
export default function MachinesPage() {
  const text = useWords(machinesWords);
  const format = useFormat();
  const params = useHashQuery();
  const query = useMemo(() => readMachineQuery(params), [params]);
  const [{ data, error, fetching, stale }, read] = useQuery({
    query: MachineListDocument,
    variables: { filter: filterOf(query), first: query.size, after: query.after },
    requestPolicy: 'cache-and-network',
  });
  useEvery(READ_EVERY, () => read({ requestPolicy: 'network-only' }));

  const list = writeMachineQuery({ ...query, page: 1, after: null }).toString();
  useEffect(() => trail.note(list, query.page, query.after), [list, query]);

  const page = data?.machines ?? null;
  const show = (next: MachineQuery, how: 'push' | 'replace' = 'push') => writeHashQuery(writeMachineQuery(next), how);

  return (
    <>
      <div className={styles.head}>
        <h1>{text.title}</h1>
        <p className="soft" role="status">
          {page ? text.found(format.number(page.totalCount)) : fetching && text.reading}
        </p>
      </div>
      <Filters query={query} onChange={show} />
      {error && (
        <Notice tone="bad">
          {text.failed(error.graphQLErrors[0]?.message ?? error.message)}{' '}
          <button type="button" className="button" onClick={() => read({ requestPolicy: 'network-only' })}>
            {text.again}
          </button>
        </Notice>
      )}
      {page && (
        <div className="card" aria-busy={fetching || stale}>
          {page.nodes.length > 0 ? (
            <MachineTable machines={page.nodes} query={query} />
          ) : (
            <p className={`soft ${styles.empty}`}>
              {query.after !== null ? text.overTheEnd : isFiltered(query) ? text.nothing : text.none}
            </p>
          )}
          <Pager
            query={query}
            total={page.totalCount}
            next={page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null}
            previous={trail.before(list, query.page)}
            onChange={show}
          />
        </div>
      )}
    </>
  );
}
