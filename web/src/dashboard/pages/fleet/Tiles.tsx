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
  const share = (count: number) => text.ofMachines(format.percent(counts.total === 0 ? 0 : count / counts.total));
  return (
    <dl className={styles.tiles}>
      <Tile tone="mute" name={text.machines} count={counts.total}>
        {unknown > 0 ? text.unknown(format.number(unknown)) : ''}
      </Tile>
      <Tile tone="good" name={text.online} count={counts.online}>
        {share(counts.online)}
      </Tile>
      <Tile tone="bad" name={text.offline} count={counts.offline}>
        {share(counts.offline)}
      </Tile>
      <Tile tone="warn" name={text.anyFault} count={counts.fault}>
        {share(counts.fault)}
      </Tile>
      <Tile tone="warn" name={text.anySoldOut} count={counts.soldOut}>
        {share(counts.soldOut)}
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
