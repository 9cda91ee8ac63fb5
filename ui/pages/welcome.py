"""The welcome before a visitor has chosen a language: the venue's picture and its names, as they stand now."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from ui.pages.page import QUIET, name_of
from ui.pages.strings import strings

if TYPE_CHECKING:
    from ui.server.house import House

_ON_LOAD = """
const page = new window.Interpreter.Welcome(() => trigger('change'));
const show = () => page.show(props.value.title);
watch('value', show);
show();
"""


class Welcome:
    """What stands over the languages. A kiosk stands at it for hours, so it is looked at anew now and then."""

    def __init__(self, house: House) -> None:
        """Build it, above the languages."""
        self._house = house
        self._shown = gr.HTML(self._value(), html_template="${value.html}", js_on_load=_ON_LOAD, elem_id="venue")
        self.outputs = [self._shown]
        self._shown.change(self._value, None, self._shown, **QUIET)

    def end(self) -> Sequence[Any]:
        """For the next visitor, with the venue's names and picture of this moment."""
        return [self._value()]

    def _value(self) -> dict[str, str]:
        venue = self._house.told().pack.venue
        title = name_of(venue, venue.source_language)
        tags = dict.fromkeys((venue.source_language, "en"))
        names = "".join(f'<span lang="{tag}">{escape(name_of(venue, tag))}</span>' for tag in tags)
        stops = sorted(venue.stop, key=lambda each: each.order)
        pictured = next((stop.id for stop in stops if self._house.picture(venue.id, stop.id)), "")
        picture = f'<img src="/v1/venues/{venue.id}/stops/{pictured}/image" alt="">' if pictured else ""
        missing = self._missing(venue.source_language)
        return {"title": title, "html": f'<div class="venue">{picture}<h1>{names}</h1></div>{missing}'}

    def _missing(self, tag: str) -> str:
        """One line for whoever set this machine up: what it runs without, and which command adds it."""
        if not self._house.missing:
            return ""
        what, command = ", ".join(self._house.missing), f"interpreter models pull {self._house.pull}"
        said = strings(tag)["missing"].format(what=what, command=command)
        return f'<p class="missing" lang="{tag}">{escape(said)}</p>'
