"""The languages: BCP-47 tags, their own names, their script, and the codes each engine family uses.

``zh`` alone is never a tag here, because the two scripts are two audiences: it is ``zh-Hant`` or ``zh-Hans``.
The fifteen languages of the phrasebook are listed whole; any other well-formed tag of :data:`OTHER` is known by
name so that a larger model can serve it.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from interpreter.errors import LanguageError


@dataclass(frozen=True)
class Language:
    """One language as people and engines name it."""

    tag: str
    """BCP-47 tag."""
    endonym: str
    """The language's name in itself."""
    name: str
    """The English name."""
    script: str
    """ISO 15924 code of its script."""
    espeak: str
    """Voice name of eSpeak NG; empty when it has none."""
    whisper: str
    """Whisper's language token without its brackets."""
    m2m100: str
    """M2M100's language code; empty when the model does not know it."""
    nllb: str
    """FLORES-200 code used by NLLB; MADLAD uses ``madlad``."""
    madlad: str
    """MADLAD-400's target tag without its brackets."""


PHRASEBOOK: tuple[Language, ...] = (
    Language("zh-Hant", "繁體中文", "Traditional Chinese", "Hant", "cmn", "zh", "zh", "zho_Hant", "zh_Hant"),
    Language("zh-Hans", "简体中文", "Simplified Chinese", "Hans", "cmn", "zh", "zh", "zho_Hans", "zh"),
    Language("en", "English", "English", "Latn", "en-us", "en", "en", "eng_Latn", "en"),
    Language("ja", "日本語", "Japanese", "Jpan", "ja", "ja", "ja", "jpn_Jpan", "ja"),
    Language("ko", "한국어", "Korean", "Hang", "ko", "ko", "ko", "kor_Hang", "ko"),
    Language("id", "Bahasa Indonesia", "Indonesian", "Latn", "id", "id", "id", "ind_Latn", "id"),
    Language("th", "ไทย", "Thai", "Thai", "th", "th", "th", "tha_Thai", "th"),
    Language("vi", "Tiếng Việt", "Vietnamese", "Latn", "vi", "vi", "vi", "vie_Latn", "vi"),
    Language("pt", "Português", "Portuguese", "Latn", "pt-br", "pt", "pt", "por_Latn", "pt"),
    Language("es", "Español", "Spanish", "Latn", "es-419", "es", "es", "spa_Latn", "es"),
    Language("fr", "Français", "French", "Latn", "fr-fr", "fr", "fr", "fra_Latn", "fr"),
    Language("de", "Deutsch", "German", "Latn", "de", "de", "de", "deu_Latn", "de"),
    Language("nl", "Nederlands", "Dutch", "Latn", "nl", "nl", "nl", "nld_Latn", "nl"),
    Language("ru", "Русский", "Russian", "Cyrl", "ru", "ru", "ru", "rus_Cyrl", "ru"),
    Language("it", "Italiano", "Italian", "Latn", "it", "it", "it", "ita_Latn", "it"),
)
"""The languages of the interface, the phrasebook and the guide; zh-Hant is the source."""

OTHER: tuple[Language, ...] = (
    Language("ar", "العربية", "Arabic", "Arab", "ar", "ar", "ar", "arb_Arab", "ar"),
    Language("bn", "বাংলা", "Bengali", "Beng", "bn", "bn", "bn", "ben_Beng", "bn"),
    Language("cs", "Čeština", "Czech", "Latn", "cs", "cs", "cs", "ces_Latn", "cs"),
    Language("da", "Dansk", "Danish", "Latn", "da", "da", "da", "dan_Latn", "da"),
    Language("el", "Ελληνικά", "Greek", "Grek", "el", "el", "el", "ell_Grek", "el"),
    Language("fa", "فارسی", "Persian", "Arab", "fa", "fa", "fa", "pes_Arab", "fa"),
    Language("fi", "Suomi", "Finnish", "Latn", "fi", "fi", "fi", "fin_Latn", "fi"),
    Language("fil", "Filipino", "Filipino", "Latn", "", "tl", "tl", "tgl_Latn", "fil"),
    Language("he", "עברית", "Hebrew", "Hebr", "he", "he", "he", "heb_Hebr", "he"),
    Language("hi", "हिन्दी", "Hindi", "Deva", "hi", "hi", "hi", "hin_Deva", "hi"),
    Language("hu", "Magyar", "Hungarian", "Latn", "hu", "hu", "hu", "hun_Latn", "hu"),
    Language("km", "ខ្មែរ", "Khmer", "Khmr", "", "km", "km", "khm_Khmr", "km"),
    Language("lo", "ລາວ", "Lao", "Laoo", "", "lo", "lo", "lao_Laoo", "lo"),
    Language("ms", "Bahasa Melayu", "Malay", "Latn", "ms", "ms", "ms", "zsm_Latn", "ms"),
    Language("my", "မြန်မာ", "Burmese", "Mymr", "my", "my", "my", "mya_Mymr", "my"),
    Language("no", "Norsk", "Norwegian", "Latn", "nb", "no", "no", "nob_Latn", "no"),
    Language("pl", "Polski", "Polish", "Latn", "pl", "pl", "pl", "pol_Latn", "pl"),
    Language("ro", "Română", "Romanian", "Latn", "ro", "ro", "ro", "ron_Latn", "ro"),
    Language("sv", "Svenska", "Swedish", "Latn", "sv", "sv", "sv", "swe_Latn", "sv"),
    Language("tr", "Türkçe", "Turkish", "Latn", "tr", "tr", "tr", "tur_Latn", "tr"),
    Language("uk", "Українська", "Ukrainian", "Cyrl", "uk", "uk", "uk", "ukr_Cyrl", "uk"),
    Language("yue", "粵語", "Cantonese", "Hant", "yue", "yue", "", "yue_Hant", "yue"),
)
"""Further languages that larger models serve."""

_BY_TAG = {language.tag.lower(): language for language in PHRASEBOOK + OTHER}
_AMBIGUOUS = {"zh": "zh-Hant (Traditional) or zh-Hans (Simplified)"}
_ALIASES = {
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-hant-tw": "zh-Hant",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-hans-cn": "zh-Hans",
    "nb": "no",
    "tl": "fil",
}

PHRASEBOOK_TAGS: tuple[str, ...] = tuple(language.tag for language in PHRASEBOOK)


def language(tag: str) -> Language:
    """Return the language of a BCP-47 tag; a region (``de-AT``) falls back to its language.

    Raises LanguageError, naming the nearest tags, when the tag is none we know.
    """
    key = tag.strip().replace("_", "-").lower()
    if key in _AMBIGUOUS:
        raise LanguageError(f"'{tag}' does not say which script: use {_AMBIGUOUS[key]}.")
    key = _ALIASES.get(key, key).lower()
    while key not in _BY_TAG and "-" in key:
        key = key.rsplit("-", 1)[0]
        key = _ALIASES.get(key, key).lower()
    if key in _BY_TAG:
        return _BY_TAG[key]
    names = {known.name.lower(): known.tag for known in PHRASEBOOK + OTHER}
    if tag.strip().lower() in names:
        near = [names[tag.strip().lower()]]
    else:
        near = difflib.get_close_matches(tag, list(_BY_TAG), n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(_BY_TAG[n.lower()].tag for n in near)}? " if near else ""
    raise LanguageError(f"'{tag}' is no language tag known here: {hint}The tags are {', '.join(PHRASEBOOK_TAGS)}.")
