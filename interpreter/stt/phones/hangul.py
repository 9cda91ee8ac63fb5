"""Korean: Hangul by the Standard Pronunciation rules (표준 발음법), in English phones.

Hangul writes morphemes; what is heard follows from how the end of one syllable meets the start of the next:
값이 is *gapssi*, 독립 *dongnip*, 같이 *gachi*. Inside a word these changes are certain and are carried out. Between
words they depend on whether a pause is made, so there both outcomes are allowed.
"""

from __future__ import annotations

import re
import unicodedata

_ONSETS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_CODAS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")

# What is left of a final consonant that nothing takes over: one of seven.
_NEUTRAL = {
    "ㄱ": "ㄱ", "ㄲ": "ㄱ", "ㅋ": "ㄱ", "ㄳ": "ㄱ", "ㄺ": "ㄱ", "ㄴ": "ㄴ", "ㄵ": "ㄴ", "ㄶ": "ㄴ",
    "ㄷ": "ㄷ", "ㅅ": "ㄷ", "ㅆ": "ㄷ", "ㅈ": "ㄷ", "ㅊ": "ㄷ", "ㅌ": "ㄷ", "ㅎ": "ㄷ",
    "ㄹ": "ㄹ", "ㄼ": "ㄹ", "ㄽ": "ㄹ", "ㄾ": "ㄹ", "ㅀ": "ㄹ", "ㅁ": "ㅁ", "ㄻ": "ㅁ",
    "ㅂ": "ㅂ", "ㅍ": "ㅂ", "ㅄ": "ㅂ", "ㄿ": "ㅂ", "ㅇ": "ㅇ",
}  # fmt: skip
# A double final consonant gives its second half to a vowel; ㅅ hardens on the way.
_SPLIT = {
    "ㄳ": ("ㄱ", "ㅆ"), "ㄵ": ("ㄴ", "ㅈ"), "ㄺ": ("ㄹ", "ㄱ"), "ㄻ": ("ㄹ", "ㅁ"), "ㄼ": ("ㄹ", "ㅂ"),
    "ㄽ": ("ㄹ", "ㅆ"), "ㄾ": ("ㄹ", "ㅌ"), "ㄿ": ("ㄹ", "ㅍ"), "ㅄ": ("ㅂ", "ㅆ"),
}  # fmt: skip
_PALATAL = {"ㄷ": ("", "ㅈ"), "ㅌ": ("", "ㅊ"), "ㄾ": ("ㄹ", "ㅊ")}
_BEFORE_H = {
    "ㄱ": ("", "ㅋ"), "ㄲ": ("", "ㅋ"), "ㄺ": ("ㄹ", "ㅋ"), "ㄷ": ("", "ㅌ"), "ㅅ": ("", "ㅌ"), "ㅆ": ("", "ㅌ"),
    "ㅌ": ("", "ㅌ"), "ㅈ": ("", "ㅊ"), "ㅊ": ("", "ㅊ"), "ㄵ": ("ㄴ", "ㅊ"), "ㅂ": ("", "ㅍ"), "ㅍ": ("", "ㅍ"),
    "ㄼ": ("ㄹ", "ㅍ"), "ㅄ": ("", "ㅍ"),
}  # fmt: skip
_WITH_H = {"ㅎ": "", "ㄶ": "ㄴ", "ㅀ": "ㄹ"}
_ASPIRATED = {"ㄱ": "ㅋ", "ㄷ": "ㅌ", "ㅈ": "ㅊ"}
_TENSE = {"ㄱ": "ㄲ", "ㄷ": "ㄸ", "ㅂ": "ㅃ", "ㅅ": "ㅆ", "ㅈ": "ㅉ"}
_NASAL = {"ㄱ": "ㅇ", "ㄷ": "ㄴ", "ㅂ": "ㅁ"}

# Words whose parts do not sound as if they were one: a part keeps its own final, or hardens as the second of two.
# 예요 is 에요 to the ear.
_RESPELT = (
    ("맛없", "마덥"), ("닭고", "닥꼬"), ("학생증", "학생쯩"), ("현기증", "현기쯩"), ("비빔밥", "비빔빱"),
    ("김밥", "김빱"), ("예요", "에요"),
)  # fmt: skip
_TICKET = re.compile("(?<=[가-힣])권")  # 券, 權 as a second part: 여권, 입장권
# A second part of a compound that begins with y gets an n after a consonant: 서른여섯, 지하철역, 온천욕, 이십육.
_INSERTED = re.compile("(?<=[가-힣])(?:여섯|여덟)|(?<=[가-힣]{2})[역용욕]|(?<=[십백천만])육")

_NAMES = """
에이 비 시 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 알 에스 티 유 브이 더블유 엑스 와이 제트
영 일 이 삼 사 오 육 칠 팔 구
"""
_LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", _NAMES.split(), strict=True))
_LATIN_WORDS = {"WI-FI": "와이파이", "WIFI": "와이파이", "OK": "오케이", "EASYCARD": "이지카드"}
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]+(?:[-'][A-Za-zÀ-ɏ]+)*")

_ONSET_SOUNDS = {
    # Tense consonants have no breath behind them, as in "spin"; aspirated ones have more than English.
    "ㄲ": "K|G", "ㄸ": "T|D", "ㅃ": "P|B", "ㅉ": "CH|JH", "ㅋ": "K", "ㅌ": "T", "ㅍ": "P", "ㅊ": "CH",
    "ㄴ": "N", "ㅁ": "M", "ㄹ": "D|L|R", "ㅅ": "S", "ㅆ": "S", "ㅎ": "HH?", "ㅇ": "",
}  # fmt: skip
_AT_START = {
    # The plain stops are voiceless at the start; n and m lose their nasality there with many speakers.
    "ㄱ": "K|G", "ㄷ": "T|D", "ㅂ": "P|B", "ㅈ": "CH|JH", "ㄴ": "N|D", "ㅁ": "M|B", "ㄹ": "L|D|R", "ㅎ": "HH",
}  # fmt: skip
_VOICED = {"ㄱ": "G", "ㄷ": "D", "ㅂ": "B", "ㅈ": "JH"}
# After l the plain stops harden in many words (결제, 열다섯, 할게요) and stay plain in others (물건, 일곱).
_AFTER_L = {"ㄱ": "G|K", "ㄷ": "D|T", "ㅂ": "B|P", "ㅈ": "JH|CH", "ㄹ": "L"}
_CODA_SOUNDS = {"ㄱ": "K?", "ㄷ": "T?", "ㅂ": "P?", "ㄴ": "N", "ㅁ": "M", "ㅇ": "NG", "ㄹ": "L"}
_LINKED = {"ㄱ": "G|K?", "ㄷ": "D|T?", "ㅂ": "B|P?", "ㄹ": "L|D|R"}
_NASALISED = {"ㄱ": "NG|K?", "ㄷ": "N|T?", "ㅂ": "M|P?"}

_A, _EO, _O, _U, _E, _I = "AA|AH", "AO|AH", "OW|AO", "UW|UH", "EH|AE|EY", "IY|IH"
_VOWEL_SOUNDS = {
    # ㅐ and ㅔ have fallen together; ㅓ is an unrounded o; ㅡ is said with spread lips.
    "ㅏ": ("", _A), "ㅐ": ("", _E), "ㅑ": ("Y", _A), "ㅒ": ("Y", _E), "ㅓ": ("", _EO), "ㅔ": ("", _E),
    "ㅕ": ("Y", _EO), "ㅖ": ("Y", _E), "ㅗ": ("", _O), "ㅘ": ("W", _A), "ㅙ": ("W", _E), "ㅚ": ("W", _E),
    "ㅛ": ("Y", _O), "ㅜ": ("", _U), "ㅝ": ("W", _EO), "ㅞ": ("W", _E), "ㅟ": ("W|UW", _I), "ㅠ": ("Y", _U),
    "ㅡ": ("", "UH|IH|AH"), "ㅢ": ("", _I), "ㅣ": ("", _I),
}  # fmt: skip
_FRONT = "ㅣㅑㅕㅛㅠㅒㅖㅟ"

Syllable = tuple[str, str, str]
"""Onset, vowel and coda as letters; the onset ㅇ and the coda "" are silent."""


def meet(coda: str, onset: str, vowel: str) -> tuple[str, str]:
    """Coda and onset as they sound where two syllables of a word meet; the vowel is the second syllable's."""
    if not coda:
        return coda, onset
    if vowel in "ㅣㅕ":
        if onset == "ㅇ" and coda in _PALATAL:
            return _PALATAL[coda]
        if onset == "ㅎ" and coda == "ㄷ":
            return "", "ㅊ"
    if onset == "ㅎ" and coda in _BEFORE_H:
        return _BEFORE_H[coda]
    if coda in _WITH_H:
        rest = _WITH_H[coda]
        if onset in _ASPIRATED:
            return rest, _ASPIRATED[onset]
        if onset == "ㅅ":
            return rest, "ㅆ"
        if onset == "ㅇ":
            return ("", rest) if rest else ("", "ㅇ")
        coda = rest or "ㄷ"
    if onset == "ㅇ":
        return (coda, onset) if coda == "ㅇ" else _SPLIT.get(coda, ("", coda))
    if coda == "ㄺ" and onset == "ㄱ":
        return "ㄹ", "ㄲ"
    final = _NEUTRAL[coda]
    if final in _NASAL or coda in "ㄵㄻㄼㄾ":
        onset = _TENSE.get(onset, onset)
    if onset in "ㄴㅁㄹ":
        final = _NASAL.get(final, final)
    if onset == "ㄹ" and final in "ㅁㅇ":
        onset = "ㄴ"
    if final + onset in ("ㄴㄹ", "ㄹㄴ"):
        return "ㄹ", "ㄹ"
    return final, onset


def letters(syllable: str) -> Syllable:
    """The onset, vowel and coda that a syllable of Hangul is written with."""
    number = ord(syllable) - 0xAC00
    return _ONSETS[number // 588], _VOWELS[number // 28 % 21], _CODAS[number % 28]


def _insert_n(match: re.Match[str]) -> str:
    syllable, before = match[0][0], match.string[match.start() - 1]
    if not letters(before)[2]:
        return match[0]
    return chr(ord(syllable) - (_ONSETS.index("ㅇ") - _ONSETS.index("ㄴ")) * 588) + match[0][1:]


def spoken(word: str) -> list[Syllable]:
    """Syllables of a word of Hangul as they sound together, by the rules alone."""
    word = _INSERTED.sub(_insert_n, word)
    out = [letters(syllable) for syllable in word]
    for i in range(len(out) - 1):
        (first, middle, coda), (onset, vowel, last) = out[i], out[i + 1]
        coda, onset = meet(coda, onset, vowel)
        out[i], out[i + 1] = (first, middle, coda), (onset, vowel, last)
    first, middle, coda = out[-1]
    out[-1] = first, middle, _NEUTRAL.get(coda, "")
    return out


def _spoken(word: str) -> list[Syllable]:
    for written, said in _RESPELT:
        word = word.replace(written, said)
    return spoken(_TICKET.sub("꿘", word))


def _onset(onset: str, vowel: str, coda_before: str | None) -> str:
    """Sound of an onset; ``coda_before`` is None at the start of a word, "" after a vowel."""
    if onset in "ㅅㅆ" and vowel in _FRONT:
        return "SH|S"
    if onset == "ㅎ":
        # Breath takes the place of the vowel: a rasp before i, both lips before u.
        breath = "HH|SH" if vowel in _FRONT else "HH|F" if vowel in "ㅜㅡㅘㅝㅙㅚㅞ" else "HH"
        return breath if coda_before is None else breath + "?"
    table = _AT_START if coda_before is None else _AFTER_L if coda_before == "ㄹ" else _VOICED
    return table.get(onset, _ONSET_SOUNDS.get(onset, ""))


def _vowel(onset: str, vowel: str, coda: str, starts: bool, last: bool) -> list[str]:
    if vowel == "ㅢ" and onset == "ㅇ":
        return ["UH|IH?", _I] if starts else [_I + "|EH" if last and not coda else _I]
    glide, core = _VOWEL_SOUNDS[vowel]
    if glide.startswith("W") and onset != "ㅇ":
        glide += "?"  # 봐, 뭐, 돼: mostly without it in fast speech
    elif glide == "Y" and onset in "ㅈㅉㅊ":
        glide = ""
    elif glide == "Y" and (onset in "ㅅㅆ" or (vowel in "ㅖㅒ" and not (starts and onset == "ㅇ"))):
        glide += "?"
    if vowel == "ㅡ" and onset in "ㅅㅆㅋㅌㅍㅊ" and coda in ("", "ㅁ", "ㅂ"):
        core += "?"  # hardly more than a breath: 스, 크, 습니다
    return [glide, core]


def _coda(coda: str, following: str | None, joined: bool) -> str:
    """Sound of a coda before the onset ``following`` (None: the text ends); ``joined`` within a word."""
    if coda == "ㄴ" and following:
        return "N|NG" if following in "ㄱㄲㅋ" else "N|M" if following in "ㅂㅃㅍㅁ" else "N"
    if following == "ㅎ" and coda == "ㄹ":
        return _LINKED[coda]
    if not joined:
        # A vowel takes the consonant over unless there is a pause; at the end of the text a particle may follow.
        if following in ("ㅇ", None):
            return _LINKED.get(coda, _CODA_SOUNDS.get(coda, ""))
        if following in ("ㄴ", "ㅁ", "ㄹ"):
            return _NASALISED.get(coda, _CODA_SOUNDS.get(coda, ""))
    return _CODA_SOUNDS.get(coda, "")


def _word(syllables: list[Syllable], following: str | None) -> list[str]:
    """Sounds of a word; ``following`` is the onset of the next one."""
    out: list[str] = []
    before: str | None = None
    for i, (onset, vowel, coda) in enumerate(syllables):
        last = i + 1 == len(syllables)
        out.append(_onset(onset, vowel, before))
        out += _vowel(onset, vowel, coda, before is None, last)
        out.append(_coda(coda, following if last else syllables[i + 1][0], not last))
        before = coda
    return [sound for sound in out if sound]


def _in_hangul(match: re.Match[str]) -> str:
    """A Latin word as Koreans say it; an ordinary word stays, for it has an English reading."""
    word = match[0].upper()
    if word in _LATIN_WORDS:
        return _LATIN_WORDS[word]
    if len(word) > 2 and match[0] != word:
        return f" {match[0]} "
    return "".join(_LETTERS.get(letter, "") for letter in word)


def sounds(text: str) -> list[str]:
    """Sounds of a Korean text; letters of other scripts are silent, digits are read one by one."""
    text = _LATIN.sub(_in_hangul, unicodedata.normalize("NFKC", text))
    text = re.sub("[0-9]", lambda match: _LETTERS[match[0]], text)
    words = re.findall(f"[가-힣]+|{_LATIN.pattern}", text)
    spoken = [_spoken(word) if "가" <= word[0] <= "힣" else [] for word in words]
    out: list[str] = []
    for i, word in enumerate(words):
        if out:
            out.append("_")
        if spoken[i]:
            following = None if i + 1 == len(words) else spoken[i + 1][0][0] if spoken[i + 1] else ""
            out += _word(spoken[i], following)
        else:
            from interpreter.stt.phones import ipa

            out += ipa.sounds(word, "en")
    return out
