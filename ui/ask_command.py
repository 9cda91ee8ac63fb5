"""The command ``interpreter venues ask``: a question to a venue's guide, answered from its own texts and data."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ui.options import AsJson, Database, Device, ModelsFile, Options, Profile, Use, VenueOrFolder, guide_tag
from ui.seen import seen
from ui.venue_commands import venues_app

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from venues.ask import Translate
    from venues.terms import Term


@venues_app.command("ask")
def venues_ask(
    venue: VenueOrFolder,
    question: Annotated[str, typer.Argument(help="A question in any language of the guide.")],
    language: Annotated[str, typer.Option(help="Tag of the question's language, or auto.")] = "auto",
    at: Annotated[str, typer.Option(help="The moment that is now, as 2026-11-25T14:00; the venue's clock.")] = "",
    as_json: AsJson = False,
    database: Database = "",
    profile: Profile = "auto",
    models: ModelsFile = None,
    device: Device = "auto",
    use: Use = "commercial",
) -> None:
    """Answer a question from the texts and the data of a venue, or say that they hold no answer.

    Where they hold none in its language, it is asked once more in the venue's own, if a model that translates is there.
    """
    from dataclasses import asdict

    from interpreter.engines import check_choices
    from interpreter.errors import TextError
    from venues.ask import Guide
    from venues.terms import common_terms, joined

    if not question.strip():
        raise TextError("the question is empty; ask it in a few words, in quotation marks.")
    check_choices(profile, device, use)
    tag = None if language == "auto" else guide_tag(language)
    with seen(venue, database) as found:
        pack, own = found.pack(visitors=True), found.terms()
    terms = joined(common_terms(), own)
    guide = Guide(pack.venue, pack.passages, terms, pack.questions)
    answer = guide.ask(question, tag, _moment(at), _translate(Options(profile, models, device, use), terms))
    if as_json:
        print(json.dumps(asdict(answer), ensure_ascii=False, indent=2))
        return
    print(answer.text)
    if not answer.supported:
        for each in answer.nearest:
            print(f"- {each.title} ({each.id})")
    what = f"{answer.id} [{answer.language}: {answer.state}] " if answer.supported else ""
    print(f"{what}{answer.found}", file=sys.stderr)


def _translate(options: Options, terms: Sequence[Term]) -> Translate:
    """What turns a question into another language; a model is looked for and loaded when there is something to turn."""

    def turned(text: str, source: str, target: str) -> str | None:
        from interpreter.engines import Wanted, translating_model
        from interpreter.translation import Term

        model = translating_model(options.cards(), source, target, options.profile, options.device, options.use)
        if model is None:
            return None
        engines = options.engines(Wanted(directions=((source, target),)))
        found = engines.translator.translate(text, source, target, [Term(each.said()) for each in terms])
        return found.text if found is not None else None

    return turned


def _moment(written: str) -> datetime | None:
    from contextlib import suppress
    from datetime import date, datetime

    from interpreter.errors import ChoiceError

    if not written:
        return None
    with suppress(ValueError):
        day = date.fromisoformat(written)
        raise ChoiceError(f"'{written}' is a day without a time; give a time too, such as {day}T14:00.")
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        raise ChoiceError(f"'{written}' is no moment; write it as 2026-11-25T14:00.") from None
