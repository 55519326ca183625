"""From a mask to what the network should say.

An instance is a region of load: pixels of load that touch, or that lie closer than about 8 pixels. Several boxes on
one region do no harm, since what counts is the union; so every cell that lies on load answers for its region.
"""

import cv2
import numpy as np

from network import STRIDES

# Regions whose longer side (input pixels) lies in a range are learnt at that stride.
RANGES = {8: (0, 72), 16: (40, 176), 32: (112, 1e9)}
IGNORE, NOTHING = -1, 0


def regions(soft: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Labels [h, w] on the stride-4 map and boxes [n, 4] in input pixels, generous by a few pixels."""
    hard = (soft > 0.4).astype(np.uint8)
    closed = cv2.dilate(hard, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    size = soft.shape[0] * 4
    boxes = np.zeros((count, 4), np.float32)
    for number in range(1, count):
        x, y, w, h, _ = stats[number]
        slack = 4 + 0.02 * 4 * max(w, h)
        boxes[number] = (x * 4 - slack, y * 4 - slack, (x + w) * 4 + slack, (y + h) * 4 + slack)
    return labels, boxes.clip(0, size)


def assign(mask: np.ndarray):
    """For one mask [s, s]: soft map [s/4, s/4] and per stride (score target with IGNORE, boxes [4, h, w])."""
    size = mask.shape[0]
    soft = cv2.resize(mask, (size // 4, size // 4), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    labels, boxes = regions(soft)
    extent = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    levels = []
    for stride in STRIDES:
        cells = size // stride
        share = cv2.resize(soft, (cells, cells), interpolation=cv2.INTER_AREA)
        step = stride // 4
        label = labels[step // 2 :: step, step // 2 :: step]
        low, high = RANGES[stride]
        fits = (extent[label] >= low) & (extent[label] < high) & (label > 0)
        score = np.full((cells, cells), IGNORE, np.int8)
        score[(share < 0.02) & (label == 0)] = NOTHING
        # A heap is not the business of fine cells, which would each answer for the whole of it.
        score[(label > 0) & (extent[label] >= high)] = NOTHING
        score[fits & (share > 0.3)] = 1
        levels.append((score, boxes[label].transpose(2, 0, 1)))
    return soft, levels
