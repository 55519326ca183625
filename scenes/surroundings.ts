import type { Bed } from './bed.ts';
import type { Vector } from './camera.ts';
import { drawFinish } from './finishes.ts';
import type { Finish, Primitive } from './primitives.ts';
import type { Random } from './random.ts';

/** What stands around a bed and is not load: idlers, skirts, walls, walkways, pipes, people, tools. */
export function drawSurroundings(random: Random, bed: Bed): Primitive[] {
  const items: Primitive[] = [];
  const floor = bed.kind === 'floor' ? -0.02 : -random.range(0.3, 1.2);
  const reach = Math.max(bed.length, 4) * 1.6;
  items.push(
    box(
      [-reach, -reach, floor - 0.2],
      [reach, reach * 1.6, floor],
      drawFinish(random, random.pick(['concrete', 'rough concrete', 'grating', 'plate', 'plain'])),
    ),
  );
  if (random.chance(0.75)) items.push(...walls(random, bed, floor, reach));
  if (bed.kind === 'belt') items.push(...conveyor(random, bed, floor));
  if (bed.kind === 'pan') items.push(...chute(random, bed));
  if (bed.kind === 'floor') items.push(...bunker(random, bed));
  for (let i = random.integer(0, 5); i > 0; i--) items.push(pipe(random, bed, floor));
  for (let i = random.integer(0, 3); i > 0; i--) items.push(crate(random, bed, floor));
  if (random.chance(0.2)) items.push(...person(random, bed, floor));
  return items;
}

/** Foreign things on the bed itself: cloths, tools, bars of a grizzly. None of them is load. */
export function drawForeign(random: Random, bed: Bed): Primitive[] {
  const items: Primitive[] = [];
  const place = (): Vector => [
    random.range(-0.8, 0.8) * bed.halfWidth,
    random.range(0.1, 0.9) * bed.length,
    random.range(0.02, 0.15),
  ];
  while (random.chance(0.3)) {
    const c = place();
    const s = random.logRange(0.04, 0.25);
    items.push(
      random.chance(0.5)
        ? {
            shape: 'ellipsoid',
            centre: c,
            radii: [s, s * random.range(0.6, 2), s * random.range(0.1, 0.5)],
            finish: drawFinish(random, random.pick(['cloth', 'plain', 'cloth'])),
          }
        : {
            shape: 'capsule',
            from: c,
            to: [c[0] + random.range(-0.4, 0.4), c[1] + random.range(-0.4, 0.4), c[2] + 0.02],
            radius: random.range(0.01, 0.03),
            finish: drawFinish(random, random.pick(['plain', 'rust'])),
          },
    );
  }
  if (random.chance(0.12)) {
    const finish = drawFinish(random, random.pick(['rust', 'plain']));
    const pitch = random.range(0.15, 0.5) * bed.halfWidth;
    const radius = pitch * random.range(0.08, 0.25);
    const z = random.range(0.3, 0.8) * bed.halfWidth;
    for (let x = -bed.halfWidth; x < bed.halfWidth; x += pitch) {
      items.push({ shape: 'capsule', from: [x, 0, z], to: [x, bed.length, z], radius, finish });
    }
  }
  return items;
}

function walls(random: Random, bed: Bed, floor: number, reach: number): Primitive[] {
  const items: Primitive[] = [];
  const top = floor + random.range(1.5, 5);
  for (const side of [-1, 1]) {
    if (!random.chance(0.6)) continue;
    const x = side * (bed.halfWidth + random.range(0.3, 2.5));
    items.push(
      box(
        [Math.min(x, x + side * 0.2), -reach, floor],
        [Math.max(x, x + side * 0.2), reach * 1.5, top],
        drawFinish(random),
      ),
    );
  }
  if (random.chance(0.7)) {
    const y = bed.length * random.range(1, 1.6);
    items.push(box([-reach, y, floor], [reach, y + 0.2, top + 2], drawFinish(random)));
  }
  return items;
}

function conveyor(random: Random, bed: Bed, floor: number): Primitive[] {
  const items: Primitive[] = [];
  const rim = (bed.halfWidth - bed.flat) * bed.rise;
  const steel = drawFinish(random, random.pick(['plain', 'rust', 'plain']));
  const roller = drawFinish(random, random.pick(['plain', 'rust']));
  const out = bed.halfWidth + random.range(0.03, 0.15);
  const skirt = random.chance(0.35) ? random.range(0.05, 0.3) : 0;
  const pitch = random.range(0.3, 1);
  for (const side of [-1, 1]) {
    items.push(
      box(
        ...sorted([side * out, 0, rim - 0.25], [side * (out + 0.08), bed.length, rim - 0.1 + skirt]),
        steel,
      ),
    );
    if (random.chance(0.5)) {
      const w = out + random.range(0.3, 0.9);
      items.push(
        box(
          ...sorted([side * (out + 0.1), -1, floor], [side * w, bed.length * 1.3, floor + 0.1]),
          drawFinish(random, random.pick(['grating', 'plate', 'concrete'])),
        ),
      );
      items.push({
        shape: 'capsule',
        from: [side * w, -1, floor + 1],
        to: [side * w, bed.length * 1.2, floor + 1],
        radius: 0.025,
        finish: drawFinish(random, 'plain'),
      });
    }
  }
  if (skirt === 0) {
    const radius = random.range(0.04, 0.09);
    for (let y = random.range(0, pitch); y < bed.length && items.length < 40; y += pitch) {
      for (const side of [-1, 1]) {
        items.push({
          shape: 'capsule',
          from: [side * bed.flat, y, -radius - 0.02],
          to: [side * (out + 0.12), y, rim - radius + 0.05],
          radius,
          finish: roller,
        });
      }
    }
  }
  return items;
}

function chute(random: Random, bed: Bed): Primitive[] {
  const finish = drawFinish(random, random.pick(['plain', 'rust', 'plain', 'concrete', 'plate']));
  const height = bed.halfWidth * random.range(0.4, 2.2);
  const w = bed.halfWidth;
  const items = [
    box([-w - 0.06, -0.2, -0.3], [-w, bed.length, height], finish),
    box([w, -0.2, -0.3], [w + 0.06, bed.length, height], finish),
  ];
  if (random.chance(0.7))
    items.push(
      box([-w, bed.length, -0.3], [w, bed.length + 0.06, height * random.range(1, 2)], drawFinish(random)),
    );
  if (random.chance(0.3))
    items.push({
      shape: 'capsule',
      from: [-w, bed.length * 0.6, height * 0.8],
      to: [w, bed.length * 0.6, height * 0.8],
      radius: 0.05,
      finish,
    });
  return items;
}

function bunker(random: Random, bed: Bed): Primitive[] {
  const items: Primitive[] = [];
  const w = bed.halfWidth;
  for (const side of [-1, 1]) {
    if (random.chance(0.6))
      items.push(
        box(
          ...sorted([side * w, -1, -0.2], [side * (w + 0.2), bed.length + 1, random.range(0.5, 3)]),
          drawFinish(random),
        ),
      );
  }
  if (random.chance(0.6))
    items.push(
      box([-w - 1, bed.length, -0.2], [w + 1, bed.length + 0.2, random.range(0.6, 4)], drawFinish(random)),
    );
  return items;
}

function pipe(random: Random, bed: Bed, floor: number): Primitive {
  const side = random.pick([-1, 1]);
  const x = side * (bed.halfWidth + random.range(0.2, 1.5));
  const y = random.range(0, 1.3) * bed.length;
  const upright = random.chance(0.5);
  const to: Vector = upright
    ? [x, y, floor + random.range(1, 4)]
    : [x + random.range(-1, 1), y + random.range(-3, 3), floor + random.range(0.2, 2.5)];
  return {
    shape: 'capsule',
    from: [x, y, floor],
    to,
    radius: random.logRange(0.015, 0.15),
    finish: drawFinish(random, random.pick(['plain', 'rust', 'hazard'])),
  };
}

function crate(random: Random, bed: Bed, floor: number): Primitive {
  const x = random.pick([-1, 1]) * (bed.halfWidth + random.range(0.5, 2));
  const y = random.range(0, 1.2) * bed.length;
  const size = random.logRange(0.15, 1);
  return box(
    [x - size / 2, y, floor],
    [x + size / 2, y + size * random.range(0.4, 1.5), floor + size * random.range(0.4, 2)],
    drawFinish(random),
  );
}

export function person(random: Random, bed: Bed, floor: number): Primitive[] {
  const x = random.pick([-1, 1]) * (bed.halfWidth + random.range(0.25, 0.9));
  const y = random.range(0.2, 0.9) * bed.length;
  const suit = drawFinish(random, 'cloth');
  const limb = (from: Vector, to: Vector, radius: number): Primitive => ({
    shape: 'capsule',
    from,
    to,
    radius,
    finish: suit,
  });
  return [
    limb([x - 0.1, y, floor], [x - 0.08, y, floor + 0.85], 0.08),
    limb([x + 0.1, y, floor], [x + 0.08, y, floor + 0.85], 0.08),
    limb([x, y, floor + 0.9], [x, y, floor + 1.4], 0.17),
    limb([x - 0.2, y, floor + 1.4], [x - 0.35 * Math.sign(x), y + random.range(-0.3, 0.3), floor + 1], 0.06),
    {
      shape: 'ellipsoid',
      centre: [x, y, floor + 1.66],
      radii: [0.11, 0.13, 0.14],
      finish: drawFinish(random, 'plain'),
    },
  ];
}

function box(low: Vector, high: Vector, finish: Finish): Primitive {
  return { shape: 'box', low, high, finish };
}

function sorted(a: Vector, b: Vector): [Vector, Vector] {
  return [
    [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.min(a[2], b[2])],
    [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.max(a[2], b[2])],
  ];
}
