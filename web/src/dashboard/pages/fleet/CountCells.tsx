import { useFormat, useWords } from '../../i18n/LanguageProvider';
import type { Counts } from './fleetCounts';
import styles from './CountCells.module.css';
import { fleetWords } from './fleetWords';

const COLUMNS = [
  { key: 'total', name: 'machines', tone: undefined },
  { key: 'online', name: 'online', tone: undefined },
  { key: 'offline', name: 'offline', tone: styles.bad },
  { key: 'fault', name: 'fault', tone: styles.warn },
  { key: 'soldOut', name: 'soldOut', tone: styles.warn },
] as const;

/** The heads of the columns that `CountCells` fills. */
export function CountHeads() {
  const text = useWords(fleetWords);
  return COLUMNS.map(({ key, name }) => (
    <th key={key} scope="col" className="number">
      {text[name]}
    </th>
  ));
}

/** How many machines are how, one cell each; what is nothing is quiet. */
export function CountCells({ counts }: { readonly counts: Counts }) {
  const format = useFormat();
  return COLUMNS.map(({ key, tone }) => (
    <td key={key} className={`number ${counts[key] === 0 ? 'soft' : (tone ?? '')}`}>
      {format.number(counts[key])}
    </td>
  ));
}
