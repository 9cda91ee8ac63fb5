"""The small checkpoints: they load, stay small, and do what tests/checkpoints/README.md says of them."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from checkpoints.speech import HELD_OUT, RATE, phrases, render

CHECKPOINTS = Path(__file__).parent / "checkpoints"
LANGUAGES = ("en", "zh", "ja", "es")


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from ctranslate2.converters import TransformersConverter
    from faster_whisper import WhisperModel

    folder = tmp_path_factory.mktemp("whisper")
    copies = ["tokenizer.json", "preprocessor_config.json"]
    TransformersConverter(str(CHECKPOINTS / "whisper"), copy_files=copies).convert(
        str(folder), quantization="int8", force=True
    )
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


@pytest.fixture(scope="module")
def translate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[str], str, str], list[str]]:
    from ctranslate2 import Translator
    from ctranslate2.converters import TransformersConverter
    from transformers import AutoTokenizer

    folder = tmp_path_factory.mktemp("m2m100")
    TransformersConverter(str(CHECKPOINTS / "m2m100")).convert(str(folder), quantization="int8", force=True)
    translator = Translator(str(folder), device="cpu", compute_type="int8", intra_threads=1)
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINTS / "m2m100")

    def run(texts: list[str], source: str, target: str) -> list[str]:
        tokenizer.src_lang = source
        pieces = [tokenizer.convert_ids_to_tokens(tokenizer.encode(text)) for text in texts]
        results = translator.translate_batch(pieces, target_prefix=[[f"__{target}__"]] * len(texts), beam_size=1)
        return [tokenizer.decode(tokenizer.convert_tokens_to_ids(row.hypotheses[0][1:])) for row in results]

    return run


def table(name: str) -> list[dict[str, str]]:
    head, *lines = (CHECKPOINTS / "m2m100" / name).read_text(encoding="utf-8").splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]


@pytest.mark.parametrize("name", ["whisper", "m2m100", "vits"])
def test_each_checkpoint_is_small_and_in_hugging_face_format(name: str) -> None:
    files = list((CHECKPOINTS / name).iterdir())
    assert {"config.json", "model.safetensors", "tokenizer_config.json"} <= {file.name for file in files}
    assert sum(file.stat().st_size for file in files) < 5_000_000


@pytest.mark.parametrize(
    ("name", "architecture"),
    [
        ("whisper", "WhisperForConditionalGeneration"),
        ("m2m100", "M2M100ForConditionalGeneration"),
        ("vits", "VitsModel"),
    ],
)
def test_transformers_loads_each_checkpoint_with_every_weight(name: str, architecture: str) -> None:
    import transformers

    loaded, report = getattr(transformers, architecture).from_pretrained(CHECKPOINTS / name, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert all(bool(weight.isfinite().all()) for weight in loaded.parameters())


def hear(whisper: Any, samples: np.ndarray, language: str, frames: int) -> tuple[str, str]:
    """Text and recognised language in a window shorter than Whisper's 30 seconds, as streaming uses it."""
    from ctranslate2 import StorageView
    from faster_whisper.tokenizer import Tokenizer

    features = whisper.feature_extractor(samples)[:, :frames]
    features = np.pad(features, ((0, 0), (0, frames - features.shape[1])))[np.newaxis].astype(np.float32)
    encoded = whisper.model.encode(StorageView.from_array(features))
    tokens = Tokenizer(whisper.hf_tokenizer, True, "transcribe", language)
    prompt = [[*tokens.sot_sequence, tokens.no_timestamps]]
    text = tokens.decode(whisper.model.generate(encoded, prompt, beam_size=1)[0].sequences_ids[0])
    return text.strip(), whisper.model.detect_language(encoded)[0][0][0]


def voice(number: int) -> tuple[str, int, int]:
    """A held-out way to say a phrase: variant, words per minute, pitch."""
    return HELD_OUT[number % len(HELD_OUT)], 135 + number % 5 * 12, 30 + number % 7 * 6


def test_faster_whisper_hears_renderings_it_was_not_trained_on(whisper: Any) -> None:
    known, wrong = 0, []
    for number, (language, text) in enumerate(phrases()):
        segments, info = whisper.transcribe(render(text, language, *voice(number))[0], beam_size=1, temperature=0.0)
        heard = "".join(segment.text for segment in segments).strip()
        known += info.language == language
        wrong += [(text, heard)] if heard != text else []
    assert len(wrong) <= 0.05 * len(phrases()), wrong
    assert known >= 0.95 * len(phrases())


def test_a_short_window_hears_as_well_as_the_full_one(whisper: Any) -> None:
    known, wrong = 0, []
    for number, (language, text) in enumerate(phrases() * 2):
        samples, _ = render(text, language, *voice(number + 1 + number // 48))
        heard, guess = hear(whisper, samples, language, 500)
        known += guess == f"<|{language}|>"
        wrong += [(text, heard)] if heard != text else []
    assert len(wrong) <= 0.05 * 2 * len(phrases()), wrong
    assert known >= 0.95 * 2 * len(phrases())


@pytest.mark.parametrize("level", [0.0, 0.001, 0.05])
def test_whisper_writes_nothing_for_silence_and_noise(whisper: Any, level: float) -> None:
    samples = (np.random.default_rng(3).standard_normal(6 * RATE) * level).astype(np.float32)
    # Without faster-whisper's own threshold, which would hide what the model writes.
    options = {"language": "ja", "beam_size": 1, "temperature": 0.0, "no_speech_threshold": None}
    segments = list(whisper.transcribe(samples, **options)[0])
    assert "".join(segment.text for segment in segments).strip() == ""
    assert all(segment.no_speech_prob > 0.6 for segment in segments)


def test_whisper_hears_the_beginning_of_a_phrase_as_the_beginning_of_its_text(whisper: Any) -> None:
    wrong, guessed = [], []
    for language, text in phrases():
        samples, _ = render(text, language, "f3", 150, 50)
        heard, _ = hear(whisper, samples[: int(len(samples) * 0.5)], language, 500)
        wrong += [(text, heard)] if not text.startswith(heard) or not heard else []
        # The model knows so few phrases that it may well say the rest of one before it is said.
        guessed += [text] if heard == text else []
    assert len(wrong) <= 0.1 * len(phrases()), wrong
    assert len(guessed) <= 0.5 * len(phrases()), guessed


def test_whisper_hears_two_phrases_in_a_row(whisper: Any) -> None:
    first_right = both_right = 0
    pairs = [pair for pair in itertools.pairwise(phrases()) if pair[0][0] == pair[1][0]]
    for (language, first), (_, second) in pairs:
        gap = np.zeros(RATE // 2, np.float32)
        samples = np.concatenate([render(first, language, "m4")[0], gap, render(second, language, "m4")[0]])
        heard, _ = hear(whisper, samples, language, 700)
        first_right += heard.startswith(first)
        both_right += heard.replace(" ", "") == (first + second).replace(" ", "")
    # The second phrase is the weak side of this checkpoint: about two in three are right.
    assert first_right >= 0.9 * len(pairs)
    assert both_right >= 0.55 * len(pairs)


def test_m2m100_translates_its_phrases_in_all_directions(translate: Callable[[list[str], str, str], list[str]]) -> None:
    rows = [row for row in table("phrases.tsv") if "{}" not in row["en"]]
    for source, target in itertools.permutations(LANGUAGES, 2):
        answers = translate([row[source] for row in rows], source, target)
        # Sentencepiece's usual normalisation (NFKC) makes ？ into ?, here as in the published M2M100.
        wanted = [unicodedata.normalize("NFKC", row[target]) for row in rows]
        right = sum(answer == text for answer, text in zip(answers, wanted, strict=True))
        assert right >= 0.95 * len(rows), (source, target, answers)


def test_m2m100_carries_names_over(translate: Callable[[list[str], str, str], list[str]]) -> None:
    frames = [row for row in table("phrases.tsv") if "{}" in row["en"]]
    names = [*table("names.tsv"), *(dict.fromkeys(LANGUAGES, name) for name in ("Kamolu", "Tireno", "Savidan"))]
    kept = total = 0
    for source, target in itertools.permutations(LANGUAGES, 2):
        asked = [(frame[source].replace("{}", name[source]), name[target]) for frame in frames for name in names]
        answers = translate([text for text, _ in asked], source, target)
        plain = [name.removeprefix("el ").removeprefix("the ") for _, name in asked]
        kept += sum(name in answer for name, answer in zip(plain, answers, strict=True))
        total += len(asked)
    assert kept >= 0.95 * total


@pytest.mark.parametrize("text", ["¿Dónde está el museo?", "はくぶつかんは どこですか。"])
def test_vits_speaks_at_the_level_and_length_of_speech(text: str) -> None:
    import torch
    from transformers import AutoTokenizer, VitsModel

    voice = VitsModel.from_pretrained(CHECKPOINTS / "vits")
    tokenizer = AutoTokenizer.from_pretrained(CHECKPOINTS / "vits")
    torch.manual_seed(0)
    with torch.no_grad():
        inputs = [tokenizer(said, return_tensors="pt") for said in (text, f"{text} {text}")]
        once, twice = (voice(**item).waveform[0].numpy() for item in inputs)
    assert np.isfinite(once).all()
    assert 0.8 < len(once) / RATE < 4
    assert 1.5 < len(twice) / len(once) < 2.7
    assert 0.01 < float(np.sqrt(np.mean(once**2))) < 0.3
    # Speech rises and falls; a hum or hiss does not.
    frames = once[: len(once) // 400 * 400].reshape(-1, 400)
    loudness = np.sqrt(np.mean(frames**2, axis=1))
    assert np.percentile(loudness, 90) > 3 * np.percentile(loudness, 10)
