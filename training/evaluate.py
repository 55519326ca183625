"""Measures a model on clips and pictures with truth, as the application would see them.

    python training/evaluate.py --clips DIR [DIR ...] --model models/coal-seg.onnx --sheet models/worst.jpg
    python training/evaluate.py --pictures DIR --model models/coal-seg.onnx

Prints a table of coverage error and blockages per clip, and writes the worst picture of each clip beside its truth;
of single pictures (training/raytraced.py) it prints the error by their kind.
"""

import argparse
import json
import time
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

import alarm
from dataset import GREY, letterbox
from decode import union_mask
from network import SIZE


class Model:
    def __init__(self, file: Path, confidence: float):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.confidence = confidence
        self.times: list[float] = []

    def mask(self, image: np.ndarray) -> np.ndarray:
        """Load in an RGB picture, at the network's size: [320, 320] bool."""
        feed = letterbox(image, SIZE, GREY).transpose(2, 0, 1)[None].astype(np.float32) / 255
        started = time.perf_counter()
        rows, prototypes = self.session.run(None, {"images": feed})
        self.times.append(time.perf_counter() - started)
        return union_mask(rows[0], prototypes[0], SIZE, self.confidence)


def zone_pixels(points: list[list[float]], width: int, height: int) -> np.ndarray:
    """The zone's polygon (fractions of the frame) in the letterboxed square."""
    gain = SIZE / max(width, height)
    pad = np.array([(SIZE - width * gain) / 2, (SIZE - height * gain) / 2])
    corners = np.array(points) * np.array([width, height]) * gain + pad
    canvas = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillPoly(canvas, [np.round(corners * 16).astype(np.int32)], 1, shift=4)
    return canvas > 0


def frames(file: Path):
    video = cv2.VideoCapture(str(file))
    while True:
        good, image = video.read()
        if not good:
            return
        yield cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def measure(model: Model, truth_file: Path) -> dict:
    truth = json.loads(truth_file.read_text())
    inside = zone_pixels(truth["zone"]["points"], truth["width"], truth["height"])
    row, worst = [], (-1.0, None)
    for number, (image, (t, share)) in enumerate(zip(frames(truth_file.parent / truth["video"]), truth["coverage"])):
        mask = model.mask(image)
        found = float(mask[inside].mean())
        row.append((t, found))
        if abs(found - share) > worst[0]:
            worst = (abs(found - share), (number, image, mask, share, found))
    errors = np.abs(np.array([c for _, c in row]) - np.array([c for _, c in truth["coverage"]][: len(row)]))
    expected = [(b["from"], b["to"]) for b in truth["blocked"]]
    found = alarm.blocked(row)
    return {
        "name": truth["name"], "scene": truth["scene"], "mae": float(errors.mean()), "max": float(errors.max()),
        "truth": expected, "found": found, **alarm.compare(expected, found), "row": row,
        "worst": worst[1], "masks": truth_file.with_suffix(".masks"), "zone": inside,
    }


def table(results: list[dict]) -> str:
    head = "| clip | split | what | coverage MAE | worst | blocked, truth | blocked, model | missed | false | start off by |"
    lines = [head, "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for r in results:
        scene = r["scene"]
        what = ", ".join(str(scene[k]) for k in ("renderer", "material", "lens", "light") if k in scene)
        lines.append(
            f"| {r['name']} | {scene['split']} | {what} | {r['mae']:.3f} | {r['max']:.3f} | {spans(r['truth'])} |"
            f" {spans(r['found'])} | {r['missed']} | {r['false']} | {r['start']:.1f} s |"
        )
    lines.append(f"| all | | | {np.mean([r['mae'] for r in results]):.3f} | {max(r['max'] for r in results):.3f} | | |"
                 f" {sum(r['missed'] for r in results)} | {sum(r['false'] for r in results)} | |")
    return "\n".join(lines)


def picture_table(model: Model, zones: list[Path]) -> str:
    """Coverage of the belt in single pictures, by kind, and how much is found beside it where there is no load."""
    rows: dict[str, list] = {}
    for file in zones:
        base = str(file)[: -len(".zone.png")]
        zone, truth = (letterbox(cv2.imread(f"{base}.{part}.png", cv2.IMREAD_GRAYSCALE), SIZE, 0) > 127 for part in ("zone", "mask"))
        if zone.mean() < 0.005:
            continue  # The camera looks past the belt.
        found = model.mask(cv2.cvtColor(cv2.imread(f"{base}.png"), cv2.COLOR_BGR2RGB))
        more = float(found[zone].mean()) - float(truth[zone].mean())
        rows.setdefault(base.split("-")[-1], []).append((more, float((found & ~zone & ~truth).mean())))
    lines = ["| kind | pictures | coverage MAE | mean difference | worst | found beside |", "| --- | --- | --- | --- | --- | --- |"]
    for kind, values in [*rows.items(), ("all", sum(rows.values(), []))]:
        more, beside = np.array(values).T
        lines.append(f"| {kind} | {len(more)} | {np.abs(more).mean():.3f} | {more.mean():+.3f} | {np.abs(more).max():.3f} | {beside.mean():.4f} |")
    return "\n".join(lines)


def spans(intervals: list) -> str:
    return ", ".join(f"{a:.1f} to {'end' if b is None else f'{b:.1f}'}" for a, b in intervals) or "none"


def sheet(results: list[dict], file: Path, width: int = 240):
    """The worst picture of each clip: what the model found (green), what is there (red), the zone (yellow)."""
    tiles = []
    for r in results:
        number, image, mask, share, found = r["worst"]
        boxed = letterbox(image, SIZE, GREY)[..., ::-1].copy()
        mine, theirs = boxed.copy(), boxed
        outline(mine, mask, (0, 255, 0))
        truth_file = r["masks"] / f"{number:04d}.png"
        if truth_file.exists():
            truth_mask = cv2.imread(str(truth_file), cv2.IMREAD_GRAYSCALE)
            outline(theirs, letterbox(truth_mask, SIZE, 0) > 127, (0, 0, 255))
        for side in (mine, theirs):
            outline(side, r["zone"], (0, 220, 220))
        pair = np.hstack([mine, theirs])[30:-30]
        cv2.putText(pair, f"{r['name']} {found:.2f} / {share:.2f}", (4, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (255, 255, 255), 1, cv2.LINE_AA)
        tiles.append(cv2.resize(pair, (2 * width, int(pair.shape[0] * width / SIZE)), interpolation=cv2.INTER_AREA))
    while len(tiles) % 3:
        tiles.append(np.zeros_like(tiles[0]))
    rows = [np.hstack(tiles[i : i + 3]) for i in range(0, len(tiles), 3)]
    cv2.imwrite(str(file), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 70])


def outline(image: np.ndarray, mask: np.ndarray, colour):
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(image, contours, -1, colour, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", nargs="+", type=Path, default=[])
    parser.add_argument("--pictures", type=Path, help="of training/raytraced.py")
    parser.add_argument("--model", type=Path, default=Path("models/coal-seg.onnx"))
    parser.add_argument("--confidence", type=float, default=0.5)
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--report", type=Path, help="coverage rows of the clips as JSON")
    options = parser.parse_args()
    files = sorted(file for folder in options.clips for file in folder.glob("*.json"))
    zones = sorted(options.pictures.glob("*.zone.png")) if options.pictures else []
    if not files and not zones:
        parser.error("there is neither a clip (NAME.json) in --clips nor a picture (NAME.zone.png) in --pictures")
    model = Model(options.model, options.confidence)
    if zones:
        print(picture_table(model, zones))
    results = [measure(model, file) for file in files]
    if results:
        print(table(results))
    print(f"\nsession.run, one thread: median {np.median(model.times) * 1000:.1f} ms over {len(model.times)} runs")
    if options.sheet and results:
        sheet(results, options.sheet)
    if options.report:
        options.report.write_text(json.dumps({r["name"]: {k: r[k] for k in ("mae", "max", "truth", "found", "row")} for r in results}))


if __name__ == "__main__":
    main()
