"""The languages eSpeak NG reads well: its IPA, language by language, in English phones.

:data:`_BASE` holds what is the same everywhere; each language adds what its own sounds are like, with the reason.
Length is left out everywhere: a long sound is the same states for longer. So are stress and tone.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from interpreter.languages import language
from interpreter.stt.phones import WORD_END

_BASE: dict[str, str] = {
    # Consonants English has.
    "p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "ɡ": "G", "g": "G", "q": "K",
    "f": "F", "v": "V", "θ": "TH", "ð": "DH", "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "h": "HH", "ɦ": "HH",
    "tʃ": "CH", "dʒ": "JH", "m": "M", "n": "N", "ŋ": "NG", "l": "L", "ɫ": "L", "j": "Y", "w": "W", "ɹ": "R",
    # A tap is the middle of American "ladder"; a trill is several: to English ears r, d or l.
    "ɾ": "D|R|L", "r": "R|D|L",
    # Dental and retroflex stops keep their class.
    "t̪": "T", "d̪": "D", "ʈ": "T", "ɖ": "D",
    # Palatals: the nearest English sound and a y behind it.
    "ɲ": "N Y?", "ʎ": "L|Y Y?", "c": "K|CH", "ɟ": "G|JH", "ç": "SH|HH", "ʝ": "Y|JH", "ɕ": "SH|S", "ʑ": "ZH|Z",
    "tɕ": "CH", "dʑ": "JH", "ts": "T S", "dz": "D Z", "pf": "P? F", "x": "HH|K", "χ": "HH|K", "ɣ": "G|HH", "β": "B|V",
    "ʁ": "R|HH|AH?", "ʀ": "R|HH", "ʋ": "V|W", "ɭ": "L", "ʔ": "SIL?", "ss": "S",
    # Vowels.
    "i": "IY", "ɪ": "IH|IY", "e": "EY|EH", "ɛ": "EH", "æ": "AE|EH", "a": "AA|AE|AH", "ä": "AA|AH", "ɑ": "AA",
    "ɐ": "AH|AA", "ə": "AH|IH", "ʌ": "AH", "ɔ": "AO|OW", "ɒ": "AA|AO", "o": "OW|AO", "u": "UW|UH", "ʊ": "UH|UW",
    "ɜ": "ER|AH", "ɘ": "IH|AH", "ɤ": "AH|UH",
    # Rounded front vowels lie between an English front vowel and a rounded one.
    "y": "UW|IY", "ʏ": "UH|IH|UW", "ø": "ER|UH|EH", "œ": "ER|AH|EH", "ɵ": "UH|AH|ER", "ɯ": "UW|UH|IH", "ɨ": "IH|UH",
    # Diphthongs that are one English phone.
    "aɪ": "AY", "ai": "AY", "eɪ": "EY", "ei": "EY", "ɔɪ": "OY", "oɪ": "OY", "aʊ": "AW", "au": "AW", "oʊ": "OW",
    "əʊ": "OW", "ʊɐ": "UH|UW ER|AH", "ʊə": "UH|UW AH", "iə": "IY AH", "eʊ": "EY|EH UH|UW", "ɛʊ": "EH UH|UW",
    "iʊ": "IY UH|UW", "uɪ": "UW|W IY", "ʌʊ": "AW|OW", "əl": "AH L",
}  # fmt: skip

_ENGLISH = {
    "ɚ": "ER", "ɜ": "ER", "ɔːɹ": "AO R", "ɔɹ": "AO R", "ɑːɹ": "AA R", "ɛɹ": "EH R", "ɪɹ": "IH R", "ʊɹ": "UH R",
    "aɪɚ": "AY ER", "ᵻ": "IH", "ɾ": "T|D", "ɐ": "AH", "ə": "AH|IH", "ɔ": "AO", "oː": "AO|OW", "a": "AE",
    "i": "IY|IH", "e": "EH", "u": "UW", "ʊ": "UH", "ɪ": "IH", "ʌ": "AH", "æ": "AE", "ɑ": "AA|AO",
    "ʔ": "T?", "n̩": "AH? N", "l̩": "AH? L", "iə": "IY AH",
}  # fmt: skip

_MANDARIN = {
    # No voiced stops: what Pinyin writes b d g is unaspirated, between English b and the p of "spin".
    "p": "B|P", "t": "D|T", "k": "G|K", "ph": "P", "th": "T", "kh": "K", "tɕ": "JH|CH", "tɕh": "CH",
    "ɕ": "SH|S", "χ": "HH|K", "x": "HH|K",
    # Most speakers in Taiwan and the south say zh ch sh like z c s, or between the two; both are allowed.
    "ts.": "JH|D Z|ZH?", "ts.h": "CH|T S|SH?", "s.": "SH|S", "ts": "D|JH Z|S?", "tsh": "T|CH S?", "ʐ": "R|ZH|L",
    # -in and -ing, -en and -eng fall together for many.
    "n": "N|NG", "ŋ": "NG|N",
    # The buzzing vowels after zh ch sh r and z c s.
    "i.": "ER|UH|IH", "i̪": "UH|IH|AH", "ɨ": "UH|IH|ER",
    "i": "IY", "u": "UW|UH|AO", "y": "UW|IY", "a": "AA|AE", "ɑ": "AA", "o": "AO|OW", "o-": "AH|UH|OW", "ə": "AH|UH",
    "ər": "ER|AA R?", "ɛ": "EH", "ai": "AY", "ei": "EY", "ɑu": "AW|AO", "ou": "OW", "iɛ": "Y|IY EH|AE", "iɑ": "Y|IY AA|AE",
    "iou": "Y|IY OW", "iɑu": "Y|IY AW|AO", "ua": "W|UW AA", "uɑ": "W|UW AA", "uai": "W|UW AY|EH", "uei": "W|UW EY",
    "uə": "W|UW AH|UH", "uo": "W|UW AO|OW", "yɛ": "Y|UW EH", "yæ": "Y|UW EH|AE", "yə": "UW|IY IH|AH?",
    "onɡ": "UH|OW|AO NG|N", "iəu": "Y OW", "ŋ-": "AH NG", "ioŋ": "Y UH NG",
}  # fmt: skip

_VIETNAMESE = {
    # Final stops ($) are closed and never released: which of them it was is in the end of the vowel alone, and the one
    # before silence may not be heard at all. Final nasals are not released either; what remains of them is a murmur like
    # a close vowel: i for the tongue in front, u for the tongue behind and for the lips.
    "t̪$": "T|K|P?", "t$": "T|K|P?", "c$": "K|T|P?", "k$": "K|T|P?", "p$": "P|T?",
    "n$": "N|NG|IY", "ŋ$": "NG|N|M|UW", "m$": "M|UW",
    # The d with a hook is sucked in: a closure that is voiced, then little burst.
    "ɗ": "SIL? D|T", "ɓ": "B|M", "b": "B|M", "t̪": "T|D|TH", "t": "T", "c": "CH|T|K?", "tʃ": "CH|JH|T", "x": "K|HH",
    "k": "K|G", "ɣ": "G", "z": "Z|Y|R|G", "h": "HH?",
    "v": "V|Y|W", "s": "S", "ɲ": "N|NG Y?", "ŋ": "NG|N|M", "f": "F", "kh": "K", "ph": "F",
    # Glides at the end of a syllable close all the way, unlike the ends of English diphthongs.
    "j": "IY|Y", "w": "W|UW|OW|L", "əɪ": "UH|AH IY|EY", "ɔɪ": "OY|AO IY?", "oɪ": "OY|OW IY?",
    "a": "AA|AH", "aː": "AA|AE|AH", "ɛ": "EH|AE", "e": "EY|EH|IH|IY", "e-": "AY|AH|EH", "ə": "AH|UH|OW", "əː": "UH|AH|OW",
    "ɔ": "AO|AA|OW", "o": "OW|UH|AO", "u": "UW|UH|OW", "ɯ": "UH|UW|IH", "y": "UW|UH|IH",
    # The second half of the three falling diphthongs is weak.
    "yə": "UW|UH|IH AH|UH|OW?", "iɛ": "IY EH|AH?", "iə": "IY AH|EH?", "uə": "UW|UH AH|OW?",
}  # fmt: skip

_PORTUGUESE = {
    # Brazil and Portugal differ most in r, in final s and in what is left of unstressed vowels.
    "x": "HH|R", "r": "R|HH|D", "ɾ": "D|R", "s": "S|SH", "z": "Z|ZH", "l": "L|UH", "dʒ": "JH|D", "tʃ": "CH|T",
    "y": "IY|IH?", "ʊ": "UH|UW?", "æ": "AH|AA", "ə": "AH|AA", "a": "AA|AE|AH",
    # Nasal vowels end in a half-closed n that takes the place of what follows.
    "ɐ̃": "AH|AA N|NG?", "ɐ̃ʊ̃": "AW|AO N|NG?", "ũ": "UW|UH N|NG|M?", "õ": "OW|AO N|NG|M?", "ĩ": "IY N|NG?",
    "ẽ": "EY|EH N|NG|M?", "ŋ": "NG|N|M?", "eʊ": "EY|EH UH|UW",
}  # fmt: skip

_SPANISH = {
    # b d g between vowels are glides without closure, often hardly there.
    "β": "B|V|W", "ð": "DH|D|L", "ɣ": "G|W|HH", "b": "B|V", "x": "HH", "ɾ": "D|R|L", "r": "R|D", "ʝ": "Y|JH", "j": "Y|IY",
    "w": "W|UW", "s": "S", "θ": "TH|S", "e": "EH|EY", "ɛ": "EH|EY", "o": "OW|AO", "a": "AA|AH|AE", "i": "IY", "u": "UW|UH",
}  # fmt: skip

_FRENCH = {
    # Nasal vowels have no n of their own, but English ears and models put one there.
    "ɑ̃": "AA|AO|AH N|NG?", "ɛ̃": "AE|AA|EH N|NG?", "ɔ̃": "OW|AO N|NG?", "œ̃": "AH|AE N|NG?",
    # r is a scrape in the throat: voiced like g or r, voiceless after p t k like h.
    "ʁ": "R|HH|G|AH", "ə-": "AH|UH?", "ə": "AH|UH", "a-": "AA|AE|AH", "e-": "EH|EY|IH|IY", "y-": "UW|IY", "a": "AA|AE|AH",
    "ɲ": "N Y", "e": "EY|EH|IH", "ɔ": "AO|AH", "o": "OW|AO", "œ": "AH|ER|UH", "ø": "UH|ER", "y": "UW|IY",
    "v": "V|B", "ʒ": "ZH|JH", "ɛ": "EH|AE",
    "p": "P|B", "t": "T|D", "k": "K|G",  # no breath after p t k, so they border on b d g
}  # fmt: skip

_GERMAN = {
    # Final b d g s are voiceless already in eSpeak's reading; r after a vowel is a vowel.
    "ɾ": "R|HH|AH?", "r": "R|HH|AH", "ɜ": "AH|AA|ER", "ɐ": "AH|AA|ER", "ç": "SH|HH|Y", "x": "HH|K", "ʏ": "UH|IH|UW",
    "ɔø": "OY", "ɔʏ": "OY", "pf": "P? F", "ə": "AH|IH?", "z": "Z|S", "ts": "T S", "a": "AA|AH", "ɑ": "AA",
    "ʊɐ": "UH|UW ER|AH", "ɑ̃": "AA|AO N|NG", "e": "EY|IY", "ɛ": "EH", "o": "OW|UH", "v": "V|W",
}  # fmt: skip

_DUTCH = {
    "x": "HH|K", "ɣ": "HH|G|K", "ʋ": "V|W", "ɛɪ": "AY|EY", "œy": "AW|OY|ER", "ʌʊ": "AW", "yʊ": "UW|IY UW|W",
    "ɵ": "AH|UH|ER", "y": "UW|IY", "r": "R|D|HH?", "ə": "AH|UH|IH", "ɑ": "AA|AH", "a": "AA|AE", "tʲ": "T|CH Y?",
    "e": "EY|IH", "z": "Z|S", "v": "V|F", "n": "N",
}  # fmt: skip

_RUSSIAN = {
    # Unstressed o and a are a short open a; unstressed e is near i.
    "ʌ": "AA|AH", "ɑ": "AA", "a": "AA|AE", "ə": "AH", "y": "IH|UH|IY", "ɨ": "IH|UH", "ɵ": "OW|ER", "u\"": "UW",
    "ɪ": "IH|IY", "o": "AO|OW", "e": "EH|EY|IY", "ɛ": "EH", "ja": "Y AA|AE", "ju": "Y UW", "ɪ^": "IY|Y",
    # Soft consonants carry a y; a soft t or d already sounds like ts or ch.
    "tʲ": "T|CH Y?", "dʲ": "D|JH Y?", "sʲ": "S Y?", "zʲ": "Z Y?", "nʲ": "N Y?", "ɭʲ": "L Y?", "lʲ": "L Y?", "rʲ": "R|D Y?",
    "mʲ": "M Y?", "pʲ": "P Y?", "bʲ": "B Y?", "vʲ": "V Y?", "fʲ": "F Y?", "kʲ": "K Y?", "ɡʲ": "G Y?", "xʲ": "HH Y?",
    "tʃʲ": "CH", "dʒʲ": "JH", "ɕ": "SH", "ʑ": "Z|ZH", "ʃ": "SH", "x": "HH|K", "r": "R|D", "ɭ": "L|W", "v": "V|F",
    "p": "P|B", "t": "T|D", "k": "K|G",
}  # fmt: skip

_ITALIAN = {
    # Double consonants are long ones; r is a tap.
    "r": "R|D", "ɾ": "D|R|L", "ʎ": "L|Y Y?", "ɲ": "N Y?", "e": "EY|EH", "ɛ": "EH", "o": "OW|AO", "ɔ": "AO|OW",
    "ɪ": "IY|IH", "ʊ": "UW|UH", "ts": "T S", "dz": "D Z", "p": "P|B", "t": "T|D", "k": "K|G", "z": "Z|S", "a": "AA|AH|AE",
}  # fmt: skip

_INDONESIAN = {
    # Final p t k are held, k as a catch in the throat.
    "r": "R|D", "ə": "AH|IH?", "e": "EY|EH", "ɛ": "EH|EY", "o": "OW|AO", "ɔ": "AO|OW", "p": "P|B", "t": "T|D", "k": "K|G",
    "x": "HH|K", "ç": "SH|S", "h": "HH?", "a": "AA|AH", "f": "F|P", "v": "F|V", "z": "Z|S",
}  # fmt: skip

_TABLES: dict[str, dict[str, str]] = {
    "en": _ENGLISH,
    "zh-Hant": _MANDARIN,
    "zh-Hans": _MANDARIN,
    "vi": _VIETNAMESE,
    "pt": _PORTUGUESE,
    "es": _SPANISH,
    "fr": _FRENCH,
    "de": _GERMAN,
    "nl": _DUTCH,
    "ru": _RUSSIAN,
    "it": _ITALIAN,
    "id": _INDONESIAN,
}
_TONAL = {"zh-Hant", "zh-Hans", "vi"}
_CLAUSES = re.compile(r"[。，、；：！？]+|[.,;:!?]+(?=\s|$)")
# Characters eSpeak NG has no reading for, and a common one that sounds the same.
_SAME_SOUND = str.maketrans("胸", "兄")


@functools.lru_cache(maxsize=4096)
def translate(token: str, tag: str, last: bool = False) -> tuple[str, ...]:
    """One phoneme of eSpeak's in sounds, as it is when a syllable ends with it; empty for what has no sound."""
    table = {**_BASE, **_TABLES[tag]}
    if last and f"{token}$" in table:
        return tuple(table[f"{token}$"].split())
    token = unicodedata.normalize("NFD", re.sub("[ˈˌ‖|]", "", token))
    plain = {unicodedata.normalize("NFD", key): value for key, value in table.items()}
    if tag in _TONAL:
        token = re.sub(r"(?<=[^\W\d_ɜ.̪-])([.̪-]?)[0-9ɜ]+$", r"\1", token)
    out: list[str] = []
    while token:
        for size in range(len(token), 0, -1):
            if token[:size] in plain:
                out += plain[token[:size]].split()
                token = token[size:]
                break
        else:
            token = token[1:]  # length, a diacritic: no sound
    return tuple(out)


def unknown(token: str, tag: str) -> str:
    """What of a phoneme :func:`translate` would drop although it is a letter."""
    if translate(token, tag):
        return ""
    return re.sub(r"[^\w]|[0-9ˈˌːʰʲ]", "", token)


def phonemes(text: str, tag: str) -> list[list[str]]:
    """Words of the text, each a list of eSpeak's phonemes."""
    from interpreter import espeak

    said = espeak.phonemes(text.translate(_SAME_SOUND), language(tag).espeak)
    said = re.sub(r"\([a-z-]+\)", "_", said)  # "(en)": a word read by another language's rules
    return [[token for token in word.split("_") if token] for word in said.split()]


def sounds(text: str, tag: str) -> list[str]:
    """Sounds of a text in one of eSpeak's languages."""
    if not re.search(r"\w", text):
        return []
    out: list[str] = []
    if tag not in _TONAL:
        for word in phonemes(text, tag):
            for token in word:
                out += translate(token, tag)
            out.append(WORD_END)
        return out
    # Here eSpeak parts syllables, not words: no pause between them, but where a clause ends.
    for clause in _CLAUSES.split(text):
        for syllable in phonemes(clause, tag) if re.search(r"\w", clause) else ():
            for place, token in enumerate(syllable):
                out += translate(token, tag, 0 < place == len(syllable) - 1)
        out.append(WORD_END)
    return out
