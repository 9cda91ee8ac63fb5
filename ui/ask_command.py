"""The command ``interpreter venues ask``: a question to a venue's guide, answered from its own texts and data."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ui.options import AsJson, Database, VenueOrFolder, guide_tag
from ui.seen import seen
from ui.venue_commands import venues_app

if TYPE_CHECKING:
    from datetime import datetime


@venues_app.command("ask")
def venues_ask(
    venue: VenueOrFolder,
    question: Annotated[str, typer.Argument(help="A question in any language of the guide.")],
    language: Annotated[str, typer.Option(help="Tag of the question's language, or auto.")] = "auto",
    at: Annotated[str, typer.Option(help="The moment that is now, as 2026-11-25T14:00; the venue's clock.")] = "",
    as_json: AsJson = False,
    database: Database = "",
) -> None:
    """Answer a question from the texts and the data of a venue, or say that they hold no answer."""
    from dataclasses import asdict

    from interpreter.errors import TextError
    from venues.ask import Guide
    from venues.terms import common_terms, joined

    if not question.strip():
        raise TextError("the question is empty; ask it in a few words, in quotation marks.")
    tag = None if language == "auto" else guide_tag(language)
    with seen(venue, database) as found:
        pack, own = found.pack(visitors=True), found.terms()
    guide = Guide(pack.venue, pack.passages, joined(common_terms(), own), pack.questions)
    answer = guide.ask(question, tag, _moment(at))
    if as_json:
        print(json.dumps(asdict(answer), ensure_ascii=False, indent=2))
        return
    print(answer.text)
    if not answer.supported:
        for each in answer.nearest:
            print(f"- {each.title} ({each.id})")
    what = f"{answer.id} [{answer.language}: {answer.state}] " if answer.supported else ""
    print(f"{what}{answer.found}", file=sys.stderr)


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
