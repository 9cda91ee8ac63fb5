"""The commands ``interpreter venues ...`` that change something: writing, approving, drafting, speaking, packs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.options import (
    Database,
    Device,
    ModelsFile,
    Options,
    Person,
    Profile,
    Use,
    Venue,
    Where,
    guide_tag,
    open_desk,
    person,
    say,
)
from ui.venue_commands import venues_app

if TYPE_CHECKING:
    from venues.desk import Desk
    from venues.ledger import ConflictError, Entry, Piece

Language = Annotated[str, typer.Option(help="Tag; otherwise the language the venue writes in.")]
Base = Annotated[int, typer.Option(help="Number of the entry you saw; otherwise the last.")]


@venues_app.command("new")
def venues_new(
    venue: Annotated[str, typer.Argument(metavar="ID", help="A short name in small letters, such as tea-museum.")],
    language: Annotated[str, typer.Option(help="The language you write in first.")] = "zh-Hant",
    name: Annotated[str, typer.Option(help="The venue's name in that language.")] = "",
    zone: Annotated[str, typer.Option("--time-zone", help="Such as Asia/Taipei.")] = "Asia/Taipei",
) -> None:
    """Make a folder with the files of a new venue, to be filled in."""
    from venues.template import make

    folder = make(Path(venue), guide_tag(language), name, zone)
    say(f"{folder}/ is made. Write in its files, then: interpreter venues check ./{folder}")
    say(f"When that finds nothing you mind: interpreter venues import {folder}")


@venues_app.command("edit")
def venues_edit(
    venue: Venue,
    path: Where,
    language: Language = "",
    text: Annotated[str, typer.Option(help="The new text; otherwise your editor opens ($EDITOR).")] = "",
    file: Annotated[str, typer.Option(help="A file with the new text, or - for standard input.")] = "",
    base: Base = -1,
    who: Person = "",
    database: Database = "",
) -> None:
    """Write a text anew. It is a draft until it is approved; visitors keep the approved one."""
    from venues.ledger import ConflictError

    with open_desk(database) as desk:
        desk.store.check_writable()
        piece = desk.piece(venue, path, guide_tag(language) if language else "")
        entries = desk.store.ledger(piece)
        head = entries[-1] if entries else None
        new = _new_text(text, file, head.text if head else "", piece)
        try:
            entry = desk.write(piece, new, person(who), base=base if base >= 0 else (head.number if head else 0))
        except ConflictError as conflict:
            _both(conflict)
            raise
        if head is not None and entry.number == head.number:
            say(f"{piece}: nothing was changed.")
            return
        say(f"{piece}: entry {entry.number}, a draft. To show it to visitors: "
            f"interpreter venues approve {venue} {path}{_option(piece)}")  # fmt: skip
        _tell_stale(desk, piece, venue)


def _option(piece: Piece) -> str:
    return f" --language {piece.language}" if piece.language else ""


def _tell_stale(desk: Desk, piece: Piece, venue: str) -> None:
    """Say which translations an edit of an original leaves behind."""
    if not piece.language or piece.original(desk.store.source_language(venue)) is not None:
        return
    behind = sorted(
        other.language for other, state in desk.store.states(venue).items()
        if (other.stop, other.kind) == (piece.stop, piece.kind) and state.stale
    )  # fmt: skip
    if behind:
        say(f"Now behind the original: {', '.join(behind)}. What changed for them: "
            f"interpreter venues diff {venue} {piece.stop}/{piece.kind} --language {behind[0]} --original")  # fmt: skip


def _new_text(text: str, file: str, old: str, piece: Piece) -> str:
    from venues.errors import VenueError, WrongUseError

    if text and file:
        raise WrongUseError("give --text or --file, not both.")
    if text:
        return text
    try:
        if file == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig") if sys.stdin else ""
        if file:
            return Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise VenueError(f"{file} is not UTF-8 (byte {error.start}); save it as UTF-8.") from None
    if not sys.stdin or not sys.stdin.isatty():
        raise WrongUseError(f"nothing was given for {piece}; use --text '...', --file FILE, or --file - to read it.")
    import click

    edited = click.edit(old, extension=".toml" if piece.kind.endswith(".toml") else ".txt")
    return old if edited is None else edited


def _both(conflict: ConflictError) -> None:
    """Show both texts of a conflict and keep the one that was refused."""
    piece = conflict.piece
    name = "-".join(filter(None, (piece.venue, piece.stop, piece.kind.replace(".", "-"), piece.language)))
    path = next(p for n in range(1, 1000) if not (p := Path(f"{name}.refused{'' if n == 1 else n}.txt")).exists())
    try:
        path.write_text(conflict.yours, encoding="utf-8")
        kept = f"kept in {path}"
    except OSError:
        kept = "not kept in a file: this folder cannot be written"
    say(f"--- what stands there now, by {conflict.theirs.who}\n{conflict.theirs.text}")
    say(f"--- yours, {kept}\n{conflict.yours}\n---")


@venues_app.command("approve")
def venues_approve(
    venue: Venue,
    path: Annotated[str, typer.Argument(metavar="PATH", help="STOP, STOP/KIND, phrases, phrases/ID or venue.toml.")],
    language: Annotated[
        str, typer.Option(help="Tag, several with commas, or all; otherwise the language the venue writes in.")
    ] = "",
    base: Base = -1,
    still_true: Annotated[
        bool, typer.Option("--still-true", help="Also translations behind the original: they fit it as it stands.")
    ] = False,
    who: Person = "",
    database: Database = "",
) -> None:
    """Approve texts as they stand; from then on visitors get them."""
    from ui.hand_over import adopt_phrases
    from venues.errors import WrongUseError

    with open_desk(database) as desk:
        if path == "phrases" or path.startswith("phrases/"):
            adopt_phrases(desk, venue, path.removeprefix("phrases").removeprefix("/"))
        found = desk.under(venue, path, _languages(language))
        if base >= 0 and len(found) > 1:
            raise WrongUseError(f"--base is for one text; '{path}' is {len(found)}.")
        seen = {piece: base if base >= 0 else state.number for piece, state in found.items()}
        done = desk.store.approve(venue, seen, person(who), still_true=still_true)
        behind = [piece for piece, state in found.items() if state.stale and piece not in done]
        for piece in done:
            print(f"approved  {piece}")
        for piece in behind:
            say(f"behind the original, not approved: {piece}; look: interpreter venues diff {venue} "
                f"{piece.stop}/{piece.kind}{_option(piece)} --original, then --still-true")  # fmt: skip
        say(f"{len(done)} approved, {len(found) - len(done) - len(behind)} were already, {len(behind)} left.")
    if behind:
        sys.exit(1)


def _languages(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    if text == "all":
        from venues.pack import TAGS

        return TAGS
    return tuple(guide_tag(part) for part in text.split(","))


@venues_app.command("revert")
def venues_revert(
    venue: Venue,
    path: Where,
    language: Language = "",
    to: Annotated[int, typer.Option(help="Number of the entry to go back to; otherwise the text before.")] = 0,
    base: Base = -1,
    who: Person = "",
    database: Database = "",
) -> None:
    """Bring back an earlier text; the one that stood there stays in the ledger."""
    with open_desk(database) as desk:
        piece = desk.piece(venue, path, guide_tag(language) if language else "")
        ledger = desk.store.ledger(piece)
        number = base if base >= 0 else (ledger[-1].number if ledger else 0)
        entry = desk.store.revert(piece, person(who), base=number, to=to or None)
        say(f"{piece}: entry {entry.number}, {entry.note}, {entry.status}.")
        _tell_stale(desk, piece, venue)


@venues_app.command("draft")
def venues_draft(
    venue: Venue,
    target: Annotated[str, typer.Option("--to", help="Tag of the language wanted, or several with commas.")],
    stop: Annotated[str, typer.Option(help="One stop only.")] = "",
    database: Database = "",
    profile: Profile = "auto",
    models: ModelsFile = None,
    device: Device = "auto",
    use: Use = "commercial",
) -> None:
    """Have the installed translator draft what is missing or behind; a person reads it before visitors do."""
    from tqdm import tqdm

    from interpreter.engines import Wanted
    from ui.hand_over import venue_book, venue_terms
    from venues.errors import VenueError

    options = Options(profile, models, device, use)
    with open_desk(database) as desk:
        desk.store.check_writable()
        source = desk.store.source_language(venue)
        targets = tuple(tag for tag in _languages(target) if tag != source)
        wanted = [item for tag in targets for item in desk.wanting(venue, tag, stop)]
        if not wanted:
            say(f"{venue}: nothing is missing or behind in {', '.join(targets) or source}.")
            return
        directions = tuple((source, tag) for tag in targets)
        engines = options.engines(Wanted(directions=directions), book=venue_book(venue, database))
        terms = venue_terms(venue, database)
        done = 0
        with tqdm(wanted, desc="drafting", unit="text", disable=None) as bar:
            for piece, original, base in bar:
                answer = engines.translator.translate(original.text, source, piece.language, terms)
                if answer is None:
                    continue
                by_book = answer.origin.kind == "phrasebook"
                maker = "phrasebook" if by_book else answer.origin.name
                made_by = f"phrasebook, {answer.origin.name}" if by_book else maker
                note = " ".join((f"machine draft: {made_by}", *answer.warnings))
                desk.write(piece, answer.text, maker, base=base, note=note[:1000], machine=True)
                done += 1
        say(f"{done} of {len(wanted)} drafted. Read them, mend them with edit, then approve them.")
        if done < len(wanted):
            raise VenueError(
                f"{len(wanted) - done} texts could not be translated: the phrasebook does not have them, and no "
                f"translation model for {source} to {', '.join(targets)} is installed; interpreter models pull cpu"
            )


@venues_app.command("render")
def venues_render(
    venue: Venue,
    language: Annotated[str, typer.Option(help="Tag, several with commas, or all.")] = "all",
    supplied: Annotated[bool, typer.Option("--supplied", help="Also texts that nobody here approved yet.")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder; otherwise in the data folder.")] = None,
    database: Database = "",
    profile: Profile = "auto",
    models: ModelsFile = None,
    device: Device = "auto",
    use: Use = "commercial",
) -> None:
    """Speak the approved texts into files; only what changed is spoken again."""
    from tqdm import tqdm

    from interpreter.audio import write
    from interpreter.engines import Wanted
    from interpreter.lock import data_folder
    from venues.rendering import Recording, render, write_index

    tags = _languages(language)
    with open_desk(database) as desk:
        texts = desk.to_speak(venue, tags, supplied)
    if not texts:
        say(f"{venue}: nothing is approved in {language}; approve texts, or add --supplied.")
        return
    needed = tuple(dict.fromkeys(each.language for each in texts))
    engines = Options(profile, models, device, use).engines(Wanted(spoken=needed))
    folder = output or data_folder() / "speech" / venue

    def speak(recording: Recording, path: Path) -> None:
        write(path, engines.speaker(recording.language).speak(recording.text, recording.language))

    voices = {tag: engines.speaker(tag).name for tag in needed}
    with tqdm(total=len(texts), desc="speaking", unit="text", disable=None) as bar:
        made, kept = render(texts, voices, speak, folder, lambda: bar.update(1))
    index = write_index(venue, texts, voices, tags, folder)
    say(f"{folder}: {made} spoken, {kept} were there already. Which file says what: {index}")


@venues_app.command("export")
def venues_export(
    venue: Venue,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A .zip file, or a new folder.")],
    database: Database = "",
) -> None:
    """Write a venue with its whole history into one file or a folder."""
    with open_desk(database) as desk:
        count = desk.export(venue, path)
    say(f"{path}: {count} files. Elsewhere: interpreter venues import {path} --with-approvals")


@venues_app.command("import")
def venues_import(
    path: Annotated[
        str, typer.Argument(metavar="FILE", help="A folder or .zip of a pack, or the id of one that comes along.")
    ],
    with_approvals: Annotated[
        bool, typer.Option("--with-approvals", help="Take approvals and history along; otherwise all is supplied.")
    ] = False,
    prefer: Annotated[str, typer.Option(help="What settles conflicts: pack or store.")] = "",
    set_back: Annotated[
        bool, typer.Option("--set-back", help="Take texts, too, that the pack sets back to what stood here earlier.")
    ] = False,
    who: Person = "",
    database: Database = "",
) -> None:
    """Bring a pack into the store: new texts come in, what was changed here is never overwritten silently."""
    from tqdm import tqdm

    from venues.errors import VenueError, WrongUseError
    from venues.names import nearest
    from venues.pack import find, names

    if prefer not in ("", "pack", "store"):
        raise WrongUseError(f"'{prefer}' settles nothing; {nearest(prefer, ('pack', 'store'))}")
    # A bare name is a pack that comes along; a folder of the same name is ./name.
    place = Path(path) if path not in names() and (Path(path).exists() or path.endswith(".zip")) else find(path)
    with open_desk(database) as desk, tqdm(desc="importing", unit="text", disable=None) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        brought, merged = desk.bring(
            place, person(who), approvals=with_approvals, prefer=prefer, set_back=set_back, progress=progress
        )
    venue = brought.pack.venue.id
    words = {
        "first": "new", "forward": "changed", "approve": "approved", "same": "the same",
        "older": "kept, newer here", "conflict": "in conflict",
    }  # fmt: skip
    counts = [f"{count} {word}" for outcome, word in words.items() if (count := merged.count(outcome))]  # type: ignore[arg-type]
    changed = any(merged.count(outcome) for outcome in ("first", "forward", "approve"))
    left = (
        f" ({merged.approvals_left} approved in the file only, see --with-approvals)"
        if merged.approvals_left and not changed
        else ""
    )
    say(f"{venue}: {', '.join(counts)}{left}.")
    if brought.removed:
        say(f"no longer told, because venue.toml does not name them: {', '.join(brought.removed)}. Their texts stay in "
            f"the ledger: interpreter venues history {venue} {brought.removed[0]}/title")  # fmt: skip
    if merged.adopted:
        say(f"{merged.adopted} entries of its history were taken along.")
    if merged.approvals_left and changed:
        say(f"{merged.approvals_left} texts call themselves approved and were taken as supplied; "
            "if that was you: --with-approvals")  # fmt: skip
    for piece, number in list(merged.earlier.items())[:20]:
        where = "/".join(filter(None, (piece.stop, piece.kind)))
        say(f"kept      {piece}: the file has the earlier text of entry {number}; if that one is meant: "
            f"interpreter venues revert {venue} {where}{_option(piece)} --to {number}")  # fmt: skip
    if merged.earlier:
        say(
            f"Earlier texts that were not taken: {len(merged.earlier)}. If all are meant, import again with --set-back."
        )
    for conflict in merged.conflicts:
        print(f"conflict  {conflict.piece}\n  here:    {_short(conflict.theirs)}\n  in file: {conflict.yours[:90]!r}")
    if merged.conflicts:
        raise VenueError(
            f"{len(merged.conflicts)} texts were changed here and in {path}; nothing of them was changed. "
            "Mend them with edit, or settle all with --prefer pack or --prefer store."
        )


def _short(entry: Entry) -> str:
    return f"{entry.text[:90]!r} by {entry.who}"
