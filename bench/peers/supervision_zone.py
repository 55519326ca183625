"""The same pipeline with supervision's parts: Detections with masks of the picture's size, and PolygonZone.

PolygonZone counts the boxes whose bottom centre lies in it; how much of it is covered has to be worked out from the
masks and from its own mask, which is what is done here, as its users do it.

    python supervision_zone.py VIDEO MODEL.onnx [--confidence 0.5] [--threads 1]

The zone is the whole picture. Prints one line of JSON.
"""

import json
import resource
import time

import cv2
import numpy as np
import supervision as sv

from opencv_loop import Letterbox, argument_parser, decode, open_session


def frame_masks(boxes, coefficients, prototypes, letterbox, size, shape):
    """Boxes in pixels of the picture and masks of its size, each cut at its box."""
    rows, columns = shape
    gain = letterbox.scaled_width / columns
    corners = np.empty((len(boxes), 4), np.float32)
    corners[:, :2] = boxes[:, :2]
    corners[:, 2:] = boxes[:, :2] + boxes[:, 2:]
    corners = (corners - [letterbox.left, letterbox.top] * 2) / gain
    corners = corners.clip(0, [columns, rows, columns, rows])
    masks = np.zeros((len(boxes), rows, columns), bool)
    flat = prototypes.reshape(prototypes.shape[0], -1)
    for mask, box, weights in zip(masks, corners, coefficients):
        logits = (weights @ flat).reshape(prototypes.shape[1:])
        logits = cv2.resize(logits, size, interpolation=cv2.INTER_LINEAR)[letterbox.rows, letterbox.columns]
        logits = cv2.resize(logits, (columns, rows), interpolation=cv2.INTER_LINEAR)
        x1, y1, x2, y2 = np.rint(box).astype(int)
        mask[y1:y2, x1:x2] = logits[y1:y2, x1:x2] > 0
    return corners, masks


def run(arguments):
    session = open_session(arguments.model, arguments.threads)
    model_input = session.get_inputs()[0]
    height, width = model_input.shape[2:]
    capture = cv2.VideoCapture(arguments.video)
    letterbox = None
    frames, coverage, counted, began = 0, 0.0, 0, time.perf_counter()
    while True:
        ok, frame = capture.read()
        if not ok:
            break
        shape = frame.shape[:2]
        if letterbox is None:
            letterbox = Letterbox(shape[1], shape[0], width, height)
            zone = sv.PolygonZone(np.array([[0, 0], [shape[1], 0], [shape[1], shape[0]], [0, shape[0]]]))
            inside = zone.mask[: shape[0], : shape[1]].astype(bool)
            zone_pixels = inside.sum()
        outputs = session.run(None, {model_input.name: letterbox.fill(frame)})
        head, prototypes = outputs if outputs[0].ndim == 3 else reversed(outputs)
        boxes, coefficients = decode(head, prototypes.shape[1], arguments.confidence)
        corners, masks = frame_masks(boxes, coefficients, prototypes[0], letterbox, (width, height), shape)
        detections = sv.Detections(xyxy=corners, mask=masks, class_id=np.zeros(len(corners), int))
        counted += int(zone.trigger(detections).sum())
        coverage += (detections.mask.any(axis=0) & inside).sum() / zone_pixels
        frames += 1
    seconds = time.perf_counter() - began
    capture.release()
    return {
        "frames": frames,
        "seconds": seconds,
        "coverage": float(coverage / max(1, frames)),
        "counted": counted,
        "peakRssBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "versions": {"supervision": sv.__version__, "opencv": cv2.__version__},
    }


if __name__ == "__main__":
    print(json.dumps(run(argument_parser().parse_args())))
