"""What one running program shares among all who use it: the engines, the venues' texts, and the names to listen for."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING

from interpreter.engines import Wanted, heard_languages
from interpreter.lock import data_folder
from ui.hand_over import venue_hints, venue_term_list, venue_terms
from ui.options import Options, open_desk
from ui.server.inbox import Inbox
from venues.ask import Guide
from venues.exchange import IMAGE
from venues.ledger import FILE, Piece
from venues.pack import TAGS

if TYPE_CHECKING:
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
    last: int
    """Number of the store's last entry when it was read."""


class House:
    """Opened once; shared by every page, conversation and request. Its methods may be called from any thread."""

    def __init__(self, options: Options, venue: str, database: str = "") -> None:
        """Load the engines that are installed, and the venue. Raises VenueError, ModelError, ChoiceError."""
        self.venue = venue
        self.database = database
        self.desk: Desk = open_desk(database)
        self.desk.store.source_language(venue)
        cards = options.cards()
        self.heard: tuple[str, ...] = tuple(tag for tag in TAGS if tag in heard_languages(cards))
        """Tags that are understood when spoken; the others can be typed."""
        self.engines: Engines = options.engines(Wanted(self.heard, tuple(permutations(TAGS, 2)), TAGS), venue)
        self.spoken: tuple[str, ...] = tuple(
            tag for tag in TAGS if any(tag in each.languages for each in self.engines.speakers)
        )
        """Tags that there is a voice for."""
        self.hints: Hints = venue_hints(venue, database)
        self.terms: tuple[Term, ...] = venue_terms(venue, database)
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
                terms = venue_term_list(venue, self.database)
                known = Told(pack, Guide(pack.venue, pack.passages, terms, pack.questions), last)
                self._told[venue] = known
                if venue == self.venue:
                    self.hints, self.terms = venue_hints(venue, self.database), venue_terms(venue, self.database)
            return known

    def picture(self, venue: str, stop: str) -> Path | None:
        """The file of a stop's picture as visitors get it; None where there is none."""
        if venue not in self.venues():
            return None
        entry = self.desk.store.published(venue, stop).get(Piece(venue, stop, IMAGE, FILE))
        return self.desk.media.path(entry.text) if entry is not None else None
