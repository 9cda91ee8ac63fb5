"""How a text of another script is read aloud, in Latin letters, for who does not know the script.

Mandarin in Hanyu Pinyin with tone marks, Japanese in modified Hepburn, Korean in the Revised Romanisation of 2000, Thai
by the Royal Thai General System of 1999, Russian by BGN/PCGN 1947. What is heard counts, not what is written: 독립 is
*dongnip*, は as a particle is *wa*.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

_MARKS = str.maketrans("。．、，？！：；「」『』（）《》〈〉·・～", "..,,?!:;“”“”()“”“”  ~")
_SENTENCE = re.compile(r"^[^\W\d_]|(?<=[.?!] )[^\W\d_]")


def romanised(text: str, tag: str) -> str:
    """The reading of a text in the language of a BCP-47 tag; empty for languages written in Latin letters.

    Letters of other scripts, and digits where nothing says how they are read, stay as they are.
    """
    reader = _READERS.get(tag)
    if reader is None or not text.strip():
        return ""
    read = reader(unicodedata.normalize("NFC", text).strip()).translate(_MARKS)
    read = re.sub(r"(\w[,?!;]|[^\W\d]\.)(?=\w)", r"\1 ", read)
    read = re.sub(r"\s+(?=[.,?!:;)”])|(?<=[(“])\s+", "", re.sub(r"\s+", " ", read)).strip()
    # The Thai system writes running text without capitals.
    return read if tag == "th" else _SENTENCE.sub(lambda match: match[0].upper(), read)


def _table(text: str) -> dict[str, str]:
    """``a=1 b=2`` as a mapping; several letters before one sign share what follows it."""
    pairs = (entry.split("=") for entry in text.split())
    return {letter: sound for letters, sound in pairs for letter in letters}


# Mandarin ----------------------------------------------------------------------------------------------------------

_HAN = re.compile("[㐀-䶿一-鿿豈-﫿]+")
# Taiwan's Ministry of Education reads these otherwise than the mainland does (國語一字多音審訂表).
_TAIWAN = _table(
    "期=qí 企=qì 究=jiù 危微=wéi 液=yì 息惜=xí 夕=xì 質=zhí 識=shì 突=tú 播=bò 菌=jùn 暫=zhàn 擊=jí 攜=xī 垃=lè 圾=sè"
)


def _mandarin(text: str, own: Mapping[str, str]) -> str:
    lazy_pinyin, tone = _pinyin()

    def read(match: re.Match[str]) -> str:
        run = match[0]
        # Words whose characters have several readings are listed in simplified characters: 銀行 is yín háng.
        simple = _simplified(run)
        syllables = lazy_pinyin(simple if len(simple) == len(run) else run, style=tone)
        return f" {' '.join(own.get(written, said) for written, said in zip(run, syllables, strict=True))} "

    return _HAN.sub(read, text)


@functools.cache
def _pinyin() -> tuple[Callable[..., list[str]], Any]:
    from pypinyin import Style, lazy_pinyin, load_phrases_dict

    # The commonest word of a counter, which the library's list has with two full tones.
    load_phrases_dict({"谢谢": [["xiè"], ["xie"]]})
    return lazy_pinyin, Style.TONE


def _simplified(text: str) -> str:
    return str(_converter().convert(text))


@functools.cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


# Japanese ----------------------------------------------------------------------------------------------------------

_KANA_TABLE = """
ア=a イ=i ウ=u エ=e オ=o カ=ka キ=ki ク=ku ケ=ke コ=ko サ=sa シ=shi ス=su セ=se ソ=so タ=ta チ=chi ツ=tsu テ=te ト=to
ナ=na ニ=ni ヌ=nu ネ=ne ノ=no ハ=ha ヒ=hi フ=fu ヘ=he ホ=ho マ=ma ミ=mi ム=mu メ=me モ=mo ヤ=ya ユ=yu ヨ=yo
ラ=ra リ=ri ル=ru レ=re ロ=ro ワ=wa ヰ=i ヱ=e ヲ=o ン=n ガ=ga ギ=gi グ=gu ゲ=ge ゴ=go ザ=za ジ=ji ズ=zu ゼ=ze ゾ=zo
ダ=da ヂ=ji ヅ=zu デ=de ド=do バ=ba ビ=bi ブ=bu ベ=be ボ=bo パ=pa ピ=pi プ=pu ペ=pe ポ=po ヴ=vu
キャ=kya キュ=kyu キョ=kyo シャ=sha シュ=shu ショ=sho シェ=she チャ=cha チュ=chu チョ=cho チェ=che ニャ=nya ニュ=nyu
ニョ=nyo ヒャ=hya ヒュ=hyu ヒョ=hyo ミャ=mya ミュ=myu ミョ=myo リャ=rya リュ=ryu リョ=ryo ギャ=gya ギュ=gyu ギョ=gyo
ジャ=ja ジュ=ju ジョ=jo ジェ=je ヂャ=ja ヂュ=ju ヂョ=jo ビャ=bya ビュ=byu ビョ=byo ピャ=pya ピュ=pyu ピョ=pyo
ファ=fa フィ=fi フェ=fe フォ=fo フュ=fyu ティ=ti ディ=di トゥ=tu ドゥ=du テュ=tyu デュ=dyu ウィ=wi ウェ=we ウォ=wo
ヴァ=va ヴィ=vi ヴェ=ve ヴォ=vo ツァ=tsa ツェ=tse ツォ=tso クァ=kwa クィ=kwi クェ=kwe クォ=kwo グァ=gwa イェ=ye
スィ=si ズィ=zi ァ=a ィ=i ゥ=u ェ=e ォ=o ャ=ya ュ=yu ョ=yo
"""
_KANA = dict(entry.split("=") for entry in _KANA_TABLE.split())
_LONG = str.maketrans("aiueo", "āīūēō")
_INFLECTED = ("動詞", "助動詞", "形容詞")
_COPULA = ("です", "でし", "でしょ", "だろ")
_JOINING = ("て", "で", "ちゃ", "ば")


def _japanese(text: str) -> str:
    import pyopenjtalk

    words: list[list[str]] = []  # as it is said, as it is written in kana
    before = ""
    for part in pyopenjtalk.run_frontend(text):
        kind, string = str(part["pos"]), str(part["string"])
        said, written = str(part["pron"]).replace("’", ""), str(part["read"])
        # Endings stay with their verb (ikimashita); particles and the copula stand alone (doko desu ka).
        group = part["pos_group1"]
        ending = (
            (kind == "助動詞" and string not in _COPULA)
            or (kind == "助詞" and group == "接続助詞" and string in _JOINING)
            or (kind == "動詞" and group == "接尾")
        )
        if kind == "記号":
            words.append([string, ""])
        elif (ending and before in _INFLECTED) or (before == "接頭詞" and words[-1][0] in "オゴ"):
            words[-1][0] += said
            words[-1][1] += written
        else:
            words.append([said, written])
        before = kind
    return " ".join(_hepburn(said, written) for said, written in words)


def _hepburn(said: str, written: str) -> str:
    """A word of katakana, ー for a long vowel, in Latin letters."""
    out = ""
    position = 0
    while position < len(said):
        length = 2 if said[position : position + 2] in _KANA else 1
        kana = said[position : position + length]
        sound = _KANA.get(kana, kana)
        if kana == "ー":
            # A long e that is written ei stays ei: sensei.
            if out.endswith("e") and written[position : position + 1] == "イ" and len(said) == len(written):
                out += "i"
            else:
                out = out[:-1] + out[-1:].translate(_LONG)
        elif kana == "ッ":
            following = _KANA.get(said[position + 1 : position + 2], "")
            out += "t" if following.startswith("ch") else following[:1]
        elif said[position - 1 : position] == "ン" and position and sound[0] in "aiueoy":
            out += "'" + sound
        else:
            out += sound
        position += length
    return out


# Korean ------------------------------------------------------------------------------------------------------------

_ONSETS = _table(
    "ㄱ=g ㄲ=kk ㄴ=n ㄷ=d ㄸ=tt ㄹ=r ㅁ=m ㅂ=b ㅃ=pp ㅅ=s ㅆ=ss ㅇ= ㅈ=j ㅉ=jj ㅊ=ch ㅋ=k ㅌ=t ㅍ=p ㅎ=h"
)  # fmt: skip
_VOWELS = _table(
    "ㅏ=a ㅐ=ae ㅑ=ya ㅒ=yae ㅓ=eo ㅔ=e ㅕ=yeo ㅖ=ye ㅗ=o ㅘ=wa ㅙ=wae ㅚ=oe ㅛ=yo ㅜ=u "
    "ㅝ=wo ㅞ=we ㅟ=wi ㅠ=yu ㅡ=eu ㅢ=ui ㅣ=i"
)
_CODAS = _table("ㄱ=k ㄴ=n ㄷ=t ㄹ=l ㅁ=m ㅂ=p ㅇ=ng")
_PLAIN = {"ㄲ": "ㄱ", "ㄸ": "ㄷ", "ㅃ": "ㅂ", "ㅆ": "ㅅ", "ㅉ": "ㅈ"}


def _korean(text: str) -> str:
    from interpreter.stt.phones.hangul import letters, spoken

    def read(match: re.Match[str]) -> str:
        out = heard = written = ""
        for syllable, (onset, vowel, coda) in zip(match[0], spoken(match[0]), strict=True):
            first, _, last = letters(syllable)
            # What only hardens where two syllables meet is written plain: 압구정 is Apgujeong.
            if onset != first and not (first == "ㅇ" and written == onset):
                onset = _PLAIN.get(onset, onset)
            out += "l" if onset == "ㄹ" and heard == "ㄹ" else _ONSETS[onset]
            out += _VOWELS[vowel] + _CODAS.get(coda, "")
            heard, written = coda, last
        return out

    return re.sub("[가-힣]+", read, text)


# Thai --------------------------------------------------------------------------------------------------------------

_INITIALS = _table(
    "ก=k ขฃคฅฆ=kh ง=ng จ=ch ฉชฌ=ch ซศษส=s ญย=y ฎด=d ฏต=t ฐฑฒถทธ=th ณน=n บ=b ป=p ผพภ=ph ฝฟ=f ม=m ร=r ลฬ=l ว=w หฮ=h อ="
)
_FINALS = _table("กขคฆ=k จชซฎฏฐฑฒดตถทธศษส=t บปพฟภ=p นณญรลฬ=n ม=m ง=ng ย=i ว=o")
_THAI_VOWELS = {"ah": "a", "oh": "o", "or": "o"}
_MUTE_R = ("ทร", "สร", "ศร", "ซร", "จร")


def _thai(text: str) -> str:
    from interpreter.thai import Syllable, cut, mute

    def sound(syllable: Syllable) -> str:
        initial, vowel, final = syllable
        first, second = initial[0], initial[1:]
        if second and (first == "ห" or initial == "อย"):
            onset = _INITIALS[second]  # only the tone of the second is the first one's
        elif initial in _MUTE_R:
            onset = "s" if first == "ท" else _INITIALS[first]
        else:
            onset = _INITIALS.get(first, "") + _INITIALS.get(second, "")
        vowel = _THAI_VOWELS.get(vowel, vowel)
        return onset + vowel + ("" if vowel.endswith("n") and final == "ร" else _FINALS.get(final, ""))

    def read(match: re.Match[str]) -> str:
        words: list[str] = []
        for number, run in enumerate(re.sub(r"\s+ๆ", "ๆ", match[0]).split("ๆ")):
            words += words[-1:] if number else []  # ๆ: the word before it once more
            for written, syllables in cut(mute(run)):
                words.append(_hyphenated([sound(each) for each in syllables]) or written)
        return f" {' '.join(words)} "

    text = re.sub("ํ([่-๋]?)า", r"\1ำ", text).replace("เเ", "แ")
    return re.sub(r"[ก-ฺเ-๎]+(?:\s+ๆ[ก-ฺเ-๎]*)*", read, text).translate(str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789"))


def _hyphenated(syllables: list[str]) -> str:
    """Syllables of a word, with a hyphen where it would not be seen that a vowel or ng begins the next."""
    out = ""
    for each in syllables:
        unclear = out and (each[:1] in "aeiou" or each.startswith("ng") or (out[-1] == "n" and each[0] == "g"))
        out += ("-" if unclear else "") + each
    return out


# Russian -----------------------------------------------------------------------------------------------------------

_CYRILLIC = _table(
    "а=a б=b в=v г=g д=d е=e ё=ë ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh "
    "щ=shch ъ=” ы=y ь=’ э=e ю=yu я=ya"
)


def _russian(text: str) -> str:
    def read(match: re.Match[str]) -> str:
        letter = match[0]
        sound = _CYRILLIC[letter.lower()]
        if letter in "еёЕЁ" and (not match.start() or text[match.start() - 1].lower() in "аеёиоуыэюяйъь" or not
                                 text[match.start() - 1].isalpha()):  # fmt: skip
            sound = "y" + sound
        if letter.islower():
            return sound
        around = text[max(0, match.start() - 1) : match.end() + 1]
        return sound.upper() if len(around) > 1 and around.isupper() else sound.capitalize()

    return re.sub("[а-яё]", read, text, flags=re.IGNORECASE)


_READERS: Mapping[str, Callable[[str], str]] = {
    "zh-Hant": lambda text: _mandarin(text, _TAIWAN),
    "zh-Hans": lambda text: _mandarin(text, {}),
    "ja": _japanese,
    "ko": _korean,
    "th": _thai,
    "ru": _russian,
}
