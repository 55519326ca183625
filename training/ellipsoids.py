"""Bumpy ellipsoids on a belt, cast ray by ray in NumPy: the look of `unseen.py`, which training must not use.

Linear light in float64; places in metres, x across the belt, y along it, z up.
"""

from dataclasses import dataclass

import cv2
import numpy as np

WIDTH, HEIGHT, FINE = 320, 240, 2
HALF_BELT, LENGTH = 0.6, 4.0
# Waves over a lump's surface; few and crossing, so that none looks striped.
BUMPS = np.random.default_rng(5).normal(size=(7, 3)) * np.linspace(2, 6, 7)[:, None]


@dataclass(frozen=True)
class Plan:
    """A clip: what happens, how large the lumps are (metres), how bright belt, load and light, what the air and the camera do."""

    name: str
    course: str
    radius: float = 0.06
    belt: float = 0.22
    coal: float = 0.05
    light: float = 1.0
    dust: float = 0.0
    shake: float = 0.0
    noise: float = 0.01
    lamp: tuple[float, float, float] = (1.5, 0.0, 2.5)


class Camera:
    """Pinhole over the belt's near end; x across the belt, y along it, z up."""

    def __init__(self, shift: np.ndarray):
        self.place = np.array([0.25, -0.75, 1.9])
        forward = np.array([0.0, 1.55, 0.0]) - self.place
        self.forward = forward / np.linalg.norm(forward)
        right = np.cross(self.forward, [0, 0, 1])
        self.right = right / np.linalg.norm(right)
        self.down = np.cross(self.forward, self.right)
        self.focal = 1.05 * WIDTH * FINE
        self.middle = np.array([WIDTH, HEIGHT]) * FINE / 2 + shift * FINE

    def rays(self, x, y):
        across = (x - self.middle[0]) / self.focal
        along = (y - self.middle[1]) / self.focal
        ray = self.forward + across[..., None] * self.right + along[..., None] * self.down
        return ray / np.linalg.norm(ray, axis=-1, keepdims=True)

    def project(self, points):
        away = np.asarray(points, float) - self.place
        depth = away @ self.forward
        return np.stack([away @ self.right, away @ self.down], -1) / depth[..., None] * self.focal + self.middle


@dataclass
class Lump:
    centre: np.ndarray
    axes: np.ndarray
    turn: np.ndarray
    tone: float
    seed: float


def lump(random, x, y, z, radius) -> Lump:
    size = radius * np.exp(random.normal() * 0.3)
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    axes = size * random.uniform(0.6, 1.15, 3)
    return Lump(np.array([x, y, z + 0.55 * size]), axes, turn, float(np.exp(random.normal() * 0.3)), random.uniform(0, 100))


def pile(random, radius, count) -> list[Lump]:
    """Lumps that settle one on another in and around the zone, in the order in which they come."""
    cells = 0.04
    top = np.zeros((int(2 * HALF_BELT / cells) + 1, int(LENGTH / cells) + 1))
    found = []
    for _ in range(count):
        x, y = random.uniform(-HALF_BELT * 0.92, HALF_BELT * 0.92), random.uniform(0.5, 3.4)
        i, j, reach = int((x + HALF_BELT) / cells), int(y / cells), max(1, int(radius / cells))
        there = top[max(0, i - reach) : i + reach + 1, max(0, j - reach) : j + reach + 1]
        z = min(float(there.mean()), 0.3)
        found.append(lump(random, x, y, z, radius))
        there[...] = np.maximum(there, z + 0.9 * radius)
    return found


def scenery(camera: Camera, plan: Plan, travel: float, grain: np.ndarray):
    """Belt, side plates and floor where the rays meet them: colour [h, w, 3] linear, and the places."""
    y, x = np.mgrid[0 : HEIGHT * FINE, 0 : WIDTH * FINE].astype(np.float64) + 0.5
    ray = camera.rays(x, y)
    distance = np.where(ray[..., 2] < -0.02, -camera.place[2] / np.minimum(ray[..., 2], -0.02), 60)
    place = camera.place + ray * distance[..., None]
    beside = np.abs(place[..., 0]) / HALF_BELT
    sample = lambda u, v: cv2.remap(grain, (u % 1 * 511).astype(np.float32), (v % 1 * 511).astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    moving = place[..., 1] + travel
    worn = sample(place[..., 0] * 0.35, moving * 0.01)
    belt = plan.belt * np.clip(0.8 + 0.25 * worn + 0.2 * sample(place[..., 0] * 0.9, moving * 0.9), 0.2, None)
    steel = 0.35 * (0.8 + 0.4 * sample(place[..., 1] * 0.2, place[..., 0] * 2))
    floor = 0.18 * (0.85 + 0.15 * sample(place[..., 0] * 0.15, place[..., 1] * 0.15) + 0.1 * sample(place[..., 0], place[..., 1]))
    tone = np.where(beside < 1, belt, np.where(beside < 1.25, steel, floor))
    colour = tone[..., None] * np.where((beside < 1)[..., None], [1, 0.99, 0.96], np.where((beside < 1.25)[..., None], [0.95, 0.9, 0.6], [1, 0.97, 0.92]))
    toward = np.array(plan.lamp) - place
    reach = np.linalg.norm(toward, axis=-1)
    lit = 0.35 + 6 * np.clip(toward[..., 2], 0, None) / reach**3
    return colour * lit[..., None], distance


def cast(camera: Camera, plan: Plan, lumps: list[Lump], colour, depth):
    """Draws the lumps into colour and depth; answers where they are."""
    mask = np.zeros(depth.shape, bool)
    for one in lumps:
        middle = camera.project(one.centre)
        far = float((one.centre - camera.place) @ camera.forward)
        reach = one.axes.max() * camera.focal / max(far, 0.2) * 1.15 + 2
        x0, y0 = np.maximum(0, np.floor(middle - reach)).astype(int)
        x1, y1 = np.minimum([depth.shape[1], depth.shape[0]], np.ceil(middle + reach)).astype(int)
        if far < 0.3 or x1 <= x0 or y1 <= y0:
            continue
        y, x = np.mgrid[y0:y1, x0:x1] + 0.5
        ray = camera.rays(x, y)
        start = (camera.place - one.centre) @ one.turn / one.axes
        way = ray @ one.turn / one.axes
        a, b, c = (way * way).sum(-1), way @ start, start @ start - 1
        root = b * b - a * c
        hit = (-b - np.sqrt(np.maximum(root, 0))) / a
        seen = (root > 0) & (hit < depth[y0:y1, x0:x1])
        if not seen.any():
            continue
        local = start + hit[..., None] * way
        bumps = np.zeros_like(local)
        for k, way in enumerate(BUMPS):
            bumps += np.sin(local @ way + one.seed * (k + 1))[..., None] * way / np.linalg.norm(way)
        normal = (local + 0.2 * bumps) / one.axes @ one.turn.T
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-9
        toward = np.array(plan.lamp) - one.centre
        away = np.linalg.norm(toward)
        toward = toward / away
        half = toward - camera.forward
        half /= np.linalg.norm(half)
        height = np.clip(0.35 + 0.65 * (local @ one.turn.T)[..., 2] * 0.8, 0.15, 1)
        lit = height * (0.3 + 0.3 * normal[..., 2]) + 6 / away**2 * np.clip(normal @ toward, 0, None)
        shine = 1.2 * np.clip(normal @ half, 0, None) ** 25 / away**2
        shade = plan.coal * one.tone * (lit + shine * 3)
        colour[y0:y1, x0:x1][seen] = shade[seen][:, None] * [1, 1, 1.04]
        depth[y0:y1, x0:x1][seen] = hit[seen]
        mask[y0:y1, x0:x1] |= seen
    return mask


def develop(colour, plan: Plan, random, time: float, grain):
    """Dust, exposure, gamma, noise: 8-bit RGB at the clip's size."""
    colour = cv2.resize(colour, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) * plan.light
    if plan.dust > 0:
        cloud = cv2.resize(np.roll(grain, int(time * 20), 1)[:64, :64], (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        veil = (plan.dust * np.clip(0.5 + 0.5 * cloud, 0.1, 1))[..., None]
        colour = colour * (1 - veil) + 0.3 * plan.light * veil
    shown = np.clip(colour * 1.6, 0, 1) ** (1 / 2.2)
    shown = shown + random.normal(size=shown.shape) * plan.noise
    return (np.clip(shown, 0, 1) * 255).astype(np.uint8)
