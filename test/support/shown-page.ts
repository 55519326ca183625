/** The page in a browser, with answers of the monitor's API that a test makes up. */
import { readFileSync } from 'node:fs';
import { type Browser, chromium as browserType, type Page } from 'playwright-core';
import { chromium } from './absent.ts';

export type Answer = { readonly status: number; readonly body: string } | 'none';

/** No server listens here: every request is answered by the test. */
const address = 'http://plateau.test/';
const types = { html: 'text/html', js: 'text/javascript', css: 'text/css' } as const;
/** One grey pixel. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);

export class ShownPage implements AsyncDisposable {
  /** What `/api/status` answers. */
  status: Answer;
  /** What each request for a picture waits for. */
  picturesWait: Promise<void> = Promise.resolve();
  readonly picturesAsked: string[] = [];
  readonly complaints: string[] = [];
  readonly page: Page;
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page, status: Answer) {
    this.#browser = browser;
    this.page = page;
    this.status = status;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  /** @param query What follows the address, such as `?lang=vi`. */
  static async open(status: Answer, { locale = 'en-US', width = 1280, query = '' } = {}): Promise<ShownPage> {
    const browser = await browserType.launch({
      executablePath: chromium ?? '',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    const page = await browser.newPage({ locale, viewport: { width, height: 800 } });
    const shown = new ShownPage(browser, page, status);
    await page.route(`${address}**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/api/status') {
        // A monitor that hangs gives neither an answer nor an error.
        if (shown.status !== 'none')
          await route.fulfill({ ...shown.status, contentType: 'application/json' });
      } else if (pathname.endsWith('picture.jpg')) {
        shown.picturesAsked.push(pathname);
        await shown.picturesWait;
        await route.fulfill({ body: picture, contentType: 'image/png' });
      } else {
        const file = pathname === '/' ? 'index.html' : pathname.slice(1);
        const body = readFileSync(new URL(`../../web/${file}`, import.meta.url), 'utf8');
        const type = types[file.split('.').at(-1) as keyof typeof types];
        await route.fulfill({ body, contentType: `${type}; charset=utf-8` });
      }
    });
    await page.goto(`${address}${query}`);
    return shown;
  }

  /** The text of the first element that fits, once there is one. */
  text(selector: string): Promise<string | null> {
    return this.page.locator(selector).first().textContent();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
    await this.#browser.close();
  }
}
