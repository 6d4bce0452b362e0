import { useEffect, useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { MachineListDocument, type MachineListQuery } from '../../../generated/graphql';
import { failureOf, type Failure } from '../../api/failure';
import { useFormat, useWords } from '../../i18n/LanguageProvider';
import { useHashQuery, writeHashQuery } from '../../layout/hashQuery';
import { READ_EVERY } from '../../live/keepFresh';
import { useReading } from '../../live/LiveProvider';
import { useRevival } from '../../live/useRevival';
import { Notice } from '../../parts/Notice';
import { ReadingNotice } from '../../parts/ReadingNotice';
import { useEvery } from '../../parts/useEvery';
import { Filters } from './Filters';
import { filterOf, isFiltered, readMachineQuery, writeMachineQuery, type MachineQuery } from './machineQuery';
import styles from './MachinesPage.module.css';
import { machinesWords } from './machinesWords';
import { MachineTable } from './MachineTable';
import { mended, type Gone } from './mended';
import { Pager } from './Pager';
import { createTrail } from './trail';

const trail = createTrail();

type Page = NonNullable<MachineListQuery['machines']>;

interface Kept {
  readonly page: Page | null;
  /** What stood in the hash's query when it was read. */
  readonly place: string;
  readonly readAt: number | null;
}

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
  const reread = () => read({ requestPolicy: 'network-only' });
  useEvery(READ_EVERY, reread);
  useRevival(reread);

  const list = writeMachineQuery({ ...query, page: 1, after: null }).toString();
  useEffect(() => trail.note(list, query.page, query.after), [list, query]);

  const show = (next: MachineQuery, how: 'push' | 'replace' = 'push') => writeHashQuery(writeMachineQuery(next), how);
  const failure = error ? failureOf(error) : null;
  const gone = useMended(query, failure, show);

  // What was read of this very page stays where it cannot be read again: urql forgets it.
  const place = params.toString();
  const [kept, setKept] = useState<Kept>({ page: null, place, readAt: null });
  const isSettled = !fetching && !stale;
  if (isSettled && data?.machines && data.machines !== kept.page) setKept({ page: data.machines, place, readAt: Date.now() });
  const isOld = !data?.machines && failure !== null && kept.place === place && kept.page !== null;
  const page = data?.machines ?? (isOld ? kept.page : null);

  return (
    <>
      <div className={styles.head}>
        <h1>{text.title}</h1>
        <p className="soft" role="status">
          {page ? text.found(page.totalCount, format.number(page.totalCount)) : fetching && text.reading}
        </p>
      </div>
      <Filters query={query} onChange={show} />
      {gone && <Notice tone="warn">{gone === 'cursor' ? text.cursorGone : text.accountGone}</Notice>}
      {failure && (
        <ReadingNotice reading={{ data: page, readAt: kept.readAt, isOld, failure, reading: fetching, reread }} />
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

/** Mends what of a link is of no use, and tells which, until something else is asked for. */
function useMended(query: MachineQuery, failure: Failure | null, show: (query: MachineQuery, how: 'replace') => void): Gone | null {
  const { viewer } = useReading();
  const [told, setTold] = useState<{ readonly gone: Gone; readonly place: string } | null>(null);
  const accountIds = viewer?.accounts.map(({ id }) => id) ?? null;
  const better = mended(query, { accountIds, failure });
  const place = writeMachineQuery(better?.query ?? query).toString();
  useEffect(() => {
    if (!better) return;
    setTold({ gone: better.gone, place });
    show(better.query, 'replace');
  }, [better?.gone, place]);
  return told?.place === place ? told.gone : null;
}
