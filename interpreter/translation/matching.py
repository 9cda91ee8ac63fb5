"""Tokens, fillers and negation: what makes two wordings of one language the same thing said.

Languages written without spaces are compared character by character (Thai word by word, after it was cut), the others
word by word. Every token weighs what it tells: a word that stands in half of all phrases tells little, a word in none
of them tells that something else was said. The weights are inverse document frequencies (Spärck Jones 1972) over the
phrases of the language. What stands against what, however often it is said, is in :mod:`contrasts`.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence

from interpreter import thai

UNSPACED = frozenset({"zh-Hant", "zh-Hans", "ja", "th", "ko"})
"""No space tells where a word ends. Korean has spaces, but people and recognisers put them differently."""
BY_CHARACTER = UNSPACED - {"th"}
"""Compared by character. A Thai letter alone tells too little; Thai is cut into words (:mod:`interpreter.thai`)."""

_FILLERS: dict[str, str] = {
    "en": "please, excuse me, pardon me, thank you, thanks, sorry, um, uh, er, well, oh, so, okay, ok, hello, hi, hey, "
    "could you, can you, would you, the, a, an, just, sir, madam, mister, then, now",
    "id": "tolong, permisi, maaf, halo, ya, pak, bu, mohon, dong, sih, kak, silakan",
    "vi": "ạ, xin, vui lòng, dạ, ơi, à, ừ, chào, làm ơn, anh, chị, em, nhé",
    "pt": "por favor, desculpe, com licença, olá, oi, bom dia, boa tarde, boa noite, obrigado, obrigada, o, a, um, "
    "uma, é, então, senhor, senhora",
    "es": "por favor, disculpe, perdón, perdone, hola, buenos días, buenas tardes, buenas noches, gracias, el, la, "
    "los, las, un, una, es, señor, señora, oiga, eh",
    "fr": "s il vous plaît, s il te plaît, svp, excusez moi, pardon, bonjour, bonsoir, merci, le, la, les, un, une, "
    "euh, alors, monsieur, madame",
    "de": "bitte, entschuldigung, entschuldigen sie, hallo, guten tag, guten morgen, guten abend, danke, vielen dank, "
    "der, die, das, ein, eine, den, dem, äh, also, mal, denn",
    "nl": "alstublieft, alsjeblieft, pardon, sorry, hallo, dag, goedendag, goedemorgen, goedemiddag, goedenavond, "
    "dank u wel, dank u, dank je wel, bedankt, de, het, een, even, eens, hoor",
    "ru": "пожалуйста, извините, простите, здравствуйте, добрый день, спасибо, скажите, а, ну, э, вот, же",
    "it": "per favore, per cortesia, per piacere, scusi, mi scusi, salve, buongiorno, buonasera, grazie, il, lo, la, "
    "le, un, una, eh, allora, signore, signora",
}
_FILLER_STRINGS: dict[str, str] = {
    "zh-Hant": "請問 不好意思 麻煩 謝謝 您好 你好 一下 嗎 呢 啊 喔 了 那個 嗯",
    "zh-Hans": "请问 不好意思 麻烦 谢谢 您好 你好 一下 吗 呢 啊 哦 了 那个 嗯",
    "ja": "すみません すいません あの あのう えっと ええと ちょっと どうも こんにちは ね よ",
    "th": "ครับ ค่ะ คะ นะ หน่อย ขอโทษ สวัสดี กรุณา จ้ะ เอ่อ",
    "ko": "저기요 실례합니다 실례지만 죄송하지만 혹시 좀 음 어 안녕하세요",
}
_NEGATION: dict[str, str] = {
    "en": r"\b(?:not|no|never|none|nothing|without|neither|nor|nobody|nowhere|hardly|unable|stop|avoid|except)\b",
    "zh-Hant": r"不(?!好意思)|沒|別|勿|無|非|未|免(?!費)|禁",
    "zh-Hans": r"不(?!好意思)|没|别|勿|无|非|未|免(?!费)|禁",
    "ja": r"な[いくか]|(?<!すみ)(?<!すい)ません|ぬ|ず[にと]|禁|だめ|ダメ|不|無|抜[きい]|なし",
    "ko": r"안(?=[^녕내쪽에])|못|없|않|아니|마(?=세요|십시오)|말(?=고|아)|금지|빼|불",
    "th": r"ไม่|อย่า|ห้าม|มิ|ไร้|งด",
    "id": r"\b(?:tidak|tak|bukan|jangan|tanpa|belum|dilarang|enggak|nggak|kecuali)\b",
    "vi": r"\b(?:không|chẳng|chưa|đừng|cấm|chớ|ngoại trừ|trừ)\b",
    "pt": r"\b(?:não|sem|nunca|nem|nenhuma?|nada|proibid[oa]|exceto|menos)\b",
    "es": r"\b(?:no|sin|nunca|ni|ningun[oa]?|ningún|nada|tampoco|prohibid[oa]|excepto|menos)\b",
    "fr": r"\b(?:ne|n|pas|sans|jamais|ni|aucune?|rien|interdite?|sauf)\b",
    "de": r"\b(?:nicht|kein\w*|ohne|nie|niemals|weder|nichts|verboten|außer)\b",
    "nl": r"\b(?:niet|geen|zonder|nooit|niets|noch|verboden|behalve)\b",
    "ru": r"\b(?:не\w*|без|никогда|ни|нет|нельзя|кроме|запрещен[оа]?)\b",
    "it": r"\b(?:non|senza|mai|né|nessun[oa]?|niente|nulla|vietat[oa]|tranne)\b",
}
_CONTRACTIONS: tuple[tuple[str, str], ...] = (
    (r"\bcan['’]?t\b|\bcannot\b", "can not"),
    (r"\bwon['’]t\b", "will not"),
    (r"n['’]t\b", " not"),
    (r"['’]m\b", " am"),
    (r"['’]re\b", " are"),
    (r"['’]ll\b", " will"),
    (r"['’]d\b", " would"),
    (r"['’]ve\b", " have"),
    (r"\b(what|where|when|that|it|there|here|how|who)['’]s\b", r"\1 is"),
    (r"\bwanna\b", "want to"),
    (r"\bwi[ -]?fi\b", "wifi"),
)
# Another currency, a share or a minus changes what a number means, so these are tokens.
_SIGN = r"[$€£¥₩฿₽₫%‰°]|(?<![\w.,:])[-−](?=\d)"
_TOKEN = re.compile(rf"\d+(?:[.:,]\d+)*|\w[\w\u0300-\u036f]*|{_SIGN}")
_CHARACTER = re.compile(rf"\d+(?:[.:,]\d+)*|[a-z]+|\w|{_SIGN}")
_THAI = re.compile(rf"\d+(?:[.:,]\d+)*|[a-z]+|[\u0e01-\u0e3a\u0e40-\u0e4e]+|{_SIGN}")
_POINT_GROUPS = frozenset({"de", "nl", "es", "pt", "it", "id", "vi"})
"""Languages in which 1.500 is fifteen hundred; in the others that is 1,500, and 1.500 is one and a half."""


def plain(text: str, tag: str) -> str:
    """Lower case, one form of every character, no control characters; English contractions written out."""
    text = "".join(
        char
        for char in unicodedata.normalize("NFKC", text).casefold()
        if unicodedata.category(char) not in ("Cf", "Cs", "Co")
    )
    text = re.sub(r"[\u0000-\u001f\u007f]+", " ", text)
    if tag == "en":
        for pattern, replacement in _CONTRACTIONS:
            text = re.sub(pattern, replacement, text)
        text = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1 m", text)
        text = re.sub(r"(?<=\d)\s?([ap])m\b", r" \1 m", text)
    if tag == "de":
        text = text.replace("ß", "ss")
    if tag == "ru":
        text = text.replace("ё", "е")  # most people leave the dots out
    # In Taiwan's own writing the bare sign is the local dollar; abroad it is somebody else's.
    local = r"(?:nt|(?<!\w))" if tag == "zh-Hant" else "nt"
    return re.sub(rf"{local}\$\s?(?=\d)", "", text)


def tokens(text: str, tag: str) -> list[str]:
    """The tokens of a text: words, or characters where they are compared; digits stay together."""
    if tag == "th":
        # NFKC takes the vowel am apart.
        whole = re.sub("\u0e4d([\u0e48-\u0e4b]?)\u0e32", "\\1\u0e33", plain(text, tag))
        found = [word for run in _THAI.findall(whole) for word in (_thai_words(run) if run[0] > "z" else (run,))]
    else:
        found = (_CHARACTER if tag in BY_CHARACTER else _TOKEN).findall(plain(text, tag))
    # 1,500 is one number; 14:30 and 14.30 stay as they are.
    mark = "." if tag in _POINT_GROUPS else ","
    return [re.sub(rf"[{mark}](?=\d{{3}}(?!\d))", "", token) if token[0].isdecimal() else token for token in found]


@functools.lru_cache(maxsize=50_000)
def _thai_words(run: str) -> tuple[str, ...]:
    return tuple(word for word, _ in thai.cut(run))


@functools.cache
def fillers(tag: str) -> tuple[tuple[str, ...], ...]:
    """Token sequences that change nothing when they are added or left out, the longest first."""
    if tag in _FILLER_STRINGS:
        sequences = {tuple(tokens(word, tag)) for word in _FILLER_STRINGS[tag].split()}
    else:
        sequences = {tuple(tokens(word, tag)) for word in _FILLERS.get(tag, "").split(",")} - {()}
    return tuple(sorted(sequences, key=len, reverse=True))


def without_fillers(sequence: Sequence[str], tag: str) -> tuple[str, ...]:
    """The sequence without its fillers; a sequence of nothing else stays whole."""
    kept: list[str] = []
    position = 0
    while position < len(sequence):
        for filler in fillers(tag):
            if tuple(sequence[position : position + len(filler)]) == filler:
                position += len(filler)
                break
        else:
            kept.append(sequence[position])
            position += 1
    return tuple(kept) or tuple(sequence)


def negations(text: str, tag: str) -> int:
    """How often a text says no. Two texts that differ in it never mean the same."""
    pattern = _NEGATION.get(tag)
    if pattern is None:
        return 0
    simple = plain(text, tag)
    if tag in UNSPACED:
        simple = re.sub(r"\s+", "", simple)
        for filler in ("不好意思", "안녕하세요"):
            simple = simple.replace(filler, "")
    return len(re.findall(pattern, simple))


SHORTEST_SLIP = 6
"""Letters from which a word can have a slip of a finger; in a shorter one it is another word."""


def typo(one: str, other: str) -> bool:
    """Whether two words differ by one slip of a finger: one edit in a word that is long enough."""
    from rapidfuzz.distance import DamerauLevenshtein

    if min(len(one), len(other)) < SHORTEST_SLIP or one[0].isdecimal() or other[0].isdecimal() or one[:1] != other[:1]:
        return False
    if len(one) == len(other) and one[:-3] == other[:-3]:
        return False  # another ending is another tense or person, not a slip
    return DamerauLevenshtein.distance(one, other, score_cutoff=1) == 1
