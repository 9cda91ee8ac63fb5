"""How one text is shown at the staff desk: what changed, its history, and what a visitor would see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice

from ui.pages.staff_office import Office
from venues.compare import compared
from venues.ledger import Entry, Piece, published, stale


@dataclass(frozen=True)
class Opened:
    """A text as somebody has it before them."""

    piece: Piece
    base: int
    """Number of the entry that was read; 0: there is none yet."""
    text: str
    """Of that entry."""
    original: int | None = None
    """Number of the original's entry that stands beside it; None for an original."""

    def changed(self, text: str) -> bool:
        """Whether something was typed that is not saved."""
        return text.strip() != self.text.strip()


@dataclass(frozen=True)
class Ledgers:
    """Everything that is known of a text."""

    piece: Piece
    entries: Sequence[Entry]
    originals: Sequence[Entry]
    """Of the original; empty for an original."""

    @property
    def word(self) -> str:
        """How far it is."""
        if not self.entries:
            return "missing"
        return "stale" if self.behind else self.entries[-1].status

    @property
    def behind(self) -> bool:
        """Whether the original has changed since."""
        return bool(self.entries and self.originals) and stale(self.entries[-1], self.originals, self.originals[-1])

    def opened(self) -> Opened:
        """The head, to be edited."""
        head = self.entries[-1] if self.entries else None
        original = self.originals[-1].number if self.originals else None
        return Opened(self.piece, head.number if head else 0, head.text if head else "", original)


def read(office: Office, piece: Piece) -> Ledgers:
    """The ledgers of a text and of its original."""
    store = office.house.desk.store
    original = piece.original(store.source_language(piece.venue))
    return Ledgers(piece, store.ledger(piece), store.ledger(original) if original else ())


def differences(office: Office, found: Ledgers) -> tuple[str, list[tuple[str, str | float | None]]]:
    """A caption, and the sentences that went (``-``), came (``+``) or stayed.

    Of a translation that is behind: what changed in its original since. Of any other text: what changed since visitors
    got it last.
    """
    words = office.words
    shown = published(found.entries)
    if found.behind and found.entries[-1].made_from is not None:
        lines = compared(found.piece, found.entries, found.originals)
        caption = words["staff-changed-original"].format(number=found.entries[-1].made_from)
    elif shown is not None and shown.text != found.entries[-1].text:
        lines = compared(found.piece, found.entries, None, shown.number)
        caption = words["staff-changed-text"].format(number=shown.number)
    else:
        return words["staff-unchanged"], []
    marks = {"-": "-", "+": "+", " ": None}
    return caption, [(f"{line[2:]}\n", marks[line[0]]) for line in islice(lines, 2, None)]


def history(office: Office, found: Ledgers) -> str:
    """The ledger as a table, the newest first."""
    words = office.words
    shown = published(found.entries)
    rows = []
    for entry in reversed(found.entries):
        mark = f" <b>{escape(words['staff-visitors-get'])}</b>" if shown and entry.number == shown.number else ""
        cells = (
            str(entry.number), entry.at.replace("T", " ").rstrip("Z"), entry.who,
            words[f"staff-did-{entry.action}"], office.state(entry.status),
        )  # fmt: skip
        plain = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        rows.append(f"<tr>{plain}<td>{escape(entry.note)}{mark}</td></tr>")
    heads = ("staff-number", "staff-when", "staff-name", "staff-action", "staff-state", "staff-note")
    head = "".join(f'<th scope="col">{escape(words[key])}</th>' for key in heads)
    body = "".join(rows) or f'<tr><td colspan="6">{escape(words["staff-state-missing"])}</td></tr>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def preview(office: Office, piece: Piece, text: str) -> str:
    """A card as the guide shows it: the picture, the title, the text, and how far it is."""
    desk, tag = office.house.desk, piece.language
    pack = desk.heads(piece.venue)
    title = text if piece.kind == "title" else ""
    for each in (tag, pack.venue.source_language):
        if not title and (found := pack.passages.get((piece.stop, "title", each))) is not None:
            title = found.text
    picture = office.house.picture(piece.venue, piece.stop)
    alt = pack.images[piece.stop].alt.get(tag, "") if piece.stop in pack.images else ""
    image = (
        f'<img src="/v1/venues/{piece.venue}/stops/{piece.stop}/image" alt="{escape(alt)}">'
        if picture
        else ""
    )  # fmt: skip
    body = "" if piece.kind == "title" else "".join(
        f"<p>{escape(part)}</p>" for part in text.split("\n") if part.strip()
    )  # fmt: skip
    return f'<article class="as-visitor" lang="{tag}">{image}<h2>{escape(title)}</h2>{body}</article>'
