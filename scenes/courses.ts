import { clouds } from './noise.ts';

/** What happens in a clip: wanted share of the bed that is covered, and the belt's speed, over time. */
export interface Course {
  readonly name: string;
  readonly cover: (seconds: number) => number;
  /** Share of full speed. */
  readonly speed: (seconds: number) => number;
}

/** Corner points [seconds, value], straight between them. */
function line(points: readonly (readonly [number, number])[]): (t: number) => number {
  return (t) => {
    const after = points.findIndex(([s]) => s > t);
    if (after === 0) return points[0][1];
    if (after === -1) return points[points.length - 1][1];
    const [t0, v0] = points[after - 1];
    const [t1, v1] = points[after];
    return v0 + ((v1 - v0) * (t - t0)) / (t1 - t0);
  };
}

const busy = (t: number) => 0.4 + 0.5 * clouds.smoothAt(t * 9, 3);
const always = () => 1;

export const courses = {
  empty: { name: 'empty', cover: () => 0, speed: always },
  busy: { name: 'busy flow', cover: busy, speed: always },
  'slow jam': {
    name: 'slow jam',
    cover: line([
      [0, 0.25],
      [4, 0.35],
      [10, 0.98],
      [18, 1],
      [19.5, 0.1],
      [24, 0.05],
    ]),
    speed: line([
      [0, 1],
      [4, 1],
      [9, 0.05],
      [17.5, 0],
      [18, 1],
      [24, 1],
    ]),
  },
  'sudden jam': {
    name: 'sudden jam',
    cover: line([
      [0, 0.3],
      [7, 0.35],
      [7.8, 1],
      [17, 1],
      [18, 0.15],
      [24, 0.1],
    ]),
    speed: line([
      [0, 1],
      [7, 1],
      [7.5, 0],
      [16.8, 0],
      [17.2, 1],
      [24, 1],
    ]),
  },
  /** For the demonstration: 30 s that end as they began, so that it loops. */
  demonstration: {
    name: 'demonstration',
    cover: line([
      [0, 0.04],
      [2, 0.06],
      [6, 0.3],
      [11, 1],
      [20, 1],
      [22, 0.25],
      [23.5, 0.03],
      [30, 0.04],
    ]),
    speed: line([
      [0, 1],
      [7, 1],
      [10, 0.1],
      [11, 0],
      [19.5, 0],
      [20.2, 1],
      [30, 1],
    ]),
  },
} as const satisfies Record<string, Course>;

export type CourseName = keyof typeof courses;
