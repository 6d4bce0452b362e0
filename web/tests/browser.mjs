import { chromium } from 'playwright-core';

/** Debian's Chromium with one page, which reaches one host alone, and what went wrong on that page. */
export async function openBrowser(base) {
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
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
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
  await context.addInitScript(() => {
    window.policyViolations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      window.policyViolations.push(`${event.effectiveDirective}: ${event.blockedURI}`);
    });
  });

  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text());
  });
  page.on('pageerror', (error) => consoleErrors.push(String(error)));

  return {
    page,
    async seen() {
      return { foreignRequests, consoleErrors, policyViolations: await page.evaluate(() => window.policyViolations) };
    },
    close: () => browser.close(),
  };
}
