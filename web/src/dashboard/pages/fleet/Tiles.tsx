import { useFormat, useWords } from '../../i18n/LanguageProvider';
import type { Tone } from '../../parts/Badge';
import type { Counts } from './fleetCounts';
import { fleetWords } from './fleetWords';
import styles from './Tiles.module.css';

/** The large figures. */
export function Tiles({ counts }: { readonly counts: Counts }) {
  const text = useWords(fleetWords);
  const format = useFormat();
  const unknown = counts.total - counts.online - counts.offline;
  const below = (name: keyof Counts['staleOf']) =>
    counts.total === 0
      ? ''
      : [
          text.ofMachines(format.percent(counts[name] / counts.total)),
          counts.staleOf[name] > 0 && text.stale(format.number(counts.staleOf[name])),
        ]
          .filter(Boolean)
          .join(' · ');
  return (
    <dl className={styles.tiles}>
      <Tile tone="mute" name={text.machines} count={counts.total}>
        {unknown > 0 ? text.unknown(format.number(unknown)) : ''}
      </Tile>
      <Tile tone="good" name={text.online} count={counts.online}>
        {below('online')}
      </Tile>
      <Tile tone="bad" name={text.offline} count={counts.offline}>
        {below('offline')}
      </Tile>
      <Tile tone="warn" name={text.anyFault} count={counts.fault}>
        {below('fault')}
      </Tile>
      <Tile tone="warn" name={text.anySoldOut} count={counts.soldOut}>
        {below('soldOut')}
      </Tile>
    </dl>
  );
}

interface TileProps {
  readonly tone: Tone;
  readonly name: string;
  readonly count: number;
  readonly children: string;
}

function Tile({ tone, name, count, children }: TileProps) {
  const format = useFormat();
  return (
    <div className={`card ${styles.tile} ${styles[count === 0 ? 'mute' : tone]}`}>
      <dt>{name}</dt>
      <dd>
        <span className={styles.figure}>{format.number(count)}</span>
        <span className="soft small">{children}</span>
      </dd>
    </div>
  );
}
