// GraphiQL in Chromium against a running gateway.
//
//   VENDGRAPH_URL    the gateway, by default http://127.0.0.1:8080
//   VENDGRAPH_TOKEN  the token to paste; not needed where `vendgraph dev` has filled it in
//   CHROMIUM         the browser, by default /usr/bin/chromium
//   SCREENSHOTS      a folder for pictures of the page, one a test, if any
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { graveViolations, NOTHING, openBrowser } from './browser.mjs';

const base = new URL(process.env.VENDGRAPH_URL ?? 'http://127.0.0.1:8080');
const token = process.env.VENDGRAPH_TOKEN;

/** What is GraphiQL's own, and not ours to mend. */
const THEIRS = {
  // The colours of Monaco's syntax and line numbers.
  exclude: ['.monaco-editor'],
  rules: [
    // A tab has its button to close within it.
    'nested-interactive',
    // Names of types are links without a line below them.
    'link-in-text-block',
  ],
};

let browser;
let page;
let secret;
let filledIn;
before(async () => {
  browser = await openBrowser(base);
  page = browser.page;
});
after(() => browser?.close());
afterEach(async ({ name }) => {
  await picture(name);
  assert.deepEqual(await browser.seen(), NOTHING);
});

test('the page reads the schema, within its Content-Security-Policy', async () => {
  const schemaRead = page.waitForResponse((response) => isOperation(response.request(), 'IntrospectionQuery'));
  const answer = await page.goto(new URL('/graphiql', base).href);
  assert.equal(answer.status(), 200);
  assert.match(answer.headers()['content-security-policy'] ?? '', /default-src 'none'/);
  await editor('query').getByText('FleetAtAGlance').waitFor();
  assert.deepEqual(await page.locator('.graphiql-tab').allInnerTexts(), [
    'FleetAtAGlance',
    'OneMachineWhole',
    'SalesByPaymentMethod',
    'OrderLifeCycle',
    'LiveEvents',
  ]);
  filledIn = await page.locator('meta[name="vendgraph-dev-token"]').getAttribute('content');
  secret = filledIn || token;
  assert.ok(secret, 'the page carries no token: set VENDGRAPH_TOKEN');
  if (!filledIn) await enterToken();
  assert.equal((await schemaRead).status(), 200);
});

for (const name of ['FleetAtAGlance', 'OneMachineWhole', 'SalesByPaymentMethod']) {
  test(`the query ${name} is answered`, async () => {
    await openTab(name);
    const { errors, data } = await pressed(name);
    assert.equal(errors, undefined);
    assert.notEqual(data.machines.nodes.length, 0);
    // Where the page has a token from the start, it knows whose sales to ask for.
    if (data.salesStatistics && filledIn) assert.notEqual(data.salesStatistics.length, 0);
    // The first field: what comes after it may be beyond the edge.
    await shown(`"${Object.keys(data)[0]}"`);
  });
}

test('an order is placed, paid, dispensed and followed to its end', async () => {
  await openTab('OrderLifeCycle');
  const { machines } = await run('OrderLifeCycle');
  const [machine] = machines.nodes;
  const variables = { machineId: machine.id, shelfId: machine.shelves[0].id, idempotencyKey: `browser ${Date.now()}` };
  await enterVariables(variables);
  const { order } = (await run('CreateOrder')).createOrder;
  assert.equal(order.state, 'UNPAID');
  await enterVariables({ ...variables, orderId: order.id, lineId: order.lines[0].id });
  assert.equal((await run('PayOrder')).payOrder.order.state, 'PAID');
  assert.deepEqual((await run('DispenseOrderLine')).dispenseOrderLine.userErrors, []);
  await choose('FollowOrder');
  await shown('"DISPENSED"');
  // Stops it.
  await executeButton().click();
});

test('events arrive live until they are stopped', async () => {
  await openTab('LiveEvents');
  const opened = page.waitForEvent('websocket');
  await executeButton().click();
  const socket = await opened;
  const closed = socket.waitForEvent('close');
  assert.equal(socket.url(), `ws://${base.host}/graphql`);
  const cursors = [await eventAfter(undefined)];
  cursors.push(await eventAfter(cursors[0]));
  await executeButton().click();
  await closed;
});

test('history and explorer open, and the token is in none of what is kept on the disk', async () => {
  await page.getByLabel('Show GraphiQL Explorer').click();
  await page.locator('.graphiql-explorer-root').getByText('AccountHealthEvent').waitFor();
  await picture('explorer');
  await page.getByLabel('Show History').click();
  // More than once where it was pressed again.
  await page.locator('.graphiql-history-item').getByText('FleetAtAGlance').first().waitFor();
  const disk = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.match(disk, /FleetAtAGlance/);
  assert.ok(!disk.includes(secret), 'the token is in localStorage');
});

test('the documentation opens with what this API is, in words of ours', async () => {
  await page.getByLabel('Show Documentation Explorer').click();
  await page.locator('.graphiql-doc-explorer').getByText('One API over every vending machine').waitFor();
  await page.locator('.graphiql-doc-explorer').getByRole('link', { name: 'Query', exact: true }).click();
  await page.locator('.graphiql-doc-explorer').getByText('machineByNumber').waitFor();
});

for (const [colorScheme, theme] of [
  ['light', 'vs'],
  ['dark', 'vs-dark'],
]) {
  test(`the page and its editors become ${colorScheme} with the system; axe-core finds nothing grave of ours`, async () => {
    await page.emulateMedia({ colorScheme });
    await page.locator(`.graphiql-query-editor .monaco-editor.${theme}`).waitFor();
    assert.deepEqual(await graveViolations(page, THEIRS), []);
  });
}

function editor(which) {
  return page.locator(`.graphiql-${which}-editor .view-lines`);
}

/**
 * The button that executes, as it is where GraphiQL has read the tab's operations, which takes it a moment after a tab was
 * opened: with a menu where there are several of them.
 */
function executeButton(like = ':not([aria-haspopup])') {
  return page.locator(`.graphiql-execute-button${like}`);
}

function shown(text) {
  return page.locator('.graphiql-response .view-lines').getByText(text).first().waitFor();
}

async function openTab(name) {
  await page.locator('.graphiql-tab-button').getByText(name, { exact: true }).click();
  await editor('query').getByText(name).first().waitFor();
}

/** Runs one of the operations of a tab that has several. */
async function choose(operation) {
  await executeButton('[aria-haspopup="menu"]').click();
  await page.getByRole('menuitem', { name: operation, exact: true }).click();
}

/** The same, for what it is answered with. */
async function run(operation) {
  const answered = answerTo(operation);
  await choose(operation);
  const { errors, data } = await answered;
  assert.equal(errors, undefined, operation);
  return data;
}

async function answerTo(operation, timeout) {
  const isIt = (response) => isOperation(response.request(), operation);
  const response = await page.waitForResponse(isIt, { timeout });
  return response.json();
}

/**
 * What the button gives. Just after a tab was opened GraphiQL may not have read its operations yet, and runs those of the tab
 * before: then it is pressed again, as somebody would.
 */
async function pressed(operation) {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const answered = answerTo(operation, 10_000).catch(() => null);
    await executeButton().click();
    const answer = await answered;
    if (answer) return answer;
    // What the tab before said to these variables is no fault of the page's.
    await browser.seen();
  }
  throw new Error(`${operation} was not asked`);
}

/** The cursor that is shown, once it is another one than this. */
async function eventAfter(cursor) {
  const shownNow = page.locator('.graphiql-response .view-line', { hasText: '"cursor"' });
  if (cursor !== undefined) await shownNow.filter({ hasNotText: cursor }).waitFor();
  return (await shownNow.innerText()).split('"')[3];
}

async function enterVariables(variables) {
  await page.locator('.graphiql-editor-tools').getByText('Variables').click();
  await page.locator('.graphiql-editor-tool .monaco-editor:visible').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(JSON.stringify(variables));
  // The editor has closed once more what it saw opened.
  await page.keyboard.press('ControlOrMeta+Shift+End');
  await page.keyboard.press('Delete');
}

/** Behind `"Bearer ` on the second line of what the header editor starts with. */
async function enterToken() {
  await page.locator('.graphiql-editor-tool .monaco-editor:visible').click();
  for (const key of ['ControlOrMeta+Home', 'ArrowDown', 'End', 'ArrowLeft']) await page.keyboard.press(key);
  await page.keyboard.insertText(secret);
}

function isOperation(request, name) {
  return request.method() === 'POST' && request.postDataJSON()?.operationName === name;
}

async function picture(name) {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/graphiql, ${name}.png` });
}
