"""Averages the weights of runs that began with the same ones: steadier than either.

    python training/average.py --out average.pt RUN/checkpoint.pt OTHER/checkpoint.pt
"""

import argparse
from pathlib import Path

import torch


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    states = [torch.load(file, map_location="cpu")["averaged"] for file in options.checkpoints]
    mean = {
        name: sum(state[name] for state in states) / len(states) if value.dtype.is_floating_point else value
        for name, value in states[0].items()
    }
    torch.save({"averaged": mean}, options.out)


if __name__ == "__main__":
    main()
