"""How a text of any of the fifteen languages sounds, in English phones.

The acoustic model knows the 39 phones of American English. Every sound of another language is given as the English
phones it comes nearest to. A *sound* is written

- ``IY``: this phone;
- ``IY|UW``: whichever of the two the moment resembles more (a sound between them, or one that speakers vary);
- ``T?``: may be missing (an unreleased final stop, a whispered vowel);
- ``_``: a word ends; a pause may stand here.

The rules are phonetic descriptions, one file per source of phonemes: :mod:`ipa` (what eSpeak NG says), :mod:`kana`
(Open JTalk), :mod:`hangul` and :mod:`thai` (read from the script itself, because eSpeak NG knows neither the sound
changes of Korean nor the syllables of Thai).
"""

from __future__ import annotations

import functools

WORD_END = "_"


@functools.lru_cache(maxsize=50_000)
def sounds(text: str, tag: str) -> tuple[str, ...]:
    """Return the sounds of a text in a language (BCP-47 tag); empty when nothing in it is spoken."""
    if tag == "ja":
        from interpreter.stt.phones import kana

        found = kana.sounds(text)
    elif tag == "ko":
        from interpreter.stt.phones import hangul

        found = hangul.sounds(text)
    elif tag == "th":
        from interpreter.stt.phones import thai

        found = thai.sounds(text)
    else:
        from interpreter.stt.phones import ipa

        found = ipa.sounds(text, tag)
    return _tidy(found)


def _tidy(found: list[str]) -> tuple[str, ...]:
    """Without word ends at the edges or in a row, and without the same sound twice in a row.

    A long sound is the same three states, only longer, so doubling it would demand length and nothing else.
    """
    out: list[str] = []
    for sound in found:
        if sound == WORD_END and (not out or out[-1] == WORD_END):
            continue
        if out and sound.rstrip("?") == out[-1].rstrip("?"):
            if not sound.endswith("?"):
                out[-1] = sound
            continue
        out.append(sound)
    while out and out[-1] == WORD_END:
        out.pop()
    return tuple(out)
