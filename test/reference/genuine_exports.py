"""Makes models with the genuine exporter and writes down its own answers, for scripts/compare-genuine-exports.ts.

The exporter is not part of this project and no file of it, or made by it, belongs into the repository. In a throw-away
environment:  python3 -m venv /tmp/exporter && /tmp/exporter/bin/pip install ultralytics onnx onnxruntime
              /tmp/exporter/bin/python test/reference/genuine_exports.py FOLDER [NAME...]
Weights are random (none can be fetched everywhere), with the batch statistics settled and the last layers spread so that
each model finds some hundreds of things in noise.
"""
import json
import os
import pathlib
import shutil
import sys

os.environ['YOLO_OFFLINE'] = '1'
os.environ['YOLO_AUTOINSTALL'] = 'false'

import cv2
import numpy as np
import torch
import torch.nn.functional as functional
from ultralytics import YOLO

JOBS = {
    'v5u': ('yolov5n.yaml', {}),
    'v8': ('yolov8n-seg.yaml', {}),
    'v8-nms': ('yolov8n-seg.yaml', {'nms': True}),
    'v8-dynamic': ('yolov8n-seg.yaml', {'dynamic': True}),
    'v8-192x320': ('yolov8n-seg.yaml', {'imgsz': (192, 320)}),
    'v8-batch4': ('yolov8n-seg.yaml', {'batch': 4}),
    'v8-half': ('yolov8n-seg.yaml', {'half': True}),
    'v8-detect': ('yolov8n.yaml', {}),
    'v8-p2': ('yolov8n-p2.yaml', {}),
    'v8-p6': ('yolov8n-p6.yaml', {}),
    'v10': ('yolov10n.yaml', {}),
    '11': ('yolo11n-seg.yaml', {}),
    '11-640': ('yolo11n-seg.yaml', {'imgsz': 640}),
    '12': ('yolo12n-seg.yaml', {}),
    '26': ('yolo26n-seg.yaml', {}),
    '26-end2end': ('yolo26n-seg.yaml', {'end2end': True}),
    '26-detect': ('yolo26n.yaml', {}),
}


def noise(random, height, width):
    """Smooth coloured noise: has edges and areas, as pictures have."""
    small = random.integers(0, 256, (height // 16, width // 16, 3), dtype=np.uint8)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def settle(yolo):
    model = yolo.model
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 0.5
    with torch.no_grad():
        for _ in range(6):
            small = torch.rand(2, 3, 20, 20)
            model(functional.interpolate(small, size=(320, 320), mode='bicubic').clamp(0, 1))
    model.eval()
    head = model.model[-1]
    for names, deviation, bias in ((('cv3', 'one2one_cv3'), 0.25, -4.0), (('cv4', 'one2one_cv4'), 0.15, None)):
        for branch in (branch for name in names for branch in getattr(head, name, None) or []):
            last = branch[-1]
            if not hasattr(last, 'weight'):
                continue
            torch.nn.init.normal_(last.weight, std=deviation)
            if bias is not None:
                torch.nn.init.constant_(last.bias, bias)


def export(name, folder):
    architecture, options = JOBS[name]
    torch.manual_seed(1)
    yolo = YOLO(architecture)
    settle(yolo)
    made = yolo.export(format='onnx', opset=17, simplify=False, verbose=False, **{'imgsz': 320, **options})
    shutil.move(made, folder / f'{name}.onnx')


def answers(name, folder, pictures=4):
    architecture, options = JOBS[name]
    size = options.get('imgsz', 320)
    height, width = (192, 320) if options.get('dynamic') else size if isinstance(size, tuple) else (size, size)
    yolo = YOLO(folder / f'{name}.onnx', task='segment' if '-seg' in architecture else 'detect')
    random = np.random.default_rng(3)
    for index in range(pictures):
        picture = noise(random, height, width)
        batch = options.get('batch', 1)
        for confidence in (0.3, 0.1, 0.03, 0.01, 0.003):
            result = yolo.predict(
                [picture] * batch, imgsz=size, conf=confidence, iou=0.7, max_det=300, batch=batch, verbose=False
            )[0]
            if len(result.boxes) > 10:
                break
        stem = folder / f'{name}.{index}'
        (picture[..., ::-1].transpose(2, 0, 1) / np.float32(255)).astype(np.float32).tofile(f'{stem}.input')
        result.boxes.xyxy.numpy().astype(np.float32).tofile(f'{stem}.boxes')
        masks = np.zeros(0, np.uint8) if result.masks is None else result.masks.data.numpy().astype(np.uint8)
        masks.tofile(f'{stem}.masks')
        about = {
            'model': name,
            'height': height,
            'width': width,
            'confidence': confidence,
            'scores': result.boxes.conf.tolist(),
            'classIds': [int(id) for id in result.boxes.cls],
        }
        pathlib.Path(f'{stem}.json').write_text(json.dumps(about), encoding='utf-8')


if __name__ == '__main__':
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    torch.set_num_threads(1)
    for name in sys.argv[2:] or JOBS:
        export(name, folder)
        answers(name, folder)
        print(name, flush=True)
