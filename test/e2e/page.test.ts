/** The demo as a person sees it: `plateau start` without a source, looked at in a browser. */
import { fileURLToPath } from 'node:url';
import { chromium as browserType } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { because, chromium, skipFor } from '../support/absent.ts';
import { StartedMonitor } from '../support/started-monitor.ts';

const absent = chromium === undefined ? 'needs chromium: apt-get install chromium' : undefined;

/** PLATEAU_SCREENSHOT=1 keeps the picture of the page that the README shows. */
const screenshot =
  process.env.PLATEAU_SCREENSHOT === undefined
    ? undefined
    : fileURLToPath(new URL('../../docs/images/page.png', import.meta.url));

describe.skipIf(skipFor(absent))(`the demo's page${because(absent)}`, () => {
  test('shows coverage, state, memory and a picture that moves', { timeout: 240_000 }, async () => {
    await using monitor = await StartedMonitor.start([]);
    const browser = await browserType.launch({ executablePath: chromium ?? '', args: ['--no-sandbox'] });
    await using _ = { [Symbol.asyncDispose]: () => browser.close() };
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    const elsewhere: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(monitor.url) && !/^(?:blob|data):/.test(request.url()))
        elsewhere.push(request.url());
    });
    await page.goto(monitor.url);

    const card = page.locator('.camera').first();
    await card.locator('.coverage', { hasText: /^\d+ %$/ }).waitFor();
    await page
      .locator('#memory-now', { hasText: /\d+ MB resident, \d+ MB JavaScript heap, [1-9]\d* live resources/ })
      .waitFor();
    expect(await card.locator('.badge').textContent()).toMatch(/clear|BLOCKED/);
    expect(await card.locator('.state').textContent()).toMatch(/live, \d+\.\d decisions\/s/);

    // In words of the browser: this program knows nothing of its types.
    const inBrowser = `(image) => {
      const canvas = document.createElement('canvas');
      canvas.width = 32;
      canvas.height = 18;
      const pen = canvas.getContext('2d');
      pen.drawImage(image, 0, 0, 32, 18);
      return image.naturalWidth === 0 ? '' : pen.getImageData(0, 0, 32, 18).data.join();
    }`;
    const fingerprint = (): Promise<string> =>
      page.evaluate<string>(`(${inBrowser})(document.querySelector('.camera img'))`);
    await expect.poll(fingerprint, { timeout: 15_000 }).not.toBe('');
    const first = await fingerprint();
    await expect.poll(fingerprint, { timeout: 15_000 }).not.toBe(first);

    if (screenshot !== undefined) {
      // Long enough for lines to be seen in the charts.
      await page.waitForTimeout(120_000);
      await card.locator('.badge', { hasText: 'BLOCKED' }).waitFor({ timeout: 60_000 });
      await page.screenshot({ path: screenshot });
    }
    expect(complaints).toEqual([]);
    expect(elsewhere).toEqual([]);

    // With the page still open: nothing may wait for the browser.
    const { code, log } = await monitor.stop();
    expect(code, log).toBe(0);
    expect(log).toMatch(/every resource was released/);
    await page.locator('#connection', { hasText: 'no connection to the monitor' }).waitFor();
  });
});
