"""Japanese: Open JTalk's phonemes (it reads kanji, particles and counters) in English phones."""

from __future__ import annotations

import re
import unicodedata

_MAP = {
    # Five short vowels. a lies between father and cut; u is unrounded and, after s, z and ts, far forward.
    "a": "AA|AH",
    "i": "IY|IH",
    "u": "UW|UH",
    "e": "EH|EY",
    "o": "OW|AO",
    # Whispered between voiceless consonants and at the end (です, ます): often only the consonant is left.
    "I": "IH|IY?",
    "U": "UH|IH?",
    # The moraic nasal takes the place of what follows: m before p, n before t, ng before k and at the end.
    "N": "N|NG|M",
    # The first half of a double consonant is a silence (きって) or, before s, a longer s.
    "cl": "SIL|T?",
    "k": "K",
    "g": "G|NG",  # nasal in the middle of words with older speakers
    "s": "S",
    "z": "Z",
    "sh": "SH",
    "j": "JH|ZH",
    "t": "T",
    "d": "D",
    "n": "N",
    "h": "HH?",  # between vowels hardly more than breath
    "b": "B|V",  # a loose b between vowels
    "p": "P",
    "m": "M",
    "y": "Y",
    "r": "D|L|R",  # one tap of the tongue: the middle of American "ladder", else between l and r
    "w": "W",
    "v": "V|B",
    "f": "F|HH",  # both lips: between f and the h of "who"
    "ts": "T? S",
    "ch": "CH",
    "ky": "K Y",
    "gy": "G|NG Y",
    "ny": "N Y",
    "hy": "HH|SH Y?",
    "by": "B Y",
    "py": "P Y",
    "my": "M Y",
    "ry": "D|L|R Y",
    "ty": "T Y",
    "dy": "D Y",
    "kw": "K W",
    "gw": "G W",
    "pau": "_",
    "sil": "_",
}
_FRONTED = {"s", "z", "ts", "sh", "j", "ch", "y", "ky", "gy", "ny", "hy", "by", "py", "my", "ry"}


def sounds(text: str) -> list[str]:
    """Sounds of a Japanese text."""
    import pyopenjtalk

    text = unicodedata.normalize("NFKC", text).strip()
    # Cut from its noun, Open JTalk would read the particles は and へ by their letters.
    text = re.sub(r"^は", "わ", re.sub(r"^へ", "え", text))
    if not re.search(r"\w", text):
        return []
    out: list[str] = []
    previous = ""
    for phoneme in str(pyopenjtalk.g2p(text)).split():
        found = _MAP.get(phoneme, "")
        if phoneme == "u" and previous in _FRONTED:
            found = "UW|UH|IH"
        if phoneme == "i" and previous == "e":
            found = "IY|IH?"  # ei is mostly a long e
        out += found.split()
        previous = phoneme
    return out
