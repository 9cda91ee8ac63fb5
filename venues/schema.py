"""The shapes of a pack's files as JSON Schema, for other programs: ``python -m venues.schema`` writes them."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from venues.exchange import LedgerLine
from venues.pack import Facts, Image, Venue

SHAPES: dict[str, type[BaseModel]] = {
    "venue.toml": Venue,
    "sources.toml": Facts,
    "image.toml": Image,
    "ledger.jsonl": LedgerLine,
}
"""File -> what it holds; of ``ledger.jsonl``, each line."""
FOLDER = Path(__file__).parent / "schemas"


def schema(name: str) -> str:
    """The schema of a file of a pack, as JSON."""
    return json.dumps(SHAPES[name].model_json_schema(), ensure_ascii=False, indent=2) + "\n"


def path(name: str) -> Path:
    """Where the schema of a file lies."""
    return FOLDER / f"{name.partition('.')[0]}.schema.json"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in SHAPES:
        path(each).write_text(schema(each), encoding="utf-8")
