"""Trains the network on rendered pictures; goes on from its checkpoint when there is one.

    python training/train.py --pictures DIR [DIR ...] --held-out DIR --run DIR --minutes 60

Writes RUN/checkpoint.pt (weights, averaged weights, optimiser, progress) and RUN/log.txt, and with --onnx the
finished model. --steps 3 with a few pictures is a smoke test.
"""

import argparse
import copy
import math
import time
from pathlib import Path

import numpy as np
import torch

import loss
from dataset import Batches, Pictures, plain_batch
from decode import union_mask
from export import export
from network import SIZE, CoalNetwork, ExportedNetwork


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", nargs="+", type=Path, required=True)
    parser.add_argument("--held-out", type=Path, help="pictures of kinds that are never trained on, to validate with")
    parser.add_argument("--run", type=Path, default=Path("out/run"))
    parser.add_argument("--start-from", type=Path, help="weights to begin with when the run has no checkpoint yet")
    parser.add_argument("--steps", type=int, default=4500)
    parser.add_argument("--minutes", type=float, default=60, help="the schedule ends by then even with fewer steps")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--onnx", type=Path, help="exports the averaged weights there in the end")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    return parser.parse_args()


class Progress:
    """How far the schedule is, by steps or by time, whichever is further: shared machines differ."""

    def __init__(self, steps: int, minutes: float, step: int = 0, seconds: float = 0):
        self.steps, self.minutes, self.step, self.before = steps, minutes, step, seconds
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        return self.before + time.monotonic() - self.started

    @property
    def share(self) -> float:
        return min(1.0, max(self.step / self.steps, self.seconds / 60 / self.minutes))

    def rate(self, peak: float) -> float:
        warm = min(1.0, (self.step + 1) / 100)
        return peak * warm * (0.02 + 0.98 * (1 + math.cos(math.pi * self.share)) / 2)

    def strength(self) -> float:
        return min(1.0, 0.4 + 1.5 * self.share)

    def size(self, random=np.random.default_rng(0)) -> int:
        """Small pictures teach what load looks like almost twice as fast; the last part is at full size."""
        if self.share < 0.5:
            return int(random.choice([224, 256]))
        return SIZE if self.share > 0.8 else int(random.choice([256, SIZE]))


def average(kept: torch.nn.Module, network: torch.nn.Module, step: int):
    decay = min(0.998, (1 + step) / (10 + step))
    with torch.no_grad():
        for mine, theirs in zip(kept.state_dict().values(), network.state_dict().values()):
            if mine.dtype.is_floating_point:
                mine.mul_(decay).add_(theirs, alpha=1 - decay)
            else:
                mine.copy_(theirs)


def validate(network: CoalNetwork, pictures: Pictures) -> str:
    """Mean absolute error of coverage and mean intersection over union, through the real decoding."""
    exported = ExportedNetwork(copy.deepcopy(network).eval())
    errors, shares = [], []
    for start in range(0, len(pictures.bases), 16):
        images, masks = plain_batch(pictures, pictures.bases[start : start + 16], SIZE)
        with torch.no_grad():
            rows, prototypes = exported(torch.from_numpy(images))
        for row, prototype, mask in zip(rows.numpy(), prototypes.numpy(), masks > 127):
            found = union_mask(row, prototype, SIZE)
            errors.append(abs(found.mean() - mask.mean()))
            if mask.any():
                shares.append((found & mask).sum() / (found | mask).sum())
    return f"held out: coverage error {np.mean(errors):.4f}, iou {np.mean(shares):.4f}"


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.run.mkdir(parents=True, exist_ok=True)
    checkpoint = options.run / "checkpoint.pt"
    network = CoalNetwork().to(memory_format=torch.channels_last)
    kept = copy.deepcopy(network)
    plain = [p for p in network.parameters() if p.ndim < 2]
    decayed = [p for p in network.parameters() if p.ndim >= 2]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}])
    progress = Progress(options.steps, options.minutes)
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location="cpu")
        network.load_state_dict(state["network"])
        kept.load_state_dict(state["averaged"])
        optimiser.load_state_dict(state["optimiser"])
        progress = Progress(options.steps, options.minutes, state["step"], state["seconds"])
    elif options.start_from:
        weights = torch.load(options.start_from, map_location="cpu")["averaged"]
        network.load_state_dict(weights)
        kept.load_state_dict(weights)
    pictures = Pictures(options.pictures)
    held = Pictures([options.held_out]) if options.held_out else None
    batches = Batches(pictures, options.batch, progress.size, progress.strength, options.seed + progress.step)
    log = (options.run / "log.txt").open("a")
    parameters = sum(p.numel() for p in network.parameters())
    say(log, f"{len(pictures.bases)} pictures, {parameters} parameters, from step {progress.step}")
    sums: dict[str, float] = {}
    network.train()
    while progress.share < 1:
        images, masks = batches.next()
        for group in optimiser.param_groups:
            group["lr"] = progress.rate(options.rate)
        total, parts = loss.compute(*network(torch.from_numpy(images).to(memory_format=torch.channels_last)), masks)
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 10)
        optimiser.step()
        progress.step += 1
        average(kept, network, progress.step)
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) * 0.98 + 0.02 * float(value)
        if progress.step % 50 == 0:
            shown = ", ".join(f"{name} {value:.3f}" for name, value in sums.items())
            left = progress.seconds / max(progress.share, 1e-6) * (1 - progress.share) / 60
            say(log, f"step {progress.step} ({progress.share:.1%}, {left:.0f} min left): {shown}, {len(pictures.bases)} pictures")
        if progress.step % options.every == 0 or progress.share >= 1:
            save(checkpoint, network, kept, optimiser, progress)
            if held and (progress.step % (4 * options.every) == 0 or progress.share >= 1):
                say(log, validate(kept, held))
    if options.onnx:
        export(checkpoint, options.onnx)


def save(file: Path, network, kept, optimiser, progress: Progress):
    """Whole or not at all: an interrupted run must find a checkpoint that can be read."""
    state = {
        "network": network.state_dict(), "averaged": kept.state_dict(), "optimiser": optimiser.state_dict(),
        "step": progress.step, "seconds": progress.seconds,
    }
    torch.save(state, file.with_suffix(".tmp"))
    file.with_suffix(".tmp").replace(file)


def say(log, line: str):
    print(line, flush=True)
    log.write(line + "\n")
    log.flush()


if __name__ == "__main__":
    main()
