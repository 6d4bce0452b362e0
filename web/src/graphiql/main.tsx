import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './graphiql.css';
import { createRoot } from 'react-dom/client';
import { readDevToken } from '../shared/devToken';
import { exampleMachines } from './exampleMachines';
import { GraphiQLPage } from './GraphiQLPage';
import { post } from './http';
import { authorization, parseHeaders } from './requestHeaders';
import { sessionHeaders } from './sessionHeaders';

const root = document.getElementById('root');
if (!root) throw new Error('graphiql.html has no #root');

const headers = sessionHeaders(readDevToken(document), window.sessionStorage);
const asked = parseHeaders(headers.initial);
const machineIds = asked === null || authorization(asked) === null ? [] : await exampleMachines((params) => post(params, asked));
createRoot(root).render(<GraphiQLPage headers={headers} machineIds={machineIds} />);
