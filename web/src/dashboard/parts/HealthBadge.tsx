import { toldFailure } from '../api/failure';
import { useFailureWords } from '../i18n/failureWords';
import { HEALTH_TONE, healthWords } from '../i18n/healthWords';
import { useFormat, useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { cutOffSince } from '../live/contact';
import { useLive } from '../live/LiveProvider';
import type { Account } from '../live/model';
import { Badge } from './Badge';

const badgeWords = words(
  {
    unknownSince: (time: string) => `not known since ${time}`,
    was: (state: string) => `Last known: ${state}`,
  },
  {
    unknownSince: (time: string) => `${time} 起状态未知`,
    was: (state: string) => `最后已知：${state}`,
  },
);

interface Props {
  readonly health: Account['health'];
  /** Whose it is, where that does not stand beside it. */
  readonly name?: string;
}

/** How a vendor account has been answering; without the gateway nobody knows. */
export function HealthBadge({ health: { state, lastError }, name }: Props) {
  const since = useLive(cutOffSince);
  const health = useWords(healthWords);
  const text = useWords(badgeWords);
  const format = useFormat();
  const tell = useFailureWords();
  const told = since === null ? health[state] : text.unknownSince(format.time(since));
  const why = lastError ? tell(toldFailure(lastError)) : undefined;
  return (
    <Badge tone={since === null ? HEALTH_TONE[state] : 'mute'} title={since === null ? why : text.was(health[state])}>
      {name === undefined ? told : `${name} · ${told}`}
    </Badge>
  );
}
