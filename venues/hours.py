"""When a stop is open: pure functions over its hours, on the clock of the venue and not of the machine.

Hours are what a sign on the door says, so they are compared as wall clock times of the venue's time zone; an hour that
a change of clocks skips or repeats is read as the sign reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from venues.errors import VenueError
from venues.pack import Hours, Stop

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of ``date.weekday()``."""
_DAY = timedelta(days=1)
_LAST_MINUTE = time(23, 59)
"""As a closing time it means midnight: nobody shuts a door a minute before."""


@dataclass(frozen=True)
class Span:
    """One stretch of time in which a stop, or a part of it, is open."""

    opens: datetime
    """With the venue's time zone."""
    closes: datetime
    """Likewise; the first moment at which it is closed."""
    part: str = ""
    """The part it holds for; empty: all of the stop."""


@lru_cache
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name. Raises VenueError when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise VenueError(f"time_zone '{name}' is not known; give an IANA name such as Asia/Taipei.") from None


def parts(stop: Stop) -> tuple[str, ...]:
    """The parts that have hours, in the order of the file; ('',) when the hours are those of the whole stop."""
    return tuple(dict.fromkeys(each.part for each in stop.hours))


def spans_of(stop: Stop, day: date, where: ZoneInfo, part: str | None = None) -> tuple[Span, ...]:
    """The spans that begin on a day, the earliest first; ``part`` None: of all parts."""
    weekday = WEEKDAYS[day.weekday()]
    if weekday in stop.closed:
        return ()
    found = (
        _span(each, day, where) for each in stop.hours if weekday in each.days and (part is None or each.part == part)
    )
    return tuple(sorted(found, key=lambda span: (span.opens.replace(tzinfo=None), span.closes.replace(tzinfo=None))))


def _span(hours: Hours, day: date, where: ZoneInfo) -> Span:
    next_day = hours.close <= hours.open or hours.close == _LAST_MINUTE
    close = time(0) if hours.close == _LAST_MINUTE else hours.close
    return Span(
        datetime.combine(day, hours.open, where),
        datetime.combine(day + (_DAY if next_day else timedelta()), close, where),
        hours.part,
    )


def open_at(stop: Stop, at: datetime, where: ZoneInfo, part: str | None = None) -> Span | None:
    """The span that an instant falls into, grown over spans that follow without a gap; None when it is closed.

    ``at`` must know its time zone, whichever that is.
    """
    local = at.astimezone(where)
    found: Span | None = None
    # Yesterday's night may still go on; seven more days show whether it ever ends.
    for span in _following(stop, local.date() - _DAY, where, part, days=9):
        if found is None:
            if span.opens <= local < span.closes:
                found = span
        elif span.opens <= found.closes and span.part == found.part:
            found = Span(found.opens, max(found.closes, span.closes), found.part)
    return found


def next_opening(stop: Stop, at: datetime, where: ZoneInfo, part: str | None = None) -> Span | None:
    """The first span that begins after an instant, within a week; None when there is none."""
    local = at.astimezone(where)
    return next((s for s in _following(stop, local.date(), where, part, days=8) if s.opens > local), None)


def _following(stop: Stop, first: date, where: ZoneInfo, part: str | None, days: int) -> Iterator[Span]:
    for ahead in range(days):
        yield from spans_of(stop, first + ahead * _DAY, where, part)


def always_open(stop: Stop, part: str | None = None) -> bool:
    """Whether it is open day and night, all week."""
    utc = zone("UTC")
    span = open_at(stop, datetime(2024, 1, 1, 12, tzinfo=utc), utc, part)
    return span is not None and span.closes - span.opens >= timedelta(days=8)


def closed_days(stop: Stop, part: str | None = None) -> tuple[str, ...]:
    """The weekdays on which no span begins: what ``closed`` names and what the hours leave out."""
    given = {day for each in stop.hours if part is None or each.part == part for day in each.days}
    if not given:
        return tuple(day for day in WEEKDAYS if day in stop.closed)
    return tuple(day for day in WEEKDAYS if day in stop.closed or day not in given)


def weekly(stop: Stop, part: str | None = None) -> tuple[tuple[tuple[str, ...], tuple[Hours, ...]], ...]:
    """The week as a sign shows it: days that have the same hours together, the days that are closed left out."""
    rows: dict[tuple[Hours, ...], list[str]] = {}
    for day in WEEKDAYS:
        same = tuple(
            sorted((h for h in stop.hours if day in h.days and (part is None or h.part == part)), key=lambda h: h.open)
        )
        if same and day not in stop.closed:
            rows.setdefault(same, []).append(day)
    return tuple((tuple(days), hours) for hours, days in rows.items())
