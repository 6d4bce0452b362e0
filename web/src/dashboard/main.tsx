import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { readDevToken } from '../shared/devToken';
import { App } from './App';
import { LanguageProvider } from './i18n/LanguageProvider';
import { applyTheme, storedTheme } from './layout/theme';
import { createSession } from './session/session';
import './styles/tokens.css';
import './styles/base.css';

applyTheme(storedTheme());
const session = createSession(window.sessionStorage, readDevToken(document));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <LanguageProvider>
      <App session={session} />
    </LanguageProvider>
  </StrictMode>,
);
