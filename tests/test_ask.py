"""Ask the guide: hours on the venue's clock, answers in the venue's words, and silence where it says nothing."""

import csv
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from venues.ask import Guide
from venues.errors import VenueError
from venues.hours import WEEKDAYS, always_open, closed_days, next_opening, open_at, spans_of, weekly, zone
from venues.pack import TAGS, Pack, Stop, Venue, find, packs_folder, read_pack
from venues.passages import Passage
from venues.questions import read_question
from venues.search import sentences_of
from venues.terms import common_terms, joined, own_terms
from venues.words import words_of

TAIPEI = ZoneInfo("Asia/Taipei")
WEDNESDAY = datetime(2026, 11, 25, 14, 0)
"""No time zone: the venue's clock."""


def stop_of(*spans: tuple[str, str, tuple[str, ...]], closed: tuple[str, ...] = (), part: str = "") -> Stop:
    """A stop that is open from, to, on days."""
    return Stop.model_validate(
        {
            "id": "stall",
            "order": 1,
            "closed": closed,
            "parts": {part: {"en": part}} if part else {},
            "hours": [
                {"open": a, "close": b, "days": d, "part": part, "checked": "2026-01-01", "sources": ["https://x.tw"]}
                for a, b, d in spans
            ],
        }
    )


@pytest.fixture(scope="module")
def packs() -> Mapping[str, Pack]:
    return {name: read_pack(find(name)) for name in ("beitou", "shilin")}


@pytest.fixture(scope="module")
def guides(packs: Mapping[str, Pack]) -> Mapping[str, Guide]:
    return {
        name: Guide(pack.venue, pack.passages, joined(common_terms(), own_terms(find(name))))
        for name, pack in packs.items()
    }


# Hours


def test_a_market_that_closes_after_midnight_is_open_on_the_next_morning() -> None:
    market = stop_of(("17:00", "01:30", ("fri", "sat")))
    assert open_at(market, datetime(2026, 11, 28, 1, 0, tzinfo=TAIPEI), TAIPEI)  # Saturday, Friday's night
    assert open_at(market, datetime(2026, 11, 29, 1, 29, tzinfo=TAIPEI), TAIPEI)  # Sunday
    assert not open_at(market, datetime(2026, 11, 29, 1, 30, tzinfo=TAIPEI), TAIPEI)
    assert not open_at(market, datetime(2026, 11, 27, 1, 0, tzinfo=TAIPEI), TAIPEI)  # Friday, nobody opened Thursday
    following = next_opening(market, datetime(2026, 11, 29, 1, 30, tzinfo=TAIPEI), TAIPEI)
    assert following is not None
    assert following.opens == datetime(2026, 12, 4, 17, 0, tzinfo=TAIPEI)


def test_the_venues_clock_counts_and_not_that_of_the_machine() -> None:
    museum = stop_of(("09:00", "17:00", ("tue",)))
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # Wednesday 07:30 in Taipei
    assert not open_at(museum, at, TAIPEI)
    monday_in_honolulu = datetime(2026, 11, 23, 16, 0, tzinfo=ZoneInfo("Pacific/Honolulu"))  # Tuesday 10:00 in Taipei
    assert open_at(museum, monday_in_honolulu, TAIPEI)
    with pytest.raises(VenueError, match="Asia/Taipeh"):
        zone("Asia/Taipeh")


def test_two_spans_a_day_and_parts_are_kept_apart(packs: Mapping[str, Pack]) -> None:
    residence = packs["shilin"].stop("official-residence")
    noon = datetime(2026, 11, 25, 12, 30, tzinfo=TAIPEI)
    assert open_at(residence, noon, TAIPEI, "main-house") is None
    assert open_at(residence, noon, TAIPEI, "grounds") is not None
    following = next_opening(residence, noon, TAIPEI, "main-house")
    assert following is not None
    assert following.opens.time().isoformat() == "13:30:00"
    assert closed_days(residence, "main-house") == ("mon",)
    (days, spans), *others = weekly(residence, "main-house")
    assert (days, len(spans), others) == (("tue", "wed", "thu", "fri", "sat", "sun"), 2, [])


def test_a_park_is_open_day_and_night(packs: Mapping[str, Pack]) -> None:
    assert always_open(packs["beitou"].stop("park"))
    assert not always_open(packs["beitou"].stop("library"))
    assert always_open(stop_of(("00:00", "23:59", WEEKDAYS)))


CLOCK = st.integers(0, 23).map("{:02}:00".format)
DAYS = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True).map(tuple)
SPANS = st.lists(st.tuples(CLOCK, CLOCK, DAYS), min_size=1, max_size=3)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))


@given(SPANS, st.lists(st.sampled_from(WEEKDAYS), max_size=2, unique=True).map(tuple), MOMENTS)
def test_an_instant_is_open_just_when_a_span_holds_it(
    spans: list[tuple[str, str, tuple[str, ...]]], closed: tuple[str, ...], at: datetime
) -> None:
    stop = stop_of(*spans, closed=closed)
    local = at.astimezone(TAIPEI)
    days = [local.date() - timedelta(days=1), local.date()]
    holds = any(span.opens <= local < span.closes for day in days for span in spans_of(stop, day, TAIPEI))
    found = open_at(stop, at, TAIPEI)
    assert (found is not None) == holds
    if found is not None:
        assert found.opens <= local < found.closes
        if found.closes - found.opens < timedelta(days=7):
            assert open_at(stop, found.closes, TAIPEI) is None or found.closes != max(
                span.closes for day in days for span in spans_of(stop, day, TAIPEI)
            )


@given(SPANS, MOMENTS)
def test_the_next_opening_is_the_first_one_and_it_is_open_then(
    spans: list[tuple[str, str, tuple[str, ...]]], at: datetime
) -> None:
    stop = stop_of(*spans)
    following = next_opening(stop, at, TAIPEI)
    assert following is not None
    local = at.astimezone(TAIPEI)
    assert local < following.opens <= local + timedelta(days=7)
    assert open_at(stop, following.opens, TAIPEI) is not None
    for day in range(8):
        for span in spans_of(stop, local.date() + timedelta(days=day), TAIPEI):
            assert span.opens <= local or span.opens >= following.opens


@given(st.dates(date(2025, 1, 1), date(2027, 1, 1)))
def test_nothing_begins_on_a_day_that_is_closed(day: date) -> None:
    stop = stop_of(("09:00", "17:00", WEEKDAYS), closed=("mon", "thu"))
    assert bool(spans_of(stop, day, TAIPEI)) == (WEEKDAYS[day.weekday()] not in ("mon", "thu"))


# Questions


@pytest.mark.parametrize(
    ("question", "language", "intent"),
    [
        ("地熱谷幾點關門？", "zh-Hant", "hours"),
        ("温泉博物館の入館料はいくらですか", "ja", "price"),
        ("도서관 쉬는 날이 언제예요?", "ko", "closure"),
        ("ห้องสมุดเปิดกี่โมงคะ", "th", "hours"),
        ("Сколько стоит билет в музей?", "ru", "price"),
        ("Có thang máy cho xe lăn không?", "vi", "accessibility"),
        ("bao nhieu tien mot ve", "vi", "price"),
        ("Is the museum step-free?", "en", "accessibility"),
        ("Quel bus va au musée ?", "fr", "access"),
        ("Darf ich hier Steine mitnehmen?", "de", "rules"),
        ("Ho bisogno di un'ambulanza!", "it", "emergency"),
    ],
)
def test_what_a_question_asks_for(question: str, language: str, intent: str) -> None:
    assert read_question(question, language).intents[0] == intent


def test_every_language_has_the_same_lists() -> None:
    keys = {tag: {(kind, key) for kind, section in words_of(tag).lists.items() for key in section} for tag in TAGS}
    for tag in TAGS:
        assert keys[tag] == keys["en"], tag
        assert all(entries for section in words_of(tag).lists.values() for entries in section.values()), tag


@pytest.mark.parametrize("tag", TAGS)
def test_the_guides_own_texts_are_in_the_language_they_are_in(guides: Mapping[str, Guide], tag: str) -> None:
    passage = guides["beitou"].index(tag).passages[0]
    for sentence in sentences_of(passage.text, tag)[:3]:
        if len(sentence) > 20:
            assert guides["beitou"].ask(sentence).asked_in == tag, sentence


def test_chinese_without_letters_of_its_own_is_told_by_its_pairs(guides: Mapping[str, Guide]) -> None:
    assert guides["beitou"].ask("行李可以寄存在哪里？").asked_in == "zh-Hans"
    assert guides["beitou"].ask("行李可以寄存在哪裡？").asked_in == "zh-Hant"
    assert guides["beitou"].ask("営業時間").asked_in == "ja"


# Answers


def test_a_text_answer_is_the_venues_wording(guides: Mapping[str, Guide], packs: Mapping[str, Pack]) -> None:
    answer = guides["beitou"].ask("北投石是誰發現的？", at=WEDNESDAY)
    assert answer.supported
    assert answer.id == "beitou/hokutolite/long"
    assert (answer.language, answer.asked_in, answer.state) == ("zh-Hant", "zh-Hant", "supplied")
    assert "岡本要八郎" in answer.text
    assert answer.text in packs["beitou"].passages["hokutolite", "long", "zh-Hant"].text
    assert answer.nearest[0].id == answer.id
    assert len(answer.nearest) == 3


def test_the_state_of_a_passage_is_carried_through_and_a_stale_one_says_so(packs: Mapping[str, Pack]) -> None:
    pack = packs["beitou"]
    passages = {key: replace(passage, status="stale") for key, passage in pack.passages.items()}
    answer = Guide(pack.venue, passages).ask("Why was the old library pulled down?", at=WEDNESDAY)
    assert answer.state == "stale"
    assert answer.text.endswith("This translation is older than the original text.")


@pytest.mark.parametrize(
    ("question", "at", "said"),
    [
        ("溫泉博物館現在有開嗎", datetime(2026, 11, 25, 14, 0), "現在開放中，到18:00為止。"),
        ("溫泉博物館現在有開嗎", datetime(2026, 11, 25, 18, 0), "下次開放時間是星期四10:00。"),
        ("溫泉博物館星期一有開嗎", datetime(2026, 11, 25, 14, 0), "星期一不開放。"),
        ("溫泉博物館明天幾點開", datetime(2026, 11, 25, 14, 0), "星期四開放，時間是10:00到18:00。"),
        ("溫泉博物館明天有開嗎", datetime(2026, 11, 22, 14, 0), "星期一不開放。"),
        # A machine in another time zone: Wednesday 20:00 in Berlin is Thursday 03:00 at the venue.
        ("溫泉博物館今天有開嗎", datetime(2026, 11, 25, 20, 0, tzinfo=ZoneInfo("Europe/Berlin")), "星期四開放"),
    ],
)
def test_hours_are_reckoned_for_the_moment_that_is_meant(
    guides: Mapping[str, Guide], question: str, at: datetime, said: str
) -> None:
    answer = guides["beitou"].ask(question, at=at)
    assert answer.id == "beitou/hot-spring-museum/hours"
    assert answer.state == "checked"
    assert said in answer.text


def test_prices_are_laid_out_with_parts_and_whom_they_are_for(guides: Mapping[str, Guide]) -> None:
    text = guides["shilin"].ask("故宮門票多少錢？").text
    assert "十人以上團體，每人：$320" in text.replace("NT", "").replace("\xa0", "").replace("$ ", "$")
    assert "未滿18歲：免費" in text
    assert "至善園，一般參觀者：" in text


@pytest.mark.parametrize(
    ("venue", "question", "name"),
    [
        ("beitou", "Wo ist das 凱達格蘭文化館?", "beitou/ketagalan-centre/access"),
        ("shilin", "ไป National Palace Museum ต้องขึ้นรถเมล์อะไร", "shilin/palace-museum/access"),
        ("beitou", "Longnaitangはいくらですか", "beitou/public-bath/price"),
        ("shilin", "How late can I stay in the Palace Musuem?", "shilin/palace-museum/hours"),
        ("beitou", "救急車は何番ですか", "beitou/emergency/fire-ambulance"),
        ("shilin", "Mi hanno rubato la borsa, chiamate la polizia!", "shilin/emergency/police"),
        ("beitou", "¿Puedo coger una hokutolita del arroyo?", "beitou/hokutolite/rules"),
    ],
)
def test_names_are_known_in_other_languages_and_misspelt(
    guides: Mapping[str, Guide], venue: str, question: str, name: str
) -> None:
    assert guides[venue].ask(question, at=WEDNESDAY).id == name


@pytest.mark.parametrize(
    ("venue", "question"),
    [
        ("beitou", "地熱谷附近有停車場嗎？"),
        ("beitou", "Is there free wifi in the Beitou library?"),
        ("shilin", "翠玉白菜有多重"),
        ("shilin", "Кто директор Национального музея императорского дворца?"),
        ("shilin", "臭豆腐はいくらですか"),
        ("beitou", "도서관에 책이 몇 권 있어요?"),
        ("shilin", "พรุ่งนี้ฝนจะตกไหม"),
    ],
)
def test_what_the_guide_does_not_say_it_does_not_answer(guides: Mapping[str, Guide], venue: str, question: str) -> None:
    answer = guides[venue].ask(question, at=WEDNESDAY)
    assert not answer.supported
    assert (answer.id, answer.state, answer.score) == ("", "", 0.0)
    assert len(answer.nearest) == 3


def test_a_question_that_names_no_place_gets_all_of_them(guides: Mapping[str, Guide]) -> None:
    answer = guides["beitou"].ask("幾點關門？", at=WEDNESDAY)
    assert answer.id == "beitou/hours"
    assert answer.text.startswith("請問您指的是哪個地點？")
    assert "地熱谷：現在開放中，到17:00為止。" in answer.text


def without(pack: Pack, tag: str) -> dict[tuple[str, str, str], Passage]:
    return {key: passage for key, passage in pack.passages.items() if key[2] != tag}


def test_a_translation_of_the_question_helps_where_the_language_has_no_text(packs: Mapping[str, Pack]) -> None:
    pack = packs["beitou"]
    asked: list[tuple[str, str, str]] = []

    def translate(text: str, source: str, target: str) -> str | None:
        asked.append((text, source, target))
        return "北投石是誰發現的？"

    guide = Guide(pack.venue, without(pack, "ko"), joined(common_terms(), own_terms(find("beitou"))))
    answer = guide.ask("그 돌은 누가 찾아냈어요?", at=WEDNESDAY, translate=translate)
    assert asked == [("그 돌은 누가 찾아냈어요?", "ko", "zh-Hant")]
    assert (answer.id, answer.asked_in, answer.language) == ("beitou/hokutolite/long", "ko", "zh-Hant")
    assert "岡本要八郎" in answer.text
    assert "translation" in answer.found
    whole = Guide(pack.venue, pack.passages, joined(common_terms(), own_terms(find("beitou"))))
    answer = whole.ask("그거 어떤 양반이 캐냈대요?", "ko", at=WEDNESDAY, translate=translate)
    assert answer.language == "ko"
    assert answer.text in pack.passages["hokutolite", "long", "ko"].text
    nothing = whole.ask("주차할 수 있어요?", "ko", at=WEDNESDAY, translate=lambda *_: None)
    assert not nothing.supported


def test_a_name_is_enough_where_there_is_no_text_in_the_language(packs: Mapping[str, Pack]) -> None:
    pack = packs["beitou"]
    guide = Guide(pack.venue, without(pack, "fr"), joined(common_terms(), own_terms(find("beitou"))))
    answer = guide.ask("C'est quoi, 地熱谷 ?", "fr", at=WEDNESDAY)
    assert answer.id == "beitou/thermal-valley/long"
    assert answer.language == "zh-Hant"
    assert guide.ask("Thermal Valley, c'est ouvert le lundi ?", "fr").id == "beitou/thermal-valley/hours"


@pytest.mark.parametrize("question", ["", "   ", "？！", "🙂"])
def test_an_empty_question_is_refused(guides: Mapping[str, Guide], question: str) -> None:
    with pytest.raises(VenueError, match="the question is empty"):
        guides["beitou"].ask(question)


def test_an_unknown_language_gets_the_nearest(guides: Mapping[str, Guide]) -> None:
    with pytest.raises(VenueError, match="'zh-Hantt' is no language of a guide; did you mean 'zh-Hant'"):
        guides["beitou"].ask("幾點開門", "zh-Hantt")


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from(TAGS))
def test_any_text_gets_an_answer_or_none(text: str, tag: str) -> None:
    pack = _BEITOU or _load()
    try:
        answer = pack.ask(text, tag, WEDNESDAY)
    except VenueError:
        return
    assert answer.supported == bool(answer.id)


_BEITOU: Guide | None = None


def _load() -> Guide:
    global _BEITOU
    pack = read_pack(find("beitou"))
    _BEITOU = Guide(pack.venue, pack.passages, joined(common_terms(), own_terms(find("beitou"))))
    return _BEITOU


def test_many_stops_are_asked_quickly(packs: Mapping[str, Pack]) -> None:
    pack = packs["beitou"]
    stops, passages = [], {}
    for number in range(500):
        old = pack.venue.stop[number % 8]
        name = f"{old.id}-{number}"
        stops.append(old.model_copy(update={"id": name, "order": number + 1}))
        for kind in ("title", "short", "long"):
            for tag in ("ja", "en"):
                found = pack.passages[old.id, kind, tag]
                text = f"{found.text} {number}" if kind == "title" else found.text
                passages[name, kind, tag] = replace(found, stop=name, text=text)
    venue = Venue.model_validate({**pack.venue.model_dump(), "stop": [each.model_dump() for each in stops]})
    guide = Guide(venue, passages, joined(common_terms(), own_terms(find("beitou"))))
    guide.ask("北投石を発見したのは誰ですか", "ja")
    begun = time.perf_counter()
    for _ in range(5):
        assert guide.ask("屋根にある三つの窓は何ですか", "ja", WEDNESDAY).asked_in == "ja"
    # 50 ms on an idle machine; the bound leaves room for a busy one.
    assert (time.perf_counter() - begun) / 5 < 0.25


def test_every_fixed_sentence_has_its_slots_in_every_language_it_has() -> None:
    import re

    with (packs_folder() / "answers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"key", *TAGS}
    for row in rows:
        slots = set(re.findall(r"\{\w+\}", row["en"]))
        for tag in TAGS:
            assert not row[tag] or set(re.findall(r"\{\w+\}", row[tag])) == slots, (row["key"], tag)


# The command


def run(*words: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from ui.command_line import main; sys.argv[1:1] = ['venues', 'ask']; main()"
    return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)


def test_the_command_says_what_it_found_and_how() -> None:
    done = run("beitou", "地熱谷は月曜日もあいていますか", "--at", "2026-11-25T14:00")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("地熱谷\n")
    assert "09:00–17:00" in done.stdout
    assert done.stderr.startswith("beitou/thermal-valley/hours [")
    assert "taken to be in ja" in done.stderr
    told = run("shilin", "翠玉白菜有多重", "--json")
    assert json.loads(told.stdout)["supported"] is False
    silent = run("shilin", "翠玉白菜有多重")
    assert silent.returncode == 0
    assert len(silent.stdout.splitlines()) == 4


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("beitou", " "), 2, "the question is empty"),
        (("beito", "?"), 1, "did you mean 'beitou'"),
        (("beitou", "幾點開門", "--language", "xx"), 2, "'xx' is no language tag"),
        (("beitou", "幾點開門", "--language", "ar"), 2, "'ar' is no language of a guide"),
        (("beitou", "幾點開門", "--at", "gestern"), 2, "'gestern' is no moment"),
        (("beitou", "幾點開門", "--at", "2026-11-25"), 2, "give a time too, such as 2026-11-25T14:00"),
    ],
)
def test_bad_input_gets_one_sentence(words: tuple[str, ...], status: int, message: str) -> None:
    done = run(*words)
    assert done.returncode == status
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_the_questions_are_answered_as_well_as_the_readme_says() -> None:
    done = subprocess.run(
        [sys.executable, "tests/ask_the_guide.py", "--set", "tests/questions_development.tsv"],
        cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=True,
    )  # fmt: skip
    total = json.loads(done.stdout.splitlines()[-1])
    assert total["first"] / total["answerable"] >= 0.88
    assert total["three"] / total["answerable"] >= 0.96
    assert total["silent"] / total["unsupported"] >= 0.86
    assert total["told"] / total["all"] >= 0.98


@pytest.mark.parametrize("name", ["questions.tsv", "questions_development.tsv"])
def test_what_a_right_answer_holds_stands_in_the_guide(packs: Mapping[str, Pack], name: str) -> None:
    path = Path(__file__).parent / name
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            stops = [each.partition(":")[2] for each in row["expected"].split("|") if each.startswith("text:")]
            texts = [packs[row["venue"]].passages[stop, kind, row["language"]].text
                     for stop in stops for kind in ("title", "short", "long")]  # fmt: skip
            assert not row["contains"] or any(row["contains"] in text for text in texts), row["contains"]
