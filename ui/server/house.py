"""What one running program shares among all who use it: the engines, the venues' texts, and the names to listen for."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

from interpreter.cards import ENGINES
from interpreter.engines import Wanted, heard_languages, resolve_device
from interpreter.lock import data_folder
from interpreter.models import available, choose
from interpreter.phrases import default_book
from interpreter.romanisation import romanised
from ui.hand_over import all_terms, kept, known_questions, spotted, venue_book
from ui.options import Options, open_desk
from ui.seen import Seen
from ui.server.inbox import Inbox
from venues.ask import Guide
from venues.exchange import IMAGE
from venues.ledger import FILE, Piece
from venues.pack import TAGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interpreter.cards import ModelCard
    from interpreter.phrases import Book
    from interpreter.session import Engines
    from interpreter.stt import Hints
    from interpreter.translation import Term
    from venues.desk import Desk
    from venues.pack import Pack


@dataclass(frozen=True)
class Told:
    """A venue as its visitors get it now."""

    pack: Pack
    guide: Guide
    questions: Book
    """What visitors are known to ask."""
    last: int
    """Number of the store's last entry when it was read."""


class House:
    """Opened once; shared by every page, conversation and request. Its methods may be called from any thread."""

    def __init__(self, options: Options, venue: str, database: str = "", idle: int = 0) -> None:
        """Load the engines that are installed, and the venue. Raises VenueError, ModelError, ChoiceError."""
        self.venue = venue
        self.database = database
        self.idle = idle
        """Seconds without a touch or a word after which a kiosk asks whether anybody is there; 0: never."""
        self.desk: Desk = open_desk(database)
        self.desk.store.source_language(venue)
        self.options = options
        self.cards: tuple[ModelCard, ...] = options.cards()
        """Every model of models.txt, installed or not."""
        self.heard: tuple[str, ...] = tuple(tag for tag in TAGS if tag in heard_languages(self.cards))
        """Tags that are understood when spoken; the others can be typed."""
        self._book_of, self._book = self.desk.store.last(), venue_book(venue, database) or default_book()
        wanted = Wanted(self.heard, tuple(permutations(TAGS, 2)), TAGS)
        self.engines: Engines = options.engines(wanted, book=self._book)
        self._taught, self._teaching = self._book, threading.Lock()
        self.spoken: tuple[str, ...] = tuple(
            tag for tag in TAGS if any(tag in each.languages for each in self.engines.speakers)
        )
        """Tags that there is a voice for."""
        self.missing, self.pull = _missing(self.cards, options, self.heard)
        """While only built-in models are there: those that would do better, and the profile that has them."""
        own = Seen(venue, self.desk).terms()
        self.hints: Hints = spotted(own)
        self.terms: tuple[Term, ...] = kept(all_terms(own))
        for tag in TAGS:
            romanised("一", tag)  # loads what reads it, so that no conversation waits for that
        self.inbox = Inbox(data_folder() / "inbox.sqlite")
        """What visitors could not find out; where it is on, the kiosk has to say so."""
        self._told: dict[str, Told] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Let go of the database."""
        self.desk.close()

    def venues(self) -> tuple[str, ...]:
        """Ids of the venues that can be asked about."""
        return self.desk.store.venues()

    def told(self, venue: str = "") -> Told:
        """A venue as its visitors get it; read anew when somebody has written. Raises VenueError."""
        venue = venue or self.venue
        last = self.desk.store.last()
        with self._lock:
            known = self._told.get(venue)
            if known is None or known.last != last:
                pack = self.desk.guide(venue)
                own = Seen(venue, self.desk).terms()
                terms = all_terms(own)
                guide = Guide(pack.venue, pack.passages, terms, pack.questions)
                # The same book stays the same object: who listens for it keeps what was made of it.
                questions = known_questions(pack.questions)
                if known is not None and known.questions == questions:
                    questions = known.questions
                known = Told(pack, guide, questions, last)
                self._told[venue] = known
                if venue == self.venue:
                    self.hints, self.terms = spotted(own), kept(terms)
            return known

    def listened_for(self, asking: bool) -> Hints:
        """What helps to hear a conversation, or questions to the guide; read anew when somebody has written.

        Raises VenueError, PhrasebookError.
        """
        self._read_book()
        questions = self.told().questions if asking else None
        return replace(self.hints, sentences=questions) if questions and questions.phrases else self.hints

    @property
    def book(self) -> Book:
        """The phrases that are offered; read anew when somebody has written. Raises VenueError, PhrasebookError.

        The engines understand what is new a second or two later: they learn it beside their work.
        """
        return self._read_book()

    def _read_book(self) -> Book:
        last = self.desk.store.last()
        with self._lock:
            if self._book_of != last:
                book = venue_book(self.venue, self.database) or default_book()
                self._book_of = last
                if book != self._book:
                    self._book = book
                    threading.Thread(target=self._teach, daemon=True).start()
            return self._book

    def _teach(self) -> None:
        with self._teaching:
            book = self._book
            if self._taught is not book:
                self.engines.learn(book)
                self._taught = book

    def picture(self, venue: str, stop: str) -> Path | None:
        """The file of a stop's picture as visitors get it; None where there is none."""
        if venue not in self.venues():
            return None
        entry = self.desk.store.published(venue, stop).get(Piece(venue, stop, IMAGE, FILE))
        return self.desk.media.path(entry.text) if entry is not None else None


def _missing(cards: Sequence[ModelCard], options: Options, heard: Sequence[str]) -> tuple[tuple[str, ...], str]:
    profile = "auto" if options.profile == "embedded" else options.profile
    here = available(cards)
    device = resolve_device(options.device, [card for card in cards if card.name in here])
    choices = [
        choose(cards, role, languages, here, profile, device, options.use)
        for role, languages in (("stt", heard), ("translation", TAGS), ("tts", TAGS))
    ]
    if not all(ENGINES[card.engine].built_in for choice in choices for card in choice.cards):
        return (), ""
    return tuple(card.name for choice in choices for card in choice.better), choices[0].profile
