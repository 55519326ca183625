"""From a checkpoint to ONNX in the layout of v8/11 segmentation exports, with their metadata.

    python training/export.py --checkpoint RUN/checkpoint.pt --out models/coal-seg.onnx --weights models/coal-seg.pt
"""

import argparse
import ast
import datetime
from pathlib import Path

import numpy as np
import onnx
import torch

from network import SIZE, STRIDES, CoalNetwork, ExportedNetwork

DESCRIPTION = "Plateau coal segmentation, a demonstration model trained on rendered bulk material only"


def metadata() -> dict[str, str]:
    """As exporters write it: every value as Python's repr."""
    return {
        "description": DESCRIPTION,
        "author": "Plateau",
        "date": datetime.date.today().isoformat(),
        "version": "1",
        "license": "MIT",
        "stride": str(max(STRIDES)),
        "task": "segment",
        "batch": "1",
        "imgsz": str([SIZE, SIZE]),
        "names": str({0: "coal"}),
        "channels": "3",
    }


def export(checkpoint: Path, out: Path):
    network = CoalNetwork()
    network.load_state_dict(torch.load(checkpoint, map_location="cpu")["averaged"])
    exported = ExportedNetwork(network.eval()).eval()
    example = torch.rand(1, 3, SIZE, SIZE)
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        exported, example, str(out), opset_version=16, input_names=["images"], output_names=["output0", "output1"],
        do_constant_folding=True,
    )
    model = onnx.load(str(out))
    del model.metadata_props[:]
    for key, value in metadata().items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.checker.check_model(model)
    onnx.save(model, str(out))
    compare(exported, example, out)


def compare(exported: torch.nn.Module, example: torch.Tensor, out: Path):
    """The file must say what the network says."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(out), providers=["CPUExecutionProvider"])
    mine = session.run(None, {"images": example.numpy()})
    with torch.no_grad():
        theirs = [part.numpy() for part in exported(example)]
    worst = max(float(np.abs(a - b).max()) for a, b in zip(mine, theirs))
    assert ast.literal_eval(session.get_modelmeta().custom_metadata_map["names"]) == {0: "coal"}
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB, {[part.shape for part in mine]}, differs from PyTorch by {worst:.1e}")
    assert worst < 1e-2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("models/coal-seg.onnx"))
    parser.add_argument("--weights", type=Path, help="also writes the averaged weights alone, to train on from")
    options = parser.parse_args()
    export(options.checkpoint, options.out)
    if options.weights:
        torch.save({"averaged": torch.load(options.checkpoint, map_location="cpu")["averaged"]}, options.weights)


if __name__ == "__main__":
    main()
