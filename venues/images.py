"""Pictures that come from anybody: what they may be, and where they are kept, named by what is in them."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import warnings
from pathlib import Path
from typing import NoReturn
from xml.etree.ElementTree import TreeBuilder

from venues.errors import VenueError

LARGEST = 5 * 1024 * 1024
"""Bytes of a picture."""
MOST_PIXELS = 40_000_000
"""Width times height of a picture made of pixels."""
SUFFIXES = {".svg": "SVG", ".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}
"""Suffix -> kind."""
_ELEMENTS = frozenset({
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs", "title", "desc",
    "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "symbol", "use", "filter",
    "feGaussianBlur", "feOffset", "feBlend", "feFlood", "feComposite", "feMerge", "feMergeNode", "feColorMatrix",
    "feTurbulence", "feDropShadow", "text", "tspan",
})  # fmt: skip
_SVG = "{http://www.w3.org/2000/svg}"


def verify(data: bytes, where: str) -> str:
    """The suffix that a picture should have. Raises VenueError naming ``where``, what is wrong and what is allowed."""
    if len(data) > LARGEST:
        raise VenueError(f"{where} has {len(data) / 1_048_576:.0f} MB; a picture may have {LARGEST // 1_048_576}. "
                         "Save it smaller.")  # fmt: skip
    if data.lstrip()[:1] == b"<" or data[:3] == b"\xef\xbb\xbf":
        _verify_svg(data, where)
        return ".svg"
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise VenueError(f"{where} is {width} x {height} pixels; make it smaller, 2000 across is plenty.")
                picture.load()
                kind = picture.format
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise VenueError(f"{where} has far too many pixels; make it smaller, 2000 across is plenty.") from None
    except UnidentifiedImageError:
        raise VenueError(f"{where} is no picture that can be shown; save it as SVG, PNG, JPEG or WebP.") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise VenueError(f"{where} is a damaged picture ({error}); save it again.") from None
    return next(suffix for suffix, each in SUFFIXES.items() if each == kind)


class _Plain(TreeBuilder):
    """Takes no instructions to programs, such as a style sheet that lies elsewhere."""

    def pi(self, target: str, text: str | None = None) -> NoReturn:
        raise VenueError(f"holds an instruction '<?{target}'")


def _verify_svg(data: bytes, where: str) -> None:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser, ParseError

    try:
        parser = DefusedXMLParser(target=_Plain(), forbid_dtd=True)
        parser.feed(data)
        root = parser.close()
    except VenueError as error:
        raise VenueError(f"{where} {error}, which is not allowed in a picture; save it as plain SVG.") from None
    except DefusedXmlException:
        raise VenueError(f"{where} declares a document type or entities; save it as plain SVG.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise VenueError(f"{where} is a damaged SVG ({error}); save it again.") from None
    if root.tag != f"{_SVG}svg":
        raise VenueError(f"{where} is XML, but no SVG; save it as SVG, PNG, JPEG or WebP.")
    for element in root.iter():
        name = str(element.tag).removeprefix(_SVG)
        if name not in _ELEMENTS:
            raise VenueError(f"{where} holds an element '{name}', which is not allowed in a picture; "
                             "save it as plain SVG.")  # fmt: skip
        for attribute, value in element.attrib.items():
            short = attribute.rpartition("}")[2].lower()
            plain = "".join(value.split()).lower()
            reference = plain.split("url(", 1)[1].lstrip("'\"") if "url(" in plain else plain
            if short.startswith("on") or "javascript:" in plain:
                raise VenueError(f"{where} holds a script ({name}, {short}); save it as plain SVG.")
            if (short == "href" or "url(" in plain) and not reference.startswith("#"):
                raise VenueError(f"{where} refers to something outside itself ({name}, {short}); save it as plain SVG.")
            if short == "style" and ("@import" in plain or "expression(" in plain or "\\" in plain):
                raise VenueError(f"{where} holds a style that is not allowed ({name}); save it as plain SVG.")


class Media:
    """A folder of pictures, each under the SHA-256 of its bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes, where: str) -> str:
        """Verify a picture and keep it. Gives its name here, such as ``<64 digits>.svg``. Raises VenueError."""
        name = hashlib.sha256(data).hexdigest() + verify(data, where)
        path = self._folder / name
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            # Whoever is stopped in the middle leaves no half picture under a name that promises a whole one.
            handle, partial = tempfile.mkstemp(dir=self._folder, suffix=".partial")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(partial, path)
            except BaseException:
                Path(partial).unlink(missing_ok=True)
                raise
        return name

    def path(self, name: str) -> Path:
        """Where a picture lies. Raises VenueError when it is gone or is not what its name says."""
        path = self._folder / Path(name).name
        if not path.is_file():
            raise VenueError(f"the picture {path} is gone; import the pack it came from again.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem:
            raise VenueError(f"the picture {path} was damaged; delete it and import the pack it came from again.")
        return path
