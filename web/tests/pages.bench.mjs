// What the pages cost in Chromium: how soon they paint, and how smooth the dashboard stays while events stream in.
//
// A measurement, not a test: `make bench-web`. VENDGRAPH_BIN names the program, a release build; MACHINES, RATES (events a
// second) and SECONDS what is measured.
import { chromium } from 'playwright-core';
import { startSystem } from './system.mjs';

const MACHINES = Number(process.env.MACHINES ?? 1_000);
const RATES = (process.env.RATES ?? '0,50').split(',').map(Number);
const SECONDS = Number(process.env.SECONDS ?? 15);
const PAGES = ['', 'machines', 'map', 'alerts', 'events', 'sales'];

/** What a page has to be left alone for before it is measured. */
const SETTLING = 3_000;

const system = await startSystem({ machines: MACHINES });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
try {
  for (const path of ['graphiql', 'dashboard']) {
    console.log(`${`/${path}`.padEnd(12)} ${await firstPaints(path)}`);
  }
  await smoothness();
} finally {
  await browser.close();
  await system.stop();
}

/** A window that is signed in to the dashboard. */
async function openContext() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
  await context.addInitScript((token) => {
    sessionStorage.setItem('vendgraph.dashboard.token', token);
    window.largest = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.largest = entry.startTime;
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  }, system.token);
  return context;
}

/** Paints of a page that a browser sees for the first time; the median of five, in milliseconds. */
async function firstPaints(path) {
  const all = [];
  for (let time = 0; time < 5; time += 1) {
    const context = await openContext();
    const page = await context.newPage();
    await page.goto(new URL(path, system.url).href, { waitUntil: 'load' });
    await page.waitForTimeout(SETTLING);
    all.push(
      await page.evaluate(() => {
        const [first] = performance.getEntriesByName('first-contentful-paint');
        const files = performance.getEntriesByType('resource');
        const kilobytes = files.reduce((sum, file) => sum + file.transferSize, 0) / 1024;
        return { first: first.startTime, largest: window.largest, kilobytes };
      }),
    );
    await context.close();
  }
  const median = (member) => all.map((one) => one[member]).sort((a, b) => a - b)[2].toFixed(0);
  return `first paint ${median('first')} ms, largest ${median('largest')} ms, ${median('kilobytes')} KiB`;
}

async function smoothness() {
  const context = await openContext();
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && console.log(`console: ${message.text()}`));
  const debug = await context.newCDPSession(page);
  await debug.send('Performance.enable', { timeDomain: 'threadTicks' });
  const counters = async () => {
    const { metrics } = await debug.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  await page.goto(new URL('dashboard', system.url).href);
  await page.waitForTimeout(SETTLING);
  for (const rate of RATES) {
    if (rate > 0) await system.inhand.burst(rate, PAGES.length * (SECONDS + SETTLING / 1000 + 2));
    for (const path of PAGES) {
      await page.evaluate((hash) => void (location.hash = hash), `#/${path}`);
      await page.waitForTimeout(SETTLING);
      const before = await counters();
      const { frames, long } = await page.evaluate(watchFrames, SECONDS);
      const after = await counters();
      const busy = (name) => `${(((after[name] - before[name]) / SECONDS) * 100).toFixed(0)} %`;
      frames.sort((a, b) => a - b);
      const at = (part) => frames[Math.floor(part * (frames.length - 1))].toFixed(0);
      console.log(
        `${`${rate}/s /${path}`.padEnd(16)} ${(frames.length / SECONDS).toFixed(0)} frames/s, ` +
          `p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; ` +
          `${long.length} long tasks, longest ${Math.max(0, ...long).toFixed(0)} ms; ` +
          `main thread ${busy('TaskDuration')} (script ${busy('ScriptDuration')}, layout ${busy('LayoutDuration')}, ` +
          `style ${busy('RecalcStyleDuration')}); ${(after.JSHeapUsedSize / 1e6).toFixed(0)} MB, ${after.Nodes} nodes`,
      );
    }
  }
  await context.close();
}

/** Runs in the page: how long each frame took, and each task of more than 50 ms. */
function watchFrames(seconds) {
  return new Promise((resolve) => {
    const frames = [];
    const long = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) long.push(entry.duration);
    });
    observer.observe({ type: 'longtask' });
    const start = performance.now();
    let last;
    const tick = (now) => {
      if (last !== undefined) frames.push(now - last);
      last = now;
      if (performance.now() - start < seconds * 1000) return requestAnimationFrame(tick);
      observer.disconnect();
      return resolve({ frames, long });
    };
    requestAnimationFrame(tick);
  });
}
