"""Ultralytics' own stream over an ONNX file, one thread, and a zone's coverage from its masks. Prints one line of JSON.

Ultralytics is AGPL-3.0: a peer to measure beside in an environment of its own, never a dependency.

    python ultralytics_stream.py VIDEO MODEL.onnx [--confidence 0.5] [--frame-size]
"""

import argparse
import json
import os
import resource
import time

os.environ.update(YOLO_OFFLINE="1", YOLO_AUTOINSTALL="false", YOLO_VERBOSE="false", OMP_NUM_THREADS="1")

import onnxruntime
import torch
import ultralytics

torch.set_num_threads(1)
make_session = onnxruntime.InferenceSession


def one_thread(path, sess_options=None, **rest):
    sess_options = sess_options or onnxruntime.SessionOptions()
    sess_options.intra_op_num_threads = sess_options.inter_op_num_threads = 1
    return make_session(path, sess_options, **rest)


onnxruntime.InferenceSession = one_thread

parser = argparse.ArgumentParser()
parser.add_argument("video")
parser.add_argument("model")
parser.add_argument("--confidence", type=float, default=0.5)
parser.add_argument("--frame-size", action="store_true", help="masks in the picture's own size")
arguments = parser.parse_args()

session = onnxruntime.InferenceSession(arguments.model, providers=["CPUExecutionProvider"])
height, width = session.get_inputs()[0].shape[2:]
del session
model = ultralytics.YOLO(arguments.model, task="segment")
results = model.predict(
    arguments.video,
    stream=True,
    imgsz=(height, width),
    conf=arguments.confidence,
    retina_masks=arguments.frame_size,
    device="cpu",
    verbose=False,
)
frames, coverage, began, cpu_began = 0, 0.0, None, 0.0
for result in results:
    if began is None:
        # The first picture brings the loading of the model along; the others are the stream.
        began, cpu_began = time.perf_counter(), time.process_time()
    if result.masks is not None:
        union = result.masks.data.any(dim=0)
        rows, columns = result.orig_shape
        gain = min(union.shape[0] / rows, union.shape[1] / columns)
        # Masks of the network's size hold the letterbox as well, which is no part of the zone.
        coverage += float(union.sum()) / (round(rows * gain) * round(columns * gain))
    frames += 1
print(
    json.dumps(
        {
            "frames": frames - 1,
            "seconds": time.perf_counter() - began,
            "cpuSeconds": time.process_time() - cpu_began,
            "coverage": coverage / max(1, frames),
            "peakRssBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            "versions": {"ultralytics": ultralytics.__version__, "torch": torch.__version__},
        }
    )
)
