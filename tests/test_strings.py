"""The words of the pages: every key in every language, with the same slots, in the right script."""

import re
import tomllib
from pathlib import Path

import pytest

from ui import pages
from venues.check import simplified
from venues.pack import TAGS

FOLDER = Path(pages.__file__).parent / "strings"
SCRIPTS = {
    "ja": r"[\u3040-\u30ff\u4e00-\u9fff]", "ko": r"[\uac00-\ud7a3]", "th": r"[\u0e00-\u0e7f]", "ru": r"[\u0400-\u04ff]",
    "zh-Hant": r"[\u4e00-\u9fff]", "zh-Hans": r"[\u4e00-\u9fff]",
}  # fmt: skip


def words(tag: str) -> dict[str, str]:
    return tomllib.loads((FOLDER / f"{tag}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("tag", [tag for tag in TAGS if tag != "en"])
def test_every_word_is_there_with_its_slots_and_in_its_script(tag: str) -> None:
    english, own = words("en"), words(tag)
    assert list(own) == list(english)
    for key, text in own.items():
        slots = [re.findall(r"\{(\w+)\}", each) for each in (text, english[key])]
        if key != "staff-phrases-hint":  # speaks of braces themselves
            assert sorted(slots[0]) == sorted(slots[1]), (key, text)
        assert text.strip() == text != "", key
        if tag in SCRIPTS and re.search(r"[A-Za-z]{4}", english[key]):
            assert re.search(SCRIPTS[tag], text), (key, text)
    if tag == "zh-Hant":
        assert simplified("".join(own.values())) == ""


def test_every_key_that_a_page_asks_for_is_there() -> None:
    known = set(words("en"))
    asked = set()
    for path in Path(pages.__file__).parent.parent.rglob("*"):
        if path.suffix in (".py", ".js"):
            text = path.read_text(encoding="utf-8")
            asked |= set(re.findall(r'words(?:\[|\.get\()"([a-z-]+)"', text)) | set(
                re.findall(r"words\.([a-z]+)\b", text)
            )
    assert asked - known - {"get", "items", "keys", "replace"} == set()
