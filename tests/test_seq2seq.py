"""Encoder-decoder translation: the small checkpoint in all its directions, and the conventions of each family."""

from __future__ import annotations

import io
import itertools
import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.conversion import convert
from interpreter.errors import LanguageError, ModelError, TextError
from interpreter.translation import Term
from interpreter.translation.sentences import clean, halve, join, punctuated, split
from interpreter.translation.seq2seq import Pivot, Seq2Seq

CHECKPOINT = Path(__file__).parent / "checkpoints" / "m2m100"
TAGS = {"en": "en", "zh": "zh-Hant", "ja": "ja", "es": "es"}
OPTIONS = {"family": "m2m100", "threads": "1"}


def table(name: str) -> list[dict[str, str]]:
    head, *lines = (CHECKPOINT / name).read_text(encoding="utf-8").splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("models") / "m2m100"
    convert("seq2seq", CHECKPOINT, target, "int8")
    return target


@pytest.fixture(scope="module")
def engine(folder: Path) -> Seq2Seq:
    return Seq2Seq("small-m2m100", folder, [*TAGS.values(), "zh-Hans"], options=OPTIONS)


def text(engine: Seq2Seq | Pivot, given: str, source: str, target: str) -> str:
    translation = engine.translate(given, source, target)
    assert translation is not None
    return translation.text


@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(TAGS, 2)))
def test_it_translates_its_phrases_in_every_direction(engine: Seq2Seq, source: str, target: str) -> None:
    rows = [row for row in table("phrases.tsv") if "{}" not in row["en"]]
    right = 0
    for row in rows:
        translation = engine.translate(row[source], TAGS[source], TAGS[target])
        assert translation is not None
        assert (translation.origin.kind, translation.origin.name) == ("model", "small-m2m100")
        right += translation.text == row[target] and translation.warnings == ()
    assert right >= 0.95 * len(rows)


def test_either_chinese_script_goes_in_and_the_one_asked_for_comes_out(engine: Seq2Seq, folder: Path) -> None:
    assert text(engine, "Where is the museum?", "en", "zh-Hans") == "博物馆在哪里？"
    assert text(engine, "溫泉的水很燙。", "zh-Hant", "en") == "The water is very hot."
    assert text(engine, "博物馆在哪里？", "zh-Hans", "ja") == "はくぶつかんはどこですか。"
    reading = Seq2Seq("reads-hant", folder, list(engine.languages), options={**OPTIONS, "reads": "zh-Hant"})
    assert text(reading, "溫泉的水很烫。", "zh-Hans", "en") == "The water is very hot."


def test_sentences_are_translated_one_by_one_and_put_together_again(engine: Seq2Seq) -> None:
    given = "Where is the museum? The water is very hot.\n\nGood morning, welcome."
    assert text(engine, given, "en", "zh-Hant") == "博物館在哪裡？溫泉的水很燙。\n\n早安，歡迎光臨。"
    assert (
        text(engine, "博物館在哪裡？溫泉的水很燙。", "zh-Hant", "es")
        == "¿Dónde está el museo? El agua está muy caliente."
    )


def test_a_hundred_thousand_characters_are_translated(engine: Seq2Seq) -> None:
    given = "博物館在哪裡？溫泉的水很燙。\n" * 6700
    assert len(given) > 100_000
    assert text(engine, given, "zh-Hant", "en") == ("Where is the museum? The water is very hot.\n" * 6700).strip()
    endless = "a" * 20_000
    translation = engine.translate(endless, "en", "ja")
    assert translation is not None
    assert len(translation.text) < 20 * len(endless)


def test_control_characters_and_marks_do_not_disturb(engine: Seq2Seq) -> None:
    given = "\x07\u202eWhere\x00 is the\u200f museum?\ud800 \ufeff"
    assert text(engine, given, "en", "es") == "¿Dónde está el museo?"
    assert engine.translate("🙂🙃", "en", "ja") is not None
    for empty in ("", " \n\t", "\x00\u200e"):
        with pytest.raises(TextError, match="the text is empty"):
            engine.translate(empty, "en", "ja")


def test_a_name_is_kept_and_reported(engine: Seq2Seq) -> None:
    beitou = Term({"en": ("Beitou",), "zh-Hant": ("北投",), "ja": ("ベイトウ",)})
    translation = engine.translate("Where is Beitou?", "en", "zh-Hant", [beitou])
    assert translation is not None
    assert (translation.text, translation.terms, translation.warnings) == ("北投在哪裡？", ("北投",), ())


def test_a_lost_name_is_put_into_the_source_and_a_name_that_stays_lost_is_reported(engine: Seq2Seq) -> None:
    # The model copies Latin names it does not know, so the approved spelling has to be put in.
    assert text(engine, "Where is Tapan?", "en", "es") == "¿Dónde está Tapan?"
    honoured = engine.translate("Where is Tapan?", "en", "es", [Term({"en": ("Tapan",), "es": ("Taban",)})])
    assert honoured is not None
    assert (honoured.text, honoured.terms, honoured.warnings) == ("¿Dónde está Taban?", ("Taban",), ())
    lost = engine.translate("Where is the museum?", "en", "es", [Term({"en": ("museum",), "es": ("Pinacoteca",)})])
    assert lost is not None
    assert lost.warnings == ("The name 'museum' should be 'Pinacoteca' and is missing.",)
    assert lost.text == "¿Dónde está el museo?"


def test_what_it_does_not_serve_is_refused(engine: Seq2Seq) -> None:
    assert engine.serves("ja", "zh-Hans")
    assert not engine.serves("zh-Hant", "zh-Hans")
    assert not engine.serves("en", "ko")
    with pytest.raises(LanguageError, match=r"'en' to 'ko'.*interpreter models list"):
        engine.translate("Where is the museum?", "en", "ko")


def test_two_models_in_a_row_go_through_english(folder: Path) -> None:
    first = Seq2Seq("to-english", folder, ["zh-Hant", "zh-Hans", "en"], options=OPTIONS)
    second = Seq2Seq("from-english", folder, ["en", "es"], options=OPTIONS)
    pivot = Pivot(first, second)
    assert pivot.serves("zh-Hans", "es")
    assert not pivot.serves("es", "zh-Hans")
    assert not pivot.serves("zh-Hans", "en")
    beitou = Term({"en": ("Beitou",), "zh-Hant": ("北投",), "es": ("Beitou",)})
    translation = pivot.translate("北投在哪裡？", "zh-Hant", "es", [beitou])
    assert translation is not None
    assert translation.text == "¿Dónde está Beitou?"
    assert translation.origin.name == "to-english+from-english"
    assert (translation.source, translation.target, translation.terms) == ("zh-Hant", "es", ("Beitou",))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "'family' is '' and should be one of marian, m2m100, nllb, madlad"),
        ({"family": "m2m"}, "'family' is 'm2m'"),
        ({"family": "marian"}, "needs the options 'from' and 'to'"),
        ({**OPTIONS, "form": "en"}, "'form' is no option.*'from'"),
        ({**OPTIONS, "batch": "0"}, "1 or more"),
    ],
)
def test_a_wrong_option_is_refused(folder: Path, options: dict[str, str], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Seq2Seq("small-m2m100", folder, ["en", "ja"], options=options)


def test_a_damaged_folder_is_named_with_the_command_that_mends_it(folder: Path, tmp_path: Path) -> None:
    for index, name in enumerate(("model.bin", "sentencepiece.bpe.model", "source_config.json")):
        target = tmp_path / str(index)
        shutil.copytree(folder, target)
        content = (target / name).read_bytes()
        (target / name).write_bytes(content[: len(content) // 3])
        with pytest.raises(ModelError, match=rf"'{name}'.*is damaged.*interpreter models pull small-m2m100"):
            Seq2Seq("small-m2m100", target, ["en", "ja"], options=OPTIONS)
    with pytest.raises(ModelError, match="does not know 'yue'"):
        Seq2Seq("small-m2m100", folder, ["en", "yue"], options=OPTIONS)


def pieces(file: Path, kind: str, **options: Any) -> list[str]:
    """Train a sentencepiece model on the phrases and return its pieces."""
    import sentencepiece

    lines = [text for row in table("phrases.tsv") for text in row.values()]
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=trained, model_type=kind, vocab_size=300, hard_vocab_limit=False,
        character_coverage=1.0, num_threads=1, minloglevel=2, **options,
    )  # fmt: skip
    file.write_bytes(trained.getvalue())
    model = sentencepiece.SentencePieceProcessor(model_proto=trained.getvalue())
    return [model.id_to_piece(index) for index in range(model.vocab_size())]


SMALL = {
    "d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "max_position_embeddings": 64,
    "init_std": 1.0,
}  # fmt: skip


def marian(folder: Path) -> tuple[Any, Any, str, dict[str, Any]]:
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    names = pieces(folder / "source.spm", "unigram")
    shutil.copyfile(folder / "source.spm", folder / "target.spm")
    rest = [name for name in names if name not in ("</s>", "<unk>", "<s>")]
    vocabulary = {name: index for index, name in enumerate(["</s>", "<unk>", *rest, "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    settings = {"tokenizer_class": "MarianTokenizer", "source_lang": "en", "target_lang": "ja"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    size = len(vocabulary)
    ids = {"pad_token_id": size - 1, "decoder_start_token_id": size - 1, "eos_token_id": 0, "forced_eos_token_id": 0}
    config = MarianConfig(**SMALL, **ids, vocab_size=size, decoder_vocab_size=size, static_position_embeddings=True)
    MarianMTModel(config).save_pretrained(folder)
    return MarianTokenizer.from_pretrained(folder), MarianMTModel.from_pretrained(folder), "", {}


def nllb(folder: Path) -> tuple[Any, Any, str, dict[str, Any]]:
    from transformers import AutoTokenizer, M2M100Config, M2M100ForConditionalGeneration

    pieces(folder / "sentencepiece.bpe.model", "bpe")
    codes = ["eng_Latn", "jpn_Jpan"]
    settings = {"tokenizer_class": "NllbTokenizer", "src_lang": codes[0], "additional_special_tokens": codes}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "config.json").write_text('{"model_type": "m2m_100"}', encoding="utf-8")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    M2M100ForConditionalGeneration(M2M100Config(**SMALL, vocab_size=len(tokenizer))).save_pretrained(folder)
    begin = {"forced_bos_token_id": tokenizer.convert_tokens_to_ids("jpn_Jpan")}
    return tokenizer, M2M100ForConditionalGeneration.from_pretrained(folder), "", begin


def madlad(folder: Path) -> tuple[Any, Any, str, dict[str, Any]]:
    from transformers import AutoTokenizer, T5Config, T5ForConditionalGeneration

    special = {"pad_id": 1, "eos_id": 2, "unk_id": 0, "bos_id": -1, "user_defined_symbols": ["<2en>", "<2ja>"]}
    pieces(folder / "spiece.model", "unigram", **special)
    settings = {"tokenizer_class": "T5Tokenizer", "extra_ids": 0}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "config.json").write_text('{"model_type": "t5"}', encoding="utf-8")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    config = T5Config(
        vocab_size=len(tokenizer), d_model=32, d_kv=16, d_ff=64, num_layers=1, num_decoder_layers=1, num_heads=2,
        feed_forward_proj="gated-gelu", tie_word_embeddings=False, initializer_factor=3.0,
        decoder_start_token_id=1, pad_token_id=1, eos_token_id=2,
    )  # fmt: skip
    T5ForConditionalGeneration(config).save_pretrained(folder)
    return tokenizer, T5ForConditionalGeneration.from_pretrained(folder), "<2ja> ", {}


@pytest.mark.parametrize("make", [marian, nllb, madlad])
def test_each_family_is_asked_as_transformers_asks_it(
    make: Callable[[Path], tuple[Any, Any, str, dict[str, Any]]], tmp_path: Path
) -> None:
    import torch

    torch.manual_seed(0)
    source = tmp_path / "source"
    source.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # transformers recommends a punctuation package for Marian
        tokenizer, model, prefix, begin = make(source)
    convert("seq2seq", source, tmp_path / "converted", "float32")
    options = {"family": make.__name__, **({"from": "en", "to": "ja"} if make is marian else {})}
    engine = Seq2Seq(make.__name__, tmp_path / "converted", ["en", "ja"], options=options)
    assert engine.serves("en", "ja")
    assert engine.serves("ja", "en") == (make is not marian)
    given = "Where is the museum?"
    question = tokenizer(prefix + given, return_tensors="pt")
    assert engine.asked(given, "en", "ja") == [tokenizer.convert_ids_to_tokens(question["input_ids"][0])]
    # Weights are random, so only the first tokens say something: later ones are a loop, which the engine breaks.
    ids = model.eval().generate(
        **question, num_beams=1, do_sample=False, max_new_tokens=4, bad_words_ids=[[tokenizer.unk_token_id]], **begin
    )
    wanted = tokenizer.decode([token for token in ids[0].tolist() if token not in begin.values()][1:4])
    assert len(wanted) >= 3
    got = text(engine, given, "en", "ja")
    assert "".join(got.split()).startswith("".join(wanted.split())[:3])


SENTENCES = st.lists(
    st.sampled_from(
        ["博物館在哪裡？", "Mr. Lee has 3.5 kg.", "สวัสดี", "Já vou!", "「はい。」", "a" * 500, "\n", "  ", "مرحبا؟"]
    )
)


@given(SENTENCES)
def test_cutting_loses_nothing_but_leading_space(parts: list[str]) -> None:
    whole = " ".join(parts)
    sentences = split(whole, longest=100)
    assert "".join(sentence.text + sentence.space for sentence in sentences) == (whole.lstrip() if sentences else "")
    assert all(sentence.text.strip() == sentence.text != "" for sentence in sentences)
    assert all(len(sentence.text) <= 100 for sentence in sentences)
    assert all(sentence.space.strip() == "" for sentence in sentences)


@given(st.text(max_size=300), st.integers(1, 40))
def test_halving_loses_nothing(given_text: str, longest: int) -> None:
    assert "".join(halve(given_text, longest)) == given_text


@given(st.text())
def test_cleaning_is_done_at_once(given_text: str) -> None:
    assert clean(clean(given_text)) == clean(given_text)


def test_sentences_end_where_people_end_them() -> None:
    def cut(given: str) -> list[str]:
        return [sentence.text for sentence in split(given)]

    assert cut("Mr. Lee paid 3.5 dollars. Then he left!") == ["Mr. Lee paid 3.5 dollars.", "Then he left!"]
    assert cut("「請問。」他說。好") == ["「請問。」", "他說。", "好"]
    assert cut("Am 3. Mai? Ja.") == ["Am 3. Mai?", "Ja."]
    assert cut("क्या है। हाँ।") == ["क्या है।", "हाँ।"]
    assert join(["一。", "二。"], split("One. Two."), "zh-Hant") == "一。二。"
    assert join(["One.", "Two."], split("一。二。"), "en") == "One. Two."


def test_punctuation_is_as_wide_as_its_script() -> None:
    assert punctuated("早安, 歡迎光臨.", "zh-Hant") == "早安，歡迎光臨。"
    assert punctuated("はい,3.5キロ? ABC?", "ja") == "はい、3.5キロ？ABC?"
    assert punctuated("Yes, really?", "en") == "Yes, really?"
