"""Load as one lit surface of fractal noise: a fifth look, drawn anew for every picture.

No lumps are drawn: a body (a strip, a front, a heap) with ridges, facets or billows on it rises out of the bed, and what
is above the bed is load. So lumps stick together, fines fill the gaps, edges fray, as real coal does; the light comes
from one side and what stands in its way throws shadows, on the load and on the bed.
"""

import cv2
import numpy as np

from cells import SIDE, load_colour, moved, perspective, put, rough
from painted import drawn


def relief(random: np.random.Generator):
    """A picture (uint8 RGB) and its mask (0 or 255)."""
    return drawn(random, lay, rough)


def lay(picture, mask, bed, random):
    """Lights the load in its own square, then lays it on the bed or upright against the wall."""
    lump = float(np.exp(random.uniform(np.log(9), np.log(110))))
    above = body(random) * SIDE * random.uniform(0.1, 0.5) + fractal(lump, random) * lump * random.uniform(0.25, 0.8)
    cover = (above > 0).astype(np.float32)
    surface = np.maximum(above, 0).astype(np.float32)
    shade, shadow = lit(surface, lump, random)
    tone = 1 + random.uniform(0, 0.35) * fractal(lump * random.uniform(0.2, 4), random)
    texture = shade[..., None] * np.clip(tone, 0.2, 3)[..., None] * load_colour(picture, bed, random)
    texture = texture.astype(np.float32)
    if random.random() < 0.25:
        texture, cover = moved(texture, cover, lump, random)
    matrix = perspective(bed, picture.shape, random)
    extent = picture.shape[1], picture.shape[0]
    laid = lambda what: cv2.warpPerspective(what, matrix, extent, flags=cv2.INTER_AREA)
    cover, texture, shadow = laid(cover), laid(texture), laid(shadow)
    put(picture, mask, texture, cover, random.uniform(0.2, 0.9) * shadow)


def body(random):
    """Height of the load without its roughness: below 0 there is none."""
    v, u = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    middle, width = random.uniform(0.15, 0.85), random.uniform(0.05, 0.5)
    kind = random.choice(["strip", "front", "heap", "patches", "strewn", "all"], p=[0.27, 0.2, 0.2, 0.15, 0.13, 0.05])
    if kind == "strip":
        return 1 - np.abs(u - middle) / width
    if kind == "front":
        return np.clip(np.float32(random.choice([-1, 1])) * (v - middle) / width, -1, 1)
    if kind == "heap":
        top = random.uniform(0.0, 0.7)
        return (v - top) / (1 - top) - (np.abs(u - middle) / (width + 0.1)) ** random.uniform(0.8, 2)
    if kind == "patches":
        cells = int(random.integers(3, 8))
        return cv2.resize(random.standard_normal((cells, cells), dtype=np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) + np.float32(random.uniform(-0.6, 0.6))
    # Strewn: only the highest of the roughness comes out of the bed.
    return np.full((SIDE, SIDE), -random.uniform(0.02, 0.12) if kind == "strewn" else 1, np.float32)


def fractal(lump, random):
    """Noise of several octaves, the coarsest about `lump` pixels wide; variance 1, ridged, billowing, faceted or plain."""
    kind = random.choice(["plain", "ridged", "billow", "steps"])
    smooth = cv2.INTER_CUBIC if random.random() < 0.5 else cv2.INTER_LINEAR
    keep = random.uniform(0.35, 0.75)
    total, size, weight = np.zeros((SIDE, SIDE), np.float32), lump, 1.0
    while size >= 1.5 and weight > 0.03:
        cells = max(3, int(SIDE / size))
        octave = cv2.resize(random.standard_normal((cells, cells), dtype=np.float32), (SIDE, SIDE), interpolation=smooth)
        if kind == "ridged":
            octave = 1 - 2 * np.abs(octave)
        elif kind == "billow":
            octave = 2 * np.abs(octave) - 1
        elif kind == "steps":
            octave = np.round(octave * 1.5) / 1.5
        total += octave * np.float32(weight)
        size, weight = size / 2, weight * keep
    if random.random() < 0.5:
        total = warped(total, lump, random)
    return (total - total.mean()) / (total.std() + np.float32(1e-6))


def warped(total, lump, random):
    """Moved about by coarser noise, so that nothing shows the grid that it was drawn on."""
    cells = max(3, int(SIDE / lump / 2))
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    reach = np.float32(lump * random.uniform(0.2, 0.8))
    away = [cv2.resize(random.standard_normal((cells, cells), dtype=np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) * reach for _ in range(2)]
    return cv2.remap(total, x + away[0], y + away[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)


def lit(surface, lump, random):
    """Brightness of the surface and where shadow falls, both [SIDE, SIDE]."""
    steep = np.float32(random.uniform(0.5, 1.6))
    gx, gy = (cv2.Sobel(surface, cv2.CV_32F, *axis, scale=0.125) * steep for axis in ((1, 0), (0, 1)))
    angle, rise = random.uniform(0, 2 * np.pi), random.uniform(0.25, 1.3)
    light = np.array([np.cos(angle) * np.cos(rise), np.sin(angle) * np.cos(rise), np.sin(rise)], np.float32)
    length = np.sqrt(gx * gx + gy * gy + 1)
    facing = np.clip((light[2] - gx * light[0] - gy * light[1]) / length, 0, None)
    # A point lies in shadow where, some steps toward the light, the surface stands above the ray.
    shadow = np.zeros_like(surface)
    stride = max(1.0, lump * 0.12)
    for step in range(1, 9):
        ahead = np.float32([[1, 0, -light[0] * step * stride], [0, 1, -light[1] * step * stride]])
        blocking = cv2.warpAffine(surface, ahead, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE) * steep - step * stride * light[2]
        shadow = np.maximum(shadow, (blocking > surface * steep).astype(np.float32))
    shadow = cv2.GaussianBlur(shadow, (0, 0), max(0.5, lump * random.uniform(0.01, 0.06)))
    ambient = random.uniform(0.08, 0.6)
    shade = ambient + random.uniform(0.6, 1.5) * facing * (1 - shadow * np.float32(random.uniform(0.4, 1)))
    if random.random() < 0.35:
        half = light + [0, 0, 1]
        half /= np.linalg.norm(half)
        shine = np.clip((half[2] - gx * half[0] - gy * half[1]) / length, 0, None) ** float(np.exp(random.uniform(1.5, 4)))
        shade = shade + random.uniform(0.2, 1.5) * shine * (1 - shadow)
    # Hollows get less of the sky.
    hollow = cv2.GaussianBlur(surface, (0, 0), lump * 0.4 + 1) - surface
    return (shade * np.exp(-np.clip(hollow / lump, 0, 1) * random.uniform(0, 2.5))).astype(np.float32), shadow
