import { useWords } from '../../i18n/LanguageProvider';
import { useLive, useLiveCalmly } from '../../live/LiveProvider';
import { AccountTable } from './AccountTable';
import { FleetAsOf } from './FleetAsOf';
import { fleetCounts } from './fleetCounts';
import styles from './FleetPage.module.css';
import { fleetWords } from './fleetWords';
import { SiteTable } from './SiteTable';
import { Tiles } from './Tiles';

/** The fleet in ten seconds: how many machines are how, by account and by site. */
export default function FleetPage() {
  const text = useWords(fleetWords);
  const isRead = useLive((state) => state.machines.readAt !== null);
  const { all, byAccount, sites } = useLiveCalmly(fleetCounts);
  return (
    <>
      <div className={styles.head}>
        <h1>{text.title}</h1>
        {isRead && <FleetAsOf counts={all} />}
      </div>
      {isRead ? (
        <>
          <Tiles counts={all} />
          <AccountTable byAccount={byAccount} />
          <SiteTable sites={sites} />
        </>
      ) : (
        <p className="soft" role="status">
          {text.reading}
        </p>
      )}
    </>
  );
}
