import type { Failure } from '../api/failure';
import { useFailureWords } from '../i18n/failureWords';
import { useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import { Ago } from './Ago';
import { Notice } from './Notice';

const readingWords = words(
  {
    reading: 'Reading …',
    failed: (why: string) => `This could not be read. ${why}`,
    old: 'What is shown was read',
    end: '.',
    again: 'Try again',
  },
  {
    reading: '正在读取……',
    failed: (why: string) => `无法读取。${why}`,
    old: '所示内容读取于',
    end: '。',
    again: '重试',
  },
);

interface Props {
  readonly reading: {
    readonly data: unknown;
    readonly readAt: number | null;
    readonly isOld: boolean;
    readonly failure: Failure | null;
    readonly reading: boolean;
    readonly reread: () => void;
  };
}

/** That something is being read, or why it could not be and how old what is shown is; nothing where all is well. */
export function ReadingNotice({ reading }: Props) {
  const text = useWords(readingWords);
  const tell = useFailureWords();
  const { data, failure, isOld, readAt, reread } = reading;
  if (failure) {
    return (
      // What is old is still there to work with: that is no alarm.
      <Notice tone={isOld ? 'warn' : 'bad'}>
        {text.failed(tell(failure))}{' '}
        {isOld && readAt !== null && (
          <>
            {text.old} <Ago at={readAt} />
            {text.end}{' '}
          </>
        )}
        <button type="button" className="button" onClick={reread}>
          {text.again}
        </button>
      </Notice>
    );
  }
  return data === undefined && reading.reading ? <p className="soft">{text.reading}</p> : null;
}
