"""Coverage of a zone by the exporter's own tool, picture by picture, for scripts/compare-open-sizes.ts.

    PYTHON test/reference/exporter_coverage.py VIDEO MODEL.onnx X1 Y1 X2 Y2 [PICTURES]

The Python must have ultralytics and onnxruntime (a throw-away environment, as genuine_exports.py says). The zone is a
rectangle in fractions of the picture. Prints one line of JSON: the shape that the tool chose and the coverages.
"""
import json
import os
import sys

os.environ['YOLO_OFFLINE'] = '1'
os.environ['YOLO_AUTOINSTALL'] = 'false'

import numpy as np
from ultralytics import YOLO

video, model, *rest = sys.argv[1:]
x1, y1, x2, y2 = map(float, rest[:4])
enough = int(rest[4]) if len(rest) > 4 else 100
shape, coverage = None, []
yolo = YOLO(model, task='segment')
# The tool tells an open size by the batch of the first output, which the runtime finds out to be 1 in a constant head.
yolo.add_callback('on_predict_start', lambda predictor: setattr(predictor.model, 'dynamic', True))
for result in yolo.predict(video, stream=True, conf=0.5, iou=0.7, max_det=300, retina_masks=False, verbose=False):
    height, width = result.orig_shape
    if result.masks is None:
        coverage.append(0.0)
    else:
        masks = result.masks.data.numpy() > 0
        shape = list(masks.shape[1:])
        union = masks.any(axis=0)
        # Where the picture lies in the model's input, as the tool's letterbox rounds it.
        gain = min(shape[0] / height, shape[1] / width)
        across, down = round(width * gain), round(height * gain)
        left, top = round((shape[1] - across) / 2 - 0.1), round((shape[0] - down) / 2 - 0.1)
        columns = slice(round(left + x1 * across), round(left + x2 * across))
        rows = slice(round(top + y1 * down), round(top + y2 * down))
        coverage.append(float(np.mean(union[rows, columns])))
    if len(coverage) == enough:
        break
print(json.dumps({'input': shape, 'coverage': coverage}))
