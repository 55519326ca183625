"""The usual Python pipeline, written with care: OpenCV capture, letterbox, ONNX Runtime, numpy decoding, masks, zone.

It follows the practices of "Memory Management Best Practices": arrays made once and filled in place, the zone's mask
drawn once, only what is needed kept, intermediates let go of, capture released, the collector run now and then.

    python opencv_loop.py VIDEO MODEL.onnx [--confidence 0.5] [--threads 1] [--zone x,y x,y x,y ...]

The zone is given in fractions of the picture. Prints one line of JSON.
"""

import argparse
import gc
import json
import resource
import time

import cv2
import numpy as np
import onnxruntime

IOU = 0.7
CLEANUP_EVERY = 100


class Letterbox:
    """Scales pictures of one size into the model's input, in arrays made once."""

    def __init__(self, source_width, source_height, width, height):
        gain = min(height / source_height, width / source_width)
        self.scaled_width, self.scaled_height = round(source_width * gain), round(source_height * gain)
        self.left = round((width - self.scaled_width) / 2 - 0.1)
        self.top = round((height - self.scaled_height) / 2 - 0.1)
        self.canvas = np.full((height, width, 3), 114, np.uint8)
        self.rows = slice(self.top, self.top + self.scaled_height)
        self.columns = slice(self.left, self.left + self.scaled_width)
        self.small = np.empty((self.scaled_height, self.scaled_width, 3), np.uint8)
        self.blob = np.empty((1, 3, height, width), np.float32)

    def fill(self, frame):
        cv2.resize(frame, (self.scaled_width, self.scaled_height), self.small, interpolation=cv2.INTER_LINEAR)
        cv2.cvtColor(self.small, cv2.COLOR_BGR2RGB, self.small)
        self.canvas[self.rows, self.columns] = self.small
        np.multiply(self.canvas.transpose(2, 0, 1), np.float32(1 / 255), out=self.blob[0])
        return self.blob

    def zone_mask(self, corners, height, width):
        """The zone in the model's input, drawn once: 255 inside."""
        mask = np.zeros((height, width), np.uint8)
        points = [
            (round(self.left + x * self.scaled_width), round(self.top + y * self.scaled_height)) for x, y in corners
        ]
        cv2.fillPoly(mask, [np.array(points, np.int32)], 255)
        inside = np.zeros_like(mask)
        inside[self.rows, self.columns] = 255
        return cv2.bitwise_and(mask, inside)


def decode(output, mask_channels, confidence):
    """Boxes (x, y, width, height) and mask coefficients of what is left after suppression."""
    rows = output[0]
    scores = rows[4:-mask_channels].max(axis=0)
    found = np.flatnonzero(scores > confidence)
    if found.size == 0:
        return np.empty((0, 4)), np.empty((0, mask_channels))
    chosen = rows[:, found]
    boxes = chosen[:4].T.copy()
    boxes[:, :2] -= boxes[:, 2:] / 2
    kept = np.asarray(cv2.dnn.NMSBoxes(boxes.tolist(), scores[found].tolist(), confidence, IOU)).ravel()
    return boxes[kept], chosen[-mask_channels:].T[kept]


def draw_union(union, boxes, coefficients, prototypes):
    """The union of all masks, each cut at its box, in the model's input."""
    union[:] = 0
    height, width = union.shape
    channels, rows, columns = prototypes.shape
    flat = prototypes.reshape(channels, -1)
    for (x, y, w, h), weights in zip(boxes, coefficients):
        logits = (weights @ flat).reshape(rows, columns)
        mask = cv2.resize(logits, (width, height), interpolation=cv2.INTER_LINEAR)
        x1, y1 = max(0, round(x)), max(0, round(y))
        x2, y2 = min(width, round(x + w)), min(height, round(y + h))
        np.bitwise_or(union[y1:y2, x1:x2], mask[y1:y2, x1:x2] > 0, out=union[y1:y2, x1:x2], casting="unsafe")
        del logits, mask


def open_session(model, threads):
    """OpenCV and ONNX Runtime with the same threads each."""
    cv2.setNumThreads(threads)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def argument_parser():
    """What every peer takes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("video")
    parser.add_argument("model")
    parser.add_argument("--confidence", type=float, default=0.5)
    parser.add_argument("--threads", type=int, default=1)
    return parser


def run(arguments):
    session = open_session(arguments.model, arguments.threads)
    model_input = session.get_inputs()[0]
    height, width = model_input.shape[2:]
    corners = [tuple(map(float, corner.split(","))) for corner in arguments.zone]
    capture = cv2.VideoCapture(arguments.video)
    letterbox = zone = None
    union = np.zeros((height, width), np.uint8)
    frames, coverage_sum = 0, 0.0
    began, cpu_began = time.perf_counter(), time.process_time()
    try:
        while True:
            ok, frame = capture.read()
            if not ok:
                break
            if letterbox is None:
                letterbox = Letterbox(frame.shape[1], frame.shape[0], width, height)
                zone = letterbox.zone_mask(corners, height, width)
                zone_pixels = cv2.countNonZero(zone)
            outputs = session.run(None, {model_input.name: letterbox.fill(frame)})
            head, prototypes = outputs if outputs[0].ndim == 3 else reversed(outputs)
            boxes, coefficients = decode(head, prototypes.shape[1], arguments.confidence)
            draw_union(union, boxes, coefficients, prototypes[0])
            coverage_sum += cv2.countNonZero(cv2.bitwise_and(union, zone)) / zone_pixels
            del outputs, head, prototypes
            frames += 1
            if frames % CLEANUP_EVERY == 0:
                gc.collect()
    finally:
        capture.release()
    return {
        "frames": frames,
        "seconds": time.perf_counter() - began,
        "cpuSeconds": time.process_time() - cpu_began,
        "coverage": coverage_sum / max(1, frames),
        "peakRssBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "versions": {"opencv": cv2.__version__, "onnxruntime": onnxruntime.__version__, "numpy": np.__version__},
    }


if __name__ == "__main__":
    parser = argument_parser()
    parser.add_argument("--zone", nargs="+", default=["0,0", "1,0", "1,1", "0,1"])
    print(json.dumps(run(parser.parse_args())))
