"""The files of a new venue, with what to write where."""

from __future__ import annotations

import re
import zoneinfo
from pathlib import Path

from venues.archive import lay_out
from venues.errors import WrongUseError
from venues.names import nearest
from venues.pack import check_language, names
from venues.phrases import phrases_text
from venues.terms import COLUMNS

_VENUE = """\
# The venue. Lines that begin with # are for you; take the # away where you need the line.

id = "{venue}"
source_language = "{language}"
languages = [{languages}]
time_zone = "{zone}"
# latitude = 25.0330
# longitude = 121.5654

[name]
{language} = "{name}"

[description]
{language} = "..."

[address]
{language} = "..."

[[stop]]
id = "entrance"
order = 1

# When it is open. Times and prices carry the day they were checked and where.
# [[stop.hours]]
# days = ["tue", "wed", "thu", "fri", "sat", "sun"]
# open = "09:00"
# close = "17:00"
# checked = "2026-01-31"
# sources = ["https://..."]

# [[stop.price]]
# amount = 100
# currency = "TWD"
# checked = "2026-01-31"
# sources = ["https://..."]
# [stop.price.who]
# {language} = "..."

# For another stop: [[stop]] with an id and order = 2, and a folder stops/<id>/.
"""
_TEXT = """\
---
title: ...
status: draft
---
## short
...

## long
...
"""
_SOURCES = """\
# Every fact of the texts and where it was read.

[[facts]]
fact = "..."
sources = ["https://..."]
"""
_IMAGE = """\
# What the picture image.svg (or .png, .jpg, .webp) beside this file shows.

description = "..."

[alt]
{language} = "..."
"""


def make(folder: Path, language: str, name: str, zone: str) -> Path:
    """Make the folder of a new venue, all or nothing. Raises VenueError."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", folder.name) or len(folder.name) > 60:
        raise WrongUseError(
            f"'{folder.name}' is no id of a venue; use small letters, digits and '-', such as tea-museum."
        )
    if folder.name in names():
        raise WrongUseError(f"'{folder.name}' comes with the program; choose another id.")
    check_language(language)
    if zone not in zoneinfo.available_timezones():
        raise WrongUseError(f"there is no time zone '{zone}'; {nearest(zone, sorted(zoneinfo.available_timezones()))}")
    if any(not char.isprintable() or char in '"\\' for char in name):
        raise WrongUseError("a name holds no quotation marks, backslashes or control characters.")
    values = {"venue": folder.name, "language": language, "zone": zone, "name": name or folder.name}
    values["languages"] = ", ".join(f'"{tag}"' for tag in dict.fromkeys((language, "en")))
    stop = "stops/entrance"
    lay_out(
        [
            ("venue.toml", _VENUE.format(**values).encode()),
            ("terms.csv", (",".join(COLUMNS) + "\n").encode()),
            ("phrases.csv", phrases_text(()).encode()),
            (f"{stop}/{language}.md", _TEXT.encode()),
            (f"{stop}/sources.toml", _SOURCES.encode()),
            (f"{stop}/image.toml", _IMAGE.format(**values).encode()),
        ],
        folder,
    )
    return folder
