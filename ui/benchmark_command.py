"""The commands ``interpreter benchmark ...``: how fast it is."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ui.options import AsJson, Device, ModelsFile, Options, Profile, Use, say

benchmark_app = typer.Typer(
    help="How fast it answers, on this machine.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Repetitions = Annotated[int, typer.Option(help="How often each utterance is answered.", min=1, max=100)]


@benchmark_app.command()
def latency(
    as_json: AsJson = False,
    repetitions: Repetitions = 5,
    profile: Profile = "auto",
    models: ModelsFile = None,
    device: Device = "auto",
    use: Use = "commercial",
) -> None:
    """Time the installed engines: each stage, and from the end of speech to the first sound."""
    from tqdm import tqdm

    from interpreter.benchmark import latency as bench
    from interpreter.engines import Wanted

    tags = tuple(dict.fromkeys(tag for pair in bench.DIRECTIONS for tag in pair))
    engines = Options(profile, models, device, use).engines(Wanted(tags, bench.DIRECTIONS, tags))
    utterances = bench.utterances(engines)
    rows = list(tqdm(bench.measure(engines, utterances, repetitions), total=len(utterances), unit="utterance"))
    if as_json:
        print(json.dumps(bench.as_json(rows), ensure_ascii=False))
        return
    print(bench.table(rows))
    print(json.dumps({"machine": bench.machine()}, ensure_ascii=False))


@benchmark_app.command()
def stock(
    shapes: Annotated[str, typer.Argument(metavar="SHAPES", help="small or base: which sizes of models.")] = "small",
    as_json: AsJson = False,
    repetitions: Repetitions = 5,
    folder: Annotated[
        Path | None, typer.Option(help="Where the checkpoints are made (up to 5 GB) and kept for the next time.")
    ] = None,
) -> None:
    """Answer beside the stock pipeline, turn by turn: the same packages used as they come, on the same checkpoints.

    No published model is needed: checkpoints of the true shapes with random weights are made once, which takes some
    minutes. They cost what the published ones cost, and say nothing.
    """
    from tqdm import tqdm

    from interpreter.benchmark import against
    from interpreter.benchmark.latency import machine
    from interpreter.engines import Wanted
    from interpreter.errors import ChoiceError
    from interpreter.lock import data_folder

    if shapes not in against.PAIRS:
        raise ChoiceError(f"there are no shapes '{shapes}'; they are {', '.join(against.PAIRS)}.")
    speaker = Options("auto", None, "cpu", "commercial").engines(Wanted(spoken=("en",))).speaker("en")
    utterances = against.utterances(speaker)
    both = against.Both(
        shapes, folder or data_folder() / "shapes", lambda name: say(f"benchmark: {name} is made or loaded ...")
    )
    count = len(utterances) * repetitions
    turns = list(tqdm(both.turns(utterances, repetitions), total=count, unit="answer"))
    if as_json:
        rows = [{**asdict(turn), "ratio": turn.ratio} for turn in turns]
        print(json.dumps({"shapes": against.PAIRS[shapes], "machine": machine(), "turns": rows}, ensure_ascii=False))
        return
    print(f"{' + '.join(against.PAIRS[shapes])}, random weights")
    print(against.table(turns))
    print(json.dumps({"machine": machine()}, ensure_ascii=False))
