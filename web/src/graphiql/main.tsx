import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './graphiql.css';
import { createRoot } from 'react-dom/client';
import { readDevToken } from '../shared/devToken';
import { GraphiQLPage } from './GraphiQLPage';
import { sessionHeaders } from './sessionHeaders';

const root = document.getElementById('root');
if (!root) throw new Error('graphiql.html has no #root');

const headers = sessionHeaders(readDevToken(document), window.sessionStorage);
createRoot(root).render(<GraphiQLPage headers={headers} />);
