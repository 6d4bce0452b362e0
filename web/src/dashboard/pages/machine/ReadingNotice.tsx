import { useWords } from '../../i18n/LanguageProvider';
import { Notice } from '../../parts/Notice';
import { machinePageWords } from './machinePageWords';
import type { MachineReading } from './useMachineReading';

/** That a part is being read, or why it could not be; nothing where all is well. */
export function ReadingNotice({ reading }: { readonly reading: MachineReading<unknown> }) {
  const text = useWords(machinePageWords);
  const { data, error, reread } = reading;
  if (error) {
    return (
      <Notice tone="bad">
        {text.failed(error.graphQLErrors[0]?.message ?? error.message)}{' '}
        <button type="button" className="button" onClick={reread}>
          {text.again}
        </button>
      </Notice>
    );
  }
  return data === undefined && reading.reading ? <p className="soft">{text.reading}</p> : null;
}
