"""From the exported outputs to the mask of all load, as the application does it."""

import cv2
import numpy as np

CONFIDENCE = 0.5
OVERLAP = 0.7
MOST = 300


def union_mask(output0: np.ndarray, output1: np.ndarray, size: int, confidence: float = CONFIDENCE) -> np.ndarray:
    """For one picture: [size, size] bool, the union of all masks, each cropped to its box."""
    rows = output0.T
    rows = rows[rows[:, 4] > confidence]
    rows = rows[suppress(rows)] if len(rows) else rows
    prototypes = output1.reshape(output1.shape[0], -1)
    side = output1.shape[1]
    union = np.zeros((size, size), bool)
    for row in rows:
        logits = (row[5:] @ prototypes).reshape(side, side)
        # Upsampled before it is cropped, like the exporters' own code.
        logits = cv2.resize(logits, (size, size), interpolation=cv2.INTER_LINEAR)
        x1, y1 = row[:2] - row[2:4] / 2
        x2, y2 = row[:2] + row[2:4] / 2
        across = (np.arange(size) >= x1) & (np.arange(size) < x2)
        down = (np.arange(size) >= y1) & (np.arange(size) < y2)
        union |= (logits > 0) & down[:, None] & across[None, :]
    return union


def suppress(rows: np.ndarray) -> list[int]:
    """Non-maximum suppression at the usual overlap."""
    corners = np.concatenate([rows[:, :2] - rows[:, 2:4] / 2, rows[:, :2] + rows[:, 2:4] / 2], 1)
    area = np.prod(rows[:, 2:4], 1)
    order = np.argsort(-rows[:, 4])
    kept: list[int] = []
    while len(order) and len(kept) < MOST:
        best, rest = order[0], order[1:]
        kept.append(int(best))
        low = np.maximum(corners[best, :2], corners[rest, :2])
        high = np.minimum(corners[best, 2:], corners[rest, 2:])
        both = np.prod(np.clip(high - low, 0, None), 1)
        order = rest[both / (area[best] + area[rest] - both + 1e-9) <= OVERLAP]
    return kept
