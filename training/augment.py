"""What a picture may look like before a model sees it: another crop, lens, light, dust, camera and encoder.

Rendered pictures are cleaner and more alike than real ones; nearly all that makes the model travel is here.
Pictures are uint8 RGB in, float32 [0, 1] RGB out; masks uint8 0 or 255.
"""

import cv2
import numpy as np

GREY = 114
# One and a half of 255 levels, and a noise about twice as strong as the load's structure.
LEAST_STRUCTURE, LEAST_LIKENESS = 0.006, 0.4


def augment(image: np.ndarray, mask: np.ndarray, size: int, random: np.random.Generator, strength: float = 1.0):
    """`strength` scales how often each effect comes: less at first, so that the first features are found sooner.

    None where nothing of the load can be seen any more: that would teach guesses, so that a dark bed becomes a full one.
    """
    image, mask = place(image, mask, size, random)
    picture = plain = image.astype(np.float32) / 255
    if random.random() < (0.6 if mask.any() else 0.8):
        picture = grainy_ground(picture, mask, random)
    for effect, probability in EFFECTS:
        if random.random() < probability * strength:
            picture = effect(picture, random)
    if not mask.any() and random.random() < 0.35 * strength:
        # Where there is nothing but noise there is no load.
        picture = gain(dim(np.clip(picture, 0, 1), random), random)
    if random.random() < 0.1:
        picture, mask = cover(picture, mask, random)
    picture = encode(np.clip(picture, 0, 1), random)
    return (picture, mask) if can_be_seen(plain, picture, mask) else None


def can_be_seen(plain, picture, mask) -> bool:
    """Whether the load's structure and outline are still in the picture, by their correlation with what was drawn."""
    load = cv2.dilate(mask, np.ones((9, 9), np.uint8)) > 127
    if not load.any():
        return True
    drawn, left = (structure(p)[load] for p in (plain, picture))
    if left.std() < LEAST_STRUCTURE or drawn.std() == 0:
        return False
    return float(np.corrcoef(drawn, left)[0, 1]) > LEAST_LIKENESS


def structure(p):
    """Brightness without what is finer than about 2 and coarser than about 12 pixels."""
    grey = p.mean(2)
    return cv2.GaussianBlur(grey, (0, 0), 1.0) - cv2.GaussianBlur(grey, (0, 0), 6)


def mosaic(parts: list[tuple[np.ndarray, np.ndarray]], random: np.random.Generator):
    """Four cameras in one picture, as recorders show them: load far away, seams, several scenes at once."""
    width, height = 320, int(random.choice([180, 240, 240]))
    images, masks = [], []
    for image, mask in parts:
        images.append(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR))
        masks.append(cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR))
    square = lambda four: np.concatenate([np.concatenate(four[:2], 1), np.concatenate(four[2:], 1)], 0)
    return square(images), square(masks)


def place(image, mask, size, random):
    """Letterboxed whole, or zoomed, turned and sheared; what lies outside is the letterbox's grey or more of the same."""
    height, width = mask.shape
    fit = size / max(height, width)
    plain = random.random() < 0.2
    zoom = 1.0 if plain else np.exp(random.uniform(np.log(0.6), np.log(3.2)))
    angle = 0.0 if plain else np.deg2rad(random.normal() * 12)
    if not plain and random.random() < 0.12:
        angle += random.choice([np.pi / 2, -np.pi / 2, np.pi])
    aspect = 1.0 if plain else np.exp(random.normal() * 0.12)
    shear = 0.0 if plain else random.normal() * 0.08
    flip = -1.0 if random.random() < 0.5 else 1.0
    scale = fit * zoom
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.array([[1, shear], [0, 1]]) @ np.diag([flip * scale * aspect, scale / aspect])
    slack = 0.0 if plain else max(0.0, zoom - 0.8) * 0.5
    centre = np.array([width, height]) * (0.5 + random.uniform(-slack, slack, 2) / max(zoom, 1) * 0.9)
    offset = np.array([size / 2, size / 2]) - linear @ centre
    matrix = np.column_stack([linear, offset])
    filter_ = cv2.INTER_LINEAR if random.random() < 0.6 else cv2.INTER_AREA
    reflect = random.random() < 0.5 and not plain
    border = cv2.BORDER_REFLECT_101 if reflect else cv2.BORDER_CONSTANT
    image = cv2.warpAffine(image, matrix, (size, size), flags=filter_, borderMode=border, borderValue=(GREY,) * 3)
    mask = cv2.warpAffine(mask, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=border, borderValue=0)
    return image, mask


def field(shape, random, coarse=None):
    """A smooth random field with values around 0 to 1."""
    coarse = coarse or int(random.integers(2, 7))
    small = random.random((coarse, coarse)).astype(np.float32)
    return cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)[..., None]


def grainy_ground(p, mask, random):
    """Belts, walls and floors that are as rough as load, but flat: worn, streaked, speckled. Load keeps its own look.

    Without it a model learns that whatever has grain is load, and takes the first renderer with a rough belt for full.
    """
    size = p.shape[0]
    side = size // 2
    total = np.zeros((side, side), np.float32)
    octaves = (side, side // 2, side // 4, side // 8, side // 16)
    # Often nothing but speckle, as fine as grains that lie still.
    for cells in octaves[:2] if random.random() < 0.35 else octaves:
        octave = random.standard_normal((cells, cells), dtype=np.float32)
        total += cv2.resize(octave, (side, side), interpolation=cv2.INTER_CUBIC) * np.float32(random.random() ** 2)
    total /= total.std() + 1e-6
    # Laid in perspective and stretched, as wear on a belt is.
    middle, turn = size * random.uniform(0.2, 0.8), random.normal() * 0.6
    # Mostly a bed of its own, with edges and a tone: a rough belt between smooth plates is what fools most.
    bounded = random.random() < 0.6
    reach = 0.3 if bounded else 1.0
    near, far = size * reach * np.exp(random.uniform(np.log(0.5), np.log(2))), size * reach * np.exp(random.uniform(np.log(0.25), np.log(1.5)))
    top, bottom = -size * random.uniform(0, 0.5), size * (1 + random.uniform(0, 2) ** 2)
    quad = np.array([[-far, top], [far, top], [near, bottom], [-near, bottom]]) + [middle, 0] - size / 2
    quad = quad @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + size / 2
    square = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    matrix = cv2.getPerspectiveTransform(square, quad.astype(np.float32))
    laid = cv2.warpPerspective(total, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    strength = np.float32(np.exp(random.uniform(np.log(0.04), np.log(0.7))))
    ground = np.clip(1 + strength * laid, 0.15, 3)[..., None]
    if bounded:
        bed = np.zeros((size, size), np.uint8)
        cv2.fillConvexPoly(bed, quad.astype(np.int32), 1)
        ground = np.where(bed[..., None] > 0, ground * np.float32(np.exp(random.normal() * 0.4)), np.float32(1))
    load = (mask.astype(np.float32) / 255)[..., None]
    return p * (ground * (1 - load) + load)


def tone(p, random):
    p = np.clip(p, 0, 1) ** np.float32(np.exp(random.normal() * 0.4))
    contrast = np.float32(np.exp(random.normal() * 0.3))
    mean = p.mean()
    return np.clip((p - mean) * contrast + mean * np.float32(np.exp(random.normal() * 0.3)), 0, 1.3)


def cast(p, random):
    return p * np.exp(random.normal(size=3) * 0.15).astype(np.float32)


def greyed(p, random):
    grey = p @ np.array([0.3, 0.59, 0.11], np.float32)
    share = 1.0 if random.random() < 0.7 else random.random()
    return p * np.float32(1 - share) + grey[..., None] * np.float32(share)


def uneven_light(p, random):
    return p * (np.float32(0.25) + np.float32(random.uniform(0.8, 1.8)) * np.clip(field(p.shape, random), 0, 1.5))


def lamp_only(p, random):
    """Night: one pool of light, black around it."""
    size = p.shape[0]
    x, y = random.uniform(0, size, 2)
    grid = np.mgrid[0:size, 0:size].astype(np.float32)
    away = ((grid[0] - y) ** 2 + (grid[1] - x) ** 2) / np.float32((size * random.uniform(0.2, 0.7)) ** 2)
    pool = (random.uniform(0.02, 0.25) + random.uniform(0.8, 2.2) / (1 + away))[..., None].astype(np.float32)
    return p * pool


def flare(p, random):
    size = p.shape[0]
    x, y = random.uniform(-0.1, 1.1, 2) * size
    grid = np.mgrid[0:size, 0:size].astype(np.float32)
    dx, dy = (grid[1] - x) / size, (grid[0] - y) / size
    r2 = dx * dx + dy * dy
    width = np.float32(random.uniform(0.0005, 0.02))
    glow = np.exp(-r2 / width) * 1.5 + random.uniform(0.0, 0.5) / (1 + r2 / width)
    if random.random() < 0.5:
        angle = random.uniform(0, np.pi)
        across = dx * np.sin(angle) - dy * np.cos(angle)
        glow += random.uniform(0.1, 0.5) * np.exp(-np.abs(across) * 60) / (1 + r2 * 12)
    colour = np.array([1, random.uniform(0.7, 1), random.uniform(0.4, 1)], np.float32)
    return p + glow[..., None].astype(np.float32) * colour


def haze(p, random):
    veil = np.float32(random.uniform(0.1, 0.65)) * np.clip(field(p.shape, random) * 0.8 + 0.4, 0.2, 1)
    colour = np.clip(random.uniform(0.15, 0.8) + random.normal(size=3) * 0.06, 0, 1).astype(np.float32)
    return p * (1 - veil) + veil * colour


def dim(p, random):
    """Hardly any contrast left: thick dust, a failing lamp, a camera that opens its aperture as far as it goes."""
    keep = np.float32(np.exp(random.uniform(np.log(0.08), np.log(0.4))))
    return p * keep + np.float32(random.uniform(0.02, 0.5)) * (1 - keep)


def dirt(p, random):
    """A soiled lens: stained edges, as on the yellow corner of a real camera."""
    size = p.shape[0]
    axis = np.abs(np.linspace(-1, 1, size, dtype=np.float32)) ** random.uniform(1.5, 5)
    edge = np.maximum(axis[:, None], axis[None, :])[..., None]
    veil = np.clip(edge * field(p.shape, random) * random.uniform(0.6, 2) - 0.1, 0, 0.9).astype(np.float32)
    colour = np.array([random.uniform(0.2, 0.7), random.uniform(0.15, 0.6), random.uniform(0, 0.5)], np.float32)
    return p * (1 - veil) + veil * colour


def vignette(p, random):
    axis = np.linspace(-1, 1, p.shape[0], dtype=np.float32) ** 2
    return p * (1 - np.float32(random.uniform(0.1, 0.45)) * (axis[:, None] + axis[None, :]))[..., None]


def blur(p, random):
    if random.random() < 0.5:
        return cv2.GaussianBlur(p, (0, 0), float(random.uniform(0.4, 1.4)))
    length = int(random.integers(3, 13))
    kernel = np.zeros((length, length), np.float32)
    angle = random.uniform(0, np.pi)
    reach = (length - 1) / 2
    tip = (np.array([np.cos(angle), np.sin(angle)]) * reach)
    start = tuple(int(round(v)) for v in (reach - tip))
    end = tuple(int(round(v)) for v in (reach + tip))
    cv2.line(kernel, start, end, 1.0)
    return cv2.filter2D(p, -1, kernel / kernel.sum())


def coarsen(p, random):
    """A camera of few pixels, scaled up."""
    size = p.shape[0]
    small = int(size * random.uniform(0.3, 0.85))
    down = random.choice([cv2.INTER_LINEAR, cv2.INTER_AREA, cv2.INTER_NEAREST])
    return cv2.resize(cv2.resize(p, (small, small), interpolation=int(down)), (size, size), interpolation=cv2.INTER_LINEAR)


def sharpen(p, random):
    """The halos of a surveillance camera's sharpening."""
    soft = cv2.GaussianBlur(p, (0, 0), float(random.uniform(0.8, 2)))
    return p + (p - soft) * np.float32(random.uniform(0.4, 2))


def noise(p, random):
    sigma = np.exp(random.uniform(np.log(0.008), np.log(0.15)))
    shape = p.shape if random.random() < 0.5 else (*p.shape[:2], 1)
    grain = random.standard_normal(shape, dtype=np.float32) * np.float32(sigma)
    if random.random() < 0.5:
        grain = cv2.GaussianBlur(grain, (0, 0), 0.7).reshape(shape)
    return p + grain


def gain(p, random):
    """A dark picture amplified: noise that grows in the shadows, smeared to blotches by the camera's denoiser and encoder."""
    light = np.float32(np.exp(random.uniform(np.log(0.06), np.log(0.5))))
    read, shot = np.float32(random.uniform(0.001, 0.009)), np.float32(random.uniform(0.004, 0.02))
    shape = p.shape if random.random() < 0.4 else (*p.shape[:2], 1)
    grain = random.standard_normal(shape, dtype=np.float32)
    if random.random() < 0.7:
        grain = cv2.GaussianBlur(grain, (0, 0), sigma := float(random.uniform(0.5, 2.2))).reshape(shape) * np.float32(1 + sigma)
    dark = np.clip(p, 0, 1) * light
    seen = np.clip(dark + grain * np.sqrt(read * read + shot * shot * dark), 0, 1)
    # The camera's own gain brings back a part of the light; a little is lost for good.
    return seen * np.float32(random.uniform(0.4, 1.0)) / light


def night_lamp(p, random):
    """No colour but the lamp's, which glares into the lens and lights what is near it."""
    size = p.shape[0]
    x, y = random.uniform(-0.1, 1.1, 2) * size
    grid = np.mgrid[0:size, 0:size].astype(np.float32)
    r2 = (((grid[0] - y) ** 2 + (grid[1] - x) ** 2) / np.float32(size * size))[..., None]
    pool = random.uniform(0.05, 0.3) + random.uniform(0.6, 1.8) / (1 + r2 / random.uniform(0.05, 0.5))
    glow = random.uniform(0.5, 1.5) * np.exp(-r2 / random.uniform(0.001, 0.015)) + random.uniform(0.0, 0.35) / (1 + r2 * random.uniform(4, 60))
    colour = np.array([1, random.uniform(0.7, 1), random.uniform(0.35, 1)], np.float32)
    grey = (p @ np.array([0.3, 0.59, 0.11], np.float32))[..., None]
    return ((grey * pool + glow) * colour).astype(np.float32)


def harsh(p, random):
    """Night, dust and a shaking camera at once: little is left, and the noise is hardly weaker than the picture."""
    if random.random() < 0.6:
        p = blur(p, random)
    keep = np.exp(random.uniform(np.log(0.12), np.log(0.6)))
    dust = random.uniform(0, 0.4) * np.clip(field(p.shape, random) * 0.5 + 0.6, 0.3, 1.2)
    p = p * np.float32(keep) + dust * np.float32(1 - keep)
    shape = p.shape if random.random() < 0.5 else (*p.shape[:2], 1)
    grain = random.standard_normal(shape, dtype=np.float32)
    if random.random() < 0.5:
        grain = cv2.GaussianBlur(grain, (0, 0), 0.8).reshape(shape) * np.float32(1.8)
    opened = random.uniform(0, 1)
    return (p + grain * np.float32(keep * random.uniform(0.02, 0.25))) * np.float32(keep**-opened)


def screen(p, random):
    """Fine regular patterns, as from filming a monitor or a bad scaler."""
    size = p.shape[0]
    line = np.sin(np.arange(size) * random.uniform(0.8, 3.0)).astype(np.float32) * np.float32(random.uniform(0.01, 0.1))
    pattern = line[:, None] + (line[None, :] if random.random() < 0.6 else 0)
    return p + pattern.reshape(size, -1)[..., None]


def lettering(p, random):
    """A time stamp or a caption burnt in."""
    p = np.ascontiguousarray(np.clip(p, 0, 1))
    for _ in range(int(random.integers(1, 3))):
        text = "".join(random.choice(list("0123456789:/-ABCDEFGHKLMNabcdefgh ")) for _ in range(int(random.integers(5, 20))))
        at = (int(random.integers(0, 160)), int(random.integers(10, p.shape[0])))
        colour = tuple(float(v) for v in (random.random(3) if random.random() < 0.3 else np.ones(3)))
        cv2.putText(p, text, at, int(random.integers(0, 5)), float(random.uniform(0.3, 0.7)), colour, 1, cv2.LINE_AA)
    return p


def cover(p, mask, random):
    """Something in front that is no load: a flat or striped patch, a bar, a leg."""
    size = p.shape[0]
    shape = np.zeros((size, size), np.uint8)
    c = random.uniform(0, size, 2)
    if random.random() < 0.5:
        points = (c + random.normal(size=(int(random.integers(3, 7)), 2)) * size * random.uniform(0.05, 0.25)).astype(np.int32)
        cv2.fillConvexPoly(shape, cv2.convexHull(points), 1)
    else:
        d = random.normal(size=2) * size
        cv2.line(shape, tuple((c - d).astype(int).tolist()), tuple((c + d).astype(int).tolist()), 1, int(random.integers(2, 40)))
    colour = (random.random(3) * random.random() if random.random() < 0.5 else np.full(3, random.random() ** 2)).astype(np.float32)
    patch = colour * (0.6 + 0.8 * field(p.shape, random))
    inside = shape[..., None] > 0
    return np.where(inside, patch, p).astype(np.float32), np.where(shape > 0, 0, mask).astype(np.uint8)


def encode(p, random):
    eight = (p * 255).astype(np.uint8)
    if random.random() < 0.4:
        quality = int(random.integers(12, 80))
        _, data = cv2.imencode(".jpg", eight, [cv2.IMWRITE_JPEG_QUALITY, quality])
        eight = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return eight.astype(np.float32) / 255


EFFECTS = (
    (uneven_light, 0.2),
    (lamp_only, 0.1),
    (tone, 0.7),
    (haze, 0.2),
    (dim, 0.1),
    (flare, 0.12),
    (dirt, 0.12),
    (cast, 0.35),
    (greyed, 0.35),
    (vignette, 0.15),
    (blur, 0.2),
    (coarsen, 0.12),
    (sharpen, 0.15),
    (night_lamp, 0.09),
    (harsh, 0.12),
    (gain, 0.22),
    (noise, 0.3),
    (screen, 0.14),
    (lettering, 0.08),
)
