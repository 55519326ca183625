import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { ThreePlan } from './plan.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export function findChromium(): string | undefined {
  return [process.env.CHROMIUM, ...places].find((path) => path !== undefined && existsSync(path));
}

interface PageStage {
  zone(): [number, number][];
  render(count: number, shift: number, seconds: number): [string, string];
}

/** The second renderer's browser, without a window and with software OpenGL. */
export class Browser implements AsyncDisposable {
  readonly #close: () => Promise<void>;
  readonly #page: Page;

  private constructor(page: Page, close: () => Promise<void>) {
    this.#page = page;
    this.#close = close;
  }

  static async open(): Promise<Browser> {
    const executablePath = findChromium();
    if (executablePath === undefined)
      throw new Error("no Chromium found: install Debian's chromium, or name one in CHROMIUM");
    const browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
    });
    const page = await browser.newPage();
    const entry = fileURLToPath(new URL('./page.ts', import.meta.url));
    const bundle = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'iife',
      logLevel: 'silent',
    });
    await page.addScriptTag({ content: bundle.outputFiles[0].text });
    return new Browser(page, () => browser.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  /** Sets the stage up; answers the zone in fractions. */
  async prepare(plan: ThreePlan): Promise<[number, number][]> {
    return await this.#page.evaluate((given) => {
      const world = globalThis as unknown as { openStage: (plan: unknown) => PageStage; stage: PageStage };
      world.stage = world.openStage(given);
      return world.stage.zone();
    }, plan);
  }

  /** Colour (RGB) and mask (0 or 1) of one frame. */
  async render(
    count: number,
    shift: number,
    seconds: number,
  ): Promise<{ rgb: Uint8Array; mask: Uint8Array }> {
    const [colour, mask] = await this.#page.evaluate(
      ([c, s, t]) => (globalThis as unknown as { stage: PageStage }).stage.render(c, s, t),
      [count, shift, seconds] as const,
    );
    const shown = Buffer.from(mask, 'base64');
    return {
      rgb: Buffer.from(colour, 'base64'),
      mask: Uint8Array.from({ length: shown.length / 3 }, (_, i) => (shown[3 * i] > 127 ? 1 : 0)),
    };
  }
}
