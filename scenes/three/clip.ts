import type { ClipFrame } from '../clip-writer.ts';
import { courses } from '../courses.ts';
import type { Zone } from '../truth.ts';
import { coverage, zonePixels } from '../truth.ts';
import type { Browser } from './browser.ts';
import type { ThreePlan } from './plan.ts';

const TRIALS = 8;

/** A clip of the second renderer: the course's cover decides how many lumps lie on the belt. */
export class ThreeClip {
  readonly zone: Zone;
  readonly #browser: Browser;
  readonly #plan: ThreePlan;
  readonly #covers: readonly number[];

  private constructor(browser: Browser, plan: ThreePlan, zone: Zone, covers: readonly number[]) {
    this.#browser = browser;
    this.#plan = plan;
    this.zone = zone;
    this.#covers = covers;
  }

  static async open(browser: Browser, plan: ThreePlan): Promise<ThreeClip> {
    const zone = await browser.prepare(plan);
    const inside = zonePixels(zone, plan.width, plan.height);
    const covers: number[] = [];
    for (let k = 0; plan.course !== 'empty' && k <= TRIALS; k++) {
      const { mask } = await browser.render(countOf(plan, k), 0, 0);
      covers.push(coverage(mask, inside));
    }
    return new ThreeClip(browser, plan, zone, covers);
  }

  async *frames(seconds: number, framesPerSecond: number): AsyncGenerator<ClipFrame> {
    const course = courses[this.#plan.course];
    let shift = 0;
    for (let n = 0; n < seconds * framesPerSecond; n++) {
      const t = n / framesPerSecond;
      shift += course.speed(t) / framesPerSecond;
      yield { ...(await this.#browser.render(this.#countFor(course.cover(t)), shift, t)), seconds: t };
    }
  }

  #countFor(cover: number): number {
    if (cover <= 0) return 0;
    const above = this.#covers.findIndex((c) => c >= cover);
    if (above === -1) return this.#plan.lumps;
    if (above === 0) return 0;
    const low = this.#covers[above - 1];
    const part = (cover - low) / Math.max(1e-6, this.#covers[above] - low);
    return Math.round(
      countOf(this.#plan, above - 1) + (countOf(this.#plan, above) - countOf(this.#plan, above - 1)) * part,
    );
  }
}

/** Trial counts grow quadratically: the first lumps cover most. */
function countOf(plan: ThreePlan, trial: number): number {
  return Math.round(plan.lumps * (trial / TRIALS) ** 2);
}
