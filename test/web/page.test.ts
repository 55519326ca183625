/** The page, shown answers that a monitor gives on a bad day. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { because, chromium, skipFor } from '../support/absent.ts';
import { type Answer, ShownPage } from '../support/shown-page.ts';

const absent = chromium === undefined ? 'needs chromium: apt-get install chromium' : undefined;
vi.setConfig({ testTimeout: 120_000 });
/** Long enough for a slow machine. */
const poll = { timeout: 30_000 };

const zone = { name: 'chute', coverage: 0.92, unknownReason: null, state: 'blocked' };
const camera = {
  name: 'belt',
  state: 'live',
  reason: null as string | null,
  decisionsPerSecond: 2,
  zones: [zone] as readonly object[],
};
const point = { rssBytes: 90 * 2 ** 20, heapUsedBytes: 20 * 2 ** 20, liveResources: 7 };
const status = (...cameras: readonly object[]): Answer => ({
  status: 200,
  body: JSON.stringify({ cameras, events: [], memory: [point] }),
});
const reason =
  'rtsp://admin:***@10.0.0.5:554/stream1 refused the connection: check the port and that its server is on (next try in 29.3 s)';
const away = {
  ...camera,
  state: 'waiting',
  reason,
  zones: [{ ...zone, coverage: null, unknownReason: reason, state: 'clear' }],
};

describe.skipIf(skipFor(absent))(`the page${because(absent)}`, () => {
  test('once the monitor is gone no last value stands as if it were the present', async () => {
    const clear = { ...zone, name: 'hopper', coverage: 0.1, state: 'clear' };
    await using shown = await ShownPage.open(status({ ...camera, zones: [zone, clear] }));
    const { page } = shown;
    await page.locator('.camera img[src]').waitFor();
    shown.status = { status: 502, body: 'no JSON' };
    await expect.poll(() => shown.text('#connection'), poll).toBe('no connection to the monitor');
    expect(await page.locator('.coverage').allTextContents()).toEqual([
      'unknown: no connection to the monitor',
      'unknown: no connection to the monitor',
    ]);
    // An alarm is not known to be over.
    expect(await page.locator('.badge').allTextContents()).toEqual(['BLOCKED', 'unknown']);
    expect(await shown.text('.state')).toBe('no connection to the monitor');
    expect(await shown.text('#memory-now')).toBe('unknown');
    expect(await page.locator('.camera img[src]').count()).toBe(0);
    shown.status = status({ ...camera, zones: [zone, clear] });
    await expect.poll(() => shown.text('.coverage'), poll).toBe('92 %');
  });

  test('a monitor that hangs is as good as none', async () => {
    await using shown = await ShownPage.open(status(camera));
    await expect.poll(() => shown.text('#connection'), poll).toBe('connected');
    shown.status = 'none';
    await expect.poll(() => shown.text('#connection'), poll).toBe('no connection to the monitor');
  });

  test('a monitor that is being started says so', async () => {
    await using shown = await ShownPage.open({ status: 503, body: '{"error":"being started"}' });
    await expect.poll(() => shown.text('#connection'), poll).toBe('the monitor is being started');
  });

  test('a camera that is away shows no picture, no rate, and is not called clear', async () => {
    await using shown = await ShownPage.open(status(camera));
    await shown.page.locator('.camera img[src]').waitFor();
    shown.status = status(away);
    await expect.poll(() => shown.text('.badge'), poll).toBe('unknown');
    expect(await shown.text('.coverage')).toBe('unknown: waiting to reconnect');
    expect(await shown.text('.state')).toBe(`waiting to reconnect: ${reason}`);
    expect(await shown.page.locator('.camera img[src]').count()).toBe(0);
  });

  test('a monitor that was started again with other cameras and zones has other cards', async () => {
    await using shown = await ShownPage.open(status(camera, { ...camera, name: 'second' }));
    await expect.poll(() => shown.page.locator('.camera').count(), poll).toBe(2);
    shown.status = status({ ...camera, name: 'other', zones: [zone, { ...zone, name: 'hopper' }] });
    await expect.poll(() => shown.page.locator('.camera h2').allTextContents(), poll).toEqual(['other']);
    expect(await shown.page.locator('.zone strong').allTextContents()).toEqual(['chute', 'hopper']);
    await expect.poll(() => shown.text('#connection'), poll).toBe('connected');
  });

  test('cameras without pictures do not hold up the status, and the others have their turn', async () => {
    const cameras = Array.from({ length: 16 }, (_, index) => ({ ...camera, name: `belt ${index}` }));
    const { promise, resolve } = Promise.withResolvers<void>();
    await using shown = await ShownPage.open(status(...cameras));
    shown.picturesWait = promise;
    await expect.poll(() => shown.picturesAsked.length, poll).toBeGreaterThan(3);
    shown.status = status(...cameras.map((one) => ({ ...one, decisionsPerSecond: 9 })));
    await expect.poll(() => shown.text('.state'), poll).toBe('live, 9.0 decisions/s');
    // A browser has six connections to a server.
    expect(shown.picturesAsked.length).toBeLessThan(6);
    resolve();
    await expect.poll(() => new Set(shown.picturesAsked).size, poll).toBe(16);
  });

  test('an alarm is to be seen wherever the page is scrolled to, and in its title', async () => {
    const clear = { ...camera, zones: [{ ...zone, coverage: 0.1, state: 'clear' }] };
    const cameras = Array.from({ length: 16 }, (_, index) => ({ ...clear, name: `belt ${index + 1}` }));
    await using shown = await ShownPage.open(status(...cameras));
    await shown.page.locator('.camera').nth(15).waitFor();
    expect([await shown.text('#alarms'), await shown.page.title()]).toEqual(['', 'Plateau']);
    shown.status = status(...cameras.slice(0, 15), { ...camera, name: 'belt 16' });
    await expect.poll(() => shown.text('#alarms'), poll).toBe('BLOCKED (1): belt 16 / chute');
    expect(await shown.page.title()).toBe('BLOCKED (1) - Plateau');
    await shown.page.evaluate('scrollTo(0, 600)');
    const box = await shown.page.locator('#alarms').boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
  });

  test('nothing is wider than a phone', async () => {
    const long = { ...zone, name: 'máng rót than số 1 của nhà máy tuyển than, phía trên băng tải chính' };
    await using shown = await ShownPage.open(status(camera, { ...away, zones: [...away.zones, long] }), {
      width: 390,
    });
    await shown.page.locator('.camera').nth(1).waitFor();
    expect(await shown.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });

  test('an event that comes is told to a screen reader, those that were there are not', async () => {
    const event = {
      at: '2026-01-01T00:00:00Z',
      camera: 'belt',
      zone: 'chute',
      type: 'blocked',
      coverage: 0.9,
    };
    const withEvents = (...events: readonly object[]): Answer => ({
      status: 200,
      body: JSON.stringify({ cameras: [camera], events, memory: [point] }),
    });
    await using shown = await ShownPage.open(withEvents(event));
    await expect.poll(() => shown.text('#events'), poll).toMatch(/belt \/ chute: BLOCKED/);
    expect(await shown.text('[role=alert]')).toBe('');
    shown.status = withEvents(event, { ...event, type: 'cleared', coverage: 0.1 });
    await expect.poll(() => shown.text('[role=alert]'), poll).toMatch(/belt \/ chute: cleared/);
  });

  test('an operator reads Vietnamese, the reasons as well, whatever the browser is set to', async () => {
    await using shown = await ShownPage.open(status(away), { query: '?lang=vi' });
    await expect
      .poll(() => shown.text('.state'), poll)
      .toBe(
        'đang chờ kết nối lại: rtsp://admin:***@10.0.0.5:554/stream1 từ chối kết nối: hãy kiểm tra cổng và xem máy chủ của camera đã bật chưa (thử lại sau 29,3 giây)',
      );
    expect(await shown.text('.coverage')).toBe('không rõ: đang chờ kết nối lại');
    expect(await shown.page.getAttribute('html', 'lang')).toBe('vi');
    await shown.page.keyboard.press('Tab');
    await shown.page.keyboard.press('Enter');
    await expect.poll(() => shown.text('.coverage'), poll).toBe('unknown: waiting to reconnect');
    expect(shown.complaints).toEqual([]);
  });
});

test('what is translated is what the monitor says', async () => {
  const { reasonsInVietnamese } = (await import('../../web/vietnamese-reasons.js' as string)) as {
    reasonsInVietnamese: readonly (readonly [RegExp, string])[];
  };
  const folders = ['src/vision/video/', 'src/runtime/'];
  const said = folders
    .flatMap((folder) =>
      readdirSync(new URL(`../../${folder}`, import.meta.url), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(new URL(`../../${folder}${entry.name}`, import.meta.url), 'utf8')),
    )
    .join('\n')
    // In the sources a number or a name is an expression.
    .replaceAll(/\$\{[^}]*toFixed\(1\)\}/g, '1.5')
    .replaceAll(/\$\{[^}]*\}/g, '5');
  const missing = reasonsInVietnamese.filter(
    ([english]) => !new RegExp(english.source.replaceAll(/\^|(?<!\\)\$/g, '')).test(said),
  );
  expect(missing.map(([english]) => english.source)).toEqual([]);
});
