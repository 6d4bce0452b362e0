import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { createFormat, type Format } from './format';
import { initialLanguage, LANGUAGE_TAG, type Language, type Text } from './text';

interface Spoken {
  readonly language: Language;
  readonly format: Format;
  choose(language: Language): void;
}

const KEY = 'vendgraph.dashboard.language';
const SpokenContext = createContext<Spoken | null>(null);

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(() =>
    initialLanguage(window.localStorage.getItem(KEY), navigator.languages),
  );
  useEffect(() => {
    document.documentElement.lang = LANGUAGE_TAG[language];
  }, [language]);
  const spoken = useMemo(
    () => ({
      language,
      format: createFormat(LANGUAGE_TAG[language]),
      choose: (chosen: Language) => {
        window.localStorage.setItem(KEY, chosen);
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return <SpokenContext value={spoken}>{children}</SpokenContext>;
}

export function useLanguage(): Spoken {
  const spoken = useContext(SpokenContext);
  if (!spoken) throw new Error('useLanguage stands outside of LanguageProvider');
  return spoken;
}

/** The words of a table in the language that is spoken. */
export function useWords<Words>(text: Text<Words>): Words {
  return text[useLanguage().language];
}

/** Numbers, money and times as they are written in the language that is spoken. */
export function useFormat(): Format {
  return useLanguage().format;
}
