"""A folder of recordings of phrases: the list of what to say, written; and the recordings, read.

``list.tsv`` has the columns ``file``, ``language``, ``phrase``, ``values`` (JSON) and ``text``; the recordings lie
beside it under the names of the first column. ``phrase`` is empty for a sentence that is not in the book. A venue that
wants to know how well its visitors will be heard lets a few of them read the list.
"""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interpreter.audio import Samples, read

COLUMNS = ("file", "language", "phrase", "values", "text")


@dataclass(frozen=True)
class Recording:
    """One sentence to be said, or said."""

    file: str
    """Name beside the list."""
    language: str
    """BCP-47 tag."""
    phrase: str
    """Id in the book; empty when the sentence is not in it."""
    values: dict[str, str]
    """Slot -> value key."""
    text: str
    """What is said, numbers as words."""


def write_list(folder: Path, recordings: Iterable[Recording]) -> None:
    """Write the list of what to say."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "list.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(COLUMNS)
        for each in recordings:
            values = json.dumps(each.values, ensure_ascii=False)
            writer.writerow((each.file, each.language, each.phrase, values, each.text))


def read_list(folder: Path) -> Iterator[tuple[Recording, Samples]]:
    """The recordings that are there, each at the level of a person near the microphone."""
    with (folder / "list.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            path = folder / row["file"]
            if path.exists():
                samples = read(path).samples
                level = 0.3 / max(1e-6, float(np.abs(samples).max(initial=0.0)))
                found = Recording(row["file"], row["language"], row["phrase"], json.loads(row["values"]), row["text"])
                yield found, (samples * level).astype(np.float32)
