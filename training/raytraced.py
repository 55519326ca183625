"""Renders pictures in a second look that training never sees: a belt with lumps, ray-traced by POV-Ray.

    python training/raytraced.py --out out/raytraced --pictures 60
    python training/evaluate.py --pictures out/raytraced --model models/coal-seg.onnx

Six kinds in turn: an empty belt, single lumps, a jam, darkness with dust, large lumps on a black belt, night with a lamp
in view. Writes NAME.png, NAME.mask.png (255 is load) and NAME.zone.png (255 is belt that the camera would see if it were
empty). Needs the program povray (apt-get install povray), which is only called.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import cv2
import numpy as np

from povray import KINDS, scene

WIDTH, HEIGHT = 320, 240


def trace(text: str, smooth: bool) -> np.ndarray:
    """The picture of a scene: [h, w, 3] uint8, BGR."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "scene.pov"), Path(folder, "scene.png")
        source.write_text(text)
        quality = ["+A0.2", "+AM1", "+R2"] if smooth else ["-A"]
        command = ["povray", f"+I{source}", f"+O{target}", f"+W{WIDTH}", f"+H{HEIGHT}", "+FN", "-D", "+WT1", "File_Gamma=srgb", *quality]
        ended = subprocess.run(command, capture_output=True, text=True)
        if ended.returncode != 0:
            raise RuntimeError(f"POV-Ray could not render a scene: {ended.stderr[-600:]}")
        return cv2.imread(str(target))


def develop(picture: np.ndarray, kind: str, random: np.random.Generator) -> np.ndarray:
    """What the camera makes of it: shake, noise, a lamp that dazzles, JPEG."""
    seen = picture.astype(np.float32) / 255
    if kind == "dark":
        seen = cv2.blur(seen, (int(random.integers(1, 4)), 1))
    noise = random.uniform(0.01, 0.04) if kind in ("dark", "night") else random.uniform(0, 0.02)
    seen += random.normal(size=seen.shape) * noise
    if kind == "night":
        y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
        away = (x - random.uniform(0, WIDTH)) ** 2 + (y - random.uniform(0, 0.4 * HEIGHT)) ** 2
        lamp = np.exp(-away / (2 * random.uniform(15, 40) ** 2))[..., None]
        seen += lamp * np.array([0.7, 0.9, 1]) * random.uniform(0.5, 1.2)
    eight = (np.clip(seen, 0, 1) * 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", eight, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(50, 90))])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("out/raytraced"))
    parser.add_argument("--pictures", type=int, default=60)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for number in range(options.first, options.first + options.pictures):
        kind = KINDS[number % len(KINDS)]
        base = options.out / f"{number:03d}-{kind}"
        zone = Path(f"{base}.zone.png")
        if zone.exists():
            continue
        random = np.random.default_rng(70_000 + number)
        texts = scene(kind, random)
        cv2.imwrite(f"{base}.png", develop(trace(texts.picture, smooth=True), kind, random))
        for text, file in ((texts.mask, Path(f"{base}.mask.png")), (texts.belt, zone)):
            white = trace(text, smooth=False)[..., 0] > 127
            part = file.with_suffix(".part.png")
            cv2.imwrite(str(part), white.astype(np.uint8) * 255)
            part.replace(file)
        print(f"{base.name}: {number - options.first + 1} of {options.pictures}", flush=True)


if __name__ == "__main__":
    main()
