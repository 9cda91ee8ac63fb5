"""Questions in other words: compared by meaning, and weighed with what the data and the texts offer."""

import numpy as np
import pytest
from ask_the_guide import AT

from venues.ask import Guide
from venues.belief import Found, weigh
from venues.known import UNANSWERED, KnownQuestion
from venues.likeness import Known, Likeness
from venues.meaning import vectors_of
from venues.mentions import Names
from venues.pack import find, read_pack
from venues.terms import common_terms, joined, own_terms

PACK = read_pack(find("beitou"))
TERMS = joined(common_terms(), own_terms(find("beitou")))


def question(answer: str, *wordings: str) -> KnownQuestion:
    """A known question in Japanese."""
    return KnownQuestion(f"q{abs(hash(wordings))}", answer, "", {"ja": wordings})


def test_the_same_question_lies_near_in_every_language() -> None:
    asked = vectors_of(["What time does the museum close?"])[0]
    same = vectors_of(["博物館は何時に閉まりますか", "พิพิธภัณฑ์ปิดกี่โมง", "Во сколько закрывается музей?"])
    other = vectors_of(["博物館は誰が建てましたか", "พิพิธภัณฑ์ใครสร้าง", "Кто построил этот музей?"])
    assert np.allclose(np.linalg.norm(same, axis=1), 1, atol=1e-3)
    assert (same @ asked > other @ asked).all()


def test_a_question_in_other_words_is_found_by_its_meaning() -> None:
    known = Known(
        [
            question("public-bath/long", "瀧乃湯は誰が経営してるの？"),
            question("public-bath/rules", "瀧乃湯って今は写真を撮ってもいいんですか"),
            question(UNANSWERED, "瀧乃湯って今は何人ぐらい来るんですか"),
        ],
        Names(PACK.venue, PACK.passages, TERMS),
    )
    asked = "瀧乃湯って今は誰がやってるんですか"
    likes = {like.answer: like for like in known.like(asked, asked, "ja")}
    assert max(likes.values(), key=lambda like: like.letters).answer != "public-bath/long"
    assert max(likes.values(), key=lambda like: like.meaning or 0.0).answer == "public-bath/long"


@pytest.mark.parametrize(
    ("asked", "passage"),
    [
        ("瀧乃湯って今は誰がやってるんですか", "beitou/public-bath/long"),
        ("점심때 맥주 한잔 했는데 탕에 들어가도 돼요?", "beitou/public-bath/long"),
        ("昔、女の人はどこで入浴していたの？", "beitou/hot-spring-museum/long"),
    ],
)
def test_the_guide_answers_what_only_the_meaning_finds(asked: str, passage: str) -> None:
    guide = Guide(PACK.venue, PACK.passages, TERMS, PACK.questions)
    assert guide.ask(asked, at=AT).id == passage


def test_the_likelier_of_an_answer_and_of_what_stands_nowhere_comes_first() -> None:
    nothing = Found("", False, 0.0, "")
    nowhere = Likeness(question(UNANSWERED, "？"), UNANSWERED, "？", 0.4, 0.6)
    faint = Likeness(question("park/long", "？"), "park/long", "？", 0.2, 0.4)
    sure = Likeness(question("park/long", "？"), "park/long", "？", 0.9, 0.95)
    assert [each.answer for each in weigh([nowhere, faint], nothing, 700, served=True)] == [UNANSWERED, "park/long"]
    assert [each.answer for each in weigh([nowhere, sure], nothing, 700, served=True)] == ["park/long", UNANSWERED]
    hours = Likeness(question("park/hours", "？"), "park/hours", "？", 0.3, 0.5)
    alone = {each.answer: each.belief for each in weigh([nowhere, hours], nothing, 700, served=True)}
    fact = Found("park/hours", True, 0.0, "park")
    with_fact = {each.answer: each.belief for each in weigh([nowhere, hours], fact, 700, served=True)}
    assert with_fact["park/hours"] > alone["park/hours"]
    assert with_fact[UNANSWERED] < alone[UNANSWERED]


def test_a_venue_without_known_questions_answers_from_its_texts_alone() -> None:
    guide = Guide(PACK.venue, PACK.passages, TERMS)
    considered = guide.consider("北投公園はいつできましたか", "ja", AT)
    assert considered.candidates == ()
    assert guide.ask("北投公園はいつできましたか", at=AT).supported
