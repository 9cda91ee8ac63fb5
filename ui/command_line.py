"""The command ``interpreter``: results on standard output, messages on standard error.

Exit status 0: done; 1: it could not be done; 2: it was asked for wrongly. A room is imported only when its command
runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer
from typer.exceptions import TyperException

from interpreter.errors import ChoiceError, InterpreterError, LanguageError, TextError
from ui import ask_command, venue_editing  # noqa: F401 - they add their commands to the venues'
from ui.benchmark_command import benchmark_app
from ui.kiosk_command import kiosk
from ui.options import AsJson, Device, ModelsFile, Options, Profile, Use, VenueName, say, tag_of
from ui.staff_command import staff_app
from ui.venue_commands import venues_app
from venues.errors import VenueError, WrongUseError

if TYPE_CHECKING:
    from interpreter.audio import Audio
    from interpreter.events import Event
    from interpreter.session import Session

app = typer.Typer(
    name="interpreter",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(
    help="The models: what is installed, what they may be used for, getting and checking them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(models_app, name="models")
app.add_typer(venues_app, name="venues")
app.add_typer(staff_app, name="staff")
app.add_typer(benchmark_app, name="benchmark")

app.command()(kiosk)


@app.callback()
def _without_command(context: typer.Context) -> None:
    """Speech in, another language out, on this machine: no cloud, no account. Without a command: the kiosk."""
    if context.invoked_subcommand is None:
        context.invoke(kiosk)


Output = Annotated[Path, typer.Option("-o", "--output", help="File to write: .wav, .flac or .ogg.")]


def main() -> None:
    """Run the command line and turn errors into one line and an exit status."""
    # What is written is UTF-8 whatever the locale says; a terminal that cannot show a letter shows its number.
    for output in (sys.stdout, sys.stderr):
        if output is not None and hasattr(output, "reconfigure"):
            output.reconfigure(encoding="utf-8", errors="backslashreplace")
    # A service manager stops a program with this signal; it must leave as little behind as Ctrl-C.
    signal.signal(signal.SIGTERM, _terminated)
    try:
        status = app(standalone_mode=False)
        if isinstance(status, int):
            sys.exit(status)
    except typer.Abort:
        _fail("stopped; nothing half-written was left.", 1)
    except TyperException as error:
        if "--help" in str(error):  # a group of commands without one: its help says what there is
            say(str(error))
            sys.exit(2)
        _fail(_usage(error), 2)
    except (LanguageError, TextError, ChoiceError, WrongUseError) as error:
        _fail(str(error), 2)
    except (InterpreterError, VenueError) as error:
        _fail(str(error), 1)
    except SystemExit as end:
        # Typer turns Ctrl-C into this status, without a word.
        if end.code == 130:
            _fail("stopped; nothing half-written was left.", 1)
        raise
    except UnicodeError as error:
        _fail(f"a name or text holds bytes that are no UTF-8 ({error.__class__.__name__}); write it in UTF-8.", 2)
    except BrokenPipeError:
        # The reader of the pipe has seen enough; Python must not complain about it while it exits.
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        _fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.", 1)
    except MemoryError:
        _fail("the memory of this machine is not enough; choose a smaller profile with --profile embedded.", 1)


def _usage(error: TyperException) -> str:
    """What was wrong with the words that were typed, and what to type to see the right ones."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "interpreter"
    message = getattr(error, "format_message", lambda: str(error))().rstrip(".")
    mark = " See" if message.endswith("?") else "; see"
    return f"{message[:1].lower()}{message[1:]}{mark} {path} --help."


def _terminated(*_: object) -> None:
    raise SystemExit(130)


def _fail(message: str, status: int) -> None:
    # Control characters of a text or a file's name would move the cursor or ring the bell.
    line = "".join(char if char.isprintable() else " " for char in message)
    print(f"interpreter: {' '.join(line.split())}", file=sys.stderr)
    sys.exit(status)


def _tags(text: str, options: Options, besides: str = "") -> tuple[str, ...]:
    if text == "auto":
        from interpreter.engines import heard_languages

        return tuple(tag for tag in heard_languages(options.cards()) if tag != besides)
    return tuple(dict.fromkeys(tag_of(part) for part in text.split(",")))


def _blocks(source: str) -> Iterator[Audio]:
    """The sound block by block; a file that cannot be read is refused here, before any engine is loaded."""
    from interpreter.audio import stream, stream_pcm

    if source == "-":
        return stream_pcm(_stdin())
    blocks = stream(Path(source))
    first = next(blocks, None)
    return blocks if first is None else chain([first], blocks)


def _run(session: Session, blocks: Iterator[Audio]) -> Iterator[Event]:
    for block in blocks:
        yield from session.accept(block)
    yield from session.finish()


@app.command()
def transcribe(
    audio: Annotated[str, typer.Argument(help="Audio file, or - for 16 kHz s16le PCM on standard input.")],
    language: Annotated[str, typer.Option(help="auto, a tag, or several tags with commas.")] = "auto",
    as_json: AsJson = False,
    venue: VenueName = "",
    profile: Profile = "auto",
    models: ModelsFile = None,
    device: Device = "auto",
    use: Use = "commercial",
) -> None:
    """Print what was said, with its language and times."""
    from interpreter.engines import Wanted
    from interpreter.events import Final, to_json
    from interpreter.session import Conversation, Session
    from ui.hand_over import venue_hints

    options = Options(profile, models, device, use)
    tags = _tags(language, options)
    hints = venue_hints(venue)
    blocks = _blocks(audio)
    engines = options.engines(Wanted(heard=tags), venue)
    session = Session(engines, Conversation({tag: () for tag in tags}), hints=hints, voice=False)
    finals = []
    for event in _run(session, blocks):
        if isinstance(event, Final):
            finals.append(event)
            if not as_json:
                print(f"{event.start:7.2f} {event.end:7.2f}  {event.language:7}  {_reading(event)}", flush=True)
    if as_json:
        print(json.dumps([to_json(final) for final in finals], ensure_ascii=False, indent=2))
    elif not finals:
        say("interpreter: no speech was understood.")


def _reading(final: Any) -> str:
    if final.certain:
        return str(final.text)
    others = " | ".join(each.text for each in final.alternatives)
    return f"? {others}"


@app.command()
def translate(
    text: Annotated[str, typer.Argument(help="The text, or - to read it from standard input.")],
    source: Annotated[str, typer.Option("--from", help="Tag of the text's language.")],
    target: Annotated[str, typer.Option("--to", help="Tag of the language wanted.")],
    as_json: AsJson = False,
    venue: VenueName = "",
    profile: Profile = "auto",
    models: ModelsFile = None,
    device: Device = "auto",
    use: Use = "commercial",
) -> None:
    """Print the translation, and where it comes from."""
    from dataclasses import asdict

    from interpreter.engines import Wanted
    from ui.hand_over import venue_terms

    text = _text(text)
    from_tag, to_tag = tag_of(source), tag_of(target)
    terms = venue_terms(venue)
    engines = Options(profile, models, device, use).engines(Wanted(directions=((from_tag, to_tag),)), venue)
    answer = engines.translator.translate(text, from_tag, to_tag, terms)
    if answer is None:
        near = engines.translator.nearest(text, from_tag)
        if as_json:
            print(json.dumps({"text": None, "source": from_tag, "target": to_tag, "nearest": near}, ensure_ascii=False))
        shown = f" The nearest phrases are: {' | '.join(near)}" if near else ""
        _fail(
            f"'{_short(text)}' is not in the phrasebook, and no translation model for {from_tag} to {to_tag} is "
            f"installed (interpreter models pull cpu).{shown}",
            1,
        )
        return
    if as_json:
        print(json.dumps(asdict(answer), ensure_ascii=False, indent=2))
        return
    print(answer.text)
    print(_origin(answer.origin))
    for warning in answer.warnings:
        say(f"warning: {warning}")


def _short(text: str, limit: int = 80) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _origin(origin: Any) -> str:
    if origin.kind == "phrasebook":
        match = "" if origin.match == 1 else f", {origin.match:.0%} alike"
        return f"from the phrasebook: {origin.name} ({origin.status}{match})"
    return "the same language" if origin.kind == "same" else f"from the model: {origin.name}"


def _stdin() -> BinaryIO:
    if sys.stdin is None:
        raise TextError("standard input is closed; pipe something into it, or give a file instead of -.")
    return sys.stdin.buffer


def _text(text: str) -> str:
    raw = _stdin().read() if text == "-" else os.fsencode(text)
    text = raw.decode("utf-8", errors="replace")
    if not any(char.isprintable() and not char.isspace() for char in text):
        raise TextError("the text is empty; give some words, in quotation marks.")
    return text


@app.command()
def speak(
    text: Annotated[str, typer.Argument(help="The text, or - to read it from standard input.")],
    language: Annotated[str, typer.Option(help="Tag of the text's language.")],
    output: Output,
    rate: Annotated[float, typer.Option(help="Speed: 1.0 is normal, 0.7 slower.", min=0.4, max=2.5)] = 1.0,
    profile: Profile = "auto",
    models: ModelsFile = None,
    device: Device = "auto",
    use: Use = "commercial",
) -> None:
    """Write speech."""
    from interpreter.audio import check_writable, write
    from interpreter.engines import Wanted

    text = _text(text)
    tag = tag_of(language)
    check_writable(output)
    speaker = Options(profile, models, device, use).engines(Wanted(spoken=(tag,))).speaker(tag)
    seconds = write(output, speaker.speak(text, tag, rate))
    say(f"{output}: {seconds:.1f} s of {tag}, spoken by {speaker.name}")


@app.command()
def interpret(
    audio: Annotated[str, typer.Argument(help="Audio file, or - for 16 kHz s16le PCM on standard input, fed live.")],
    target: Annotated[str, typer.Option("--to", help="Tag of the language wanted.")],
    source: Annotated[str, typer.Option("--from", help="auto, a tag, or several tags with commas.")] = "auto",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File for the spoken answer.")] = None,
    events: Annotated[bool, typer.Option("--events", help="Print one JSON event per line as they happen.")] = False,
    guess: Annotated[
        bool, typer.Option("--guess", help="Answer with the best reading even when it is not certain.")
    ] = False,
    venue: VenueName = "",
    profile: Profile = "auto",
    models: ModelsFile = None,
    device: Device = "auto",
    use: Use = "commercial",
) -> None:
    """Hear speech and answer in another language: the whole pipeline, streaming."""
    from interpreter.audio import check_writable, write
    from interpreter.engines import Wanted
    from interpreter.events import Failed, Spoken
    from interpreter.session import Conversation, Session
    from ui.hand_over import venue_hints, venue_terms

    to_tag = tag_of(target)
    if output is not None:
        check_writable(output)
    options = Options(profile, models, device, use)
    tags = _tags(source, options, besides=to_tag)
    hints, terms = venue_hints(venue), venue_terms(venue)
    blocks = _blocks(audio)
    engines = options.engines(Wanted(tags, tuple((tag, to_tag) for tag in tags), (to_tag,)), venue)
    session = Session(
        engines, Conversation.towards(to_tag, tags), hints=hints, terms=terms, voice=output is not None or events,
        guess=guess,
    )  # fmt: skip
    happened: list[str] = []

    def voice() -> Iterator[Audio]:
        for event in _run(session, blocks):
            happened.append(type(event).__name__ + ("" if not isinstance(event, Failed) else f" {event.stage}"))
            _show(event, events)
            if isinstance(event, Spoken):
                yield event.audio

    if output is None:
        for _ in voice():
            pass
    else:
        chunks = voice()
        first = next(chunks, None)
        if first is not None:
            seconds = write(output, chain([first], chunks))
            say(f"{output}: {seconds:.1f} s of {to_tag}")
    if "Translated" not in happened:
        heard = "Final" in happened
        reason = "what was heard could not be answered" if heard else f"no speech was understood in '{audio}'"
        _fail(f"{reason}{f'; {output} was not written' if output is not None else ''}.", 1)
    if any(name.startswith("Failed") for name in happened):
        sys.exit(1)


def _show(event: Event, as_json: bool) -> None:
    from interpreter.events import Failed, Final, Translated, to_json

    if as_json:
        print(json.dumps(to_json(event, samples=False), ensure_ascii=False), flush=True)
    elif isinstance(event, Final):
        print(f"{event.language:7}  {_reading(event)}", flush=True)
        if not event.certain:
            say("interpreter: not certain; say it again, or take the first reading with --guess.")
    elif isinstance(event, Translated):
        print(f"{event.target:7}  {event.text}   [{_origin(event.origin)}]", flush=True)
        for warning in event.warnings:
            say(f"warning: {warning}")
    elif isinstance(event, Failed):
        near = f" The nearest phrases are: {' | '.join(event.suggestions)}" if event.suggestions else ""
        say(f"interpreter: {event.message}{near}")


@models_app.command("list")
def models_list(as_json: AsJson = False, models: ModelsFile = None) -> None:
    """Show every model: whether it is installed, and what it may be used for."""
    from dataclasses import asdict

    from interpreter.models import available

    cards = Options("auto", models, "auto", "commercial").cards()
    here = available(cards)
    if as_json:
        rows = [{**asdict(card), "installed": card.name in here, "restriction": card.restriction} for card in cards]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    width = max(len(card.name) for card in cards)
    for card in cards:
        state = "installed" if card.name in here else "-"
        tags = ",".join(card.languages) if len(card.languages) < 5 else f"{len(card.languages)} languages"
        profiles = ",".join(card.profiles) or "by name"
        print(f"{card.name:{width}}  {card.role:11}  {profiles:16}  {state:9}  {card.use:10}  {card.licence}  {tags}")
        if card.restriction:
            print(f"{'':{width}}    {card.restriction}")


@models_app.command("pull")
def models_pull(
    name: Annotated[str, typer.Argument(metavar="PROFILE-or-NAME", help="embedded, cpu, gpu, or a model's name.")],
    models: ModelsFile = None,
    use: Use = "commercial",
) -> None:
    """Download, convert and lock models; an interrupted pull goes on where it stopped."""
    from tqdm import tqdm

    from interpreter.models import select
    from interpreter.pull import pull

    cards = select(Options("auto", models, "auto", use).cards(), name, use)
    bars: dict[str, tqdm[Any]] = {}

    def progress(file: str, done: int, total: int) -> None:
        bar = bars.get(file)
        if bar is None:
            bar = bars[file] = tqdm(total=total or None, unit="B", unit_scale=True, desc=file)
        bar.update(done - bar.n)

    try:
        fetched = pull(cards, progress=progress)
    finally:
        for bar in bars.values():
            bar.close()
    already = [card.name for card in cards if card.name not in fetched]
    if fetched:
        say(f"pulled: {', '.join(fetched)}")
    if already:
        say(f"already here: {', '.join(already)}")
    if not cards:
        say(f"the profile '{name}' needs nothing more.")


@models_app.command("check")
def models_check(as_json: AsJson = False) -> None:
    """Verify every file of every pulled model against the lock file."""
    from dataclasses import asdict

    from interpreter.pull import check

    reports = check()
    if as_json:
        print(json.dumps([asdict(report) for report in reports], ensure_ascii=False, indent=2))
    else:
        for report in reports:
            print(report)
        if not reports:
            say("no model has been pulled, and the embedded ones need no check; get some: interpreter models pull cpu")
    if any(report.state != "ok" for report in reports):
        sys.exit(1)
