// Runs a command against the real program: `vendgraph dev` on a free port, with a small made-up fleet.
//
//   node tests/with-gateway.mjs node audit.mjs
//
// The command gets VENDGRAPH_URL (the endpoint) and VENDGRAPH_TOKEN, and its exit code is ours. VENDGRAPH_BIN names
// another program than target/debug/vendgraph. What the gateway logs is shown when something fails.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const READY_WITHIN = 60_000;
const STOPPED_WITHIN = 10_000;

const [command, ...rest] = process.argv.slice(2);
if (!command) {
  console.error('usage: node tests/with-gateway.mjs COMMAND [ARGUMENT]…');
  process.exit(2);
}

const program = process.env.VENDGRAPH_BIN ?? fileURLToPath(new URL('../target/debug/vendgraph', import.meta.url));
const gateway = spawn(program, ['dev', '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
let printed = '';
let log = '';
gateway.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
// Bounded: only the end is of interest.
gateway.stderr.setEncoding('utf8').on('data', (text) => (log = (log + text).slice(-20_000)));
let ended;
const gone = new Promise((resolve) => {
  gateway.on('error', (error) => resolve((ended = `cannot be started: ${error.message}`)));
  gateway.on('exit', (code, signal) => resolve((ended = `ended by itself (${signal ?? `exit code ${code}`})`)));
});

let code = 1;
try {
  const { endpoint, token } = await ready(Date.now() + READY_WITHIN);
  code = await run({ ...process.env, VENDGRAPH_URL: endpoint, VENDGRAPH_TOKEN: token });
} catch (error) {
  console.error(`with-gateway: ${error.message}`);
}
await stop();
if (code !== 0 && log) console.error(`--- the gateway's log\n${log}`);
process.exit(code);

/** What `vendgraph dev` printed, one `name  value` a line, once it says that it is ready. */
async function ready(until) {
  for (;;) {
    if (ended) throw new Error(`${program} ${ended}`);
    const links = Object.fromEntries(printed.split('\n').map((line) => line.trim().split(/\s+/, 2)));
    if (links.endpoint && links.token && printed.endsWith('\n')) {
      const signal = AbortSignal.timeout(2_000);
      const answer = await fetch(new URL('/readyz', links.endpoint), { signal }).catch(() => undefined);
      if (answer?.ok) return links;
    }
    if (Date.now() > until) throw new Error(`not ready after ${READY_WITHIN / 1000} s; printed: ${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function run(env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit'], env });
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    child.on('error', (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

async function stop() {
  if (ended) return;
  gateway.kill('SIGTERM');
  const late = setTimeout(() => gateway.kill('SIGKILL'), STOPPED_WITHIN);
  await gone;
  clearTimeout(late);
}
