"""Load as shaded cells of a Voronoi diagram: a fourth look, drawn anew for every picture.

Thousands of lumps at the price of a few distance transforms: each cell is a lump with a height, a tilt, a tone and
edges that fall off; which cells are there is up to the shape of the load. From grains to slabs, on a bed in
perspective, as a heap against a wall or falling; with gratings, rough walls and speckled beds that are no load.
"""

import cv2
import numpy as np

from painted import drawn, grain, tint

SIDE = 416


def cells(random: np.random.Generator):
    """A picture (uint8 RGB) and its mask (0 or 255)."""
    return drawn(random, loads, rough)


def loads(picture, mask, bed, random):
    for _ in range(2 if random.random() < 0.15 else 1):
        lay(picture, mask, bed, random)


def lay(picture, mask, bed, random):
    """Draws one load, seen from above on the bed or upright as a heap, and the shadow that it throws."""
    size = float(np.exp(random.uniform(np.log(7), np.log(60))))
    label, seeds = voronoi(size, random)
    there = present(seeds, random)
    shade, lumps = shaded(label, seeds, there, size, random)
    colour = load_colour(picture, bed, random)
    texture = shade[..., None] * colour * np.exp(random.normal(size=(len(seeds), 1)) * random.uniform(0.02, 0.35))[label]
    texture = (texture * (1 + random.normal(size=(len(seeds), 3)) * random.uniform(0, 0.08))[label]).astype(np.float32)
    cover = lumps.astype(np.float32)
    if random.random() < 0.3:
        texture, cover = moved(texture, cover, size, random)
    matrix = perspective(bed, picture.shape, random)
    extent = picture.shape[1], picture.shape[0]
    cover = cv2.warpPerspective(cover, matrix, extent, flags=cv2.INTER_AREA)
    # Every cell has a colour, whether its lump is there or not, so that no empty ground bleeds into the lumps' edges.
    colours = cv2.warpPerspective(texture, matrix, extent, flags=cv2.INTER_AREA)
    darkness = random.uniform(0, 0.8)
    away = random.normal(size=2) * size * 0.25
    thrown = cv2.warpAffine(cover, np.array([[1, 0, away[0]], [0, 1, away[1]]]), extent)
    thrown = cv2.GaussianBlur(thrown, (0, 0), max(0.6, size * 0.06))
    put(picture, mask, colours, cover, darkness * thrown)


def put(picture, mask, colours, cover, shadow):
    """Puts load into the picture and its mask: where `cover` is 1 its colours, beside it the shadow that it throws."""
    picture *= 1 - shadow[..., None] * (1 - cover[..., None])
    picture *= 1 - cover[..., None]
    picture += colours * cover[..., None]
    mask[cover > 0.5] = 255


def voronoi(size, random):
    """Labels [SIDE, SIDE] of cells about `size` pixels apart, and their seeds (x, y)."""
    step = np.arange(-size, SIDE + size, size)
    jitter = random.uniform(0.2, 0.5)
    x, y = np.meshgrid(step, step)
    seeds = np.stack([x.ravel(), y.ravel()], 1) + random.uniform(-jitter, jitter, (x.size, 2)) * size
    if random.random() < 0.5:
        # Sizes differ: some seeds are left out, and their neighbours grow.
        seeds = seeds[random.random(len(seeds)) > random.uniform(0.1, 0.6)]
    at = np.round(seeds).astype(int)
    inside = ((at >= 0) & (at < SIDE)).all(1)
    seeds, at = seeds[inside], at[inside]
    if len(seeds) == 0:
        seeds, at = np.array([[SIDE / 2, SIDE / 2]]), np.array([[SIDE // 2, SIDE // 2]])
    ground = np.ones((SIDE, SIDE), np.uint8)
    ground[at[:, 1], at[:, 0]] = 0
    _, label = cv2.distanceTransformWithLabels(ground, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    # OpenCV numbers the zero pixels in its own order.
    order = np.zeros(label.max() + 1, int)
    order[label[at[:, 1], at[:, 0]]] = np.arange(len(at))
    return order[label], seeds


def present(seeds, random):
    """Which cells hold a lump: all within a body of some shape, and some strewn beside it."""
    u, v = seeds[:, 0] / SIDE, seeds[:, 1] / SIDE
    waves = lambda t, k: sum(random.normal() * np.sin(2 * np.pi * (t * f + random.random())) / f for f in range(1, k))
    shape = random.choice(["strip", "blob", "front", "heap", "all", "strewn", "stream"], p=[0.25, 0.15, 0.2, 0.15, 0.05, 0.12, 0.08])
    edge = random.uniform(0.0, 0.12)
    if shape == "strip":
        inside = random.uniform(0.04, 0.5) - np.abs(u - random.uniform(0.2, 0.8) - 0.3 * edge * waves(v, 5)) + edge * waves(v, 7) * 0.5
    elif shape == "front":
        inside = v - random.uniform(0.05, 0.95) + edge * waves(u, 7)
    elif shape == "heap":
        top, middle, width = random.uniform(0.05, 0.7), random.uniform(0.2, 0.8), random.uniform(0.1, 0.6)
        inside = v - top - (1 - top) * np.minimum(1.2, np.abs(u - middle) / width) ** random.uniform(0.8, 2) + 0.5 * edge * waves(u, 7)
    elif shape == "blob":
        noise = cv2.resize(random.standard_normal((6, 6)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
        inside = noise[seeds[:, 1].astype(int).clip(0, SIDE - 1), seeds[:, 0].astype(int).clip(0, SIDE - 1)] - random.uniform(-0.8, 0.8)
    elif shape == "stream":
        inside = random.uniform(0.03, 0.2) - np.abs(u - random.uniform(0.2, 0.8) - 0.1 * waves(v, 3))
    else:
        inside = np.full(len(u), 1.0 if shape == "all" else -1.0)
    dense = random.uniform(0.15, 0.6) if shape == "stream" else random.choice([1.0, 1.0, random.uniform(0.4, 0.95)])
    strewn = random.uniform(0.02, 0.6) if shape == "strewn" else random.choice([0.0, 0.0, random.uniform(0.005, 0.15)])
    share = np.where(inside > 0, dense, strewn * np.exp(np.minimum(inside, 0) * random.uniform(0, 6)))
    return random.random(len(u)) < share


def shaded(label, seeds, there, size, random):
    """Brightness of each pixel and where the lumps are; edges of lumps fall off, gaps between them lie in shade."""
    border = np.zeros(label.shape, bool)
    border[:, 1:] |= label[:, 1:] != label[:, :-1]
    border[1:] |= label[1:] != label[:-1]
    inward = cv2.distanceTransform((~border).astype(np.uint8), cv2.DIST_L2, 3)
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    dx, dy = x - seeds[label, 0], y - seeds[label, 1]
    tilt = random.normal(size=(len(seeds), 2)) * random.uniform(0.1, 0.8)
    round_ = np.minimum(inward / (size * random.uniform(0.1, 0.45) + 0.5), 1)
    dome = np.sqrt(np.clip(1 - (1 - round_) ** 2, 0, 1)) * size * random.uniform(0.1, 0.5)
    level = random.normal(size=len(seeds)) * size * random.uniform(0, 0.4)
    relief = (level[label] + dome + tilt[label, 0] * dx + tilt[label, 1] * dy).astype(np.float32)
    if random.random() < 0.6:
        # Broken faces: a second, finer diagram tilts parts of each lump.
        relief += cv2.resize(random.standard_normal((int(SIDE / size * 3) + 2,) * 2).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR) * size * random.uniform(0.02, 0.2)
    if random.random() < 0.5:
        relief += cv2.GaussianBlur(random.standard_normal((SIDE, SIDE)).astype(np.float32), (0, 0), 0.8) * random.uniform(0, 0.6)
    gx, gy = cv2.Sobel(relief, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(relief, cv2.CV_32F, 0, 1, scale=0.125)
    angle, rise = random.uniform(0, 2 * np.pi), random.uniform(0.3, 1.4)
    toward = np.array([np.cos(angle) * np.cos(rise), np.sin(angle) * np.cos(rise), np.sin(rise)])
    length = np.sqrt(gx * gx + gy * gy + 1)
    lit = np.clip((-gx * toward[0] - gy * toward[1] + toward[2]) / length, 0, None)
    shade = random.uniform(0.1, 0.8) + random.uniform(0.5, 1.3) * lit
    if random.random() < 0.35:
        half = toward + [0, 0, 1]
        half /= np.linalg.norm(half)
        shine = np.clip((-gx * half[0] - gy * half[1] + half[2]) / length, 0, None) ** float(np.exp(random.uniform(1.5, 4)))
        shade = shade + random.uniform(0.2, 2) * shine
    gap = random.uniform(0.1, 0.9)
    shade = shade * (1 - gap * np.exp(-inward / (0.05 * size + 0.5)))
    low = cv2.GaussianBlur(relief, (0, 0), size * 0.5 + 1) - relief
    shade = shade * np.exp(-np.clip(low / size, 0, 1) * random.uniform(0, 1.5))
    lumps = there[label]
    if random.random() < 0.5:
        # Lone lumps are rounder than their cells.
        reach = size * random.uniform(0.45, 0.75)
        lone = dx * dx + dy * dy < reach * reach
        crowd = cv2.blur(lumps.astype(np.float32), (int(size * 2) | 1,) * 2) > 0.75
        lumps = lumps & (lone | crowd)
    return shade.astype(np.float32), lumps


def load_colour(picture, bed, random):
    """Mostly dark; one time in four about as bright as the bed, where only structure tells them apart."""
    if random.random() < 0.25:
        x, y = np.clip(bed.mean(0), 0, [picture.shape[1] - 1, picture.shape[0] - 1]).astype(int)
        return np.clip(picture[y, x] * np.exp(random.normal() * 0.2), 0.01, 1)
    return tint(random, 0.02, 0.3) if random.random() < 0.7 else tint(random, 0.15, 0.9, 0.15)


def moved(texture, cover, size, random):
    """Blurred along the way that load goes, by no more than a lump and a half: streaks without lumps are a worn belt."""
    length = int(random.uniform(3, max(4, min(25, size * 1.5))))
    kernel = np.full((length, 1), 1 / length, np.float32)
    weighted = cv2.filter2D(texture * cover[..., None], -1, kernel)
    cover = cv2.filter2D(cover, -1, kernel)
    return np.where(cover[..., None] > 0.01, weighted / np.maximum(cover, 0.01)[..., None], texture).astype(np.float32), cover


def perspective(bed, shape, random):
    """From the diagram's square to the bed's corners, or to the whole picture, upright."""
    height, width = shape[:2]
    square = np.array([[0, 0], [SIDE, 0], [SIDE, SIDE], [0, SIDE]], np.float32)
    target = np.float32(bed)
    if random.random() < 0.35:
        far, near = random.uniform(0.7, 1.6), random.uniform(0.9, 2.2)
        middle = random.uniform(0.3, 0.7) * width
        top, bottom = random.uniform(-0.3, 0.2) * height, random.uniform(0.9, 1.4) * height
        half = np.array([-far, far, near, -near]) * width / 2
        target = np.stack([middle + half, [top, top, bottom, bottom]], 1).astype(np.float32)
    return cv2.getPerspectiveTransform(square, target)


def rough(picture, random):
    """What is rough or regular and no load: speckled beds, plastered walls, gratings, mesh, tread plate."""
    if random.random() < 0.35:
        speckle = random.standard_normal(picture.shape[:2]).astype(np.float32)
        speckle = cv2.GaussianBlur(speckle, (0, 0), sigma := float(random.uniform(0.3, 1.6))) * (0.5 + sigma)
        picture = picture * np.clip(1 + speckle * random.uniform(0.03, 0.35), 0.2, 3)[..., None]
    if random.random() < 0.25:
        y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
        angle, period = random.uniform(0, np.pi), float(np.exp(random.uniform(np.log(3), np.log(40))))
        shrink = 1 + random.uniform(-0.6, 1.5) * y / picture.shape[0]
        along = (x * np.cos(angle) + y * np.sin(angle)) * shrink / period
        bars = (along % 1 < random.uniform(0.15, 0.7)).astype(np.float32)
        if random.random() < 0.6:
            across = (y * np.cos(angle) - x * np.sin(angle)) * shrink / period / random.uniform(0.5, 3)
            bars = np.maximum(bars, across % 1 < random.uniform(0.15, 0.6))
        low, high = np.sort(random.uniform(0, 1, 2))
        part = (x >= low * picture.shape[1]) & (x <= high * picture.shape[1]) if random.random() < 0.7 else np.ones_like(x, bool)
        picture = np.where(part[..., None], picture * (1 - bars[..., None] * random.uniform(0.2, 0.9)), picture)
    return np.ascontiguousarray(picture * grain(picture.shape[:2], random, random.uniform(0, 0.15)), np.float32)
