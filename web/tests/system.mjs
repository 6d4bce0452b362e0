// The real program twice, as an operator runs it: `vendgraph sandbox` for both vendors, and before it `vendgraph serve`,
// which can be stopped and started again on the same port and store.
//
// The made-up world stands still: a machine sells, or goes away, when a test says so. VENDGRAPH_BIN names another program
// than target/debug/vendgraph.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = process.env.VENDGRAPH_BIN ?? fileURLToPath(new URL('../../target/debug/vendgraph', import.meta.url));
const SECRET = 'a secret of at least thirty-two bytes';
const PATIENCE = 30_000;

/** Scopes of an operator who may do everything that the dashboard offers. */
const SCOPES = [
  'machines:read trades:read orders:read orders:write replenish:write',
  'pickup-codes:read pickup-codes:write events:read',
].join(' ');

/** Starts everything, with so many InHand machines beside Dingshang's twelve. */
export async function startSystem({ machines = 60 } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'vendgraph-browser-'));
  const port = await freePort();
  const url = new URL(`http://127.0.0.1:${port}`);
  const options = join(folder, 'sandbox.toml');
  const push = new URL('/webhooks/inhand/metro', url);
  await writeFile(options, `[inhand]\nmachines = ${machines}\npush_url = "${push}"\n`);
  const sandbox = program('sandbox', options);
  const vendors = await sandbox.told('dingshang', 'inhand');
  const config = join(folder, 'vendgraph.toml');
  await writeFile(config, configuration(port, folder, vendors));
  const tokenFor = async (scopes) =>
    (await program('token', config, '--subject', 'operator', '--scope', scopes, '--accounts', '*').output()).trim();
  const token = await tokenFor(SCOPES);

  let gateway;
  const system = {
    url,
    token,
    /** A token with these scopes alone. */
    tokenFor,
    dingshang: control(vendors.dingshang),
    inhand: control(vendors.inhand),
    async startGateway() {
      gateway = program('serve', config);
      await until('the gateway is ready', async () => {
        gateway.mustRun();
        return (await fetch(new URL('/readyz', url))).ok;
      });
    },
    stopGateway: () => gateway.stop(),
    /** What the gateway answers to an operation; an error is thrown. */
    async ask(query, variables = {}) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const body = JSON.stringify({ query, variables });
      const answer = await (await fetch(new URL('/graphql', url), { method: 'POST', headers, body })).json();
      if (answer.errors) throw new Error(`${query}: ${JSON.stringify(answer.errors)}`);
      return answer.data;
    },
    async stop() {
      await gateway?.stop();
      await sandbox.stop();
      await rm(folder, { recursive: true });
    },
  };
  await system.startGateway();
  return system;
}

/** Waits until something is so; what it throws meanwhile is that it is not so yet. */
export async function until(what, isSo, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    let reason = 'no';
    const so = await Promise.resolve(isSo()).catch((error) => void (reason = error.message));
    if (so) return so;
    if (Date.now() > end) throw new Error(`waited ${patience} ms until ${what}: ${reason}`);
    await pause(20);
  }
}

/** One vendor's switches, `/_sandbox/…`. */
function control(base) {
  const call = async (method, path, body) => {
    const answer = await fetch(new URL(`/_sandbox/${path}`, base), { method, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    /** Every call fails so, such as `{ status: 503 }`, until `heal`. */
    fail: (effect) => call('PUT', 'faults', [{ effect }]),
    heal: () => call('DELETE', 'faults'),
    /** InHand tells of it by itself. */
    setOnline: (number, online) => call('PUT', `machines/${number}`, { online }),
    sell: (number) => call('POST', `machines/${number}/sell`),
    /** Sends again what is not acknowledged, or not. */
    repeatPushes: (repeat) => call('PUT', 'pushes', { repeat }),
    pushes: () => call('GET', 'pushes'),
    /** Sells so many times a second, at one machine after the other. */
    burst: (perSecond, seconds) => call('POST', 'pushes/burst', { per_second: perSecond, seconds }),
  };
}

/** A running command of the program. */
function program(command, config, ...rest) {
  const child = spawn(PROGRAM, [command, '--config', config, ...rest], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, VENDGRAPH_LOG: 'warn' },
  });
  let printed = '';
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (log = (log + text).slice(-20_000)));
  const ended = once(child, 'close');
  const die = () => child.kill('SIGKILL');
  process.once('exit', die);
  ended.finally(() => process.off('exit', die)).catch(() => {});
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    mustRun() {
      if (hasEnded()) throw new Error(`vendgraph ${command} has ended: ${log}`);
    },
    /** The lines `name  value` that it prints, once all of these are there. */
    async told(...names) {
      return until(`vendgraph ${command} tells ${names}`, () => {
        this.mustRun();
        const lines = printed.split('\n').slice(0, -1);
        const told = Object.fromEntries(lines.map((line) => line.split('  ', 2)));
        return names.every((name) => told[name]) && told;
      });
    },
    /** All that it printed, once it is done. */
    async output() {
      const [code] = await ended;
      if (code !== 0) throw new Error(`vendgraph ${command} failed: ${log}`);
      return printed;
    },
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(die, PATIENCE / 3);
      await ended;
      clearTimeout(late);
    },
  };
}

function configuration(port, folder, vendors) {
  return `
[server]
listen = "127.0.0.1:${port}"
drain = "off"
public_url = "http://127.0.0.1:${port}"
[auth]
secret = "${SECRET}"
[store]
url = "sqlite://${folder}/vendgraph.db"
[[accounts]]
name = "north"
vendor = "dingshang"
url = "${vendors.dingshang}"
app_id = "ds-sandbox"
app_secret = "sandbox-secret"
merchant_id = "M20240318"
requests_per_second = 1000
[[accounts]]
name = "metro"
vendor = "inhand"
base_url = "${vendors.inhand}"
client_id = "c-100"
key = "9f3c1a7be0"
requests_per_second = 1000
`;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
