import { useLanguage } from '../i18n/LanguageProvider';

/** Says the other language's name in that language. */
export function LanguageSwitch() {
  const { language, choose } = useLanguage();
  return language === 'en' ? (
    <button type="button" className="button" lang="zh-CN" onClick={() => choose('zh')}>
      中文
    </button>
  ) : (
    <button type="button" className="button" lang="en" onClick={() => choose('en')}>
      English
    </button>
  );
}
