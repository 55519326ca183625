"""Load painted in two dimensions: a third look beside the two renderers, drawn anew for every picture.

A model that has seen one renderer learns that renderer. These pictures share nothing with it but the idea: single
lumps with faces of different brightness, cast shadows, a bed that is smoother than what lies on it.
"""

import cv2
import numpy as np

WIDTH = 416


def painted(random: np.random.Generator):
    """A picture (uint8 RGB) and its mask (0 or 255), bed and surroundings painted as well."""
    return drawn(random, load_on, distracted=0.5)


def drawn(random: np.random.Generator, lay, ground=lambda picture, _: picture, distracted: float = 0.4):
    """What all drawn looks have in common: a bed, what `ground` makes of it, three times in four a load that `lay` draws
    into picture and mask, and at times things that are none. Picture (uint8 RGB) and mask (0 or 255)."""
    height = int(WIDTH * random.choice([0.75, 0.75, 0.5625, 1]))
    picture, bed = surroundings(height, random)
    picture = ground(picture, random)
    mask = np.zeros((height, WIDTH), np.uint8)
    if random.random() > 0.25:
        lay(picture, mask, bed, random)
    if random.random() < distracted:
        distractors(picture, mask, random)
    return np.clip(picture * 255, 0, 255).astype(np.uint8), mask


def tint(random, low=0.06, high=0.9, spread=0.1):
    """Mostly grey: an even brightness on a logarithmic scale, and a little colour."""
    grey = np.exp(random.uniform(np.log(low), np.log(high)))
    return np.clip(grey * np.exp(random.normal(size=3) * spread), 0, 1).astype(np.float32)


def grain(shape, random, strength):
    """Mottled at several scales."""
    total = np.zeros(shape, np.float32)
    for cells in (6, 24, 90):
        small = random.standard_normal((cells, cells)).astype(np.float32)
        total += cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC) * random.random()
    return (1 + strength * total)[..., None]


def surroundings(height, random):
    """Wall or floor, a bed in perspective with side plates, stripes or wear along it."""
    shape = (height, WIDTH)
    picture = tint(random) * grain(shape, random, random.uniform(0, 0.15))
    turn = random.normal() * 0.35
    near, far = random.uniform(0.25, 0.6), random.uniform(0.08, 0.45)
    middle = np.array([WIDTH * random.uniform(0.35, 0.65), height / 2])
    along = np.array([np.sin(turn), np.cos(turn)]) * height * random.uniform(0.5, 0.9)
    across = np.array([np.cos(turn), -np.sin(turn)]) * WIDTH
    corners = lambda a, b: np.array([middle - along - across * b, middle - along + across * b, middle + along + across * a, middle + along - across * a])
    bed = corners(near, far)
    plate = random.uniform(0.0, 0.12)
    if plate > 0.02:
        fill(picture, corners(near + plate, far + plate * far / near), tint(random, spread=0.25), random, 0.1)
    fill(picture, bed, tint(random, 0.05, 0.65), random, random.uniform(0, 0.2))
    if random.random() < 0.3:
        rollers(picture, middle, along, across, near, far, random)
    if random.random() < 0.65:
        worn(picture, bed, random)
    for _ in range(int(random.integers(0, 9))):
        share = random.uniform(-1, 1)
        start = middle - along + across * far * share
        end = middle + along + across * near * share
        colour = tuple(float(v) for v in tint(random, 0.05, 0.9))
        cv2.line(picture, tuple(map(int, start)), tuple(map(int, end)), colour, int(random.integers(1, 7)), cv2.LINE_AA)
    if random.random() < 0.15:
        for share in np.arange(-1, 1, random.uniform(0.05, 0.3)):
            centre = middle + along * share
            reach = across * (near * (share + 1) + far * (1 - share)) / 2
            cv2.line(picture, tuple(map(int, centre - reach)), tuple(map(int, centre + reach)), (0.1, 0.1, 0.1), int(random.integers(1, 5)), cv2.LINE_AA)
    return np.ascontiguousarray(picture, np.float32), bed


def fill(picture, corners, colour, random, strength):
    inside = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, cv2.convexHull(corners.astype(np.int32)), 1)
    painted_over = colour * grain(picture.shape[:2], random, strength)
    picture[inside > 0] = painted_over[inside > 0]


def worn(picture, bed, random):
    """Speckled, blotched or streaked along the way that it goes: a bed between plates may be as rough as load, but is flat."""
    side, stretch = 256, float(np.exp(random.uniform(0, np.log(8))))
    total = np.zeros((side, side), np.float32)
    for cells in (256, 128, 64, 32, 16, 8):
        octave = random.standard_normal((max(2, int(cells / stretch)), cells), dtype=np.float32)
        total += cv2.resize(octave, (side, side), interpolation=cv2.INTER_CUBIC) * np.float32(random.random() ** 3)
    total /= total.std() + np.float32(1e-6)
    if random.random() < 0.3:
        total = np.tanh(3 * total)
    matrix = cv2.getPerspectiveTransform(np.float32([[0, 0], [side, 0], [side, side], [0, side]]), np.float32(bed))
    extent = picture.shape[1], picture.shape[0]
    laid = cv2.warpPerspective(total, matrix, extent, flags=cv2.INTER_LINEAR)
    strength = np.float32(np.exp(random.uniform(np.log(0.05), np.log(0.6))))
    picture *= np.clip(1 + strength * laid, 0.15, 3)[..., None]


def rollers(picture, middle, along, across, near, far, random):
    """Ends of the rollers that carry the belt, to its left and right."""
    colour, reach = tint(random, spread=0.25), random.uniform(1.1, 1.5)
    for share in np.arange(-1, 1, random.uniform(0.15, 0.6)):
        half = across * (near * (share + 1) + far * (1 - share)) / 2
        thick = max(2, int(np.linalg.norm(half) * random.uniform(0.05, 0.15)))
        for part in range(3):
            centre = middle + along * share + along / np.linalg.norm(along) * (part - 1) * thick / 3
            tone = tuple(float(v) for v in colour * (1.3 - 0.45 * part))
            for way in (-1, 1):
                ends = [tuple(map(int, centre + half * way * k)) for k in (1, reach)]
                cv2.line(picture, *ends, tone, max(1, thick // 3 + 1), cv2.LINE_AA)


def load_on(picture, mask, bed, random):
    """Lumps from far to near on part of the bed, in heaps, strips or one by one."""
    colour = tint(random, 0.04, 0.3) if random.random() < 0.7 else tint(random, 0.2, 0.8, 0.2)
    # One load in seven of lumps that are about as large as a zone.
    size = np.exp(random.uniform(np.log(3), np.log(45)) if random.random() < 0.86 else random.uniform(np.log(45), np.log(140)))
    count = int(min(1500, np.exp(random.uniform(np.log(4), np.log(60_000 / size**1.6 + 8)))))
    middle, width = random.uniform(0.2, 0.8), random.uniform(0.05, 0.6)
    low, high = sorted(random.uniform(0, 1, 2)) if random.random() < 0.5 else (0.0, 1.0)
    across = np.clip(middle + random.normal(size=count) * width * 0.5, 0.02, 0.98)
    down = np.sort(random.uniform(low, high, count))
    light = random.uniform(0, 2 * np.pi)
    contrast = random.uniform(0.15, 0.8)
    shadow = random.uniform(0, 0.8)
    perspective = np.linalg.norm(bed[1] - bed[0]) / np.linalg.norm(bed[2] - bed[3])
    smooth = random.random() < 0.4
    bumps = grain((256, 256), random, random.uniform(0, 1))[..., 0] - 1 if smooth else None
    for a, d in zip(across, down):
        left, right = bed[0] * (1 - d) + bed[3] * d, bed[1] * (1 - d) + bed[2] * d
        centre = left * (1 - a) + right * a
        near = perspective * (1 - d) + d
        extent = size * near * np.exp(random.normal() * 0.4)
        if smooth:
            boulder(picture, mask, centre, extent, colour, light, contrast, bumps, random)
        else:
            lump(picture, mask, centre, extent, colour, light, contrast, shadow, random)
    texture = grain(mask.shape, random, random.uniform(0, 0.3))
    if random.random() < 0.5:
        texture = texture * (1 + random.standard_normal((*mask.shape, 1)).astype(np.float32) * random.uniform(0, 0.25))
    load = mask > 0
    picture[load] *= np.clip(texture[load], 0.2, 3)


def lump(picture, mask, centre, size, colour, light, contrast, shadow, random):
    """A polygon with faces about an inner point; each face is as bright as it is turned to the light."""
    corners = int(random.integers(5, 11))
    angles = np.sort(random.uniform(0, 2 * np.pi, corners))
    radii = size * random.uniform(0.65, 1.1, corners)
    outline = centre + np.stack([np.cos(angles) * radii, np.sin(angles) * radii * random.uniform(0.55, 1)], 1)
    if shadow > 0.1:
        moved = (outline - np.array([np.cos(light), np.sin(light)]) * size * 0.3).astype(np.int32)
        x, y, w, h = cv2.boundingRect(moved)
        area = np.zeros((h, w), np.uint8)
        cv2.fillConvexPoly(area, cv2.convexHull(moved - [x, y]), 1)
        left, top = max(0, -x), max(0, -y)
        there = picture[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
        there[area[top : top + there.shape[0], left : left + there.shape[1]] > 0] *= 1 - shadow
    tone = colour * np.exp(random.normal() * 0.2)
    inner = centre + random.normal(size=2) * size * 0.2
    cv2.fillConvexPoly(mask, cv2.convexHull(outline.astype(np.int32)), 255)
    cv2.fillConvexPoly(picture, cv2.convexHull(outline.astype(np.int32)), tuple(float(v) for v in tone))
    for k in range(corners):
        face = np.array([inner, outline[k], outline[(k + 1) % corners]]).astype(np.int32)
        lit = 1 + contrast * np.cos((angles[k] + angles[(k + 1) % corners]) / 2 - light) + random.normal() * 0.1
        cv2.fillConvexPoly(picture, face, tuple(float(v) for v in tone * max(0.1, lit)), cv2.LINE_AA)


def boulder(picture, mask, centre, size, colour, light, contrast, bumps, random):
    """A rounded lump: an ellipsoid whose shade changes smoothly, with more or less of bumps, and the shadow under it."""
    reach = int(size * 1.2) + 1
    x0, y0 = np.maximum(0, centre - reach).astype(int)
    x1, y1 = np.minimum([picture.shape[1], picture.shape[0]], centre + reach + 1).astype(int)
    if x1 <= x0 or y1 <= y0:
        return
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    turn = random.uniform(0, np.pi)
    dx, dy = (x - centre[0]) / size, (y - centre[1]) / size
    u = (dx * np.cos(turn) + dy * np.sin(turn)) / random.uniform(0.8, 1.15)
    v = (dy * np.cos(turn) - dx * np.sin(turn)) / random.uniform(0.5, 1)
    at = random.integers(0, 255 - min(254, max(x1 - x0, y1 - y0)), 2) if max(x1 - x0, y1 - y0) < 250 else (0, 0)
    rough = bumps[at[1] : at[1] + y1 - y0, at[0] : at[0] + x1 - x0]
    rough = rough if rough.shape == u.shape else cv2.resize(bumps, (x1 - x0, y1 - y0))
    away = u * u + v * v + 0.35 * rough
    part = picture[y0:y1, x0:x1]
    part[(away >= 1) & (away < 1.3)] *= 1 - 0.5 * contrast
    inside = away < 1
    facing = np.sqrt(np.clip(1 - away, 0, 1))
    across = -(dx * np.cos(light) + dy * np.sin(light))
    shade = np.clip(1 + contrast * (0.9 * across + 0.5 * facing - 0.3) + 0.3 * rough, 0.08, 3)
    tone = colour * np.exp(random.normal() * 0.25)
    part[inside] = shade[inside][:, None] * tone
    mask[y0:y1, x0:x1][inside] = 255


def distractors(picture, mask, random):
    """Single smooth things that are no load: boxes, discs, rods, one or two of a colour of their own."""
    for _ in range(int(random.integers(1, 4))):
        colour = tuple(float(v) for v in tint(random, spread=0.5))
        centre = tuple(int(v) for v in random.uniform(0, 1, 2) * [picture.shape[1], picture.shape[0]])
        extent = int(random.integers(4, 60))
        cover = np.zeros(mask.shape, np.uint8)
        if random.random() < 0.5:
            cv2.ellipse(cover, centre, (extent, max(2, extent // int(random.integers(1, 6)))), float(random.uniform(0, 180)), 0, 360, 1, -1)
        else:
            box = cv2.boxPoints((centre, (extent * 2, extent * random.uniform(0.1, 1)), float(random.uniform(0, 180))))
            cv2.fillConvexPoly(cover, box.astype(np.int32), 1)
        shade = np.linspace(*random.uniform(0.6, 1.4, 2), mask.shape[1], dtype=np.float32)[None, :, None]
        inside = cover > 0
        picture[inside] = (np.array(colour, np.float32) * np.broadcast_to(shade, picture.shape))[inside]
        mask[inside] = 0
