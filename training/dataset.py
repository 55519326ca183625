"""Rendered pictures with their masks, as batches. Pictures that are rendered while training runs join in."""

import json
import queue
import threading
from pathlib import Path

import cv2
import numpy as np

from augment import GREY, augment, mosaic
from cells import cells
from painted import painted
from relief import relief
from targets import assign


MOSAICS = 0.18
DRAWN = {painted: 0.2, cells: 0.17, relief: 0.17}


# A bed under fines looks like a rough one at the network's size, and an empty belt must not be taken for a full one.
LEFT_OUT = "coal fines"


class Pictures:
    """All pictures of some folders whose masks are there, decoded once and kept (about 400 kB each)."""

    def __init__(self, folders: list[Path], part: int = 0, parts: int = 1):
        self.part, self.parts = part, parts
        self.folders = folders
        self.bases: list[Path] = []
        self.wanted: dict[Path, bool] = {}
        self.kept: dict[Path, tuple[np.ndarray, np.ndarray]] = {}
        self.rescan()

    def rescan(self) -> int:
        self.bases = sorted(
            base for folder in self.folders for mask in Path(folder).glob("*.mask.png")
            if self.is_wanted(base := Path(str(mask)[: -len(".mask.png")]))
        )[self.part :: self.parts]
        return len(self.bases)

    def is_wanted(self, base: Path) -> bool:
        if base not in self.wanted:
            about = Path(f"{base}.json")
            told = json.loads(about.read_text()) if about.exists() else {}
            self.wanted[base] = told.get("material") != LEFT_OUT or told.get("coverage") == 0
        return self.wanted[base]

    def load(self, base: Path) -> tuple[np.ndarray, np.ndarray]:
        if base not in self.kept:
            image = cv2.cvtColor(cv2.imread(f"{base}.png"), cv2.COLOR_BGR2RGB)
            self.kept[base] = image, cv2.imread(f"{base}.mask.png", cv2.IMREAD_GRAYSCALE)
        return self.kept[base]


class Drawn:
    """Pictures drawn in two dimensions. One in six is new; the others come out of the last few hundred, since drawing
    costs as much as a step of training does."""

    KEPT = 400

    def __init__(self, draw):
        self.draw = draw
        self.kept: list[tuple[np.ndarray, np.ndarray]] = []

    def next(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        if len(self.kept) < self.KEPT or random.random() < 1 / 6:
            pair = self.draw(random)
            if len(self.kept) < self.KEPT:
                self.kept.append(pair)
            else:
                self.kept[int(random.integers(self.KEPT))] = pair
            return pair
        return self.kept[int(random.integers(self.KEPT))]


def outline_share(mask: np.ndarray) -> float:
    """Share of pixel pairs, side by side in every fourth row, of which one is load."""
    rows = mask[::4] > 127
    return float((rows[:, 1:] != rows[:, :-1]).mean())


def letterbox(image: np.ndarray, size: int, fill) -> np.ndarray:
    """Whole picture in a square, as detectors are fed."""
    height, width = image.shape[:2]
    gain = size / max(height, width)
    inner = (round(width * gain), round(height * gain))
    top = round((size - inner[1]) / 2 - 0.1)
    left = round((size - inner[0]) / 2 - 0.1)
    out = np.full((size, size, *image.shape[2:]), fill, image.dtype)
    out[top : top + inner[1], left : left + inner[0]] = cv2.resize(image, inner, interpolation=cv2.INTER_LINEAR)
    return out


def plain_batch(pictures: Pictures, bases: list[Path], size: int):
    """Without augmentation, for validation: [n, 3, s, s] float32 and [n, s, s] uint8."""
    loaded = [pictures.load(base) for base in bases]
    images = np.stack([letterbox(image, size, GREY) for image, _ in loaded])
    masks = np.stack([letterbox(mask, size, 0) for _, mask in loaded])
    return images.transpose(0, 3, 1, 2).astype(np.float32) / 255, masks


class Batches:
    """Endless augmented batches of pictures and targets, made by threads a few steps ahead (OpenCV lets go of the interpreter)."""

    def __init__(self, pictures: Pictures, batch: int, size_of_step, strength, seed: int, broken_up: float = 0.0, threads: int = 1):
        self.pictures = pictures
        self.batch = batch
        self.size_of_step = size_of_step
        self.strength = strength
        self.broken_up = broken_up
        self.ready: queue.Queue = queue.Queue(6)
        self.drawn = [(Drawn(draw), share) for draw, share in DRAWN.items()]
        self.count = 0
        self.lock = threading.Lock()
        self.closed = False
        randoms = [np.random.default_rng(seed * 100 + number) for number in range(threads)]
        self.threads = [threading.Thread(target=self._work, args=(random,), daemon=True) for random in randoms]
        for thread in self.threads:
            thread.start()

    def _work(self, random: np.random.Generator):
        try:
            while not self.closed:
                with self.lock:
                    self.count += 1
                    if self.count % 50 == 0:
                        self.pictures.rescan()
                self.ready.put(self._batch(random))
        except Exception as error:
            # Raised where it is waited for: else training would wait for ever.
            self.ready.put(error)

    def _batch(self, random: np.random.Generator):
        size = self.size_of_step()
        images, masks = [], []
        for _ in range(self.batch):
            image, mask = self._augmented(size, random)
            images.append(image)
            masks.append(mask)
        return np.stack(images).transpose(0, 3, 1, 2).copy(), [assign(mask) for mask in masks]

    def _augmented(self, size: int, random: np.random.Generator):
        """A picture whose load, if any, can still be seen."""
        while True:
            drawn = [self._draw(random) for _ in range(4 if random.random() < MOSAICS else 1)]
            whole = mosaic(drawn, random) if len(drawn) == 4 else drawn[0]
            made = augment(*whole, size, random, self.strength())
            if made is not None:
                return made

    def _draw(self, random: np.random.Generator):
        """Drawn or rendered; at times (`broken_up`) the most broken-up of three: single lumps are hard."""
        ticket = random.random()
        for drawn, share in self.drawn:
            if ticket < share:
                return drawn.next(random)
            ticket -= share
        count = 3 if random.random() < self.broken_up else 1
        drawn = [self.pictures.load(self.pictures.bases[k]) for k in random.integers(0, len(self.pictures.bases), count)]
        return max(drawn, key=lambda pair: outline_share(pair[1])) if count > 1 else drawn[0]

    def close(self):
        """Ends the threads: one that is still within OpenCV when the interpreter ends would abort the process."""
        self.closed = True
        while any(thread.is_alive() for thread in self.threads):
            try:
                self.ready.get(timeout=0.1)
            except queue.Empty:
                pass

    def next(self):
        made = self.ready.get()
        if isinstance(made, Exception):
            raise made
        return made
