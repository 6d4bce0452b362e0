import { useState } from 'react';
import { useWords } from '../i18n/LanguageProvider';
import { words } from '../i18n/text';
import styles from './ThemeSwitch.module.css';
import { applyTheme, storedTheme, storeTheme, THEMES, type Theme } from './theme';

const themeWords = words(
  { theme: 'Theme', system: 'System', light: 'Light', dark: 'Dark' },
  { theme: '外观', system: '跟随系统', light: '浅色', dark: '深色' },
);

export function ThemeSwitch() {
  const text = useWords(themeWords);
  const [theme, setTheme] = useState(storedTheme);

  function choose(chosen: Theme) {
    setTheme(chosen);
    storeTheme(chosen);
    applyTheme(chosen);
  }

  return (
    <label className={styles.theme}>
      <span className="soft small">{text.theme}</span>
      <select className="button" value={theme} onChange={(event) => choose(event.target.value as Theme)}>
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {text[one]}
          </option>
        ))}
      </select>
    </label>
  );
}
