// Debian's Chromium with one page, which reaches one host alone; and what went wrong on that page.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

/** What `seen` tells where all is well. */
export const NOTHING = { foreignRequests: [], consoleErrors: [], policyViolations: [] };

/** Of what axe-core finds, what keeps somebody from using the page. */
const GRAVE = ['serious', 'critical'];

/** So long is waited for what must come, on a machine that has other things to do. */
const PATIENCE = 60_000;

/** Opens a browser whose page reaches `base` and nothing else. */
export async function openBrowser(base, options = {}) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // What gets past the routes below (a worker, a preconnect) finds no host either.
      `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${base.hostname}`,
    ],
  });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const foreignRequests = [];
  const consoleErrors = [];

  const foreign = (url) => new URL(url).host !== base.host;
  await context.route(foreign, (route) => {
    foreignRequests.push(route.request().url());
    return route.abort();
  });
  await context.routeWebSocket(foreign, (socket) => {
    foreignRequests.push(socket.url());
    return socket.close();
  });
  let cut = false;
  await context.routeWebSocket(
    (url) => url.host === base.host,
    (socket) => (cut ? socket.close() : socket.connectToServer()),
  );
  await context.addInitScript(() => {
    window.policyViolations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      window.policyViolations.push(`${event.effectiveDirective}: ${event.blockedURI}`);
    });
  });

  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page.on('pageerror', (error) => consoleErrors.push(String(error)));

  return {
    page,
    /** All that should not have been since it was last asked for; console errors that match `expected` may be. */
    async seen({ expected } = {}) {
      const policyViolations = await page.evaluate(() => window.policyViolations.splice(0));
      const errors = consoleErrors.splice(0).filter((error) => !expected?.test(error));
      return { foreignRequests: foreignRequests.splice(0), consoleErrors: errors, policyViolations };
    },
    /** From now on no new WebSocket reaches the gateway, or again. */
    cutWebSockets(now) {
      cut = now;
    },
    close: () => browser.close(),
  };
}

/**
 * What axe-core finds grave on the page as it is now, one text a finding. `exclude` leaves out parts of the page, by
 * selector, and `rules` names those of its rules that are not looked at.
 */
export async function graveViolations(page, { exclude = [], rules = [] } = {}) {
  const path = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  // By the debugger's door: the page's policy rightly takes no script from us.
  await page.evaluate(await readFile(path, 'utf8'));
  const off = Object.fromEntries(rules.map((rule) => [rule, { enabled: false }]));
  const { violations } = await page.evaluate(([context, options]) => window.axe.run(context, options), [
    { exclude },
    { rules: off, resultTypes: ['violations'] },
  ]);
  return violations
    .filter(({ impact }) => GRAVE.includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
}
