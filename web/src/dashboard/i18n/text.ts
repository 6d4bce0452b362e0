/** The languages that the page speaks. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Something in every language: a string, a table of strings, or functions that make them. */
export type Text<Words = string> = Readonly<Record<Language, Words>>;

/** A table of words: what English has, Chinese must have, and nothing else. */
export function words<Words extends Readonly<Record<string, unknown>>>(en: Words, zh: Widened<Words>): Text<Widened<Words>> {
  return { en: en as Widened<Words>, zh };
}

/** English has one machine and two machines; Chinese counts both alike. */
export function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

type Widened<Words> = { readonly [Name in keyof Words]: Words[Name] extends string ? string : Words[Name] };

/** The language that was chosen, or the first that the browser prefers and the page speaks. */
export function initialLanguage(stored: string | null, preferred: readonly string[]): Language {
  const isSpoken = (name: string | undefined) => LANGUAGES.find((language) => language === name);
  const preferredSpoken = preferred.map((tag) => isSpoken(tag.split('-')[0]?.toLowerCase()));
  return isSpoken(stored ?? undefined) ?? preferredSpoken.find((language) => language !== undefined) ?? 'en';
}

/** What the browser's `Intl` and screen readers call them. */
export const LANGUAGE_TAG: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };
