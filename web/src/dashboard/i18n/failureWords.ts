import type { Failure } from '../api/failure';
import { errorWords } from './errorWords';
import { useLanguage } from './LanguageProvider';
import { words, type Language, type Text } from './text';

const failureWords = words(
  {
    unreachable: 'The gateway cannot be reached.',
    noScope: (scope: string) => `Your token does not have the scope ${scope}.`,
  },
  { unreachable: '无法连接网关。', noScope: (scope: string) => `您的令牌缺少权限 ${scope}。` },
);

/** Of what was only read, nobody is asked to try it again: the page does so by itself. */
const readingWords: Text<Readonly<Record<string, string>>> = {
  en: {
    BAD_USER_INPUT: 'The gateway does not accept the request.',
    VENDOR_TIMEOUT: 'The vendor did not answer in time.',
    VENDOR_UNAVAILABLE: 'The vendor cannot be reached.',
    OVERLOADED: 'Too much is asked at once.',
  },
  zh: {
    BAD_USER_INPUT: '网关不接受该请求。',
    VENDOR_TIMEOUT: '供应商未及时响应。',
    VENDOR_UNAVAILABLE: '无法连接供应商。',
    OVERLOADED: '请求过多。',
  },
};

/** Why something could not be read: a whole sentence, in the gateway's own words only where the page has none. */
export function tellFailure(language: Language, failure: Failure): string {
  return readingWords[language][failure.code ?? ''] ?? tellRefusal(language, failure);
}

/** The same of something that was to be done. */
export function tellRefusal(language: Language, { code, scope, message }: Failure): string {
  const text = failureWords[language];
  if (code === null) return text.unreachable;
  if (scope !== null) return text.noScope(scope);
  const known: Readonly<Record<string, string>> = errorWords[language];
  return known[code] ?? (message || code);
}

/** `tellFailure` in the language that is spoken. */
export function useFailureWords(): (failure: Failure) => string {
  const { language } = useLanguage();
  return (failure) => tellFailure(language, failure);
}
