// GraphiQL in Chromium against a running gateway.
//
//   VENDGRAPH_URL    the gateway, by default http://127.0.0.1:8080
//   VENDGRAPH_TOKEN  the token to paste; not needed where `vendgraph dev` has filled it in
//   CHROMIUM         the browser, by default /usr/bin/chromium
//   SCREENSHOT       where to write a picture of the page, if anywhere
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser } from './browser.mjs';

const base = new URL(process.env.VENDGRAPH_URL ?? 'http://127.0.0.1:8080');
const token = process.env.VENDGRAPH_TOKEN;

let browser;
before(async () => {
  browser = await openBrowser(base);
});
after(() => browser?.close());

test('GraphiQL runs its first tab, from this host alone and within its Content-Security-Policy', async () => {
  const { page, seen } = browser;
  const schemaRead = page.waitForResponse((response) => isOperation(response.request(), 'IntrospectionQuery'));
  const answer = await page.goto(new URL('/graphiql', base).href);
  assert.equal(answer.status(), 200);
  assert.match(answer.headers()['content-security-policy'] ?? '', /default-src 'none'/);

  await page.locator('.graphiql-query-editor .view-lines').getByText('FleetAtAGlance').waitFor();
  assert.deepEqual(await page.locator('.graphiql-tab').allInnerTexts(), [
    'FleetAtAGlance',
    'OneMachineWhole',
    'SalesByPaymentMethod',
  ]);

  const filledIn = await page.locator('meta[name="vendgraph-dev-token"]').getAttribute('content');
  const secret = filledIn || token;
  assert.ok(secret, 'the page carries no token: set VENDGRAPH_TOKEN');
  if (!filledIn) await enterToken(page, secret);
  assert.equal((await schemaRead).status(), 200);

  const answered = page.waitForResponse((response) => isOperation(response.request(), 'FleetAtAGlance'));
  await page.locator('.graphiql-execute-button').click();
  const body = await (await answered).json();
  assert.equal(body.errors, undefined);
  assert.equal(typeof body.data.machines.totalCount, 'number');
  await page.locator('.graphiql-response .view-lines').getByText('totalCount').first().waitFor();

  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });

  const disk = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.ok(!disk.includes(secret), 'the token is in localStorage');
  assert.deepEqual(await seen(), { foreignRequests: [], consoleErrors: [], policyViolations: [] });
});

/** Behind `"Bearer ` on the second line of what the header editor starts with. */
async function enterToken(page, secret) {
  await page.locator('.graphiql-editor-tool .monaco-editor:visible').click();
  for (const key of ['ControlOrMeta+Home', 'ArrowDown', 'End', 'ArrowLeft']) await page.keyboard.press(key);
  await page.keyboard.insertText(secret);
}

function isOperation(request, name) {
  return request.method() === 'POST' && request.postDataJSON()?.operationName === name;
}
