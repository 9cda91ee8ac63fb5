"""Passages and the file they are written in: one Markdown file for each stop and language.

::

    ---
    title: 溫泉博物館
    status: supplied
    ---
    ## short
    ...
    ## long
    ...

``status`` holds for every text of the file; ``title-status``, ``short-status`` and so on set one apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from venues.errors import VenueError
from venues.ledger import STATUSES
from venues.names import nearest

KINDS = ("title", "short", "long", "children", "practical")
"""What a passage is for."""
LARGEST_TITLE = 200
"""Letters of a title."""
LARGEST_PASSAGE = 8000
"""Letters of any other text: ten minutes of speech."""


@dataclass(frozen=True)
class Passage:
    """One text in one language."""

    stop: str
    kind: str
    """One of :data:`KINDS`."""
    language: str
    """BCP-47 tag."""
    text: str
    status: str
    """``draft``, ``supplied``, ``approved``, or ``stale``: the original has changed since."""


_FRONT = re.compile(r"\A---\n(?P<front>.*?)\n---\n(?P<body>.*)\Z", re.DOTALL)
_HEADING = re.compile(r"^## +(\S+)\s*$", re.MULTILINE)
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
_KEPT = "\n\u00ad\u200b\u200c\u200d"
"""Where a line may break, and what joins letters."""
_KEYS = ("title", "status", *(f"{kind}-status" for kind in KINDS))


def plain(text: str, kind: str) -> str:
    """What is wrong with a text, as a clause; empty when it can be spoken and shown as it is."""
    if not text.strip():
        return "is empty"
    if len(text) > (largest := LARGEST_TITLE if kind == "title" else LARGEST_PASSAGE):
        return f"has {len(text)} letters; {largest} are allowed"
    if kind == "title" and "\n" in text.strip():
        return "is a title and holds a line break"
    if re.search(r"<[a-zA-Z/!]|\]\(|^#|^---$", text, re.MULTILINE):
        return "holds HTML, a link or a heading; only plain text is spoken"
    strange = sorted(
        {f"U+{ord(char):04X}" for char in text if unicodedata.category(char) in _UNSEEN and char not in _KEPT}
    )
    if strange:
        return f"holds characters that cannot be seen or spoken: {', '.join(strange[:5])}"
    return ""


def parse(text: str, where: str, stop: str, language: str) -> Iterator[Passage]:
    """The passages of a file. Raises VenueError naming ``where``, the line, and the nearest name."""
    text = text.replace("\r\n", "\n")
    match = _FRONT.match(text)
    if match is None:
        raise VenueError(f"{where}, line 1: a text begins with a line ---, title and status, and another line ---.")
    front: dict[str, str] = {}
    for number, line in enumerate(match["front"].splitlines(), start=2):
        key, colon, value = (part.strip() for part in line.partition(":"))
        if key not in _KEYS or not colon or not value:
            raise VenueError(f"{where}, line {number}: '{line}' is not allowed; {nearest(key, _KEYS)}")
        if key in front:
            raise VenueError(f"{where}, line {number}: {key} is given twice.")
        front[key] = value
        if key != "title" and value not in STATUSES:
            raise VenueError(f"{where}, line {number}: {key} '{value}' is not allowed; {nearest(value, STATUSES)}")
    for key in ("title", "status"):
        if key not in front:
            raise VenueError(f"{where}, line 2: the {key} is missing; write '{key}: ...' between the two lines ---.")
    pieces = _HEADING.split(match["body"])
    if pieces[0].strip():
        raise VenueError(f"{where}: text before the first heading; write it under '## short' or '## long'.")
    found = {"title": front["title"]}
    for kind, body in zip(pieces[1::2], pieces[2::2], strict=True):
        line = text[: re.search(rf"^## +{re.escape(kind)}\s*$", text, re.MULTILINE).start()].count("\n") + 1  # type: ignore[union-attr]
        if kind not in KINDS[1:]:
            raise VenueError(f"{where}, line {line}: '{kind}' is no kind of text; {nearest(kind, KINDS[1:])}")
        if kind in found:
            raise VenueError(f"{where}: '## {kind}' is there twice.")
        if not body.strip():
            raise VenueError(f"{where}, line {line}: nothing is written under '## {kind}'.")
        found[kind] = body.strip()
        problem = plain(found[kind], kind)
        if problem:
            raise VenueError(f"{where}, line {line}: '## {kind}' {problem}.")
    problem = plain(found["title"], "title")
    if problem:
        raise VenueError(f"{where}, line 2: the title {problem}.")
    for kind, passage in found.items():
        yield Passage(stop, kind, language, passage, front.get(f"{kind}-status", front["status"]))


def written(passages: Iterable[Passage]) -> str:
    """The file of the passages of one stop in one language, one of which is the title; :func:`parse` reads it."""
    found = {passage.kind: passage for passage in passages}
    statuses = [found[kind].status for kind in KINDS if kind in found]
    # The commonest stands for all; the first of equals, so that the same texts always make the same file.
    common = max(statuses, key=statuses.count)
    apart = [f"{kind}-status: {found[kind].status}" for kind in KINDS if kind in found and found[kind].status != common]
    front = "\n".join(["---", f"title: {found['title'].text}", f"status: {common}", *apart, "---"])
    return front + "\n" + "\n".join(f"## {kind}\n{found[kind].text}\n" for kind in KINDS[1:] if kind in found)
