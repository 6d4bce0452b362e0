// What docker-compose.yml starts, without containers: PostgreSQL, both vendors' simulators, two gateways and HAProxy, from
// the very files in deploy/, with addresses of this machine in place of the containers' names. One gateway is told to end
// and another is killed while callers ask and subscribers follow: nobody who asks fails, nobody who follows misses or
// hears twice.
//
//   tests/with-postgres.sh node tests/deploy/proxy.mjs
//
// HAProxy must be here. VENDGRAPH_BIN names another program than target/debug/vendgraph.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = process.env.VENDGRAPH_BIN ?? join(root, 'target/debug/vendgraph');
const folder = mkdtempSync(join(tmpdir(), 'vendgraph-proxy-'));
const secret = '0123456789abcdef0123456789abcdef';
const children = new Map();
const deploy = (name) => readFileSync(join(root, 'deploy', name), 'utf8');

/** A port that nobody has. */
const free = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Starts a process under a name; what it says is kept for when something fails. */
function start(name, command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (child.said = (child.said + text).slice(-4000)));
  child.ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  children.set(name, child);
}

/** Waits until something is true. */
async function until(what, check, within = 60_000) {
  for (const end = Date.now() + within; ; await pause(100)) {
    if (await check().catch(() => false)) return;
    assert.ok(Date.now() < end, `in time: ${what}`);
  }
}

const [door, watch, dingshang, inhand, ...gateways] = await Promise.all(Array.from({ length: 6 }, free));
const endpoint = `http://127.0.0.1:${door}/graphql`;
const settings = {
  VENDGRAPH__AUTH__SECRET: secret,
  VENDGRAPH__STORE__URL: process.env.TEST_POSTGRES_URL,
  VENDGRAPH__SERVER__PUBLIC_URL: `http://127.0.0.1:${door}`,
  VENDGRAPH__ACCOUNTS__NORTH__URL: `http://127.0.0.1:${dingshang}`,
  VENDGRAPH__ACCOUNTS__METRO__BASE_URL: `http://127.0.0.1:${inhand}`,
};
const config = join(root, 'deploy/vendgraph.toml');
const gateway = (number) =>
  start(`gateway-${number}`, program, ['serve', '--config', config], {
    ...settings,
    VENDGRAPH__SERVER__LISTEN: `127.0.0.1:${gateways[number - 1]}`,
  });

function run(args) {
  const { status, stdout, stderr } = spawnSync(program, args, { env: { ...process.env, ...settings }, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

let code = 1;
try {
  await trial();
  code = 0;
} catch (error) {
  console.error(error);
  for (const [name, child] of children) console.error(`--- ${name}\n${child.said}`);
}
for (const child of children.values()) child.kill('SIGKILL');
rmSync(folder, { recursive: true });
process.exit(code);

async function trial() {
  const sandbox = deploy('sandbox.toml')
    .replace('0.0.0.0:9001', `127.0.0.1:${dingshang}`)
    .replace('0.0.0.0:9002', `127.0.0.1:${inhand}`)
    .replace('proxy:8080', `127.0.0.1:${door}`);
  writeFileSync(join(folder, 'sandbox.toml'), sandbox);
  const proxy = deploy('haproxy.cfg')
    // Fewer files may be open here than in a container.
    .replace('maxconn 30000', 'maxconn 1000')
    .replace('bind :8080', `bind 127.0.0.1:${door}`)
    .replace('bind :8405', `bind 127.0.0.1:${watch}`)
    .replace('gateway-1:8080', `127.0.0.1:${gateways[0]}`)
    .replace('gateway-2:8080', `127.0.0.1:${gateways[1]}`);
  writeFileSync(join(folder, 'haproxy.cfg'), proxy);

  run(['migrate', '--config', config]);
  start('sandbox', program, ['sandbox', '--config', join(folder, 'sandbox.toml')]);
  gateway(1);
  gateway(2);
  start('proxy', 'haproxy', ['-W', '-db', '-f', join(folder, 'haproxy.cfg')]);
  const ready = async (server) => (await sessions()).get(server)?.up === 1;
  await until('both gateways are ready', async () => (await ready('gateway-1')) && (await ready('gateway-2')));
  assert.equal((await fetch(`http://127.0.0.1:${door}/metrics`)).status, 404, 'what is measured is kept inside');

  const scope = 'machines:read events:read trades:read orders:read admin';
  const token = run(['token', '--config', config, '--subject', 'ada', '--scope', scope, '--accounts', '*', '--ttl', '1h']);
  const asking = ask(token);
  const followers = Array.from({ length: 6 }, () => follow(token));
  await until('all hear of something', async () => followers.every((one) => one.heard.length > 20));
  const shared = await sessions();
  assert.ok(shared.get('gateway-1').sessions >= 2 && shared.get('gateway-2').sessions >= 2, 'the sockets are shared out');

  const first = children.get('gateway-1');
  first.kill('SIGTERM');
  assert.equal(await first.ended, 0, 'a gateway that is told to end does so in order');
  assert.ok(followers.some((one) => one.closes.includes(1012)), 'and tells who follows to come back');
  await until('nobody is sent to it', async () => !(await ready('gateway-1')));
  await heard(followers, 20);

  gateway(1);
  await until('it is back', () => ready('gateway-1'));
  const refused = asking.failed;
  assert.deepEqual(refused, [], 'nobody who asked was refused while it ended and came back');
  children.get('gateway-2').kill('SIGKILL');
  await until('nobody is sent to the dead one', async () => !(await ready('gateway-2')));
  await heard(followers, 20);
  asking.stop();

  // Each heard a part of one log, whole: the places of whoever heard longest, without a gap.
  const union = [...new Set(followers.flatMap((one) => one.heard))].sort((one, other) => one - other);
  for (const { heard: places } of followers) {
    const from = union.indexOf(places[0]);
    assert.deepEqual(places, union.slice(from, from + places.length), 'every event once, and in order');
  }
  const reconnects = followers.reduce((sum, one) => sum + one.closes.length, 0);
  console.log(`asked ${asking.count} times, none refused while a gateway ended; 6 subscribers, ${reconnects} reconnects, ${union.length} events, none missing or twice`);
  followers.forEach((one) => one.stop());
}

/** Of each server, whether the proxy takes it for ready, and how many sessions it has; as Prometheus is told. */
async function sessions() {
  const text = await (await fetch(`http://127.0.0.1:${watch}/metrics`)).text();
  const value = (metric, server, more = '') =>
    Number(text.match(new RegExp(`^${metric}\\{proxy="gateways",server="${server}"${more}\\} (\\S+)$`, 'm'))?.[1]);
  const of = (server) => ({
    up: value('haproxy_server_status', server, ',state="UP"'),
    sessions: value('haproxy_server_current_sessions', server),
  });
  return new Map(['gateway-1', 'gateway-2'].map((server) => [server, of(server)]));
}

/** Asks again and again. */
function ask(token) {
  const asking = { count: 0, failed: [], stop: () => (asking.ended = true) };
  (async () => {
    const body = JSON.stringify({ query: '{ machines(first: 5) { nodes { number online } } }' });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    while (!asking.ended) {
      const failed = await fetch(endpoint, { method: 'POST', headers, body }).then(
        async (answer) => (answer.status === 200 ? undefined : `${answer.status} ${await answer.text()}`),
        (error) => String(error.cause ?? error),
      );
      asking.count += 1;
      if (failed) asking.failed.push(failed);
      await pause(20);
    }
  })();
  return asking;
}

/** Follows the log, and comes back by cursor when it is cut off. */
function follow(token) {
  const follower = { heard: [], closes: [], stop: () => ((follower.ended = true), follower.socket.terminate()) };
  let after = null;
  const connect = () => {
    const socket = new WebSocket(endpoint.replace('http', 'ws'), 'graphql-transport-ws');
    follower.socket = socket;
    const send = (message) => socket.send(JSON.stringify(message));
    socket.on('open', () => send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    socket.on('message', (text) => {
      const message = JSON.parse(text);
      const query = 'subscription($after: String) { events(after: $after) { __typename cursor } }';
      if (message.type === 'connection_ack') send({ id: '1', type: 'subscribe', payload: { query, variables: { after } } });
      if (message.type === 'ping') send({ type: 'pong' });
      if (message.type !== 'next') return;
      const { __typename, cursor } = message.payload.data.events;
      assert.notEqual(__typename, 'GapEvent');
      after = cursor;
      follower.heard.push(Number(Buffer.from(cursor, 'base64url').toString().replace('event/', '')));
    });
    socket.on('error', () => {});
    socket.on('close', (closed) => {
      if (follower.ended) return;
      follower.closes.push(closed);
      setTimeout(connect, 200);
    });
  };
  connect();
  return follower;
}

/** Waits until each has heard of so many more. */
async function heard(followers, more) {
  const counts = followers.map((one) => one.heard.length);
  await until(`${more} more events for all`, async () => followers.every((one, at) => one.heard.length >= counts[at] + more));
}
