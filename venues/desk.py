"""The editors' desk: the store, the pictures and the packs together. Commands and pages call this.

The packs that come with the program are brought into the store when it is opened for the first time, and again when a
newer program has newer ones; a store that can only be read is shown as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from venues.archive import is_archive, lay_out, pack_up, unpacked
from venues.errors import VenueError, WrongUseError
from venues.exchange import IMAGE, LEDGER, OF_A_STOP, WHOLE, Brought, bring, files, ledger_lines
from venues.images import Media
from venues.known import parse_known
from venues.ledger import FILE, PHRASES, Action, Entry, Piece, State, Status, digest, published
from venues.names import nearest
from venues.pack import TAGS, Facts, Image, Pack, Venue, answers, check_language, find, names, parse_toml, parse_venue
from venues.passages import KINDS, Passage, plain
from venues.phrases import PhraseText, parse_phrases, phrase_text, phrases_text, slots
from venues.rendering import Recording
from venues.store import Incoming, Merged, Store
from venues.terms import parse_terms

Content = TypeVar("Content")
PROGRAM = "the program"
"""Who brought the packs that come with the program."""


class Desk:
    """A store with its pictures."""

    def __init__(self, store: Store, media: Media) -> None:
        self.store = store
        self.media = media

    @classmethod
    def open(cls, data: Path, url: str = "") -> Desk:
        """The desk of a data folder: its database, or another one at an SQLAlchemy URL. Raises VenueError."""
        store = Store(url or f"sqlite:///{data / 'venues.sqlite'}")
        desk = cls(store, Media(data / "media"))
        for name in () if store.read_only else names():
            # A newer program brings newer packs. What was changed here is kept, and the pack is then taken as read.
            if store.brought(name) != _version(find(name)):
                desk.bring(find(name), PROGRAM, prefer="store")
        return desk

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Packs

    def bring(
        self, path: Path, who: str, *, approvals: bool = False, prefer: str = "", set_back: bool = False,
        progress: Callable[[int, int], object] | None = None,
    ) -> tuple[Brought, Merged]:  # fmt: skip
        """Import a pack, a folder or a ``.zip``, all or nothing. Raises VenueError."""
        if path.is_dir():
            return self._bring(path, who, approvals, prefer, set_back, progress)
        if not path.exists():
            raise VenueError(f"there is no pack {path}; name a folder with a venue.toml, or a .zip of one.")
        with unpacked(path) as folder:
            try:
                return self._bring(folder, who, approvals, prefer, set_back, progress)
            except VenueError as error:
                raise VenueError(str(error).replace(f"{folder}/", f"{path}: ")) from None

    def _bring(
        self, folder: Path, who: str, approvals: bool, prefer: str, set_back: bool,
        progress: Callable[[int, int], object] | None,
    ) -> tuple[Brought, Merged]:  # fmt: skip
        self.store.check_writable()
        brought = bring(folder, self.media)
        venue = brought.pack.venue
        total = len(brought.incoming)
        before = self._stops(venue.id) if venue.id in self.store.venues() else ()
        # What comes with the program begins alike in every store, so that one machine's history goes on in another's.
        at = f"{venue.written}T00:00:00Z" if who == PROGRAM and venue.written else ""
        merged = self.store.take(
            venue.id, venue.source_language, brought.incoming, who, approvals=approvals, prefer=prefer,
            set_back=set_back, at=at, brought=_version(folder) if who == PROGRAM else "", ledgers=brought.ledgers,
            progress=(lambda done: progress(done, total)) if progress else None,
        )  # fmt: skip
        after = self._stops(venue.id)
        return replace(brought, removed=tuple(stop for stop in before if stop not in after)), merged

    def _stops(self, venue: str) -> list[str]:
        return [stop.id for stop in self.venue(venue).stop]

    def export(self, venue: str, path: Path) -> int:
        """Write a venue with all its ledgers as a ``.zip`` or into a new folder; gives the number of files.

        Raises VenueError.
        """
        archive = is_archive(path)
        source_language = self.store.source_language(venue)

        def originals_first(found: Mapping[Piece, Content]) -> dict[Piece, Content]:
            # The order in which an import takes them, so that the same content makes the same file anywhere.
            return dict(sorted(found.items(), key=lambda item: item[0].original(source_language) is not None))

        heads = originals_first(self.store.heads(venue))
        history = "".join(ledger_lines(originals_first(self.store.ledgers(venue)))).encode()
        content = [*files(heads, self.media), (LEDGER, history)]
        return pack_up(content, path) if archive else lay_out(content, path)

    # Whole venues

    def heads(self, venue: str) -> Pack:
        """A venue as its editors see it: the last entry of everything, translations that are behind called stale."""
        states = self.store.states(venue)
        return _pack(venue, {p: (entry, states[p].stale) for p, entry in self.store.heads(venue).items()})

    def guide(self, venue: str) -> Pack:
        """A venue as its visitors get it: approved where something is approved, else supplied, never a draft."""
        return _pack(venue, self.store.visible(venue))

    def phrase_rows(self, venue: str) -> tuple[PhraseText, ...]:
        """The venue's own phrases as visitors and staff get them."""
        return _phrases({p: entry for p, (entry, _) in self.store.visible(venue).items() if p.stop == PHRASES})

    def terms_text(self, venue: str) -> str:
        """The venue's ``terms.csv`` as visitors get it, never a draft; empty when it has none."""
        shown = published(self.store.ledger(Piece(venue, "", "terms.csv", FILE)))
        return shown.text if shown else ""

    # Single pieces

    def piece(self, venue: str, path: str, language: str = "", *, removed: bool = False) -> Piece:
        """The piece at a path such as ``park/long``, ``phrases/help.doctor`` or ``venue.toml``.

        ``removed``: also of a stop that ``venue.toml`` no longer names. Raises VenueError naming the nearest stop, kind
        or language.
        """
        source_language = self.store.source_language(venue)
        stop, slash, kind = path.strip("/").rpartition("/")
        stops = self._stops(venue)
        if removed and stop not in (*stops, PHRASES):
            stops += sorted({each.stop for each in self.store.states(venue)} - {*stops, PHRASES, ""})
        whole = WHOLE if not stop else (*OF_A_STOP, IMAGE)
        if slash and stop not in (*stops, PHRASES):
            raise VenueError(f"'{venue}' has no stop '{stop}'; {nearest(stop, stops)}")
        if stop != PHRASES and kind in whole:
            return Piece(venue, stop, kind, FILE)
        if not slash:
            if kind in stops:
                raise WrongUseError(f"'{kind}' is a whole stop; name one of its texts, such as {kind}/short.")
            raise WrongUseError(f"'{path}' is no path such as {stops[0]}/short; {nearest(path, (*stops, *WHOLE))}")
        if stop != PHRASES and kind not in KINDS:
            raise WrongUseError(f"'{kind}' is no kind of text; {nearest(kind, (*KINDS, *whole))}")
        language = language or source_language
        check_language(language)
        return Piece(venue, stop, kind, language)

    def under(self, venue: str, path: str, languages: tuple[str, ...]) -> dict[Piece, State]:
        """Every piece at a path, which may be a whole stop or ``phrases``, in these languages.

        No language means the one that the venue writes in. Raises VenueError when nothing is there.
        """
        source_language = self.store.source_language(venue)
        parts = path.strip("/").split("/", 1)
        stops = self._stops(venue)
        if len(parts) == 1 and parts[0] not in (*stops, PHRASES):
            piece = self.piece(venue, path)
            states = self.store.states(venue)
            if piece not in states:
                raise VenueError(f"{piece} is not there.")
            return {piece: states[piece]}
        whole = len(parts) == 2 and (parts[1] in OF_A_STOP or parts[1] == IMAGE)
        languages = languages or (source_language,)
        for language in languages:
            check_language(language)
            if len(parts) == 2:
                self.piece(venue, path, language)
        found = {
            piece: state
            for piece, state in self.store.states(venue).items()
            if piece.stop == parts[0]
            and (len(parts) == 1 or piece.kind == parts[1])
            and (piece.language == FILE if whole else piece.language in languages)
        }
        if not found:
            raise VenueError(f"{venue}/{path} has no text in {', '.join(languages)}; write one with edit.")
        return found

    def wanting(self, venue: str, language: str, stop: str = "") -> list[tuple[Piece, Entry, int]]:
        """What a translator should draft: the piece, the original, and the number of the head (0: none).

        Missing texts and texts that are behind their original, of one stop or of all. Raises VenueError.
        """
        check_language(language)
        source_language = self.store.source_language(venue)
        stops = [each.id for each in sorted(self.venue(venue).stop, key=lambda each: each.order)]
        if stop and stop not in stops:
            raise VenueError(f"'{venue}' has no stop '{stop}'; {nearest(stop, stops)}")
        states = self.store.states(venue)
        found = []
        for piece, entry in self.store.heads(venue).items():
            if piece.language == source_language and piece.stop in ([stop] if stop else stops):
                target = replace(piece, language=language)
                state = states.get(target)
                if state is None or state.stale:
                    found.append((target, entry, state.number if state else 0))
        return sorted(found, key=lambda each: (stops.index(each[0].stop), KINDS.index(each[0].kind)))

    def to_speak(self, venue: str, languages: tuple[str, ...], supplied: bool = False) -> list[Recording]:
        """The texts that visitors hear: approved ones, and supplied ones where that is allowed; never stale ones."""
        guide = self.guide(venue)
        allowed = ("approved", "supplied") if supplied else ("approved",)
        order = {stop.id: stop.order for stop in guide.venue.stop}
        found = [
            Recording(each.stop, each.kind, each.language, each.text)
            for each in guide.passages.values()
            if each.language in languages and each.status in allowed
        ]
        return sorted(found, key=lambda each: (each.language, order[each.stop], KINDS.index(each.kind)))

    def adopt(self, venue: str, rows: Iterable[PhraseText]) -> None:
        """Take phrases of the phrasebook among the venue's own, as supplied, so that it can approve or change them."""
        own = {piece.kind for piece in self.store.states(venue) if piece.stop == PHRASES}
        incoming = []
        for row in rows:
            if row.id not in own:
                incoming.append(Incoming(Piece(venue, PHRASES, row.id, FILE), row.about, "supplied"))
                own.add(row.id)
            incoming.append(Incoming(Piece(venue, PHRASES, row.id, row.language), row.text, "supplied"))
        if incoming:
            self.store.take(venue, self.store.source_language(venue), incoming, PROGRAM)

    def venue(self, venue: str) -> Venue:
        """What stands in the head of ``venue.toml``."""
        self.store.source_language(venue)
        ledger = self.store.ledger(Piece(venue, "", "venue.toml", FILE))
        return parse_venue(ledger[-1].text, "venue.toml")

    def write(
        self, piece: Piece, text: str, who: str, *, base: int, status: Status = "draft", note: str = "",
        machine: bool = False, made_from: int | None = None,
    ) -> Entry:  # fmt: skip
        """Write a text for a piece after looking at it as an import would. Raises VenueError, ConflictError.

        ``made_from`` is the number of the original's entry that the translator had before them; None: the last.
        """
        text = text.replace("\r\n", "\n")
        text = text if piece.language == FILE else text.strip()
        self._look_at(piece, text)
        action: Action = "draft" if machine else "edit"
        return self.store.write(
            piece, text, who, base=base, action=action, status=status, note=note, made_from=made_from
        )

    def _look_at(self, piece: Piece, text: str) -> None:
        where = str(piece)
        if piece.stop == PHRASES:
            self._look_at_phrase(piece, text)
        elif piece.kind == "venue.toml":
            venue = parse_venue(text, where)
            if venue.id != piece.venue:
                raise VenueError(f"{where}: id is '{venue.id}'; a venue keeps the id '{piece.venue}'.")
            if venue.source_language != (known := self.store.source_language(piece.venue)):
                raise VenueError(f"{where}: source_language is '{venue.source_language}'; a venue keeps '{known}'.")
        elif piece.kind == "terms.csv":
            list(parse_terms(text, where))
        elif piece.kind == "questions.csv":
            parse_known(text, where, TAGS, answers(self.venue(piece.venue)))
        elif piece.kind == "sources.toml":
            parse_toml(Facts, text, where)
        elif piece.kind == "image.toml":
            parse_toml(Image, text, where)
        elif piece.kind == IMAGE:
            self.media.path(text)
        elif problem := plain(text, piece.kind):
            raise VenueError(f"{where} {problem}; nothing was changed.")

    def _look_at_phrase(self, piece: Piece, text: str) -> None:
        about = self.store.ledger(Piece(piece.venue, PHRASES, piece.kind, FILE))
        if not about:
            known = [each.kind for each in self.store.states(piece.venue) if each.stop == PHRASES]
            raise VenueError(
                f"'{piece.venue}' has no phrase '{piece.kind}' of its own; {nearest(piece.kind, sorted(set(known)))} "
                "Put new ones into phrases.csv and import it."
            )
        row = phrase_text(piece.kind, about[-1].text, piece.language, text, "draft")
        parse_phrases(phrases_text([row]), str(piece), TAGS)
        original = piece.original(self.store.source_language(piece.venue))
        source = self.store.ledger(original) if original else ()
        if source and slots(source[-1].text) != slots(text):
            raise VenueError(
                f"{piece}: its slots are {slots(text) or 'none'}, in the original they are "
                f"{slots(source[-1].text) or 'none'}; every language needs the same."
            )


def _version(folder: Path) -> str:
    """What tells one version of a pack from another: the files of the whole venue, which are read quickly.

    Where only texts of stops are newer, ``written`` in ``venue.toml`` is.
    """
    return digest("\0".join((folder / name).read_text("utf-8-sig") for name in WHOLE if (folder / name).exists()))


def _pack(name: str, found: Mapping[Piece, tuple[Entry, bool]]) -> Pack:
    """A pack out of entries; what is no longer in ``venue.toml`` is left out."""
    venue = parse_venue(found[Piece(name, "", "venue.toml", FILE)][0].text, f"{name}/venue.toml")
    stops = {stop.id for stop in venue.stop}
    passages = {}
    facts, images = {}, {}
    for piece, (entry, old) in found.items():
        if piece.stop not in stops:
            continue
        if piece.language != FILE:
            status = "stale" if old else entry.status
            passage = Passage(piece.stop, piece.kind, piece.language, entry.text, status)
            passages[piece.stop, piece.kind, piece.language] = passage
        elif piece.kind == "sources.toml":
            facts[piece.stop] = parse_toml(Facts, entry.text, str(piece)).facts
        elif piece.kind == "image.toml":
            images[piece.stop] = parse_toml(Image, entry.text, str(piece))
    phrases = _phrases({p: entry for p, (entry, _) in found.items()})
    pictured = frozenset(p.stop for p in found if p.kind == IMAGE) & stops
    possible = answers(venue)
    asked = found.get(Piece(name, "", "questions.csv", FILE))
    questions = parse_known(asked[0].text, f"{name}/questions.csv", TAGS) if asked else ()
    kept = tuple(each for each in questions if each.answer in possible)
    return Pack(venue, passages, facts, images, phrases, pictured, kept)


def _phrases(found: Mapping[Piece, Entry]) -> tuple[PhraseText, ...]:
    about = {p.kind: entry.text for p, entry in found.items() if p.stop == PHRASES and p.language == FILE}
    rows = []
    for piece, entry in found.items():
        if piece.stop == PHRASES and piece.language != FILE:
            rows.append(phrase_text(piece.kind, about[piece.kind], piece.language, entry.text, entry.status))
    return tuple(rows)
