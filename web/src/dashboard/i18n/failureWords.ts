import type { Failure } from '../api/failure';
import { errorWords } from './errorWords';
import { useLanguage } from './LanguageProvider';
import { words, type Language } from './text';

const failureWords = words(
  {
    unreachable: 'The gateway cannot be reached.',
    noScope: (scope: string) => `Your token does not have the scope ${scope}.`,
  },
  { unreachable: '无法连接网关。', noScope: (scope: string) => `您的令牌缺少权限 ${scope}。` },
);

/** A whole sentence in one language; the gateway's own words only where the page has none. */
export function tellFailure(language: Language, { code, scope, message }: Failure): string {
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
