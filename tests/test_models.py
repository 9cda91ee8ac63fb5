"""models.txt, the licence verdicts, the choice of models and what becomes of a damaged one."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from interpreter import lock
from interpreter.cards import COLUMNS, ENGINES, PROFILES, ROLES, ModelCard, parse, read_cards
from interpreter.checkpoint import settings
from interpreter.errors import ChoiceError, ModelError
from interpreter.languages import PHRASEBOOK_TAGS
from interpreter.licences import LICENCES, USES, problem
from interpreter.models import (
    available,
    choose,
    default_models_file,
    load_recognizer,
    load_speaker,
    load_translator,
    missing,
    permitted,
    require_permission,
    select,
)

HEADER = "name role profile engine source licence use languages options"
WHISPER = "耳-small stt cpu whisper hf:openai/whisper-small Apache-2.0 commercial all,!yue quantization=int8"
FILE = Path("/場所/models.txt")


def cards_of(*lines: str) -> tuple[ModelCard, ...]:
    return parse("\n".join((HEADER, *lines)), FILE)


def changed(**words: str) -> str:
    row = dict(zip(COLUMNS, WHISPER.split(), strict=True)) | words
    return " ".join(row.values())


# --- the file that comes with the program


def test_the_programs_own_file_is_whole() -> None:
    cards = read_cards()
    assert default_models_file().name == "models.txt"
    assert {card.engine for card in cards} == set(ENGINES)
    for role in ROLES:
        for profile in PROFILES:
            here = [card for card in cards if card.role == role and profile in card.profiles]
            covered = {tag for card in cards if card.role == role for tag in card.languages}
            assert here or (role, profile) != ("translation", profile)
            assert set(PHRASEBOOK_TAGS) <= covered


def test_no_revision_is_written_in_it() -> None:
    assert not re.search(r"\b[0-9a-f]{7,40}\b", default_models_file().read_text(encoding="utf-8"))


def test_what_a_fresh_machine_has_serves_all_fifteen_languages() -> None:
    cards = read_cards()
    built_in = [card.name for card in cards if card.source == "package"]
    for role in ROLES:
        choice = choose(cards, role, PHRASEBOOK_TAGS, built_in, profile="embedded")
        assert choice.cards
        assert choice.unserved == ()


def test_every_option_in_it_is_one_of_its_engine() -> None:
    for card in read_cards():
        engine = ENGINES[card.engine]
        if engine.built_in or importlib.util.find_spec(engine.module) is None:
            continue
        settings(importlib.import_module(engine.module).Settings, card.engine_options, card.name)


@pytest.mark.parametrize("engine", ["vits", "kokoro", "phrasebook", "espeak", "openjtalk", "whisper"])
def test_every_engine_is_where_the_table_says(engine: str) -> None:
    where = ENGINES[engine]
    assert callable(getattr(importlib.import_module(where.module), where.attribute))


# --- reading


def test_a_line_becomes_a_card() -> None:
    (card,) = cards_of("", "# 註解", changed(options="quantization=int8,window_floor=8;beam_size=2", profile="cpu,gpu"))
    assert (card.name, card.role, card.profiles) == ("耳-small", "stt", ("cpu", "gpu"))
    assert "zh-Hant" in card.languages
    assert "yue" not in card.languages
    assert card.engine_options == {"window_floor": "8", "beam_size": "2"}


def test_columns_may_stand_in_any_order() -> None:
    row = dict(zip(COLUMNS, WHISPER.split(), strict=True))
    backwards = sorted(row, reverse=True)
    text = " ".join(backwards) + "\n" + " ".join(row[name] for name in backwards)
    assert parse(text, FILE) == cards_of(WHISPER)


@pytest.mark.parametrize(
    ("words", "column", "complaint"),
    [
        ({"engine": "wisper"}, "engine", "'wisper' is not known; did you mean 'whisper'"),
        ({"engine": "espeak"}, "engine", "'espeak' is for tts, and this line's role is stt"),
        ({"role": "sst"}, "role", "did you mean 'stt'"),
        ({"profile": "cpu,gpt"}, "profile", "did you mean 'gpu'"),
        ({"languages": "zh"}, "languages", "zh-Hant .Traditional. or zh-Hans"),
        ({"languages": "jp"}, "languages", "'jp' is no language tag"),
        ({"languages": "ja,!ja"}, "languages", "names no language"),
        ({"source": "dir:溫泉"}, "source", "there is no folder '/場所/溫泉'"),
        ({"source": "hf:whisper"}, "source", "write hf:owner/name"),
        ({"source": "package"}, "source", "does not fit, this engine needs hf:owner/name or dir:PATH"),
        ({"source": "git:a/b"}, "source", "is no source"),
        ({"licence": "Apache2"}, "licence", "did you mean 'Apache-2.0'"),
        ({"licence": "CC-BY-NC-4.0"}, "use", "'commercial' is wider than CC-BY-NC-4.0 allows"),
        ({"use": "comercial"}, "use", "did you mean 'commercial'"),
        ({"options": "int8"}, "options", "'int8' is not a new key=value"),
        ({"options": "a=1,a=2"}, "options", "'a=2' is not a new key=value"),
        ({"options": "quantization=int3"}, "options", "'int3' is not known"),
        ({"options": "accepted=yes"}, "options", "only where the use is 'restricted'"),
        ({"name": "../耳"}, "name", "'../耳' is also a folder's name"),
    ],
)
def test_a_wrong_word_is_named_with_its_place(words: Mapping[str, str], column: str, complaint: str) -> None:
    with pytest.raises(ModelError, match=complaint) as caught:
        cards_of("# 一", changed(**words))
    assert str(caught.value).startswith(f"/場所/models.txt, line 3, column {column}: ")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            HEADER.replace("licence", "license") + "\n" + WHISPER,
            "line 1: 'license' is no column; did you mean 'licence'",
        ),
        (HEADER.replace(" use", ""), "line 1: column 'use' is missing"),
        (HEADER.replace("use", "role"), "line 1: column 'use' is missing"),
        (f"{HEADER}\n{WHISPER} 多", "line 2: 10 columns instead of 9"),
        (f"{HEADER}\n{WHISPER}\n{WHISPER}", "line 3, column name: '耳-small' is taken already"),
        ("# 沒有\n\n", "has no header line"),
    ],
)
def test_a_wrong_shape_is_named_with_its_place(text: str, complaint: str) -> None:
    with pytest.raises(ModelError, match=complaint):
        parse(text, FILE)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"there is no .*沒有.txt"):
        read_cards(tmp_path / "沒有.txt")
    (tmp_path / "models.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="cannot be read as UTF-8"):
        read_cards(tmp_path / "models.txt")


# --- licences


def test_every_licence_has_a_verdict() -> None:
    for licence in LICENCES.values():
        assert licence.use in USES
        assert licence.note or licence.use == "commercial"


def test_a_verdict_may_be_narrower_and_never_wider() -> None:
    assert problem("MIT", "research") is None
    assert problem("LicenseRef-Gemma", "restricted") is None
    assert "write 'restricted'" in (problem("LicenseRef-Gemma", "commercial") or "")
    assert "write 'research'" in (problem("CC-BY-NC-4.0", "restricted") or "")


MMS = "聲 tts - vits hf:facebook/mms-tts-vie CC-BY-NC-4.0 research vi -"
ESPEAK = "espeak tts embedded espeak package GPL-3.0-or-later commercial phrasebook -"
HY = "譯 translation gpu chat hf:tencent/Hy-MT2-7B LicenseRef-Tencent-HY-Community restricted phrasebook -"
M2M = "m2m translation cpu seq2seq hf:facebook/m2m100_418M MIT commercial all,!yue family=m2m100"
BOOK = "phrasebook translation embedded,cpu,gpu phrasebook package Apache-2.0 commercial phrasebook -"
MARIAN = "zh-en translation cpu seq2seq hf:a/zh-en CC-BY-4.0 commercial zh-Hant,zh-Hans,en from=zh-Hans,to=en"


def test_a_research_model_is_refused_with_an_alternative() -> None:
    cards = cards_of(MMS, ESPEAK)
    with pytest.raises(ModelError, match=r"research only .* use 'espeak' instead, or say --use research"):
        require_permission(cards[0], cards)
    require_permission(cards[0], cards, use="research")


def test_a_restricted_model_names_its_restriction_until_it_is_accepted() -> None:
    cards = cards_of(HY, M2M)
    with pytest.raises(ModelError, match=r"not in the European Union.*accepted=yes.*use 'm2m' instead"):
        require_permission(cards[0], cards)
    (accepted,) = cards_of(HY[:-1] + "accepted=yes")
    require_permission(accepted, cards)
    assert permitted(accepted)
    assert accepted.engine_options == {}


# --- choosing


def test_the_best_installed_model_per_language_wins() -> None:
    cards = cards_of(
        ESPEAK,
        "kokoro tts cpu,gpu kokoro hf:onnx-community/Kokoro-82M-v1.0-ONNX Apache-2.0 commercial en,es -",
        "openjtalk tts embedded openjtalk package CC-BY-3.0 commercial ja -",
    )
    choice = choose(cards, "tts", ["ja", "es", "th"], {"espeak", "kokoro", "openjtalk"})
    assert {unit[0]: card.name for unit, card in choice.serving.items()} == {
        "es": "kokoro", "th": "espeak", "ja": "espeak",
    }  # fmt: skip
    assert [card.name for card in choice.cards] == ["kokoro", "espeak"]


def test_what_is_not_installed_is_advice_and_not_taken() -> None:
    cards = cards_of(WHISPER, "ps stt embedded pocketsphinx package BSD-2-Clause commercial phrasebook -")
    choice = choose(cards, "stt", ["ko", "ar"], {"ps"})
    assert [card.name for card in choice.cards] == ["ps"]
    assert choice.unserved == (("ar",),)
    assert [card.name for card in choice.better] == ["耳-small"]
    assert "`interpreter models pull cpu` would add 耳-small" in choice.sentence()
    assert choose(cards, "stt", ["ko"], {"ps"}, profile="embedded").better == ()


def test_the_device_decides_what_auto_means() -> None:
    large = changed(name="耳-large", profile="gpu")
    cards = cards_of(WHISPER, large)
    both = {"耳-small", "耳-large"}
    assert [card.name for card in choose(cards, "stt", ["ja"], both).cards] == ["耳-small"]
    assert [card.name for card in choose(cards, "stt", ["ja"], both, device="cuda").cards] == ["耳-large"]
    assert [card.name for card in choose(cards, "stt", ["ja"], {"耳-small"}, profile="gpu").cards] == ["耳-small"]
    with pytest.raises(ChoiceError, match="did you mean 'cpu'"):
        choose(cards, "stt", ["ja"], both, profile="cpus")


def test_a_model_fetched_by_name_stands_behind_the_profiles_own() -> None:
    cards = cards_of(changed(name="耳-base", profile="-"), WHISPER)
    assert choose(cards, "stt", ["ja"], {"耳-base", "耳-small"}).cards[0].name == "耳-small"
    assert choose(cards, "stt", ["ja"], {"耳-base"}).cards[0].name == "耳-base"
    assert choose(cards, "stt", ["ja"], {"耳-base"}, profile="embedded").cards == ()


def test_the_phrasebook_is_asked_first_then_the_best_model_for_each_direction() -> None:
    cards = cards_of(MARIAN, M2M, BOOK)
    choice = choose(cards, "translation", ["zh-Hant", "en", "ar"], {"m2m", "zh-en", "phrasebook"})
    assert [card.name for card in choice.cards] == ["phrasebook", "zh-en", "m2m"]
    assert choice.serving["zh-Hant", "en"].name == "zh-en"
    assert choice.serving["en", "zh-Hant"].name == "m2m"
    assert choice.unserved == ()


def test_installed_models_are_left_aside_for_their_licence() -> None:
    cards = cards_of(MMS, ESPEAK)
    choice = choose(cards, "tts", ["vi"], {"聲", "espeak"})
    assert [card.name for card in choice.cards] == ["espeak"]
    assert [card.name for card in choice.refused] == ["聲"]
    assert "left aside for its licence: 聲" in choice.sentence()
    assert choose(cards, "tts", ["vi"], {"聲", "espeak"}, use="research").cards[0].name == "聲"


def test_what_a_pull_means() -> None:
    cards = cards_of(WHISPER, M2M, HY, MMS, ESPEAK)
    assert [card.name for card in select(cards, "cpu")] == ["耳-small", "m2m"]
    assert [card.name for card in missing(cards, "cpu", {"m2m"})] == ["耳-small"]
    assert [card.name for card in select(cards, "gpu")] == []
    assert [card.name for card in select(cards, "gpu", use="research")] == ["譯"]
    assert [card.name for card in select(cards, "m2m")] == ["m2m"]
    with pytest.raises(ModelError, match="for research only"):
        select(cards, "聲")
    with pytest.raises(ChoiceError, match="did you mean '耳-small'"):
        select(cards, "耳-smal")


# --- loading


def test_what_comes_with_the_program_is_there_and_speaks() -> None:
    cards = {card.name: card for card in read_cards()}
    assert {"espeak", "openjtalk", "phrasebook"} <= available(cards.values(), Path("/沒有"))
    assert "ko" in load_speaker(cards["espeak"]).languages
    answer = load_translator(cards["phrasebook"])
    assert answer.serves("zh-Hant", "th")


def test_a_model_that_was_not_pulled_names_the_pull(tmp_path: Path) -> None:
    (card,) = cards_of(WHISPER)
    with pytest.raises(ModelError, match=r"not installed .* run: interpreter models pull 耳-small"):
        load_recognizer(card, data=tmp_path)
    with pytest.raises(ModelError, match="'耳-small' is for stt, not for tts"):
        load_speaker(card, data=tmp_path)


def test_files_that_an_engine_cannot_read_name_the_pull(tmp_path: Path) -> None:
    (card,) = cards_of("聲 tts - vits hf:a/b CC-BY-NC-4.0 research vi -")
    folder = lock.model_folder(card.name, tmp_path)
    folder.mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "tokenizer_config.json", "vocab.json"):
        (folder / name).write_text("{}", encoding="utf-8")
    entry = lock.Entry(card.source, card.engine, "", "", "2026-01-01T00:00:00+00:00", lock.hash_folder(folder))
    lock.write({card.name: entry}, tmp_path)
    assert available([card], tmp_path) == {"聲"}
    with pytest.raises(ModelError, match=r"damaged .*interpreter models pull 聲"):
        load_speaker(card, data=tmp_path)


def test_a_broken_lock_file_is_named(tmp_path: Path) -> None:
    lock.lock_file(tmp_path).write_text('{"version": 1, "models": {"耳": 3}}', encoding="utf-8")
    with pytest.raises(ModelError, match=r"models.lock.json' cannot be used"):
        lock.read(tmp_path)
