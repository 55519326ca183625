import { PlateauError } from '../../errors.ts';
import {
  clipToRectangle,
  crossingEdges,
  type Point,
  perimeter,
  signedArea,
  withoutDuplicates,
} from './polygon.ts';
import { windsBothWays } from './winding.ts';

/** A zone as it is written down: plain data, good for a message between threads. */
export interface ZoneDefinition {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** `pixels` of the picture as players show it, or `fractions` of its width and height. */
  readonly space: 'pixels' | 'fractions';
  /** [width, height] of the picture on which pixels were drawn; the zone follows when the source has another size. */
  readonly drawnFor?: readonly [width: number, height: number] | undefined;
}

/** A zone on a picture of one size. */
export interface ZoneOutline {
  /** Pixels of the source, cut to the picture. */
  readonly points: readonly Point[];
  /** In square pixels of the source. */
  readonly area: number;
  readonly warnings: readonly string[];
}

/** More corners than anybody draws; finding crossings takes their square. */
const mostPoints = 10_000;

/**
 * A polygon over the picture. Checked when made; direction and repeated points make no difference.
 * Places are continuous: a picture of 640 pixels reaches from x = 0 to x = 640.
 */
export class PolygonZone {
  readonly name: string;
  /** As given, without repeated points. */
  readonly points: readonly Point[];
  readonly space: ZoneDefinition['space'];
  readonly drawnFor: readonly [width: number, height: number] | undefined;

  /** @throws PlateauError ERR_ZONE_INVALID naming the zone: under 3 points, no area, self-crossing, numbers that are none */
  constructor(definition: ZoneDefinition) {
    this.name = definition.name;
    this.space = definition.space;
    this.drawnFor = definition.drawnFor;
    this.#checkForm(definition);
    this.points = withoutDuplicates(definition.points);
    if (definition.points.length > mostPoints)
      this.#refuse(
        `has ${definition.points.length} points; at most ${mostPoints} are allowed: leave some out`,
      );
    for (const [x, y] of this.points) {
      // Beyond this the products of two places are no longer exact enough to tell anything.
      if (!(Math.abs(x) <= 1e7 && Math.abs(y) <= 1e7))
        this.#refuse(
          `has a point at ${x},${y}, which is no place on a picture: give pixels, or fractions from 0 to 1`,
        );
    }
    if (this.points.length < 3) {
      this.#refuse(
        `has ${this.points.length} different points; at least 3 are needed, as in "${this.name}=0,0 1,0 1,1"`,
      );
    }
    const crossing = crossingEdges(this.points);
    if (crossing !== undefined) {
      const [first, second] = crossing;
      this.#refuse(
        `crosses itself: the line from ${this.#place(first)} meets the line from ${this.#place(second)}; give the points in order around it`,
      );
    }
    if (windsBothWays(this.points))
      this.#refuse('crosses itself at one of its corners; give the points in order around it');
    if (Math.abs(signedArea(this.points)) <= 1e-12 * perimeter(this.points) ** 2) {
      this.#refuse('has no area, since its points lie on one line: draw it around what is to be watched');
    }
  }

  /** Definitions come out of files as well, where nobody has checked their types. */
  #checkForm({ points, space, drawnFor }: ZoneDefinition): void {
    const isPair = (pair: unknown): boolean =>
      Array.isArray(pair) && typeof pair[0] === 'number' && typeof pair[1] === 'number';
    if (!(Array.isArray(points) && points.every(isPair)))
      this.#refuse('needs a list of points, each of them two numbers, as in [[0, 0], [1, 0], [1, 1]]');
    if (space !== 'pixels' && space !== 'fractions')
      this.#refuse(`has its points in "${space}"; write "pixels" or "fractions"`);
    if (drawnFor !== undefined && !(isPair(drawnFor) && drawnFor[0] > 0 && drawnFor[1] > 0)) {
      const given = isPair(drawnFor) ? drawnFor.join('x') : JSON.stringify(drawnFor);
      this.#refuse(`was drawn on ${given}, which is no size of a picture; give its width and height`);
    }
  }

  /** The corners in pixels of a picture of this size, not cut to it. */
  pixelPoints(width: number, height: number): Point[] {
    const [gainX, gainY] = this.#gain(width, height);
    return this.points.map(([x, y]) => [x * gainX, y * gainY]);
  }

  /**
   * The zone on a picture of this size, cut to the picture.
   * @throws PlateauError ERR_ZONE_INVALID when it lies wholly outside
   */
  outlineFor(width: number, height: number): ZoneOutline {
    const whole = this.pixelPoints(width, height);
    const points = clipToRectangle(whole, 0, 0, width, height);
    const wholeArea = Math.abs(signedArea(whole));
    const area = Math.abs(signedArea(points));
    if (!(area > 1e-9 * wholeArea)) {
      this.#refuse(
        `lies outside of the picture, which is ${width}x${height}${this.#drawnText()}: move it into the picture`,
      );
    }
    const warnings: string[] = [];
    const say = (text: string): void => {
      warnings.push(`Zone "${this.name}" ${text}.`);
    };
    if (area < wholeArea * (1 - 1e-9)) {
      const outside = Number(((1 - area / wholeArea) * 100).toPrecision(2));
      say(
        `reaches out of the picture of ${width}x${height}: the ${outside} % outside are cut off and not counted`,
      );
    }
    if (
      this.space === 'pixels' &&
      this.drawnFor !== undefined &&
      (this.drawnFor[0] !== width || this.drawnFor[1] !== height)
    ) {
      say(
        `was drawn on ${this.drawnFor.join('x')} and the picture is ${width}x${height}: it was scaled with it`,
      );
    }
    return { points, area, warnings };
  }

  #gain(width: number, height: number): Point {
    if (this.space === 'fractions') return [width, height];
    return this.drawnFor === undefined ? [1, 1] : [width / this.drawnFor[0], height / this.drawnFor[1]];
  }

  #drawnText(): string {
    return this.drawnFor === undefined ? '' : ` (the zone was drawn on ${this.drawnFor.join('x')})`;
  }

  #place(index: number): string {
    return this.points[index]!.join(',');
  }

  #refuse(reason: string): never {
    throw new PlateauError('ERR_ZONE_INVALID', `Zone "${this.name}" ${reason}.`);
  }
}
