"""Whether a compressed file ends where it says it ends; decoders play what is there and do not mind."""

from __future__ import annotations

from pathlib import Path

_TAIL = 1 << 17
"""Bytes at the end of a file: twice what an Ogg page may have."""


def cut_off(path: Path) -> bool:
    """Whether an Ogg file ends inside a page, or an MP3 file is shorter than its own header says.

    An MP3 file without such a header (Xing or Info, which encoders write) cannot tell. Raises OSError.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(16_384)
        if head[:4] == b"OggS":
            file.seek(max(0, size - _TAIL))
            return _inside_a_page(file.read())
        start = _after_tag(head)
        if start > len(head) - 4096:
            file.seek(start)
            head, start = b"\0" * start + file.read(4096), start
    promised = _promised_bytes(head[start:])
    # The tag of an older kind at the end, and the header's own frame, are counted by some encoders and not by others.
    return promised is not None and size - start < promised - 4096


def _inside_a_page(tail: bytes) -> bool:
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 27:
        return True
    segments = tail[at + 27 : at + 27 + tail[at + 26]]
    return len(tail) < at + 27 + tail[at + 26] + sum(segments)


def _after_tag(head: bytes) -> int:
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def _promised_bytes(frame: bytes) -> int | None:
    if len(frame) < 200 or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        return None
    at = next((found for name in (b"Xing", b"Info") if (found := frame[:64].find(name)) > 0), -1)
    if at < 0:
        return None
    flags = int.from_bytes(frame[at + 4 : at + 8], "big")
    if not flags & 2:
        return None
    place = at + 8 + (4 if flags & 1 else 0)
    return int.from_bytes(frame[place : place + 4], "big")
