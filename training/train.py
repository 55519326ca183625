"""Trains the network on rendered pictures; goes on from its checkpoint when there is one.

    python training/train.py --pictures DIR [DIR ...] --held-out DIR --run DIR --minutes 60

Writes RUN/checkpoint.pt (weights, averaged weights, optimiser, progress) and RUN/log.txt, and with --onnx the
finished model. --steps 3 with a few pictures is a smoke test.
"""

import argparse
import copy
import math
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import distributed

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
    parser.add_argument("--outlines", action="store_true", help="second stage: learns outlines only, at full size")
    parser.add_argument("--steps", type=int, default=4500)
    parser.add_argument("--minutes", type=float, default=60, help="the schedule ends by then even with fewer steps")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--workers", type=int, default=2, help="processes of one thread each that share every step")
    parser.add_argument("--compile", action="store_true", help="PyTorch 2 only: compiles the network first, for faster steps")
    parser.add_argument("--onnx", type=Path, help="exports the averaged weights there in the end")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=250, help="steps between checkpoints")
    return parser.parse_args()


class Progress:
    """How far the schedule is, by steps or by time, whichever is further: shared machines differ."""

    def __init__(self, options: argparse.Namespace, step: int = 0, seconds: float = 0):
        steps, minutes, self.outlines = options.steps, options.minutes, options.outlines
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
        """Mild first, then everything at once, and mild again while the rate falls: cameras that show anything at all."""
        return 0.6 if self.outlines or self.share > 0.75 else min(1.0, 0.4 + 1.5 * self.share)

    def size(self, random=np.random.default_rng(0)) -> int:
        """Small pictures teach what load looks like almost twice as fast; the last part is at full size."""
        if self.outlines:
            return SIZE
        if self.share < 0.4:
            return int(random.choice([224, 256]))
        return SIZE if self.share > 0.75 else int(random.choice([256, SIZE]))


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


def share_gradients(network: torch.nn.Module, progress: Progress, workers: int) -> float:
    """Averages gradients over the workers, and with them how far the schedule is, so that all end at one step."""
    parameters = [p for p in network.parameters() if p.grad is not None]
    flat = torch.cat([p.grad.flatten() for p in parameters] + [torch.tensor([progress.share])])
    distributed.all_reduce(flat)
    flat /= workers
    start = 0
    for p in parameters:
        p.grad.copy_(flat[start : start + p.numel()].view_as(p.grad))
        start += p.numel()
    return float(flat[-1])


def work(rank: int, options: argparse.Namespace, meeting: str):
    torch.set_num_threads(1)
    torch.manual_seed(options.seed + rank)
    distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=options.workers)
    checkpoint = options.run / "checkpoint.pt"
    torch.manual_seed(options.seed)
    network = CoalNetwork().to(memory_format=torch.channels_last)
    kept = copy.deepcopy(network)
    if options.outlines:
        network.learn_outlines_only()
    plain = [p for p in network.parameters() if p.ndim < 2 and p.requires_grad]
    decayed = [p for p in network.parameters() if p.ndim >= 2 and p.requires_grad]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}])
    progress = Progress(options)
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location="cpu")
        network.load_state_dict(state["network"])
        kept.load_state_dict(state["averaged"])
        optimiser.load_state_dict(state["optimiser"])
        progress = Progress(options, state["step"], state["seconds"])
    elif options.start_from:
        weights = torch.load(options.start_from, map_location="cpu")["averaged"]
        # Weights from before a module was added are taken as far as they go.
        network.load_state_dict(weights, strict=False)
        kept.load_state_dict(weights, strict=False)
    pictures = Pictures(options.pictures, rank, options.workers)
    held = Pictures([options.held_out]) if options.held_out else None
    seed = (options.seed + progress.step) * 10 + rank
    batches = Batches(pictures, max(1, options.batch // options.workers), progress.size, progress.strength, seed, 0.5 if options.outlines else 0.4)
    say = Log(options.run / "log.txt") if rank == 0 else lambda line: None
    parameters = sum(p.numel() for p in network.parameters())
    say(f"{len(pictures.bases)} pictures a worker, {parameters} parameters, from step {progress.step}")
    sums: dict[str, float] = {}
    if not options.outlines:
        network.train()
    # One program per size: a general one for all sizes is slower.
    forward = torch.compile(network, dynamic=False) if options.compile else network
    dice = 0.0 if options.outlines else 0.2
    share = progress.share
    while share < 1:
        images, assigned = batches.next()
        for group in optimiser.param_groups:
            group["lr"] = progress.rate(options.rate)
        total, parts = loss.compute(*forward(torch.from_numpy(images).to(memory_format=torch.channels_last)), assigned, dice)
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        progress.step += 1
        share = share_gradients(network, progress, options.workers)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 10)
        optimiser.step()
        average(kept, network, progress.step)
        for name, value in parts.items():
            sums[name] = sums.get(name, value.item()) * 0.98 + 0.02 * value.item()
        if rank > 0:
            continue
        if progress.step % 50 == 0:
            shown = ", ".join(f"{name} {value:.3f}" for name, value in sums.items())
            left = progress.seconds / max(share, 1e-6) * (1 - share) / 60
            say(f"step {progress.step} ({share:.1%}, {left:.0f} min left): {shown}")
        if progress.step % options.every == 0 or share >= 1:
            save(checkpoint, network, kept, optimiser, progress)
            if held and (progress.step % (10 * options.every) == 0 or share >= 1):
                say(validate(kept, held))
    batches.close()


def save(file: Path, network, kept, optimiser, progress: Progress):
    """Whole or not at all: an interrupted run must find a checkpoint that can be read."""
    state = {
        "network": network.state_dict(), "averaged": kept.state_dict(), "optimiser": optimiser.state_dict(),
        "step": progress.step, "seconds": progress.seconds,
    }
    torch.save(state, file.with_suffix(".tmp"))
    file.with_suffix(".tmp").replace(file)


class Log:
    """To the terminal and to a file."""

    def __init__(self, file: Path):
        self.file = file.open("a")

    def __call__(self, line: str):
        print(line, flush=True)
        self.file.write(line + "\n")
        self.file.flush()


def main():
    options = arguments()
    options.run.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.spawn(work, (options, f"{folder}/meeting"), nprocs=options.workers)
    if options.onnx:
        export(options.run / "checkpoint.pt", options.onnx)


if __name__ == "__main__":
    main()
