import type { Camera, Vector } from './camera.ts';
import type { Picture } from './trace.ts';

/** Smears what moves along its way during the exposure; `travel` is that way in metres along the belt. */
export function motionBlur(picture: Picture, camera: Camera, travel: number): void {
  if (Math.abs(travel) < 1e-4) return;
  const { width, height, rgb } = picture;
  const source = rgb.slice();
  const direction = new Float64Array(3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (picture.moving[i] === 0) continue;
      camera.ray(x, y, width, height, direction);
      const t = picture.depth[i];
      const behind: Vector = [
        camera.position[0] + direction[0] * t,
        camera.position[1] + direction[1] * t - travel,
        camera.position[2] + direction[2] * t,
      ];
      const from = camera.project(behind, width, height);
      if (from === undefined) continue;
      const length = Math.hypot(from.x - x - 0.5, from.y - y - 0.5);
      if (length < 0.7) continue;
      const steps = Math.min(12, Math.ceil(length));
      let red = 0;
      let green = 0;
      let blue = 0;
      let count = 0;
      for (let step = 0; step <= steps; step++) {
        const sx = Math.round(x + ((from.x - x - 0.5) * step) / steps);
        const sy = Math.round(y + ((from.y - y - 0.5) * step) / steps);
        if (sx < 0 || sy < 0 || sx >= width || sy >= height) continue;
        const j = sy * width + sx;
        if (picture.moving[j] === 0) continue;
        red += source[3 * j];
        green += source[3 * j + 1];
        blue += source[3 * j + 2];
        count++;
      }
      if (count === 0) continue;
      rgb[3 * i] = red / count;
      rgb[3 * i + 1] = green / count;
      rgb[3 * i + 2] = blue / count;
    }
  }
}
