"""Renders six clips in a look that training never sees: bumpy ellipsoids, cast ray by ray in NumPy.

    python training/unseen.py --out out/unseen
    python training/evaluate.py --clips out/unseen --model models/coal-seg.onnx

What a model does on its own renderers says little about the next one. Nothing of the other looks is used here, and
nothing of this one may be trained on. Same files as scenes/clips.ts: NAME.mp4, NAME.json, NAME.masks/. Needs ffmpeg.
"""

import argparse
import json
import subprocess
from pathlib import Path

import cv2
import numpy as np

import alarm
from ellipsoids import FINE, HALF_BELT, HEIGHT, LENGTH, WIDTH, Camera, Lump, Plan, cast, develop, lump, pile, scenery

FRAMES_PER_SECOND = 2.5
ZONE = np.array([[-0.5, 1.1], [0.5, 1.1], [0.5, 2.6], [-0.5, 2.6]])
PLANS = (
    Plan("unseen-empty", "empty"),
    Plan("unseen-busy", "busy", radius=0.05, belt=0.16),
    Plan("unseen-slow-jam", "slow", radius=0.055, belt=0.3, lamp=(-2.0, 2.0, 2.0)),
    Plan("unseen-sudden-jam", "sudden", radius=0.07, belt=0.2, coal=0.035),
    Plan("unseen-dark-dust-shake", "slow", radius=0.06, belt=0.12, light=0.16, dust=0.45, shake=5.0, noise=0.03),
    Plan("unseen-large-lumps-black-belt", "sudden", radius=0.15, belt=0.045, coal=0.06),
)


def lying(plan: Plan, settled: list[Lump], strewn: list[Lump], time: float, speed: float) -> list[Lump]:
    """Which lumps are there at a moment: those that pass, and those of the jam."""
    if plan.course == "empty":
        return []
    passing = [Lump(np.array([s.centre[0], (s.centre[1] - speed * time) % LENGTH, s.centre[2]]), s.axes, s.turn, s.tone, s.seed) for s in strewn]
    if plan.course == "busy":
        return passing
    rise = (4.0, 11.0) if plan.course == "slow" else (8.0, 8.8)
    fall = (18.0, 20.0)
    share = np.clip((time - rise[0]) / (rise[1] - rise[0]), 0, 1) * (1 - np.clip((time - fall[0]) / (fall[1] - fall[0]), 0, 1))
    return passing + settled[: int(share * len(settled))]


def render(plan: Plan, out: Path, number: int, seconds: float):
    random = np.random.default_rng(900 + number)
    grain = cv2.GaussianBlur(random.standard_normal((512, 512)).astype(np.float32), (0, 0), 3) * 6
    settled = pile(random, plan.radius, int(2.6 / plan.radius**2))
    amount = 0.3 if plan.course == "busy" else 0.12
    strewn = [lump(random, random.uniform(-0.5, 0.5) * HALF_BELT * 1.6, random.uniform(0, LENGTH), 0, plan.radius) for _ in range(int(amount * 1.1 / plan.radius**2))]
    masks = out / f"{plan.name}.masks"
    masks.mkdir(parents=True, exist_ok=True)
    still = Camera(np.zeros(2))
    corners = still.project(np.column_stack([ZONE, np.zeros(4)])) / FINE
    zone = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(zone, [np.round(corners * 16).astype(np.int32)], 1, shift=4)
    writer = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FRAMES_PER_SECOND), "-i", "-",
         "-c:v", "libx264", "-crf", "26", "-pix_fmt", "yuv420p", str(out / f"{plan.name}.mp4")], stdin=subprocess.PIPE)
    coverage = []
    for frame in range(int(seconds * FRAMES_PER_SECOND)):
        time = frame / FRAMES_PER_SECOND
        camera = Camera(random.normal(size=2) * plan.shake)
        colour, depth = scenery(camera, plan, 0.8 * time, grain)
        mask = cast(camera, plan, lying(plan, settled, strewn, time, 0.8), colour, depth)
        small = cv2.resize(mask.astype(np.uint8) * 255, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) > 127
        coverage.append((round(time, 3), round(float(small[zone > 0].mean()), 4)))
        cv2.imwrite(str(masks / f"{frame:04d}.png"), small.astype(np.uint8) * 255)
        writer.stdin.write(develop(colour, plan, random, time, grain).tobytes())
    writer.stdin.close()
    if writer.wait() != 0:
        raise RuntimeError(f"ffmpeg could not write {plan.name}.mp4")
    truth = {
        "name": plan.name, "video": f"{plan.name}.mp4", "width": WIDTH, "height": HEIGHT, "framesPerSecond": FRAMES_PER_SECOND,
        "zone": {"name": "belt", "points": (corners / [WIDTH, HEIGHT]).round(4).tolist()},
        "scene": {"renderer": "ellipsoids", "split": "unseen", "course": plan.course}, "coverage": coverage,
        "blocked": [{"from": a, "to": b} for a, b in alarm.blocked(coverage)],
    }
    (out / f"{plan.name}.json").write_text(json.dumps(truth))
    print(f"{plan.name}: coverage {min(c for _, c in coverage):.2f} to {max(c for _, c in coverage):.2f}, blocked {alarm.blocked(coverage)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out/unseen"))
    parser.add_argument("--only", nargs="*", help=f"some of {', '.join(plan.name for plan in PLANS)}")
    parser.add_argument("--seconds", type=float, default=24)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for number, plan in enumerate(PLANS):
        if not options.only or plan.name in options.only:
            render(plan, options.out, number, options.seconds)


if __name__ == "__main__":
    main()
