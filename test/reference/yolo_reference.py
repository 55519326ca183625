"""Decodes YOLO models by numpy and onnxruntime, the plain way, so that the project's own decoder has a judge.

usage: yolo_reference.py CASES.json ANSWERS.json
Each case: model, layout, classes, masks, height, width, confidence, iou, classIds (or null). Input is all zeros.
"""
import base64
import json
import sys

import numpy as np
import onnxruntime


def axis_weights(pixels, cells):
    """Bilinear upsampling of one axis as a matrix: half-pixel centres, edges repeated."""
    weights = np.zeros((pixels, cells))
    for pixel in range(pixels):
        place = max(0.0, (pixel + 0.5) * cells / pixels - 0.5)
        low = min(cells - 1, int(place))
        high = min(cells - 1, low + 1)
        weights[pixel, low] += 1 - (place - low)
        weights[pixel, high] += place - low
    return weights


def candidates(head, layout, classes, masks, confidence):
    """Boxes (corners), scores, class ids and coefficients above the confidence."""
    if layout == 'rows':
        keep = head[:, 4] > confidence
        rows = head[keep]
        return rows[:, :4], rows[:, 4], rows[:, 5].astype(int), rows[:, 6:]
    rows = head.T if layout == 'plain' else head
    start = 5 if layout == 'objectness' else 4
    scores = rows[:, start:start + classes]
    if layout == 'objectness':
        scores = scores * rows[:, 4:5]
    ids = scores.argmax(axis=1)
    best = scores[np.arange(len(rows)), ids]
    keep = best > confidence
    x, y, w, h = rows[keep, :4].T
    boxes = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=1)
    return boxes, best[keep], ids[keep], rows[keep, start + classes:]


def suppress(boxes, scores, ids, iou):
    order = np.argsort(-scores, kind='stable')
    kept = []
    while len(order) > 0:
        first, rest = order[0], order[1:]
        kept.append(first)
        low = np.maximum(boxes[first, :2], boxes[rest, :2])
        high = np.minimum(boxes[first, 2:], boxes[rest, 2:])
        shared = np.prod(np.clip(high - low, 0, None), axis=1)
        areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
        overlap = shared / (areas[first] + areas[rest] - shared)
        order = rest[(overlap <= iou) | (ids[rest] != ids[first])]
    return np.array(kept, dtype=int)


def bits(mask):
    return base64.b64encode(np.packbits(mask.astype(bool).ravel())).decode()


def answer(case):
    session = onnxruntime.InferenceSession(case['model'], providers=['CPUExecutionProvider'])
    height, width = case['height'], case['width']
    outputs = session.run(None, {session.get_inputs()[0].name: np.zeros((1, 3, height, width), np.float32)})
    head = next(output for output in outputs if output.ndim == 3)[0]
    prototypes = next((output for output in outputs if output.ndim == 4), None)
    confidence = np.float32(case['confidence'])
    boxes, scores, ids, coefficients = candidates(head, case['layout'], case['classes'], case['masks'], confidence)
    if case['classIds'] is not None:
        wanted = np.isin(ids, case['classIds'])
        boxes, scores, ids, coefficients = boxes[wanted], scores[wanted], ids[wanted], coefficients[wanted]
    order = np.argsort(-scores, kind='stable') if case['layout'] == 'rows' else suppress(boxes, scores, ids, case['iou'])
    found = []
    columns, rows = np.arange(width), np.arange(height)
    for index in order:
        x1, y1, x2, y2 = boxes[index]
        box = ((columns >= x1) & (columns < x2))[None, :] & ((rows >= y1) & (rows < y2))[:, None]
        if prototypes is None:
            mask, unsure = box, np.zeros_like(box)
        else:
            small = np.tensordot(coefficients[index].astype(float), prototypes[0].astype(float), axes=1)
            logits = axis_weights(height, small.shape[0]) @ small @ axis_weights(width, small.shape[1]).T
            mask, unsure = box & (logits > 0), box & (np.abs(logits) < 1e-5)
        found.append({
            'box': [float(value) for value in boxes[index]],
            'score': float(scores[index]),
            'classId': int(ids[index]),
            'mask': bits(mask),
            'unsure': bits(unsure),
        })
    return found


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as file:
        cases = json.load(file)
    with open(sys.argv[2], 'w', encoding='utf-8') as file:
        json.dump([answer(case) for case in cases], file)
