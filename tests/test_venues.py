"""Packs: what ships is whole and right, and what is wrong in a pack is said with its file and line."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.phrases import default_book, read_rows
from interpreter.translation.phrasebook import Phrasebook
from ui.hand_over import venue_book, venue_hints, venue_terms
from ui.seen import Seen
from venues.check import check, numbers, numerals, simplified, status_table
from venues.desk import Desk
from venues.errors import VenueError
from venues.images import Media, verify
from venues.known import parse_known
from venues.ledger import FILE, Piece
from venues.pack import TAGS, Pack, answers, find, names, packs_folder, read_pack
from venues.phrases import parse_phrases
from venues.schema import SHAPES, path, schema
from venues.store import Store
from venues.terms import COLUMNS, common_terms, joined, own_terms, parse_terms


@pytest.fixture(scope="module")
def beitou() -> Pack:
    return read_pack(find("beitou"))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(find("beitou"), tmp_path / "beitou"))


def spoil(path: Path, old: str, new: str) -> None:
    """Put something wrong into a file that was right."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_venues_that_ship_are_whole_and_leave_an_editor_nothing_to_mend() -> None:
    assert names() == ("beitou", "shilin")
    packs = [read_pack(find(name)) for name in names()]
    terms = {name: own_terms(find(name)) for name in names()}
    assert sum(len(pack.venue.stop) for pack in packs) >= 14
    for pack in packs:
        assert [str(finding) for finding in check(pack, terms[pack.venue.id])] == []
        assert {passage.status for passage in pack.passages.values()} == {"supplied"}
        assert {passage.language for passage in pack.passages.values()} == set(TAGS)


def test_every_stop_has_a_picture_that_says_what_it_shows() -> None:
    for name in names():
        pack = read_pack(find(name))
        for stop in pack.venue.stop:
            data = (find(name) / "stops" / stop.id / "image.svg").read_bytes()
            assert verify(data, stop.id) == ".svg"
            title = re.search(r"<title>(.*?)</title>", data.decode())
            assert title is not None
            assert title[1] == pack.images[stop.id].alt["en"]


def test_every_fact_has_a_public_source() -> None:
    for name in names():
        for facts in read_pack(find(name)).facts.values():
            assert len(facts) >= 5
            assert all(fact.sources for fact in facts)


def test_a_missing_language_falls_back_and_says_so(copy: Path) -> None:
    (copy / "stops" / "park" / "th.md").unlink()
    pack = read_pack(copy)
    passage = pack.passage("park", "short", "th")
    assert passage is not None
    assert passage.language == "zh-Hant"
    assert pack.passage("park", "children", "th") is None
    assert ("park", "th", "short") in {(each.stop, each.language, each.kind) for each in check(pack)}
    words = {place: each.status for place, each in pack.passages.items()}
    row = next(line for line in status_table(pack.venue, words).splitlines() if line.startswith("park "))
    assert row.split()[1:].count("-") == 1


def test_a_number_that_got_lost_is_noticed(copy: Path) -> None:
    path = copy / "stops" / "park" / "ru.md"
    path.write_text(path.read_text(encoding="utf-8").replace("1913", "1931"), encoding="utf-8")
    problems = [each.problem for each in check(read_pack(copy)) if each.language == "ru"]
    assert problems
    assert all("lost [1913], new [1931]" in problem for problem in problems)


def test_a_name_that_a_translation_lost_is_noticed(copy: Path) -> None:
    terms = own_terms(copy)
    for tag, name, other in (("ru", "Луннайтан", "баня"), ("ja", "瀧乃湯", "浴場"), ("de", "Longnaitang", "das Bad")):
        path = copy / "stops" / "public-bath" / f"{tag}.md"
        path.write_text(path.read_text(encoding="utf-8").replace(name, other), encoding="utf-8")
    found = {(each.language, each.problem) for each in check(read_pack(copy), terms) if each.kind == "terms"}
    assert {language for language, _ in found} == {"ru", "ja", "de"}
    assert all("(瀧乃湯) is in the original, but not here" in problem for _, problem in found)


def test_text_in_another_script_is_noticed(copy: Path) -> None:
    folder = copy / "stops" / "park"
    (folder / "ko.md").write_text((folder / "en.md").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "zh-Hant.md").write_text((folder / "zh-Hans.md").read_text(encoding="utf-8"), encoding="utf-8")
    found = {(each.language, each.problem.split(":")[0]) for each in check(read_pack(copy))}
    assert ("ko", "is mostly in another script") in found
    assert ("zh-Hant", "holds Simplified characters") in found


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("venue.toml", "time_zone", "time_zona", r"venue.toml, line \d+: time_zona is no key here; did you mean 'time_zone'"),  # noqa: E501
        ("venue.toml", 'open = "10:00"', 'opens = "10:00"', r"line \d+: stop.0.hours.0.opens is no key here; did you mean 'open'"),  # noqa: E501
        ("venue.toml", 'days = ["tue", ', 'days = ["thue", ', r"line \d+: stop.0.hours.0.days.0: input should be 'mon'"),  # noqa: E501
        ("venue.toml", 'close = "17:00"', 'close = "24:00"', r'line \d+: stop.2.hours.0.close: .24:00. is written "00:00"'),  # noqa: E501
        ("venue.toml", 'close = "17:00"', "close = 17", r'line \d+: stop.2.hours.0.close: .17. is no time of day; .* such as "09:00"'),  # noqa: E501
        ("venue.toml", 'close = "17:00"', 'close = "17:00+08:00"', "is no time of day"),
        ("venue.toml", 'checked = "', 'checked = "31.1.', r'line \d+: .*; write it as "2026-01-31"'),
        ("venue.toml", "free = true", "free = false", r"a price has either an amount or free = true"),
        ("venue.toml", 'part = "longnaitang"', 'part = "longnaitan"', "part 'longnaitan' has no name; did you mean 'longnaitang'"),  # noqa: E501
        ("venue.toml", "[stop.price.who]", "[stop.price.whom]", "whom is no key here; did you mean 'who'"),
        ("venue.toml", 'kind = "rules"', 'kind = "rule"', "input should be 'access', 'accessibility', 'rules' or 'closure'"),  # noqa: E501
        ("venue.toml", 'id = "park"', 'id = "station"', "stop station is given twice"),
        ("venue.toml", 'id = "beitou"', 'id = "../beitou"', "'../beitou' is not allowed; use small letters"),
        ("venue.toml", "[name]", "[name", "Expected"),
        ("stops/park/fr.md", "status: supplied", "state: supplied", "line 3: 'state: supplied' is not allowed; did you mean 'status'"),  # noqa: E501
        ("stops/park/fr.md", "status: supplied", "status: approuvé", "There is draft, supplied, approved"),
        ("stops/park/fr.md", "## short", "## shrt", r"line \d+: 'shrt' is no kind of text; did you mean 'short'"),
        ("stops/park/fr.md", "## short\n", "## short\n<script>alert(1)</script>\n", "holds HTML"),
        ("stops/park/fr.md", "---\n", "", "line 1: a text begins with a line ---"),
        ("stops/park/sources.toml", "https://", "ftp://", "sources.0: 'ftp://.*is not allowed; write the address of a page"),  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(copy: Path, file: str, old: str, new: str, message: str) -> None:
    spoil(copy / file, old, new)
    with pytest.raises(VenueError, match=message):
        read_pack(copy)


def test_hostile_files_are_refused(copy: Path) -> None:
    path = copy / "stops" / "park" / "fr.md"
    original = path.read_bytes()
    path.write_bytes(original + b"a" * 70_000)
    with pytest.raises(VenueError, match="larger than 64 KiB"):
        read_pack(copy)
    path.write_bytes(original[:40] + b"\xff\xfe" + original[40:])
    with pytest.raises(VenueError, match="not UTF-8"):
        read_pack(copy)
    path.write_bytes(original)
    (copy / "stops" / "park" / "jp.md").write_bytes(original)
    with pytest.raises(VenueError, match="'jp' is no language of a guide"):
        read_pack(copy)
    (copy / "stops" / "park" / "jp.md").unlink()
    (copy / "stops" / "parc").mkdir()
    with pytest.raises(VenueError, match="no stop 'parc'; did you mean 'park'"):
        read_pack(copy)


def test_unknown_names_get_the_nearest(beitou: Pack) -> None:
    with pytest.raises(VenueError, match="did you mean 'beitou'"):
        find("beito")
    with pytest.raises(VenueError, match="did you mean 'library'"):
        beitou.passage("libary", "short", "en")


@given(st.integers(min_value=32, max_value=10**7))
def test_a_number_is_the_same_in_every_way_of_writing_it(value: int) -> None:
    written = [f"{value}", f"{value:,}", f"{value:,}".replace(",", "."), f"{value:,}".replace(",", "\u202f")]
    assert {numbers(f"約 {text} 公尺") for text in written} == {frozenset({value})}


def test_days_and_months_are_no_numbers_of_the_text() -> None:
    assert numbers("1998年10月31日") == numbers("31 октября 1998 года") == frozenset({1998})


def test_numbers_written_in_characters_are_numbers() -> None:
    assert numerals("大約七十萬件，一百五十年，兩千零八") == frozenset({700_000, 150, 2008})
    assert numbers("約70万点") == numbers("약 70만 점") == numbers("about 700,000") == numerals("七十萬")


def test_simplified_characters_are_named_once() -> None:
    assert simplified("溫泉的台灣里山") == ""
    assert simplified("溫泉馆馆") == "馆"


def test_the_terms_that_ship_are_complete() -> None:
    found = [term for name in names() for term in joined(common_terms(), own_terms(find(name)))]
    assert len({term.id for term in found}) >= 300
    for term in found:
        assert set(term.names) == set(TAGS)
        assert {"zh-pinyin", "zh-bopomofo", "ja-kana"} == set(term.readings), term.id
        assert simplified(term.names["zh-Hant"]) in ("", "諴", "唭"), term.id
        assert re.search("[가-힣]", term.names["ko"]), term.id
        assert re.search("[ก-๙]", term.names["th"]), term.id


def test_a_pack_has_its_own_terms_and_the_common_ones() -> None:
    beitou = {term.id: term for term in joined(common_terms(), own_terms(find("beitou")))}
    assert "mazu" in beitou
    assert "longnaitang" in beitou
    assert "longnaitang" not in {term.id for term in joined(common_terms(), own_terms(find("shilin")))}
    assert beitou["taipei"].said()["zh-Hant"] == ("臺北", "台北", "臺北市")
    assert beitou["taipei"].said()["ko"] == ("타이베이",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("term,kind", "term,sort", "line 1: unknown column 'sort'"),
        ("longnaitang,", "longnaitang,one,more,", r"line \d+: 27 cells instead of 25; give each column one"),
        (",institution,", ",institute,", "kind 'institute' is not allowed; did you mean 'institution'"),
        ("longnaitang,", ",", "every term has an id"),
        ("longnaitang,", "plum-garden,", "was given on line"),
        (",ja-kana,", ",", "line 1: column 'ja-kana' is missing"),
    ],
)
def test_what_is_wrong_in_a_term_file_is_said(copy: Path, old: str, new: str, message: str) -> None:
    spoil(copy / "terms.csv", old, new)
    with pytest.raises(VenueError, match=message):
        own_terms(copy)


TERMS = ",".join(COLUMNS)
PHRASES = "id,category,safety,speaker,language,text,status"
QUESTIONS = "question,answer,words,ja"
READERS: dict[str, Callable[[str], object]] = {
    TERMS: lambda text: list(parse_terms(text, "表.csv")),
    PHRASES: lambda text: parse_phrases(text, "表.csv", TAGS),
    QUESTIONS: lambda text: parse_known(text, "表.csv", TAGS),
}


def a_term(name: str, kind: str) -> str:
    return ",".join((name, kind, '"一\n二"', "溫泉", *[""] * (len(COLUMNS) - 4)))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        (TERMS, [a_term("泉", "place"), "", a_term("湯", "plaace")], "line 5: kind 'plaace' is not allowed"),
        (PHRASES, ['a.b,bath,,staff,ja,"一\n\n二",supplied', "", "a.c,bath,,waiter,ja,三,supplied"], "line 6: speaker"),
        (PHRASES, ['a.b,bath,,staff,ja,"一\n二",supplied', 'a.c,bath,,staff,ja,"三'], "line 4 cannot be read"),
        (QUESTIONS, ['a.b,-,,"いつ\n| どこ"', "", 'A c,-,,"いつ\n"'], "line 5: question 'A c'"),
        (QUESTIONS, ['a.b,-,,"いつ\n| どこ"', 'a.c,-,,"い\nつ",x'], "line 4: 5 cells instead of 4"),
    ],
)
def test_the_line_is_the_one_a_row_begins_on(header: str, rows: list[str], message: str, newline: str) -> None:
    text = "\n".join((header, *rows)).replace("\n", newline)
    with pytest.raises(VenueError, match=re.escape(f"表.csv, {message}")):
        READERS[header](text)


def test_a_term_file_in_another_encoding_is_refused(copy: Path) -> None:
    (copy / "terms.csv").write_bytes("term,kind\n北投".encode("big5"))
    with pytest.raises(VenueError, match="not UTF-8"):
        own_terms(copy)


def test_a_venue_hands_its_names_over_to_the_interpreter() -> None:
    terms = venue_terms("beitou")
    valley = next(term for term in terms if "地熱谷" in term.names["zh-Hant"])
    assert valley.names["en"][0] == "Thermal Valley"
    assert "Ketagalan Culture Center" in venue_hints("beitou").terms
    assert not {"towel", "lead"} & set(venue_hints("beitou").terms)
    with pytest.raises(VenueError, match="did you mean 'shilin'"):
        venue_terms("shiln")


def test_the_phrases_beside_the_venues_find_themselves_in_every_language_they_have() -> None:
    rows = read_rows(packs_folder() / "phrases.csv")
    book = venue_book("beitou")
    added = {row["id"] for row in rows}
    assert len(book.phrases) == len(default_book().phrases) + len(added) >= 450
    assert {row["status"] for row in rows} == {"supplied"}
    samples = {"number": "4", "price": "250", "time": "14:30"}
    phrasebook = Phrasebook(book)
    for tag in TAGS:
        for template in book.templates(tag):
            if template.phrase in added:
                values = {slot: samples.get(slot) or next(iter(book.values[slot])) for slot in template.slots}
                match = phrasebook.match(book.fill(template.parts, values, tag), tag)
                assert match is not None, template
                assert match.phrase == template.phrase
    for phrase in added:
        texts = book.phrases[phrase].texts
        assert set(texts) == set(TAGS), phrase
        slots = [{slot for text in variants for slot in re.findall(r"\{([a-z]+)", text)} for variants in texts.values()]
        assert all(found == slots[0] for found in slots), phrase
        assert simplified("".join(texts["zh-Hant"])) == "", phrase


def test_a_guide_is_written_in_the_languages_of_the_phrasebook() -> None:
    # The rooms do not import each other, so each has its own list.
    assert set(TAGS) == set(PHRASEBOOK_TAGS)


def test_the_published_schemas_are_those_of_the_program() -> None:
    for name in SHAPES:
        assert path(name).read_text(encoding="utf-8") == schema(name), "python -m venues.schema writes them anew"


def test_a_question_whose_answer_was_rewritten_is_found() -> None:
    pack = read_pack(find("beitou"))
    asked = next(each for each in pack.questions if each.answer == "park/long" and each.words)
    passage = pack.passages["park", "long", "zh-Hant"]
    rewritten = replace(passage, text=passage.text.replace(asked.words, "這一句改寫了"))
    changed = replace(pack, passages={**pack.passages, ("park", "long", "zh-Hant"): rewritten})
    assert any(asked.id in str(finding) and asked.words in str(finding) for finding in check(changed))
    assert not any("questions.csv" in str(finding) for finding in check(pack))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a.b,park/long,,ok", "line 1: column 'words' is missing"),
        ("question,answer,words,xx\na.b,-,,ok", "line 1: unknown column 'xx'"),
        ("question,answer,words,ja\nA b,-,,いつ", "line 2: question 'A b' is not allowed"),
        ("question,answer,words,ja\na.b,prak/long,,いつ", "did you mean 'park/long'"),
        ("question,answer,words,ja\na.b,-,,いつ\na.b,-,,どこ", "line 3: 'a.b' was given before"),
        ("question,answer,words,ja\na.b,-,,", "in one language at least"),
        ("question,answer,words,ja\na.b,-,,いつ,どこ", "line 2: 5 cells instead of 4"),
    ],
)
def test_a_wrong_list_of_questions_gets_one_sentence(row: str, message: str) -> None:
    venue = read_pack(find("beitou")).venue
    with pytest.raises(VenueError, match=re.escape(message)):
        parse_known(
            row if row.startswith("question") else f"question,answer,ja\n{row}", "questions.csv", TAGS, answers(venue)
        )


def test_the_terms_of_an_open_desk_are_those_that_visitors_get(tmp_path: Path) -> None:
    # A database that nothing but this desk knows of.
    with Desk(Store(f"sqlite:///{tmp_path / '北投.sqlite'}"), Media(tmp_path)) as desk:
        desk.bring(find("beitou"), "林")
        own = Seen("beitou", desk).terms()
        assert own == own_terms(find("beitou"))
        piece = Piece("beitou", "", "terms.csv", FILE)
        text = "\n".join(desk.store.heads("beitou")[piece].text.splitlines()[:3])
        entry = desk.write(piece, text, "林", base=desk.store.states("beitou")[piece].number)
        assert Seen("beitou", desk).terms() == own
        desk.store.approve("beitou", {piece: entry.number}, "林")
        assert [term.names["zh-Hant"] for term in Seen("beitou", desk).terms()] == ["北投", "新北投"]
