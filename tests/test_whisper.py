"""Whisper: what the small checkpoint hears through the engine, while it is said and when it is over."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from checkpoints.speech import HELD_OUT, phrases, render
from hypothesis import given
from hypothesis import strategies as st

from interpreter.audio import RATE, Audio, Samples
from interpreter.chinese import convert as written
from interpreter.conversion import convert
from interpreter.errors import LanguageError, ModelError
from interpreter.stt import Hints, Hypothesis
from interpreter.stt.agreement import Agreement
from interpreter.stt.filters import Thresholds, Verdict, judge
from interpreter.stt.whisper import Whisper

CHECKPOINT = Path(__file__).parent / "checkpoints" / "whisper"
TAGS = {"en": "en", "zh": "zh-Hant", "ja": "ja", "es": "es"}
OPTIONS = {"window_floor": "3", "threads": "1"}
NOTHING = np.zeros(0, dtype=np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("models") / "whisper"
    convert("whisper", CHECKPOINT, target, "int8")
    return target


@pytest.fixture(scope="module")
def engine(folder: Path) -> Whisper:
    return Whisper("small-whisper", folder, [*TAGS.values(), "zh-Hans"], options=OPTIONS)


def hear(
    engine: Whisper, sound: Samples, languages: Sequence[str], block: float = 0.1, hints: Hints = Hints()
) -> tuple[list[Hypothesis], Hypothesis]:
    """The partial hypotheses and the final one."""
    utterance = engine.start(languages, hints)
    length = int(block * RATE)
    blocks = [Audio(sound[start : start + length], RATE) for start in range(0, len(sound), length)]
    partials = [partial for each in blocks if (partial := utterance.accept(each)) is not None]
    return partials, utterance.finish()


def said(code: str, text: str, voice: str = "f3", speed: int = 160) -> Samples:
    return render(text, code, variant=voice, speed=speed)[0]


def test_it_hears_voices_it_has_not_heard_and_takes_no_stable_word_back(engine: Whisper) -> None:
    right = languages = streamed = 0
    for index, (code, text) in enumerate(phrases()):
        partials, final = hear(engine, said(code, text, HELD_OUT[index % len(HELD_OUT)]), list(TAGS.values()))
        stable = ""
        for partial in partials:
            assert partial.stable.startswith(stable)
            assert partial.text.startswith(partial.stable)
            assert not partial.certain
            stable = partial.stable
        assert final.text.startswith(stable)
        right += final.text == text
        languages += final.language == TAGS[code]
        streamed += bool(stable)
    assert right >= 0.95 * len(phrases())
    assert languages >= 0.95 * len(phrases())
    # The promise above is empty unless something does become stable while people speak.
    assert streamed >= len(phrases()) // 4


def test_a_final_says_how_sure_it_is(engine: Whisper, folder: Path) -> None:
    _, final = hear(engine, said("ja", "はくぶつかんはどこですか。"), ["ja"])
    assert final.text == "はくぶつかんはどこですか。"
    assert final.certain
    assert 0.6 <= final.confidence <= 1
    assert final.alternatives[0].text == final.text
    hard = Whisper("hard-to-please", folder, ["ja"], options={**OPTIONS, "certain": "1.1"})
    assert not hear(hard, said("ja", "はくぶつかんはどこですか。"), ["ja"])[1].certain


def test_a_beam_keeps_other_readings(folder: Path) -> None:
    engine = Whisper("beam", folder, ["zh-Hant"], options={**OPTIONS, "beam_size": "3"})
    _, final = hear(engine, said("zh", "溫泉的水很燙。"), ["zh-Hant"])
    assert final.text == "溫泉的水很燙。"
    assert 1 < len(final.alternatives) <= 3
    assert len({each.text for each in final.alternatives}) == len(final.alternatives)
    assert [each.confidence for each in final.alternatives] == sorted(
        (each.confidence for each in final.alternatives), reverse=True
    )


@pytest.mark.parametrize(
    "sound",
    [
        NOTHING,
        np.zeros(3 * RATE, dtype=np.float32),
        np.random.default_rng(1).normal(0, 0.1, 4 * RATE).astype(np.float32),
        np.cumsum(np.random.default_rng(2).normal(0, 0.004, 4 * RATE)).clip(-1, 1).astype(np.float32),
        (0.2 * np.sin(np.arange(4 * RATE) / RATE * 2 * np.pi * np.repeat([262, 330, 392, 523], RATE))).astype(
            np.float32
        ),
        np.full(RATE, np.nan, dtype=np.float32),
    ],
    ids=["no samples", "silence", "white noise", "brown noise", "tones", "no numbers"],
)
def test_what_is_no_speech_stays_nothing(engine: Whisper, sound: Samples) -> None:
    partials, final = hear(engine, sound, list(TAGS.values()))
    assert partials == []
    assert final.text == ""
    assert final.confidence == 0
    assert not final.certain


def test_samples_that_are_no_numbers_do_not_spread(engine: Whisper) -> None:
    sound = said("es", "¿Dónde está el museo?").copy()
    sound[8_000:8_010] = np.nan
    sound[100] = np.inf
    _, final = hear(engine, sound, ["es"])
    assert final.text == "¿Dónde está el museo?"
    assert np.isfinite(final.confidence)


def test_only_the_languages_in_play_are_heard(engine: Whisper) -> None:
    sound = said("en", "Where is the museum?")
    assert hear(engine, sound, ["ja", "en"])[1].language == "en"
    assert hear(engine, sound, ["ja", "es"])[1].language in ("ja", "es")
    with pytest.raises(LanguageError, match=r"'ko'.*en, es, ja, zh-Hans, zh-Hant"):
        engine.start(["ko"])


def test_chinese_is_written_in_the_script_named_first(engine: Whisper) -> None:
    sound = said("zh", "博物館在哪裡？")
    assert hear(engine, sound, ["en", "zh-Hans", "zh-Hant"])[1].text == "博物馆在哪里？"
    final = hear(engine, sound, ["zh-Hant", "zh-Hans"])[1]
    assert (final.text, final.language) == ("博物館在哪裡？", "zh-Hant")


@pytest.mark.parametrize("block", [0.5, 100], ids=["as it is said", "in one piece"])
def test_speech_longer_than_the_window_is_heard_whole(engine: Whisper, block: float) -> None:
    rows = [("zh", "溫泉的水很燙。"), ("zh", "請幫我叫醫生。"), ("zh", "博物館在哪裡？")]
    sounds = [said(code, text) for code, text in rows]
    sound = np.concatenate([np.pad(each, (0, 29 * RATE - len(each))) for each in sounds])
    partials, final = hear(engine, sound, ["zh-Hant"], block)
    assert final.text == "".join(text for _, text in rows)
    assert all(final.text.startswith(partial.stable) for partial in partials)


def test_terms_become_the_prompt_as_far_as_they_fit(engine: Whisper) -> None:
    tokens, text = engine.prompt("zh", ("北投", "溫泉博物館"))
    assert text == "北投, 溫泉博物館"
    assert tokens
    assert len(engine.prompt("zh", ["臺北植物園"] * 400)[0]) <= engine.settings.prompt_tokens
    _, final = hear(engine, said("zh", "博物館在哪裡？"), ["zh-Hant"], hints=Hints(("博物館", "車站")))
    assert final.text == "博物館在哪裡？"
    assert hear(engine, np.zeros(RATE, dtype=np.float32), ["zh-Hant"], hints=Hints(("博物館", "車站")))[1].text == ""


def test_utterances_at_the_same_time_do_not_disturb_each_other(engine: Whisper) -> None:
    rows = phrases()[::6]
    sounds = [said(code, text) for code, text in rows]
    alone = [hear(engine, sound, list(TAGS.values()), block=10)[1].text for sound in sounds]
    together = [""] * len(rows)

    def work(index: int) -> None:
        together[index] = hear(engine, sounds[index], list(TAGS.values()), block=10)[1].text

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(rows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_another_rate_is_refused(engine: Whisper) -> None:
    with pytest.raises(ValueError, match="48000"):
        engine.start(["ja"]).accept(Audio(np.zeros(480, dtype=np.float32), 48_000))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beam": "2"}, "'beam' is no option.*'beam_size'"),
        ({"beam_size": "two"}, "'two' and should be a whole number"),
        ({"beam_size": "0"}, "'beam_size' is 0"),
        ({"window_floor": "31"}, "at most 30"),
        ({"certain": "nan"}, "'nan' and should be a number"),
        ({"compute": "int3"}, "cannot run on 'cpu'"),
    ],
)
def test_a_wrong_option_is_refused(folder: Path, options: dict[str, str], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Whisper("small-whisper", folder, ["ja"], options=options)


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json", "preprocessor_config.json", "vocabulary.json"])
def test_a_damaged_folder_is_named_with_the_command_that_mends_it(folder: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=rf"'{name}' is missing.*interpreter models pull small-whisper"):
        broken(folder, tmp_path / "missing", name, None)
    whole = (folder / name).read_bytes()
    if name != "vocabulary.json":
        with pytest.raises(ModelError, match=r"damaged.*interpreter models pull small-whisper"):
            broken(folder, tmp_path / "cut", name, whole[: len(whole) // 3])
    with pytest.raises(ModelError, match="does not exist; run: interpreter models pull"):
        Whisper("small-whisper", tmp_path / "nowhere", ["ja"])


def broken(folder: Path, target: Path, name: str, content: bytes | None) -> Whisper:
    shutil.copytree(folder, target)
    (target / name).unlink()
    if content is not None:
        (target / name).write_bytes(content)
    return Whisper("small-whisper", target, ["ja"])


WORDS = st.lists(st.tuples(st.integers(0, 3)), max_size=6)


@given(st.lists(WORDS, max_size=8))
def test_what_is_agreed_upon_only_grows(hypotheses: list[list[tuple[int, ...]]]) -> None:
    agreement = Agreement()
    stable: tuple[tuple[int, ...], ...] = ()
    for words in hypotheses:
        agreed = agreement.hear(words)
        assert agreement.stable == stable + tuple(words[:agreed])
        assert agreed < max(1, len(words))
        stable = agreement.stable
    assert agreement.tokens == [token for word in stable for token in word]


def test_two_hypotheses_agree_on_their_beginning_but_never_on_the_last_word() -> None:
    agreement = Agreement()
    assert agreement.hear([(1,), (2,), (3,)]) == 0
    assert agreement.hear([(1,), (2,), (4,), (5,)]) == 2
    assert agreement.hear([(4,), (5,)]) == 1
    assert agreement.stable == ((1,), (2,), (4,))


@pytest.mark.parametrize(
    ("text", "no_speech", "log_probability", "verdict"),
    [
        ("博物館在哪裡？", 0.0, -0.2, Verdict.SPEECH),
        ("Thank you.", 0.95, -0.2, Verdict.SILENCE),
        ("Thank you.", 0.7, -1.2, Verdict.SILENCE),
        ("Thank you.", 0.7, -0.4, Verdict.SPEECH),
        ("謝謝", 0.1, -1.2, Verdict.DOUBTFUL),
        ("謝謝", 0.1, float("nan"), Verdict.DOUBTFUL),
        ("ご視聴" * 8, 0.1, -0.2, Verdict.LOOP),
        ("no, no, no, no", 0.1, -0.2, Verdict.SPEECH),
        (" ... ♪", 0.1, -0.2, Verdict.SILENCE),
        ("", 0.1, -0.2, Verdict.SILENCE),
        ("北投, 溫泉", 0.1, -0.2, Verdict.SILENCE),
        ("溫泉", 0.1, -0.2, Verdict.SPEECH),
    ],
)
def test_hallucinations_are_told_from_speech(
    text: str, no_speech: float, log_probability: float, verdict: Verdict
) -> None:
    assert judge(text, no_speech, log_probability, "烏來, 北投, 溫泉, 淡水", Thresholds()) is verdict


@given(st.text(), st.floats(), st.floats(), st.text())
def test_any_text_can_be_judged(text: str, no_speech: float, log_probability: float, prompt: str) -> None:
    verdict = judge(text, no_speech, log_probability, prompt, Thresholds())
    assert verdict is not Verdict.SPEECH or any(map(str.isalnum, text))


def test_chinese_is_rewritten_only_when_it_is_in_the_other_script() -> None:
    assert written("软件里的鼠标", "zh-Hant") == "軟體裡的滑鼠"
    assert written("台灣的軟體", "zh-Hans") == "台湾的软件"
    # OpenCC alone would make 臺灣 and 瞭解 of these.
    assert written("了解台灣", "zh-Hant") == "了解台灣"
    assert written("軟體", "ja") == "軟體"


def test_conversion_refuses_what_it_should_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(CHECKPOINT, source)
    target = tmp_path / "out" / "whisper"
    with pytest.raises(ModelError, match="'int4' is no quantization; use int8, float16, float32"):
        convert("whisper", source, target, "int4")
    with pytest.raises(ModelError, match="type 'whisper'; engine 'seq2seq' takes marian"):
        convert("seq2seq", source, target, "int8")
    weights = (source / "model.safetensors").read_bytes()
    (source / "model.safetensors").write_bytes(weights[:1000])
    with pytest.raises(ModelError, match="cannot be converted"):
        convert("whisper", source, target, "int8")
    (source / "model.safetensors").unlink()
    (source / "pytorch_model.bin").write_bytes(b"\x80\x02}q\x00.")
    with pytest.raises(ModelError, match=r"'pytorch_model.bin', a pickle"):
        convert("whisper", source, target, "int8")
    (source / "tokenizer.json").unlink()
    (source / "model.safetensors").write_bytes(weights)
    with pytest.raises(ModelError, match=r"lacks its tokenizer files \(tokenizer.json and preprocessor_config.json\)"):
        convert("whisper", source, target, "int8")
    assert not target.exists()
    assert not target.parent.exists() or list(target.parent.iterdir()) == []
    shutil.copyfile(CHECKPOINT / "tokenizer.json", source / "tokenizer.json")
    target.mkdir(parents=True)
    (target / "old").write_text("old", encoding="utf-8")
    convert("whisper", source, target, "float32")
    assert not (target / "old").exists()
    assert [each.name for each in target.parent.iterdir()] == ["whisper"]
    assert Whisper("again", target, ["ja"], options=OPTIONS).languages == {"ja"}
