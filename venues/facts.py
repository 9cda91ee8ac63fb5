"""Answers from a venue's structured data: fixed sentences in fifteen languages, filled with dates, times and prices."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency

from venues import hours as opening
from venues.pack import Checked, Emergency, Notice, Price, Stop, Texts, Venue, packs_folder
from venues.questions import Asked, dates_asked

STATE = "checked"
"""State of a fact: read on a page on a day, not approved by anyone."""
MOST_STOPS = 10
"""Stops that a list of all shows."""
_LOCALES = {"zh-Hant": "zh_Hant_TW", "zh-Hans": "zh_Hans_CN", "pt": "pt_BR", "es": "es_419", "en": "en_GB"}


@dataclass(frozen=True)
class Fact:
    """Structured data laid out in words."""

    id: str
    """Such as ``beitou/park/hours``."""
    text: str
    language: str
    """Tag of the language of the venue's own words in it."""
    known: bool = True
    """False: the text says that the guide does not have it."""


@lru_cache(maxsize=1)
def _sentences() -> Mapping[str, Mapping[str, str]]:
    with (packs_folder() / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row.pop("key"): row for row in csv.DictReader(file, strict=True)}


def sentence(key: str, tag: str, /, **slots: str) -> str:
    """The fixed sentence of that key in the language of the tag, in English where it does not have it yet."""
    texts = _sentences()[key]
    return (texts.get(tag) or texts["en"]).format(**slots)


def locale_of(language: str) -> Locale:
    """Babel's locale of one of our languages."""
    return Locale.parse(_LOCALES.get(language, language))


def language_name(tag: str, language: str) -> str:
    """What a language is called in another one."""
    return str(locale_of(tag).get_display_name(locale_of(language).language) or tag).split(" (")[0]


def chosen(texts: Texts, language: str, source: str) -> tuple[str, str]:
    """The words in the language, else in English, else in the source language: and which it was."""
    for tag in (language, "en", source, *texts):
        if texts.get(tag):
            return texts[tag], tag
    return "", language


def _label(name: str, language: str) -> str:
    """A name with the colon of its language."""
    mark = "：" if language in ("zh-Hant", "zh-Hans", "ja") else "\u00a0: " if language == "fr" else ": "
    return name + mark


class Facts:
    """The facts of one venue."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue

    def of(self, stop: Stop, intent: str, title: str, asked: Asked, at: datetime) -> Fact:
        """What the data say about one stop; ``known`` is False when they say nothing."""
        language = asked.language
        lines: list[str] = []
        used = language
        checked: list[Checked] = []
        if intent in ("hours", "closure"):
            closures = [each for each in stop.notice if each.kind == "closure"]
            days = opening.closed_days(stop) if not stop.hours else ()
            if not stop.hours and not closures and not days:
                return self._unknown(stop, intent, title, sentence("no-hours", language))
            if stop.hours:
                lines += self._hours(stop, asked, at)
                checked += stop.hours
            elif days:
                lines.append(sentence("closed-days", language, days=_days(days, language)))
            for each in closures:
                text, used = chosen(each.text, language, self._venue.source_language)
                lines.append(text)
                checked.append(each)
        elif intent == "price":
            if not stop.price:
                return self._unknown(stop, intent, title, sentence("no-price", language))
            lines.append(_label(sentence("price", language), language).rstrip())
            for price in stop.price:
                text, used = self._price(stop, price, language)
                lines.append(text)
                checked.append(price)
        else:
            if intent == "access" and stop.location:
                text, used = chosen(stop.location, language, self._venue.source_language)
                lines.append(text)
            for notice in self.notices(stop, intent):
                text, used = chosen(notice.text, language, self._venue.source_language)
                lines.append(text)
                checked.append(notice)
            if not lines:
                return self._unknown(stop, intent, title, sentence("counter", language))
        if checked:
            oldest = min(each.checked for each in checked)
            lines.append(sentence("checked", language, date=format_date(oldest, "long", locale=locale_of(language))))
        return Fact(f"{self._venue.id}/{stop.id}/{intent}", "\n".join([title, *lines]), used)

    def every_stop(self, intent: str, titles: Mapping[str, str], asked: Asked, at: datetime) -> Fact | None:
        """Hours or prices of all stops, a line each, for a question that names none of them."""
        where = opening.zone(self._venue.time_zone)
        lines: list[str] = []
        used = asked.language
        for stop in sorted(self._venue.stop, key=lambda each: each.order)[:MOST_STOPS]:
            if intent == "price":
                prices = [self._price(stop, price, asked.language) for price in stop.price]
                used = prices[-1][1] if prices else used
                said = ", ".join(text for text, _ in prices)
            else:
                said = " ".join(
                    " ".join(
                        filter(
                            None,
                            (
                                self._part(stop, part, asked.language),
                                sentence("open-always", asked.language)
                                if opening.always_open(stop, part)
                                else " ".join(self._for_when(stop, part, asked, at.astimezone(where))),
                            ),
                        )
                    )
                    for part in opening.parts(stop)
                )
            if said:
                lines.append(f"{_label(titles[stop.id], asked.language)}{said}")
        if not lines:
            return None
        text = "\n".join([sentence("which-place", asked.language), *lines])
        return Fact(f"{self._venue.id}/{intent}", text, used)

    def notices(self, stop: Stop, kind: str) -> list[Notice]:
        """The notices of a stop of that kind."""
        return [each for each in stop.notice if each.kind == kind]

    def _unknown(self, stop: Stop, intent: str, title: str, text: str) -> Fact:
        return Fact(f"{self._venue.id}/{stop.id}/{intent}", text, "", known=False)

    def emergency(self, wanted: tuple[str, ...], language: str) -> Fact | None:
        """The numbers to call: those that are asked for, else all of them."""
        all_of_them = self._venue.emergency
        found = [each for each in all_of_them if each.id in wanted] or list(all_of_them)
        if not found:
            return None
        used = language
        lines = []
        for each in found:
            text, used = self._number(each, language)
            lines.append(text)
        return Fact(f"{self._venue.id}/emergency/{found[0].id}", "\n".join(lines), used)

    def _number(self, each: Emergency, language: str) -> tuple[str, str]:
        name, used = chosen(each.name, language, self._venue.source_language)
        return f"{_label(name, language)}{each.number}", used

    def _part(self, stop: Stop, part: str, language: str) -> str:
        return chosen(stop.parts[part], language, self._venue.source_language)[0] if part else ""

    def _price(self, stop: Stop, price: Price, language: str) -> tuple[str, str]:
        who, used = chosen(price.who, language, self._venue.source_language)
        part = self._part(stop, price.part, language)
        if price.amount is None:
            amount = sentence("free", language)
        else:
            amount = format_currency(
                price.amount, price.currency, locale=locale_of(language), format="¤ #,##0", currency_digits=False
            )
        comma = {"zh-Hant": "，", "zh-Hans": "，", "ja": "、"}.get(language, ", ")
        return f"{_label(f'{part}{comma}{who}' if part else who, language)}{amount}", used

    def _hours(self, stop: Stop, asked: Asked, at: datetime) -> Iterator[str]:
        where = opening.zone(self._venue.time_zone)
        language = asked.language
        for part in opening.parts(stop):
            name = self._part(stop, part, language)
            if name:
                yield _label(name, language).rstrip()
            if opening.always_open(stop, part):
                yield sentence("open-always", language)
                continue
            yield from self._for_when(stop, part, asked, at.astimezone(where))
            yield _label(sentence("hours", language), language).rstrip()
            for days, spans in opening.weekly(stop, part):
                times = ", ".join(f"{clock(each.open, language)}–{clock(each.close, language)}" for each in spans)
                yield f"{_label(_days(days, language), language)}{times}"
            if closed := opening.closed_days(stop, part):
                yield sentence("closed-days", language, days=_days(closed, language))

    def _for_when(self, stop: Stop, part: str, asked: Asked, local: datetime) -> Iterator[str]:
        language = asked.language
        where = opening.zone(self._venue.time_zone)
        days = dates_asked(asked, local.date())
        if not days or (asked.moment == "now" and not asked.days):
            span = opening.open_at(stop, local, where, part)
            if span is not None:
                yield sentence("open-now", language, time=clock(span.closes.timetz(), language))
            else:
                yield sentence("closed-now", language)
                following = opening.next_opening(stop, local, where, part)
                if following is not None:
                    yield sentence(
                        "opens-next",
                        language,
                        day=format_date(following.opens.date(), "EEEE", locale=locale_of(language)),
                        time=clock(following.opens.timetz(), language),
                    )
            return
        for day in days:
            name = format_date(day, "EEEE", locale=locale_of(language))
            spans = opening.spans_of(stop, day, where, part)
            if not spans:
                yield sentence("closed-on", language, day=name)
            for span in spans:
                yield sentence(
                    "open-on",
                    language,
                    day=name,
                    open=clock(span.opens.timetz(), language),
                    close=clock(span.closes.timetz(), language),
                )


def clock(moment: time, language: str) -> str:
    """A time as the language writes it on a sign."""
    return str(format_time(moment.replace(tzinfo=None), "HH:mm", locale=locale_of(language)))


def _days(days: tuple[str, ...], language: str) -> str:
    """Weekdays by name; three and more in a row as a range."""
    monday = date(2024, 1, 1)
    numbers = [opening.WEEKDAYS.index(day) for day in days]
    rows: list[list[int]] = []
    for number in numbers:
        if rows and number == rows[-1][-1] + 1:
            rows[-1].append(number)
        else:
            rows.append([number])

    def name(number: int) -> str:
        return str(format_date(monday + timedelta(days=number), "EEEE", locale=locale_of(language)))

    pieces = []
    for row in rows:
        pieces += [f"{name(row[0])}–{name(row[-1])}"] if len(row) > 2 else [name(number) for number in row]
    return ("、" if language in ("ja", "zh-Hans", "zh-Hant") else ", ").join(pieces)
