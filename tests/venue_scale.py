"""How a large venue behaves: 500 stops x 15 languages x 5 kinds of text. Prints a table for people, one JSON line last.

``python tests/venue_scale.py [--stops 500]``. The texts are those of the packs that ship, repeated; the store is SQLite
in a folder of its own, the pack is read from plain files. ``ask`` is timed with the index of a language in memory, and
once more for the first question in a language, which builds it.
"""

from __future__ import annotations

import argparse
import functools
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from venues.ask import Guide
from venues.check import check, status_table
from venues.desk import Desk
from venues.images import Media
from venues.pack import TAGS, find, read_pack
from venues.passages import KINDS, Passage, written
from venues.store import Store


def make(folder: Path, stops: int) -> None:
    """A pack of that many stops."""
    small = read_pack(find("beitou"))
    lines = [(find("beitou") / "venue.toml").read_text(encoding="utf-8").split("[[stop]]")[0]]
    lines[0] = lines[0].replace('id = "beitou"', 'id = "large"')
    names = [stop.id for stop in small.venue.stop]
    for number in range(stops):
        stop = f"stop-{number}"
        lines.append(f'[[stop]]\nid = "{stop}"\norder = {number + 1}\n')
        place = folder / "stops" / stop
        place.mkdir(parents=True)
        like = names[number % len(names)]
        for tag in TAGS:
            texts = {kind: small.passages[like, kind, tag].text for kind in ("title", "short", "long")}
            texts |= {"title": f"{texts['title']} {number}", "children": texts["short"], "practical": texts["short"]}
            path = place / f"{tag}.md"
            path.write_text(written(Passage(stop, k, tag, texts[k], "supplied") for k in KINDS), encoding="utf-8")
        for name in ("sources.toml", "image.toml"):
            shutil.copy(find("beitou") / "stops" / like / name, place / name)
    (folder / "venue.toml").write_text("\n".join(lines), encoding="utf-8")


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Median wall time."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--stops", type=int, default=500)
    stops = arguments.parse_args().stops
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "pack"
        make(folder, stops)
        with Desk(Store(f"sqlite:///{name}/venues.sqlite"), Media(Path(name) / "media")) as desk:
            figures["import"] = seconds(lambda: desk.bring(folder, "test"))
            figures["import again"] = seconds(lambda: desk.bring(folder, "test"))
            texts = sum(bool(piece.language) for piece in desk.store.states("large"))
            figures["status"] = seconds(
                lambda: status_table(
                    desk.venue("large"),
                    {(p.stop, p.kind, p.language): s.word for p, s in desk.store.states("large").items() if p.language},
                ),
                5,
            )
            piece = desk.piece("large", "stop-7/short")
            figures["edit"] = seconds(
                lambda: desk.write(piece, f"{time.perf_counter()}", "test", base=desk.store.ledger(piece)[-1].number),
                5,
            )
            guide = desk.guide("large")
            asked = Guide(guide.venue, guide.passages)
            questions = {
                "en": "Who built the old bathhouse?",
                "ja": "この温泉はいつ開きましたか",
                "zh-Hant": "圖書館的屋頂有什麼？",
            }
            figures["guide"] = seconds(lambda: Guide(guide.venue, guide.passages))
            for tag, question in questions.items():
                figures[f"first ask, {tag}"] = seconds(functools.partial(asked.ask, question, tag))
                figures[f"ask, {tag}"] = seconds(functools.partial(asked.ask, question, tag), 15)
            figures["check"] = seconds(lambda: list(check(desk.heads("large"))))
            figures["export"] = seconds(lambda: desk.export("large", Path(name) / "large.zip"))
    print(f"{stops} stops, {texts} texts")
    for what, value in figures.items():
        print(f"{what:20} {value:8.3f} s")
    print(json.dumps({"stops": stops, "texts": texts, "seconds": figures}))


if __name__ == "__main__":
    main()
