"""Scenes for POV-Ray: a belt between plates in a hall, with lumps on it, drawn from a seed. Text only; nothing is run here.

Lumps are superellipsoids and spheres with cut faces, in materials and bumps of POV-Ray's own (granite, crackle, dents).
Lengths are in metres; the belt runs away from the camera, along z.
"""

from dataclasses import dataclass

import numpy as np

HALF_BELT, LENGTH = 0.6, 6.0
KINDS = ("empty", "busy", "jam", "dark", "large", "night")
SIZES = {"empty": (0.05, 0.05), "busy": (0.03, 0.07), "jam": (0.04, 0.1), "dark": (0.04, 0.09), "large": (0.13, 0.24), "night": (0.04, 0.12)}
WHITE, BLACK = ("texture { pigment { rgb %d } finish { ambient 1 diffuse 0 specular 0 } }" % v for v in (1, 0))


@dataclass(frozen=True)
class Scene:
    """The same place three times: as a camera sees it, load in white on black, and the bare belt in white on black."""

    picture: str
    mask: str
    belt: str


def scene(kind: str, random: np.random.Generator) -> Scene:
    between = random.uniform
    light = {"dark": between(0.15, 0.35), "night": between(0.1, 0.25)}.get(kind, between(0.6, 1.2))
    glow = between(0.05, 0.3) * light
    size = between(*SIZES[kind])
    camera = camera_text(random)
    lumps = "".join(lump_text(place, size, random) for place in places(kind, size, random))
    bed = bed_text(kind, glow, random)
    around = surroundings_text(random)
    looks = load_looks(size, glow, random) + place_looks(glow, random)
    weather = lights_text(kind, light, random) + fog_text(kind, random)
    flat = "".join(f"#declare {name} = {BLACK}\n" for name in ("Plate", "Wall"))
    white = "".join(f"#declare Load{k} = {WHITE}\n" for k in range(3))
    return Scene(
        camera + looks + weather + belt(bed) + around + lumps,
        camera + white + flat + belt(BLACK) + around + lumps,
        camera + flat + belt(WHITE) + around,
    )


def camera_text(random) -> str:
    x, y, z = random.uniform(-1.5, 1.5), random.uniform(1.5, 3.2), random.uniform(-2.2, -0.8)
    return (
        "#version 3.7; global_settings { assumed_gamma 1.0 ambient_light rgb 1 }\n"
        f"camera {{ perspective location <{x:.3f},{y:.3f},{z:.3f}> right x*4/3 up y angle {random.uniform(45, 85):.1f}"
        f" look_at <{random.uniform(-0.1, 0.1):.3f},0,{random.uniform(0.9, 1.8):.3f}> }}\n"
    )


def places(kind: str, size: float, random) -> list[tuple[float, float, float]]:
    """Where lumps lie: strewn over the belt, or heaped on it."""
    heaped = {"jam": 1.0, "night": 1.0, "dark": 0.5, "large": 0.4}.get(kind, 0.0)
    if kind == "empty":
        return []
    room = HALF_BELT - size / 2
    if random.random() >= heaped:
        share = {"busy": (0.15, 0.5), "large": (0.1, 0.5), "dark": (0.1, 0.7)}[kind]
        count = min(1200, int(random.uniform(*share) * 2 * HALF_BELT * LENGTH / (3 * size**2)))
        return [(random.uniform(-room, room), size * random.uniform(0.3, 0.6), random.uniform(-1, LENGTH - 1)) for _ in range(count)]
    top, middle, spread = random.uniform(0.2, 0.6), random.uniform(0.8, 2.2), random.uniform(0.4, 0.9)
    found = []
    for _ in range(min(1400, int(2 / size**2))):
        x, z = random.normal() * 0.35, middle + random.normal() * spread
        if abs(x) < room:
            height = max(0.0, top * (1 - abs(z - middle) / 1.3)) * (1 - 0.4 * abs(x) / HALF_BELT)
            found.append((x, random.random() ** 0.5 * height + 0.4 * size, z))
    return found


def lump_text(place, size: float, random) -> str:
    if random.random() < 0.33:
        body = f"superellipsoid {{ <{random.uniform(0.25, 0.9):.2f},{random.uniform(0.25, 0.9):.2f}>"
    else:
        faces = random.normal(size=(int(random.integers(5, 9)), 3))
        faces /= np.linalg.norm(faces, axis=1, keepdims=True)
        cuts = " ".join(f"plane {{ {vector(face, 2)},{random.uniform(0.45, 0.85):.2f} }}" for face in faces)
        body = f"intersection {{ sphere {{ 0,1 }} {cuts}"
    extent = size * np.exp(random.normal() * 0.35) * random.uniform([0.7, 0.5, 0.7], [1.3, 0.9, 1.3])
    turn = f"rotate {vector(random.uniform(0, 360, 3), 1)}"
    return f"object {{ {body} }} scale {vector(extent)} {turn} translate {vector(place)} texture {{ Load{int(random.integers(3))} }} }}\n"


def vector(values, digits: int = 3) -> str:
    return "<" + ",".join(f"{v:.{digits}f}" for v in values) + ">"


def shaded(pattern: str, scale: str, tone: float, contrast: float) -> str:
    return f"pigment {{ {pattern} scale {scale} color_map {{ [0 rgb {tone * (1 - contrast):.3f}] [1 rgb {tone * (1 + contrast):.3f}] }} }}"


def load_looks(size: float, glow: float, random) -> str:
    tone, rough, text = random.uniform(0.02, 0.09), random.uniform(0.1, 0.6), ""
    for k in range(3):
        pattern, bumps = random.choice(["granite", "crackle", "bozo"]), random.choice(["granite", "bumps", "dents", "crackle"])
        text += (
            f"#declare Load{k} = texture {{ {shaded(pattern, f'{size * random.uniform(0.3, 1.5):.3f}', tone, 0.45)}"
            f" normal {{ {bumps} {rough:.2f} scale {size * random.uniform(0.15, 0.6):.3f} }}"
            f" finish {{ ambient {glow:.3f} diffuse 0.8 specular {random.uniform(0, 0.5):.2f} roughness {random.uniform(0.01, 0.1):.3f} }} }}\n"
        )
    return text


def finish(glow: float, random) -> str:
    return f"finish {{ ambient {glow:.3f} diffuse 0.75 specular {random.uniform(0, 0.3):.2f} roughness 0.05 }}"


def bed_text(kind: str, glow: float, random) -> str:
    """Worn along the way that it goes, speckled or veined; black where lumps are large."""
    tone = random.uniform(0.03, 0.08) if kind == "large" else random.uniform(0.04, 0.35)
    pattern = random.choice(["granite", "bozo", "wrinkles", "agate"])
    scale = f"<{random.uniform(0.02, 0.15):.3f},1,{random.uniform(0.1, 3):.2f}>"
    bumps = f"normal {{ bumps {random.uniform(0, 0.3):.2f} scale {random.uniform(0.01, 0.05):.3f} }}"
    return f"texture {{ {shaded(pattern, scale, tone, random.uniform(0.05, 0.45))} {bumps} {finish(glow, random)} }}"


def belt(texture: str) -> str:
    return f"box {{ <-{HALF_BELT},-0.05,-3>,<{HALF_BELT},0,{LENGTH + 4}> {texture} }}\n"


def place_looks(glow: float, random) -> str:
    colour = np.clip(random.uniform(0.1, 0.6) * np.exp(random.normal(size=3) * 0.25), 0, 1)
    plate = f"#declare Plate = texture {{ pigment {{ rgb {vector(colour, 2)} }} normal {{ bumps 0.1 scale 0.05 }} {finish(glow, random)} }}\n"
    tone, scale = random.uniform(0.08, 0.5), f"{random.uniform(0.1, 0.4):.2f}"
    bricks = f"pigment {{ brick color rgb {tone:.2f} color rgb {tone * 0.7:.2f} scale {float(scale) / 4:.3f} }}"
    wall = bricks if random.random() < 0.33 else shaded(random.choice(["granite", "bozo"]), scale, tone, 0.2)
    return plate + f"#declare Wall = texture {{ {wall} {finish(glow, random)} }}\n"


def surroundings_text(random) -> str:
    """Side plates, a hall, rollers beside the belt, at times a post in front of it."""
    outer, high = HALF_BELT + 0.08, random.uniform(0.1, 0.4)
    text = "".join(
        f"box {{ <{low},-0.3,-3>,<{up},{high:.2f},{LENGTH + 4}> texture {{ Plate }} }}\n"
        for low, up in ((-outer, -HALF_BELT), (HALF_BELT, outer))
    )
    text += f"plane {{ y,-1 texture {{ Wall }} }} plane {{ -z,-{LENGTH + 4} texture {{ Wall }} }}\n"
    text += "".join(f"plane {{ {way}x,-{random.uniform(2.5, 4):.2f} texture {{ Wall }} }}\n" for way in ("", "-"))
    for k in range(int(random.integers(2, 8))):
        text += f"cylinder {{ <-1.1,-0.2,{k * 0.8 - 1:.1f}>,<1.1,-0.2,{k * 0.8 - 1:.1f}>,0.1 texture {{ Plate }} }}\n"
    if random.random() < 0.5:
        x, z = random.uniform(-1.2, -0.75), random.uniform(0, 3)
        text += f"cylinder {{ <{x:.2f},-1,{z:.2f}>,<{x:.2f},4,{z:.2f}>,0.07 texture {{ Plate }} }}\n"
    return text


def lights_text(kind: str, light: float, random) -> str:
    # Between the side walls, which stand 2.5 m from the middle or farther.
    at = vector(random.uniform([-2.4, 2.5, -1], [2.4, 4.5, 4]), 2)
    colour = vector((1, random.uniform(0.85, 1), random.uniform(0.7, 1)), 2)
    text = f"light_source {{ {at} rgb {1.3 * light:.3f}*{colour} fade_distance 4 fade_power 1 }}\n"
    if kind != "night" and random.random() < 0.6:
        text += f"light_source {{ {vector(random.uniform([-2.4, 4, 0], [2.4, 4, 6]), 2)} rgb {0.6 * light:.3f} }}\n"
    return text


def fog_text(kind: str, random) -> str:
    if kind != "dark" and (kind == "empty" or random.random() >= 0.2):
        return ""
    tone = random.uniform(0.02, 0.1) if kind == "dark" else random.uniform(0.1, 0.5)
    return f"fog {{ distance {random.uniform(4, 9):.1f} rgb {tone:.3f} }}\n"
