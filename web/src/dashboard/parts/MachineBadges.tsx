import { tellFault } from '../i18n/faultWords';
import { useFormat, useLanguage, useWords } from '../i18n/LanguageProvider';
import { machineWords } from '../i18n/machineWords';
import type { Machine } from '../live/model';
import { Badge } from './Badge';
import styles from './MachineBadges.module.css';

type Shown = Pick<Machine, 'online' | 'operatingState' | 'status'>;

/** How a machine is, at a glance: connected, whether it is meant to sell, its faults, its sold-out shelves. */
export function MachineBadges({ machine: { online, operatingState, status } }: { readonly machine: Shown }) {
  const text = useWords(machineWords);
  const format = useFormat();
  const { language } = useLanguage();
  const faults = status?.faults ?? [];
  const soldOut = status?.soldOutShelfCount ?? 0;
  return (
    <span className={styles.badges}>
      {online === null && <Badge tone="mute">{text.notKnown}</Badge>}
      {online !== null && <Badge tone={online ? 'good' : 'bad'}>{online ? text.online : text.offline}</Badge>}
      {operatingState !== 'OPERATIONAL' && operatingState !== 'UNKNOWN' && (
        <Badge tone="mute">{text.states[operatingState]}</Badge>
      )}
      {faults.length > 0 && (
        <Badge tone="bad" title={faults.map((fault) => tellFault(language, fault)).join('\n')}>
          {text.faults(format.number(faults.length))}
        </Badge>
      )}
      {soldOut > 0 && <Badge tone="warn">{text.soldOut(format.number(soldOut))}</Badge>}
    </span>
  );
}
