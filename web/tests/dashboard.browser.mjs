// The dashboard in Chromium, before a gateway and vendors of its own (`system.mjs`), whose world moves when a test says
// so.
//
//   CHROMIUM     the browser, by default /usr/bin/chromium
//   SCREENSHOTS  a folder for pictures of the page, if any
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { graveViolations, NOTHING, openBrowser } from './browser.mjs';
import { startSystem, until } from './system.mjs';

/** What happens shows within this, from the vendor's message on. */
const SOON = 2_000;
/** What the browser itself says while there is no gateway. */
const NO_GATEWAY = /net::ERR_|WebSocket connection to/;

let system;
let browser;
let page;
/** The events that the page was told, by cursor, over all of its connections. */
const heard = [];

before(async () => {
  system = await startSystem({ machines: 120 });
  browser = await openBrowser(system.url);
  page = browser.page;
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => hear(JSON.parse(payload))));
});
after(async () => {
  await browser?.close();
  await system?.stop();
});

test('a pasted token opens the fleet, and is forgotten with the tab', async () => {
  await page.goto(new URL('/dashboard', system.url).href);
  const field = page.getByLabel('Access token');
  await field.waitFor();
  assert.deepEqual(await graveViolations(page), [], 'the login');
  await field.fill(system.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await link('live');
  assert.equal(await figure('Machines'), 132);
  const [kept, forgotten] = await page.evaluate(() =>
    [localStorage, sessionStorage].map((storage) => JSON.stringify({ ...storage })),
  );
  assert.ok(!kept.includes(system.token) && forgotten.includes(system.token), 'the token is in sessionStorage alone');
  await page.reload();
  await link('live');
  await ends('fleet');
});

test('a machine that goes offline shows within two seconds of the message', async () => {
  const [number] = await onlineMachines(1);
  await knownOf('every machine', async () => (await figure('Online')) + (await figure('Offline')) === 132);
  const offline = await figure('Offline');
  await soon(`${offline + 1} machines are offline`, () => system.inhand.setOnline(number, false), async () => {
    return (await figure('Offline')) === offline + 1;
  });
  await ends('offline');
});

test('the page hears of a sale within two seconds of the message', async () => {
  const [number] = await onlineMachines(1);
  const isSale = ({ __typename, machineNumber }) => __typename === 'TradeEvent' && machineNumber === number;
  const before = heard.filter(isSale).length;
  await soon('the sale was told', () => system.inhand.sell(number), () => heard.filter(isSale).length > before);
  await ends('sale');
});

test('a restart of the gateway loses no event', async () => {
  const machines = await onlineMachines(5);
  await system.inhand.sell(machines[0]);
  await knownOf('some event', () => heard.length > 0);
  const known = heard.length;
  const { cursor } = heard.at(-1);
  // The platform tells again what nobody took.
  await system.inhand.repeatPushes(true);
  await system.stopGateway();
  await link('reconnecting');
  for (const number of machines) await system.inhand.sell(number);
  await system.inhand.setOnline(machines[0], false);
  await picture('reconnecting');
  await system.startGateway();
  await link('live');
  await system.inhand.sell(machines[1]);

  await knownOf('all messages', async () => (await system.inhand.pushes()).counts.waiting === 0);
  const told = () => heard.slice(known).map((event) => event.cursor);
  await knownOf('all events', async () => told().length >= (await logAfter(cursor)).length);
  const log = await logAfter(cursor);
  assert.deepEqual(told(), log.map((event) => event.cursor), 'each once, in order');
  const sold = new Set(log.filter(({ kind }) => kind === 'TRADE').map(({ machineNumber }) => machineNumber));
  for (const number of machines) assert.ok(sold.has(number), `the sale of ${number} is in the log`);
  await system.inhand.repeatPushes(false);
  await ends('restarted', { expected: NO_GATEWAY });
});

test('a vendor that is down is shown until it is back, and the other is not', async () => {
  const { machines } = await system.ask('{ machines(filter: { vendor: DINGSHANG }) { nodes { id } } }');
  const ids = machines.nodes.map(({ id }) => id);
  const accounts = page.getByRole('list', { name: 'Vendor accounts' });
  await system.dingshang.fail({ status: 503 });
  await refused(ids);
  await accounts.getByText('north · Down').waitFor();
  await accounts.getByText('metro · Up').waitFor();
  await ends('vendor down');
  await system.dingshang.heal();
  await until('the vendor is asked again', async () => (await refused(ids)).length === 0);
  await accounts.getByText('north · Up').waitFor();
  await ends('vendor back');
});

for (const [name, setting] of [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
]) {
  test(`axe-core finds nothing grave in ${name}`, async () => {
    await page.emulateMedia(setting);
    assert.deepEqual(await graveViolations(page), []);
    await ends(name);
  });
}

test('on a phone nothing is wider than the screen', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 390, `${width} pixels`);
  assert.deepEqual(await graveViolations(page), []);
  await ends('phone');
});

/** Every test ends so: nothing went wrong on the page, and no other host was asked. */
async function ends(name, options) {
  await picture(name);
  assert.deepEqual(await browser.seen(options), NOTHING);
}

function link(state) {
  return page.locator(`[data-link-state="${state}"]`).waitFor();
}

/** One of the large figures. */
async function figure(name) {
  const tile = page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) });
  return Number((await tile.locator('dd > span').first().innerText()).replaceAll(',', ''));
}

/** Does something, and sees that it shows in time. */
async function soon(what, act, shows) {
  const begun = performance.now();
  await act();
  await until(what, shows, SOON);
  const took = performance.now() - begun;
  assert.ok(took < SOON, `${what} after ${Math.round(took)} ms`);
}

const knownOf = (what, isSo) => until(`${what} is known`, isSo);

/** Numbers of so many InHand machines that are online. */
async function onlineMachines(count) {
  const filter = '{ vendor: INHAND, online: true }';
  const { machines } = await system.ask(`{ machines(filter: ${filter}, first: ${count}) { nodes { number } } }`);
  assert.equal(machines.nodes.length, count);
  return machines.nodes.map(({ number }) => number);
}

/** What the vendor, asked anew for these machines, does not answer. */
async function refused(ids) {
  const { refreshMachines } = await system.ask(
    'mutation ($ids: [ID!]!) { refreshMachines(input: { machineIds: $ids }) { userErrors { code } } }',
    { ids },
  );
  return refreshMachines.userErrors;
}

async function logAfter(cursor) {
  const { events } = await system.ask(
    'query ($after: String!) { events(first: 500, after: $after) { nodes { cursor kind machineNumber } } }',
    { after: cursor },
  );
  return events.nodes;
}

function hear({ type, payload }) {
  const event = type === 'next' && payload.data?.events;
  if (event) heard.push(event);
}

async function picture(name) {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/dashboard, ${name}.png`, fullPage: true });
}
