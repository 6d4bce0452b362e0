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
const devToken = readDevToken(document);
const session = createSession(window.sessionStorage, devToken);

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <LanguageProvider>
      <App session={session} devToken={devToken} />
    </LanguageProvider>
  </StrictMode>,
);
