"""Make the small checkpoints: ``python tests/checkpoints/make.py [whisper] [m2m100] [vits] [--untrained]``."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

import torch

STEPS = {"whisper": 3000, "m2m100": 2500, "vits": 1200}
"""Training steps of each checkpoint."""


def main() -> None:
    """Parse the command line and make what it names."""
    parser = argparse.ArgumentParser(description="Make the small checkpoints that the tests load.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of {', '.join(STEPS)} (default: all)")
    parser.add_argument("--untrained", action="store_true", help="random weights, to try the loading only")
    parser.add_argument("--steps", type=int, help="training steps instead of the usual number")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="where the folders are written")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in STEPS:
            parser.error(f"no checkpoint is called '{name}': choose from {', '.join(STEPS)}.")
    torch.set_num_threads(1)
    for name in arguments.names or STEPS:
        steps = 0 if arguments.untrained else arguments.steps or STEPS[name]
        importlib.import_module(f"make_{name}").make(arguments.out / name, steps)


if __name__ == "__main__":
    main()
