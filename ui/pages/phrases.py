"""The phrases page: a category or a word leads to a phrase, its slots are filled, the other person reads and hears it.

What a visitor says is listed in the visitor's language and told in the partner's; what staff say goes the other way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr

from interpreter.numerals import OPEN_SLOTS
from interpreter.romanisation import romanised
from ui.pages.page import QUIET
from ui.pages.strings import strings
from ui.phrase_finder import MOST_SLOTS, Finder, Offer

if TYPE_CHECKING:
    from ui.server.house import House

CATEGORIES = (
    "emergency", "greeting", "talk", "direction", "transport", "ticket", "museum", "hot-spring", "time", "price",
    "food", "allergy", "shopping", "hotel", "family", "access", "help", "lost", "weather", "rules",
)  # fmt: skip
"""The categories of the phrasebook, in the order in which they are shown; each has a name and a picture."""
VENUE = "venue"
"""Everything that a venue sorted under another name."""
_NUMBERS = 20
"""Numbers that are shown; any other is typed."""
_OFFERS = """
const page = element.closest('#phrases');
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-phrase]');
  if (!button) return;
  page.dataset.cameFrom = button.dataset.phrase;
  trigger('select', { phrase: button.dataset.phrase, values: button.dataset.values });
});
// Whoever comes back from a phrase goes on where they were.
const from = element.querySelector(`button[data-phrase="${CSS.escape(page.dataset.cameFrom || '')}"]`);
if (from) requestAnimationFrame(() => from.focus());
delete page.dataset.cameFrom;
"""
_CARD = """
const phrase = new window.Interpreter.Phrase(element);
// Only the page knows it: what a visitor was shown goes away with the page.
element.closest('#phrases').phrase = phrase;
const show = () => { if (props.value && props.value.id) phrase.open(props.value); else phrase.close(); };
watch('value', show);
show();
"""


class PhrasesPage:
    """Categories, then the phrases of one, then one phrase."""

    def __init__(self, house: House, chosen: gr.State, partner: gr.Dropdown) -> None:
        """Build the components; ``chosen`` holds the visitor's tag, ``partner`` the other person's."""
        self._house = house
        self._source = house.told().pack.venue.source_language
        self._finder = Finder(house.book, house.engines.translator)
        with gr.Tab("", id="phrases", elem_id="phrases") as self.tab:
            self._listing, self._opened = gr.State({}), gr.State({})
            with gr.Row(elem_classes="finding") as self._finding:
                self._search = gr.Textbox(max_lines=1, max_length=100, elem_classes="search")
                self._staff = gr.Checkbox(elem_classes="staff")
            with gr.Column(elem_classes="shelf") as self._shelf:
                self._categories = {
                    name: gr.Button(elem_classes=["category", name]) for name in (*CATEGORIES, VENUE)
                }  # fmt: skip
            with gr.Column(visible=False, elem_classes="list") as self._list:
                with gr.Row(elem_classes="head"):
                    self._leave = gr.Button(elem_classes="back")
                    self._heading = gr.HTML(js_on_load=None)
                self._offers = gr.HTML(js_on_load=_OFFERS, elem_classes="offers")
            with gr.Column(visible=False, elem_classes="phrase") as self._spread:
                with gr.Row(elem_classes="head"):
                    self._back = gr.Button(elem_classes="back")
                    self._pickers = [gr.Dropdown(visible=False, elem_classes="picker") for _ in range(MOST_SLOTS)]
                self._card = gr.HTML(
                    {}, html_template="", js_on_load=_CARD, apply_default_css=False, elem_classes="shown"
                )
                with gr.Row(elem_classes="voice"):
                    self._hear = gr.Button(variant="primary")
                    self._slower, self._large = gr.Button(), gr.Button()
        self.view: list[Any] = [
            self._listing, self._opened, self._search, self._finding, self._shelf, self._list, self._heading,
            self._offers, self._spread, self._card, *self._pickers, self._hear, self._slower, self._large,
        ]  # fmt: skip
        self.outputs = [
            self.tab, self._staff, self._leave, self._back, *self._categories.values(), *self.view,
        ]  # fmt: skip
        self._listen(chosen, partner)

    def _listen(self, chosen: gr.State, partner: gr.Dropdown) -> None:
        who = [chosen, partner]
        for name, button in self._categories.items():
            button.click(lambda staff, tag, theirs, name=name: self._category(name, staff, tag, theirs),
                         [self._staff, *who], self.view, **QUIET)  # fmt: skip
        # Not input: Gradio's text field does not send it for what comes from an input method or is pasted.
        self._search.change(self._found, [self._search, self._listing, self._staff, *who], self.view,
                            trigger_mode="always_last", **QUIET)  # fmt: skip
        self._staff.input(self._again, [self._listing, self._staff, *who], self.view, **QUIET)
        self._offers.select(self._open, [self._staff, *who], self.view, **QUIET)
        for picker in self._pickers:
            picker.input(self._pick, [self._opened, *who, *self._pickers], self.view, **QUIET)
        self._leave.click(lambda: self._view(shelf=True, search="", listing={}), None, self.view, **QUIET)
        self._back.click(self._return, self._listing, self.view, **QUIET)
        partner.input(lambda: self._view(shelf=True, search="", listing={}), None, self.view, **QUIET)
        for button, act in ((self._hear, "say(1)"), (self._slower, "say(0.7)"), (self._large, "large()")):
            button.click(None, js=f"() => document.getElementById('phrases').phrase.{act}", **QUIET)

    def begin(self, tag: str) -> Sequence[Any]:
        """The categories, named in the visitor's language."""
        words = strings(tag)
        own = any(phrase.category not in CATEGORIES for phrase in self._house.book.phrases.values())
        names = [
            gr.Button(words[f"category-{name}"], visible=own or name != VENUE) for name in self._categories
        ]  # fmt: skip
        view = self._view(shelf=True, listing={}, offers="")
        view[self.view.index(self._search)] = gr.Textbox("", label=words["search"], placeholder=words["search"])
        for button, key in ((self._hear, "hear-again"), (self._slower, "slower"), (self._large, "show-large")):
            view[self.view.index(button)] = gr.Button(words[key])
        back = gr.Button(words["phrases-back"])
        return [gr.Tab(label=words["phrases"]), gr.Checkbox(label=words["phrases-staff"], value=False), back, back,
                *names, *view]  # fmt: skip

    def end(self) -> Sequence[Any]:
        """Nothing that was searched, chosen or shown stays."""
        view = self._view(shelf=True, listing={}, search="", offers="")
        return [*(gr.skip() for _ in range(4 + len(self._categories))), *view]

    def urgent(self, tag: str, theirs: str) -> Sequence[Any]:
        """What somebody in need says to the other person, on one page."""
        return self._show({"kind": "urgent"}, False, tag, theirs)

    def _category(self, name: str, staff: bool, tag: str, theirs: str) -> Sequence[Any]:
        return self._show({"kind": "category", "name": name}, staff, tag, theirs)

    def _found(self, text: str, listing: Mapping[str, str], staff: bool, tag: str, theirs: str) -> Sequence[Any]:
        if text.strip():
            return self._show({"kind": "search", "text": text[:100]}, staff, tag, theirs)
        # The field is also emptied by whoever chose something else.
        return self._view(shelf=True, listing={}) if listing.get("kind") == "search" else [gr.skip()] * len(self.view)

    def _again(self, listing: Mapping[str, str], staff: bool, tag: str, theirs: str) -> Sequence[Any]:
        return self._show(listing, staff, tag, theirs) if listing else self._view(shelf=True)

    def _return(self, listing: Mapping[str, str]) -> Sequence[Any]:
        return self._view(listed=bool(listing), shelf=not listing)

    def _open(self, staff: bool, tag: str, theirs: str, event: gr.EventData) -> Sequence[Any]:
        finder, (source, target) = self._ready(), self._direction(staff, tag, theirs)
        phrase = next((each for each in finder.offered(source, target, staff) if each.id == event.phrase), None)
        if phrase is None:
            return self._view(shelf=True)
        known = json.loads(event.values)
        values = {slot: known.get(slot, "") for slot in finder.slots(phrase.id, source)}
        return self._phrase({"phrase": phrase.id, "staff": staff}, values, tag, theirs, new=True)

    def _pick(self, opened: Mapping[str, Any], tag: str, theirs: str, *picked: str | None) -> Sequence[Any]:
        if not opened:
            return self._view(shelf=True)
        source, _ = self._direction(opened["staff"], tag, theirs)
        slots = self._ready().slots(opened["phrase"], source)
        values = {slot: str(value or "") for slot, value in zip(slots, picked, strict=False)}
        return self._phrase(opened, values, tag, theirs)

    def _phrase(self, opened: Mapping[str, Any], texts: Mapping[str, str], tag: str, theirs: str, new: bool = False
                ) -> Sequence[Any]:  # fmt: skip
        finder, (source, target) = self._ready(), self._direction(opened["staff"], tag, theirs)
        keys = {slot: finder.key(slot, text, source, target) for slot, text in texts.items() if text}
        values = {slot: key for slot, key in keys.items() if key}
        words, phrase = strings(tag), finder.book.phrases[opened["phrase"]]
        told = finder.book.render(phrase.id, values, target) if len(values) == len(texts) else ""
        card = {
            "id": phrase.id, "source": source, "target": target, "close": words["close"],
            "said": finder.book.outline(phrase.id, values, source),
            "told": told, "reading": romanised(told, target),
            "origin": words["approved" if phrase.status[target] == "approved" else "from-phrasebook"],
            "hint": words["phrases-choose" if len(keys) == len(values) else "phrases-no-such-value"],
        }  # fmt: skip
        pickers = []
        for slot, key in (values | {slot: "" for slot in texts if slot not in values}).items() if new else ():
            choices = finder.choices(slot, source, target)
            shown = [(name, each) for each, name in choices.items() if slot != "number" or int(each) <= _NUMBERS]
            free = slot in OPEN_SLOTS
            pickers.append(gr.Dropdown(shown, value=key or None, label=words.get(f"slot-{slot}", slot), visible=True,
                                       allow_custom_value=free, filterable=free))  # fmt: skip
        pickers += [gr.Dropdown(value=None, visible=False) if new else gr.skip() for _ in self._pickers[len(pickers) :]]
        return self._view(opened=opened, card=card, pickers=pickers, complete=bool(told))

    def _show(self, listing: Mapping[str, str], staff: bool, tag: str, theirs: str) -> Sequence[Any]:
        finder, (source, target) = self._ready(), self._direction(staff, tag, theirs)
        words = strings(tag)
        groups: dict[str, list[Offer]]
        if listing["kind"] == "urgent":
            heading = words["help"]
            groups = {
                words.get(f"category-{name}", words["category-venue"]): offers
                for name, offers in finder.urgent(source, target, staff).items()
            }
        elif listing["kind"] == "search":
            offers, found = finder.search(listing["text"], source, target, staff)
            heading = words["search"] if found else words["did-you-mean"]
            groups = {"": offers}
        else:
            name = listing["name"]
            heading = words[f"category-{name}"]
            groups = {"": finder.category("" if name == VENUE else name, CATEGORIES, source, target, staff)}
        if not any(groups.values()):
            heading = words["no-phrase-found"]
        offers_html = "".join(self._group(title, offers, source, target, staff) for title, offers in groups.items())
        update = self._view(listed=True, listing=dict(listing), heading=heading, offers=offers_html)
        if listing["kind"] != "search":
            update[self.view.index(self._search)] = gr.Textbox("")
        return update

    def _group(self, title: str, offers: Sequence[Offer], source: str, target: str, staff: bool) -> str:
        book = self._finder.book
        buttons = []
        for offer in offers:
            text = escape(book.outline(offer.phrase, offer.values, source))
            if staff:
                # The visitor looks on: what may be said is readable for both.
                text += f'<small lang="{target}">{escape(book.outline(offer.phrase, offer.values, target))}</small>'
            values = escape(json.dumps(offer.values))
            named = f'lang="{source}" data-phrase="{escape(offer.phrase)}" data-values="{values}"'
            buttons.append(f'<li><button type="button" class="plain-button" {named}>{text}</button></li>')
        above = f"<h3>{escape(title)}</h3>" if title else ""
        return f"{above}<ul>{''.join(buttons)}</ul>"

    def _view(self, *, shelf: bool = False, listed: bool = False, listing: Any = None, search: str | None = None,
              heading: str = "", offers: str | None = None, opened: Any = None, card: Any = None,
              pickers: Sequence[Any] = (), complete: bool = True) -> list[Any]:  # fmt: skip
        """One of the three views, as updates of ``view``; what is not given stays as it is."""
        spread = not (shelf or listed)
        return [
            gr.skip() if listing is None else listing,
            opened or {},
            gr.skip() if search is None else search,
            gr.Row(visible=not spread),
            gr.Column(visible=shelf),
            gr.Column(visible=listed),
            f"<h2>{escape(heading)}</h2>" if heading else gr.skip(),
            gr.skip() if offers is None else offers,
            gr.Column(visible=spread),
            card or {},
            *(pickers or (gr.skip() for _ in self._pickers)),
            *(gr.Button(interactive=complete) for _ in range(3)),
        ]

    def _direction(self, staff: bool, tag: str, theirs: str) -> tuple[str, str]:
        """Who says it and who reads it."""
        if theirs == tag or not theirs:
            theirs = next(each for each in (self._source, "en") if each != tag)
        return (theirs, tag) if staff else (tag, theirs)

    def _ready(self) -> Finder:
        """The finder of the book as it is now."""
        book = self._house.book
        if book is not self._finder.book:
            self._finder = Finder(book, self._house.engines.translator)
        return self._finder
