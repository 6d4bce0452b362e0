import { useFormat, useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { useLive, useReading } from '../live/LiveProvider';
import { Notice } from '../parts/Notice';

const noticeWords = words(
  {
    gap: (time: string) =>
      `Events are missing: the gateway keeps them no longer (noticed at ${time}). The fleet was read anew; the feed and the sums are not complete.`,
    unread: (message: string) => `The fleet could not be read: ${message}`,
    refused: (message: string) => `No live events: ${message}. The fleet is read anew every 30 seconds.`,
    silent: (account: string, message: string) => `${account} does not answer: ${message}`,
  },
  {
    gap: (time: string) => `有事件缺失：网关已不再保留（发现于 ${time}）。已重新读取设备状态；事件列表和汇总不完整。`,
    unread: (message: string) => `无法读取设备：${message}`,
    refused: (message: string) => `无实时事件：${message}。设备状态每 30 秒重新读取。`,
    silent: (account: string, message: string) => `${account} 无响应：${message}`,
  },
);

/** What every page should be read with in mind. */
export function FleetNotices() {
  const link = useLive((state) => state.link);
  const gap = useLive((state) => state.gap);
  const accounts = useLive((state) => state.accounts);
  const sources = useLive((state) => state.machines.sources);
  const { error } = useReading();
  const text = useWords(noticeWords);
  const format = useFormat();
  return (
    <>
      {error !== null && <Notice tone="bad">{text.unread(error)}</Notice>}
      {link.state === 'refused' && <Notice tone="warn">{text.refused(link.message)}</Notice>}
      {gap && <Notice tone="warn">{text.gap(format.time(gap.occurredAt))}</Notice>}
      {sources.map(({ account, error: reason }) => {
        const name = accounts.find(({ id }) => id === account.id)?.name ?? account.id;
        return reason && <Notice key={account.id} tone="bad">{text.silent(name, reason.message)}</Notice>;
      })}
    </>
  );
}
