import { toldFailure } from '../api/failure';
import { useFailureWords } from '../i18n/failureWords';
import { useFormat, useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { useLive, useReading } from '../live/LiveProvider';
import { Notice } from '../parts/Notice';

const noticeWords = words(
  {
    gap: (time: string) =>
      `Events are missing: the gateway keeps them no longer (noticed at ${time}). The fleet was read anew; the feed and the sums are not complete.`,
    unread: (why: string) => `The fleet could not be read. ${why}`,
    refused: (why: string) => `No live events. ${why}`,
    every: 'The fleet is read anew every 30 seconds.',
    noAccounts: 'Your token is for no vendor account: there is nothing to show.',
    silent: (account: string, why: string) => `${account} does not answer. ${why}`,
  },
  {
    gap: (time: string) => `有事件缺失：网关已不再保留（发现于 ${time}）。已重新读取设备状态；事件列表和汇总不完整。`,
    unread: (why: string) => `无法读取设备。${why}`,
    refused: (why: string) => `无实时事件。${why}`,
    every: '设备状态每 30 秒重新读取。',
    noAccounts: '您的令牌不含任何供应商账户：没有可显示的内容。',
    silent: (account: string, why: string) => `${account} 无响应。${why}`,
  },
);

/** What every page should be read with in mind. */
export function FleetNotices() {
  const link = useLive((state) => state.link);
  const gap = useLive((state) => state.gap);
  const accounts = useLive((state) => state.accounts);
  const sources = useLive((state) => state.machines.sources);
  const { error, viewer } = useReading();
  const text = useWords(noticeWords);
  const format = useFormat();
  const tell = useFailureWords();
  const readsMachines = viewer?.scopes.includes('machines:read') ?? false;
  return (
    <>
      {viewer?.accounts.length === 0 && <Notice tone="warn">{text.noAccounts}</Notice>}
      {error !== null && <Notice tone="bad">{text.unread(tell(error))}</Notice>}
      {link.state === 'refused' && (
        <Notice tone="warn">
          {text.refused(tell(link.failure))} {readsMachines && text.every}
        </Notice>
      )}
      {gap && <Notice tone="warn">{text.gap(format.time(gap.occurredAt))}</Notice>}
      {sources.map(({ account, error: reason }) => {
        const name = accounts.find(({ id }) => id === account.id)?.name ?? account.id;
        return reason && <Notice key={account.id} tone="bad">{text.silent(name, tell(toldFailure(reason)))}</Notice>;
      })}
    </>
  );
}
