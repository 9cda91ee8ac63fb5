"""Thai: syllables read from the script (:mod:`interpreter.thai`), in English phones. Tone is left out."""

from __future__ import annotations

import functools
import re
import unicodedata

from interpreter.thai import Syllable, cut, mute

_DIGITS = ["ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า"]
_NAMES = "เอ บี ซี ดี อี เอฟ จี เอช ไอ เจ เค แอล เอ็ม เอ็น โอ พี คิว อาร์ เอส ที ยู วี ดับเบิลยู เอ็กซ์ วาย แซด"
_LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _NAMES.split(), strict=True))
_LATIN_WORDS = {"WI-FI": "ไวไฟ", "WIFI": "ไวไฟ", "OK": "โอเค", "EASYCARD": "อีซี่การ์ด"}
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+(?:[-'][A-Za-zÀ-ɏ]+)*")

# A row: letters that share a sound. Voiceless stops without breath lie between English g and k, d and t, b and p.
_INITIALS = """
ก G|K  ขฃคฅฆ K  ง NG|N  จ JH|CH  ฉชฌ CH|SH  ซศษส S  ญย Y  ฎด D  ฏต D|T  ฐฑฒถทธ T  ณน N
บ B  ป B|P  ผพภ P  ฝฟ F  ม M  ร R|L|D  ลฬ L  ว W  หฮ HH
"""
# Stops are closed and not released. Loans may keep what Thai itself does not end on: f, s, l.
_FINALS = """
กขคฆ K?  จฎฏฐฑฒดตถทธ T?  ชซศษส T|S?  บปพภ P?  ฟ P|F?  นณญร N  ลฬ N|L  ม M  ง NG  ย IY|IH  ว UW|UH
"""
# Everyday speech drops the second consonant of a cluster (ครับ as คับ) and says l for r.
_SECOND_SOUNDS = {"ร": "R|L?", "ล": "L|R?", "ว": "W"}
_VOWEL_SOUNDS = {
    "a": "AA|AH", "ah": "AH|AA", "oh": "OW|AO", "i": "IY|IH", "ue": "UH|IH|UW", "u": "UW|UH", "e": "EY|EH",
    "ae": "AE|EH", "o": "OW|AO", "or": "AO|AA", "oe": "AH|ER|UH", "ia": "IY AH", "uea": "UH|IH AH", "ua": "UW AH",
    "ai": "AY|AA IY|EY?", "ao": "AW", "am": "AA|AH M", "an": "AA|AH N",
}  # fmt: skip
_GLIDES = {
    # The glide goes all the way to a close i, where English stops half-way.
    "aย": "AY|AA IY|EY?", "uย": "UW IY|IH", "oย": "OY|AO IY|EY?", "orย": "OY|AO IY|EY?",
    "oeย": "AH|ER IY|EY", "uaย": "UW|W AY|EY", "ueaย": "UH|IH AY|EY",
    "aว": "AW", "iว": "IY|IH UW|W", "eว": "EY|EH UW|W", "aeว": "AE|EH UW|OW", "iaว": "IY AW|OW", "oeว": "AH|ER UW|W",
}  # fmt: skip

_MUTE_R = ("ทร", "สร", "ศร", "ซร", "จร")  # ทราบ, สร้าง, จริง: s and ch alone


@functools.cache
def _by_letter(table: str) -> dict[str, str]:
    cells = table.split()
    return {letter: sound for letters, sound in zip(cells[::2], cells[1::2], strict=True) for letter in letters}


def _initial(letters: str) -> list[str]:
    first, second = letters[0], letters[1:]
    sounds_of = _by_letter(_INITIALS)
    if not second:
        return [sounds_of.get(first, "")]  # อ only carries a vowel
    if first == "ห" or letters == "อย":
        return [sounds_of[second]]  # only the tone of the second
    if letters in _MUTE_R:
        return ["S" if first == "ท" else sounds_of[first]]
    return [sounds_of[first], _SECOND_SOUNDS[second]]


def _syllable(syllable: Syllable) -> list[str]:
    initial, vowel, final = syllable
    glide = _GLIDES.get(vowel + final)
    rhyme = glide if glide else f"{_VOWEL_SOUNDS[vowel]} {_by_letter(_FINALS).get(final, '')}"
    return [sound for sound in _initial(initial) if sound] + rhyme.split()


def _in_thai(match: re.Match[str]) -> str:
    """A Latin word as Thais say it; an ordinary word stays, for it has an English reading."""
    word = match[0].upper()
    if word in _LATIN_WORDS:
        return _LATIN_WORDS[word]
    if len(word) > 2 and match[0] != word:
        return f" {match[0]} "
    return "".join(_LETTERS.get(letter, "") for letter in word)


def syllables(text: str) -> list[Syllable]:
    """Syllables of a run of Thai letters; ๆ repeats the word before it."""
    out: list[Syllable] = []
    repeated: tuple[Syllable, ...] = ()
    for i, run in enumerate(text.split("ๆ")):
        pieces = [syllables for _, syllables in cut(mute(run))]
        out += repeated if i else ()
        out += [syllable for piece in pieces for syllable in piece]
        repeated = pieces[-1] if pieces else ()
    return out


@functools.lru_cache(maxsize=4096)
def _run(text: str) -> tuple[str, ...]:
    return tuple(sound for syllable in syllables(text) for sound in _syllable(syllable))


def sounds(text: str) -> list[str]:
    """Sounds of a Thai text; letters of other scripts are silent, digits are read one by one."""
    # NFKC would take the vowel am apart; without it, two signs that look like one are still to be joined.
    text = unicodedata.normalize("NFC", text).replace("เเ", "แ")
    text = re.sub("ํ([่-๋]?)า", r"\1ำ", text)
    text = re.sub(r"\s+ๆ", "ๆ", text)
    text = re.sub("[0-9๐-๙]", lambda match: _DIGITS[int(match[0])], _LATIN.sub(_in_thai, text))
    out: list[str] = []
    for run in re.findall(f"[ก-ฺเ-๎]+|{_LATIN.pattern}", text):
        if out:
            out.append("_")
        if "ก" <= run[0] <= "๎":
            out += _run(run)
        else:
            from interpreter.stt.phones import ipa

            out += ipa.sounds(run, "en")
    return out
