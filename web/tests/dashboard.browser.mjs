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
/** Every page, and what is on it once it is read. */
const PAGES = {
  fleet: ['/', 'Vendor accounts'],
  machines: ['/machines', 'Pages of the list'],
  map: ['/map', 'Machines in view'],
  alerts: ['/alerts', 'Offline machines'],
  events: ['/events', 'Live'],
  sales: ['/sales', 'By payment method'],
};
/** What the browser itself says while there is no gateway. */
const NO_GATEWAY = /net::ERR_|WebSocket connection to/;

let system;
let browser;
let page;
before(async () => {
  system = await startSystem({ machines: 60 });
  browser = await openBrowser(system.url);
  page = browser.page;
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
  assert.equal(await figure('Machines'), 72);
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
  await until('every machine is known', async () => (await figure('Online')) + (await figure('Offline')) === 72);
  const offline = await figure('Offline');
  await soon(`${offline + 1} machines are offline`, () => system.inhand.setOnline(number, false), async () => {
    return (await figure('Offline')) === offline + 1;
  });
  await ends('offline');
});

test('a sale stands in the feed within two seconds of the message', async () => {
  const [number] = await onlineMachines(1);
  await open('/events', 'Live');
  const sales = async () => (await displayedFeed()).filter((row) => row.kind === 'TRADE' && row.machineNumber === number);
  const before = (await sales()).length;
  await soon('the sale stands in the feed', () => system.inhand.sell(number), async () => (await sales()).length > before);
  await ends('sale');
});

test('a restart of the gateway loses no event of the feed', async () => {
  const machines = await onlineMachines(5);
  const { eventCursor } = await system.ask('{ eventCursor }');
  // The platform tells again what nobody took.
  await system.inhand.repeatPushes(true);
  browser.cutWebSockets(true);
  await system.stopGateway();
  await link('reconnecting');
  for (const number of machines) await system.inhand.sell(number);
  await system.inhand.setOnline(machines[0], false);
  await picture('reconnecting');

  // All of it is in the log before the page comes back.
  await system.startGateway();
  await until('all messages are taken', async () => (await system.inhand.pushes()).counts.waiting === 0);
  const inLog = (number) => (row) => row.kind === 'TRADE' && row.machineNumber === number;
  await until('all sales are in the log', async () => {
    const log = await logAfter(eventCursor);
    return machines.every((number) => log.some(inLog(number)));
  });
  browser.cutWebSockets(false);
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await link('live');
  await system.inhand.sell(machines[1]);

  await until('the feed is the log', async () => {
    const log = await logAfter(eventCursor);
    const feed = await displayedFeed();
    assert.deepEqual(feed.slice(0, log.length), log.toReversed(), 'each event once, in order');
    return true;
  });
  await system.inhand.repeatPushes(false);
  await ends('restarted', { expected: NO_GATEWAY });
});

test('the machines are filtered, searched and paged, and one is opened', async () => {
  await open('/machines', 'Pages of the list');
  await page.getByText('72 machines').waitFor();
  const first = await numbers();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('Page 2 of 3').waitFor();
  await until('the next page is shown', async () => (await numbers()).every((number) => !first.includes(number)));
  await page.goBack();
  await page.getByText('Page 1 of 3').waitFor();

  await page.getByRole('combobox', { name: 'Vendor', exact: true }).selectOption('Dingshang');
  await page.getByText('12 machines', { exact: true }).waitFor();
  const [, number] = await numbers();
  await page.getByLabel('Search').fill(number);
  await page.getByText('1 machine', { exact: true }).waitFor();
  await page.getByRole('link', { name: number }).click();
  await page.getByRole('heading', { name: number }).waitFor();
  await ends('machine opened');
});

test('a sale changes a machine’s page in place', async () => {
  const [{ id, number }] = await machinesOf('{ vendor: INHAND, online: true }');
  await open(`/machines/${encodeURIComponent(id)}`, 'Latest trades');
  const latest = part('Latest trades').getByRole('row').nth(1);
  const trade = await latest.innerText();
  await soon('the trade is the latest', () => system.inhand.sell(number), async () => (await latest.innerText()) !== trade);
  await ends('machine sold');
});

test('a refill that does not fit is refused with a reason, and one that fits shows at once', async () => {
  const { id, shelf } = await refillable();
  await open(`/machines/${encodeURIComponent(id)}`, 'Shelves');
  const cell = part('Shelves').getByRole('button', { name: new RegExp(`^Refill: ${shelf.code}\\b`) });
  await cell.click();
  const dialog = page.getByRole('dialog');
  const quantity = dialog.getByLabel('It holds now');
  await quantity.fill(String(shelf.capacity + 1));
  await dialog.getByRole('button', { name: 'Send' }).click();
  await dialog.getByRole('alert').waitFor();
  assert.match(await dialog.getByRole('alert').innerText(), /More than fits|not accepted/);
  assert.deepEqual(await graveViolations(page), [], 'the dialog');
  await picture('refill refused');
  await quantity.fill('1');
  await dialog.getByRole('button', { name: 'Send' }).click();
  await dialog.getByText('Done.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await cell.getByText(`1 of ${shelf.capacity}`).waitFor();
  await ends('refilled');
});

test('a pickup code is created and cancelled', async () => {
  const { id, shelf } = await refillable();
  await open(`/machines/${encodeURIComponent(id)}`, 'Pickup codes');
  await part('Pickup codes').getByRole('button', { name: 'Create codes' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Shelf').selectOption(shelf.id);
  await dialog.getByRole('button', { name: 'Create codes' }).click();
  await dialog.getByText('Codes made: 1').waitFor();
  const code = await dialog.getByRole('listitem').locator('code').innerText();
  await picture('code created');
  await dialog.getByRole('button', { name: 'Close' }).click();

  const cancel = part('Pickup codes').getByRole('button', { name: `Cancel code ${code}` });
  await cancel.click();
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
  await dialog.getByText('Done.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await cancel.waitFor({ state: 'detached' });
  await ends('code cancelled');
});

test('an outage takes nothing off a machine’s page, and makes no code twice', async () => {
  const { id, shelf } = await refillable();
  await open(`/machines/${encodeURIComponent(id)}`, 'Pickup codes');
  await page.getByText('metro · Up').waitFor();
  const create = part('Pickup codes').getByRole('button', { name: 'Create codes' });
  const dialog = page.getByRole('dialog');
  await create.click();
  await dialog.getByLabel('Shelf').selectOption(shelf.id);
  await dialog.getByRole('button', { name: 'Create codes' }).click();
  await dialog.getByText('Codes made: 1').waitFor();
  const code = await dialog.getByRole('listitem').locator('code').innerText();
  await system.stopGateway();
  await link('reconnecting');
  await page.getByText(/metro · not known since/).waitFor();
  await page.getByText(/The gateway cannot be reached. What is shown was read/).first().waitFor();
  assert.equal(await dialog.getByRole('listitem').locator('code').innerText(), code, 'it can still be copied');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await part('Shelves').getByRole('button', { name: new RegExp(`^Refill: ${shelf.code}\\b`) }).waitFor();
  await picture('outage');

  const keys = [];
  const listen = (request) => {
    const { operationName, variables } = request.method() === 'POST' ? request.postDataJSON() : {};
    if (operationName === 'CreatePickupCodes') keys.push(variables.input.idempotencyKey);
  };
  page.on('request', listen);
  await create.click();
  await dialog.getByLabel('Shelf').selectOption(shelf.id);
  await dialog.getByLabel('How many').fill('2');
  await dialog.getByRole('button', { name: 'Create codes' }).click();
  await dialog.getByText(/No answer came/).waitFor();
  await dialog.getByRole('button', { name: 'Not now' }).click();

  await system.startGateway();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await link('live');
  // Read again because the connection is back, long before the period is over.
  const back = page.getByText(/could not be read/);
  await until('all of it is read again', async () => (await back.count()) === 0, 4_000);
  await page.getByText('metro · Up').waitFor();
  await create.click();
  await dialog.getByText(/Nobody knows what came of these codes/).waitFor();
  assert.equal(await dialog.getByLabel('How many').inputValue(), '2');
  await dialog.getByRole('button', { name: 'Create codes' }).click();
  await dialog.getByText('Codes made: 2').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  page.off('request', listen);
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1], 'what is meant keeps its key');
  await ends('outage over', { expected: NO_GATEWAY });
});

test('a link to nowhere in the list leads to its first page, and says so', async () => {
  await open('/machines?page=9&after=garbage', 'Pages of the list');
  await page.getByText(/this is the first page/).waitFor();
  await page.getByText('Page 1 of 3').waitFor();
  await open('/machines?account=north');
  await page.getByText(/none of yours/).waitFor();
  assert.equal(await page.getByRole('combobox', { name: 'Account', exact: true }).inputValue(), '');
  // The browser tells of every answer that is no 200.
  await ends('mended link', { expected: /status of 400/ });
});

test('a vendor that is down is shown until it is back, and the other is not', async () => {
  const { machines } = await system.ask('{ machines(filter: { vendor: DINGSHANG }) { nodes { id } } }');
  const ids = machines.nodes.map(({ id }) => id);
  const accounts = page.getByRole('list', { name: 'Vendor accounts' });
  await system.dingshang.fail({ status: 503 });
  await refused(ids);
  await accounts.getByText('north · Down').waitFor();
  await accounts.getByText('metro · Up').waitFor();
  await open('/alerts', 'Vendor accounts that do not answer well');
  await part('Vendor accounts that do not answer well').getByRole('row', { name: /north.*Down/ }).waitFor();
  await ends('vendor down');
  await system.dingshang.heal();
  await until('the vendor is asked again', async () => (await refused(ids)).length === 0);
  await accounts.getByText('north · Up').waitFor();
  await ends('vendor back');
});

test('a token without a scope is told so, and nothing untrue', async () => {
  const signIn = async (token) => {
    await page.getByText('operator').click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Access token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  await signIn(await system.tokenFor('trades:read'));
  for (const path of ['/', '/map', '/alerts']) {
    await open(path);
    await page.getByText(/needs the scope machines:read/).waitFor();
    assert.equal(await page.getByText(/is being read/).count(), 0, path);
  }
  await open('/sales', 'By payment method');
  assert.equal(await figureText('Today'), '–');
  assert.equal(await page.getByText(/every event since/i).count(), 0);
  await open('/events');
  await page.getByText(/needs the scope events:read/).waitFor();
  assert.equal(await page.getByText(/\[(GraphQL|Network)\]/).count(), 0);
  await ends('no scope');
  await signIn(system.token);
  await link('live');
  await ends('all scopes');
});

for (const scheme of ['light', 'dark']) {
  test(`axe-core finds nothing grave on any page in ${scheme}`, async () => {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [name, where] of Object.entries(await everyPage())) {
      await open(...where);
      assert.deepEqual(await graveViolations(page), [], name);
      await ends(`${name}, ${scheme}`);
    }
  });
}

test('on a phone no page is wider than the screen, in Chinese', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: '中文' }).click();
  for (const [name, [path]] of Object.entries(await everyPage())) {
    await open(path);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `${name}: ${width} pixels`);
    await ends(`${name}, phone`);
  }
  assert.deepEqual(await graveViolations(page), []);
});

test('on a phone nothing is beyond the edge without a sign, and faults are told in Chinese', async () => {
  const [{ id }] = (await machinesOf('{ vendor: DINGSHANG, hasFaults: true }', 'status { faults { name } }')).filter(
    ({ status }) => status.faults.some(({ name }) => name.endsWith('controller does not answer')),
  );
  await open(`/machines/${encodeURIComponent(id)}`, '设备状况');
  const fault = part('设备状况').getByText('：控制器无响应');
  await fault.waitFor();
  assert.equal(await page.getByText('controller does not answer').count(), 0);
  const within = await fault.evaluate((badge) => badge.getBoundingClientRect().right <= innerWidth);
  assert.ok(within, 'the fault is read to its end');
  await part('货道').locator('[data-more="after"]').waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  const links = await page.getByRole('navigation').first().getByRole('link').evaluateAll((all) =>
    all.map((link) => link.getBoundingClientRect().right),
  );
  assert.ok(links.every((right) => right <= 390), `the pages end at ${links}`);
  await ends('machine, phone, edges');
});

test('on the map one finger scrolls the page and two zoom; what is on it is not lost', async () => {
  await open('/map', /Machines in view/);
  const inView = page.getByRole('heading', { name: /Machines in view/ });
  const map = page.getByRole('application');
  await map.locator('svg').waitFor();
  const all = await inView.innerText();
  await map.focus();
  for (let press = 0; press < 40; press += 1) await page.keyboard.press('ArrowRight');
  assert.notEqual(await inView.innerText(), 'Machines in view: 0');
  await page.keyboard.press('0');
  await until('all of it is in view', async () => (await inView.innerText()) === all);
  assert.equal(await map.evaluate((element) => getComputedStyle(element).touchAction), 'pan-x pan-y');

  const { x, y, width } = await map.boundingBox();
  const at = { x: x + width / 2, y: y + 150 };
  const drawn = () => map.locator('svg').innerHTML();
  const before = await drawn();
  await touch(map, [[at], [{ x: at.x, y: at.y - 60 }]]);
  assert.equal(await drawn(), before, 'one finger leaves the map where it is');
  await touch(map, [
    [{ x: at.x - 20, y: at.y }, { x: at.x + 20, y: at.y }],
    [{ x: at.x - 120, y: at.y }, { x: at.x + 120, y: at.y }],
  ]);
  await until('two fingers zoom', async () => (await drawn()) !== before);
  await ends('map, phone, English');
});

/** Puts fingers on an element, moves them and takes them off, as the browser tells of it. */
async function touch(element, [from, to]) {
  for (const [type, places] of [['pointerdown', from], ['pointermove', to], ['pointerup', to]]) {
    for (const [index, { x, y }] of places.entries()) {
      const init = { pointerId: index + 100, pointerType: 'touch', clientX: x, clientY: y, bubbles: true, cancelable: true };
      await element.evaluate(
        (target, [name, options]) => {
          // No finger is on the screen: there is nothing to capture.
          target.setPointerCapture = () => undefined;
          target.dispatchEvent(new PointerEvent(name, options));
        },
        [type, init],
      );
    }
  }
}

/** Goes to a page of the dashboard, and waits until a part of it is there. */
async function open(path, shown) {
  await page.evaluate((hash) => (window.location.hash = hash), `#${path}`);
  await (shown ? part(shown) : page.getByRole('heading', { level: 1 })).first().waitFor();
}

/** A titled part of the page, or a named list or navigation. */
function part(name) {
  return page.getByRole('region', { name }).or(page.getByRole('navigation', { name }));
}

/** `PAGES`, and a machine's. */
async function everyPage() {
  const { id } = await refillable();
  return { ...PAGES, machine: [`/machines/${encodeURIComponent(id)}`, 'Latest trades'] };
}

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
  return Number((await figureText(name)).replaceAll(',', ''));
}

function figureText(name) {
  const tile = page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) });
  return tile.locator('dd > span').first().innerText();
}

/** Does something, and sees that it shows in time. */
async function soon(what, act, shows) {
  const begun = performance.now();
  await act();
  await until(what, shows, SOON);
  const took = performance.now() - begun;
  assert.ok(took < SOON, `${what} after ${Math.round(took)} ms`);
}

async function machinesOf(filter, fields = '') {
  const { machines } = await system.ask(`{ machines(filter: ${filter}, first: 50) { nodes { id number ${fields} } } }`);
  return machines.nodes;
}

/** Numbers of so many InHand machines that are online. */
async function onlineMachines(count) {
  const machines = await machinesOf('{ vendor: INHAND, online: true }');
  assert.ok(machines.length >= count);
  return machines.slice(0, count).map(({ number }) => number);
}

/** A machine that can be refilled, and one of its shelves. */
async function refillable() {
  const fields = 'operatingState shelves { id code capacity state stock { quantity } }';
  const machines = await machinesOf('{ vendor: DINGSHANG, online: true }', fields);
  const { id, shelves } = machines.find(({ operatingState }) => operatingState === 'OPERATIONAL');
  const shelf = shelves.find(({ state, capacity }) => state === 'NORMAL' && capacity !== null);
  return { id, shelf };
}

/** The numbers of the machines in the table. */
function numbers() {
  return page.getByRole('table', { name: 'Machines' }).getByRole('rowheader').allInnerTexts();
}

/** What the vendor, asked anew for these machines, does not answer. */
async function refused(ids) {
  const { refreshMachines } = await system.ask(
    'mutation ($ids: [ID!]!) { refreshMachines(input: { machineIds: $ids }) { userErrors { code } } }',
    { ids },
  );
  return refreshMachines.userErrors;
}

/** What happened after a cursor, as far as the feed tells it, oldest first. */
async function logAfter(cursor) {
  const { events } = await system.ask(
    'query ($after: String!) { events(first: 500, after: $after) { nodes { kind occurredAt machineNumber } } }',
    { after: cursor },
  );
  return events.nodes;
}

/** The rows of the live feed as they stand on the page, newest first. */
function displayedFeed() {
  return page.locator('[data-feed="live"] > li').evaluateAll((rows) =>
    rows.map((row) => ({
      kind: row.dataset.kind,
      occurredAt: row.querySelector('time').dateTime,
      machineNumber: row.querySelector('a')?.innerText.split(' ')[0] ?? null,
    })),
  );
}

async function picture(name) {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/dashboard, ${name}.png`, fullPage: true });
}
