"""Translation language models: how they are asked, loaded and bounded, on a random model with a real chat template."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from interpreter.errors import LanguageError, ModelError, TextError
from interpreter.translation import Term
from interpreter.translation.chat import PROMPTS, Chat
from interpreter.translation.glossary import find

TEMPLATE = (
    "{% for m in messages %}<|user|>{% if m.content is string %}{{ m.content }}"
    "{% else %}{{ m.content[0].source_lang_code }}>{{ m.content[0].target_lang_code }}: {{ m.content[0].text }}"
    "{% if m.content[0].target_lang_code == 'zh-Hant' %}{{ raise_exception('zh-Hant is no language code') }}{% endif %}"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
"""Takes a plain question and TranslateGemma's; like the real ones it refuses a code it does not know."""
BEITOU = Term({"en": ("Beitou", "Peitou"), "zh-Hant": ("北投",), "ja": ("北投",)})
LANGUAGES = ["en", "zh-Hant", "zh-Hans", "ja", "ko"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    target = tmp_path_factory.mktemp("models") / "chat"
    letters = Tokenizer(models.BPE())
    letters.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    letters.decoder = decoders.ByteLevel()
    special = ["<|end|>", "<|user|>", "<|assistant|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    letters.train_from_iterator([], trainers.BpeTrainer(special_tokens=special, initial_alphabet=alphabet))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=letters, eos_token="<|end|>", pad_token="<|end|>")
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(target)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, bos_token_id=0, eos_token_id=0, pad_token_id=0,
    )  # fmt: skip
    model = LlamaForCausalLM(config)
    # What a published checkpoint says about sampling must not reach our answers.
    model.generation_config.update(do_sample=True, temperature=0.7, top_p=0.6, top_k=20)
    model.save_pretrained(target)
    return target


def chat(folder: Path, prompt: str, **options: str) -> Chat:
    return Chat(f"small-{prompt}", folder, LANGUAGES, options={"prompt": prompt, **options})


def content(engine: Chat, text: str, source: str, target: str) -> object:
    (message,) = engine.messages(text, source, target, find(text, source, [BEITOU]))
    assert message["role"] == "user"
    return message["content"]


def test_hunyuan_is_asked_as_its_card_says(folder: Path) -> None:
    engine = chat(folder, "hunyuan")
    assert (
        content(engine, "溫泉", "zh-Hant", "ja")
        == "将以下文本翻译为日语，注意只需要输出翻译后的结果，不要额外解释：\n\n溫泉"
    )
    assert str(content(engine, "温泉", "ja", "zh-Hant")).startswith("将以下文本翻译为繁体中文，")
    plain = "Translate the following segment into Korean, without additional explanation.\n\n温泉"
    assert content(engine, "温泉", "ja", "ko") == plain
    asked = str(content(engine, "Where is Peitou?", "en", "ja"))
    assert asked.startswith("参考下面的翻译：\nPeitou 翻译成 北投\n\n将以下文本翻译为日语，")
    assert asked.endswith("\n\nWhere is Peitou?")


def test_hy_mt2_is_asked_as_its_card_says(folder: Path) -> None:
    engine = chat(folder, "hy-mt2")
    asked = "Translate the following text into Chinese. Note that you should only output"
    assert str(content(engine, "温泉", "ja", "zh-Hans")).startswith(asked)
    with_terms = str(content(engine, "Where is Beitou?", "en", "zh-Hant"))
    assert with_terms.startswith("Reference the following translations:\nBeitou translates to 北投\n\nTranslate the")
    assert with_terms.endswith(":\n\nWhere is Beitou?")
    # A term without a name in the target language cannot be in the prompt.
    assert "Reference" not in str(content(engine, "Where is Beitou?", "en", "ko"))


def test_translategemma_gets_codes_and_the_text_alone(folder: Path) -> None:
    engine = chat(folder, "translategemma")
    assert content(engine, "Where is Beitou?", "en", "ja") == [
        {"type": "text", "source_lang_code": "en", "target_lang_code": "ja", "text": "Where is Beitou?"}
    ]


def test_a_code_the_template_refuses_gives_way_to_the_next(folder: Path) -> None:
    engine = chat(folder, "translategemma")
    assert engine.translate("Where is the museum?", "en", "zh-Hant") is not None


@pytest.mark.parametrize("prompt", sorted(PROMPTS))
def test_an_answer_comes_back_the_same_each_time_with_what_is_wrong_about_it(folder: Path, prompt: str) -> None:
    engine = chat(folder, prompt)
    first = engine.translate("Where is Beitou?\nIt costs 30.", "en", "ja", [BEITOU])
    assert first is not None
    assert first == engine.translate("Where is Beitou?\nIt costs 30.", "en", "ja", [BEITOU])
    assert (first.origin.kind, first.origin.name) == ("model", f"small-{prompt}")
    # Random weights lose everything; the checks see it.
    assert any("'Beitou' should be '北投'" in warning for warning in first.warnings)
    assert any("numbers differ: 30 in the source" in warning for warning in first.warnings)
    assert "<|" not in first.text


def test_the_answer_is_bounded_by_the_question(folder: Path) -> None:
    engine = chat(folder, "hunyuan", ratio="0.1", longest="60")
    short = engine.translate("Where?", "en", "ko")
    assert short is not None
    # One token is one byte here, 64 of them and a tenth of the question.
    assert len(short.text) <= 65
    long = engine.translate("Where is the museum? " * 12, "en", "ko")
    assert long is not None
    assert len(long.text) > len(short.text)


def test_what_it_does_not_serve_is_refused(folder: Path) -> None:
    engine = chat(folder, "hy-mt2")
    assert engine.serves("ko", "zh-Hans")
    assert not engine.serves("zh-Hant", "zh-Hans")
    with pytest.raises(LanguageError, match=r"'en' to 'th'.*interpreter models list"):
        engine.translate("Where is the museum?", "en", "th")
    with pytest.raises(TextError, match="the text is empty"):
        engine.translate("\x00 ", "en", "ja")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "'prompt' is '' and should be one of hunyuan, hy-mt2, translategemma"),
        ({"prompt": "hunyuan", "dtype": "int8"}, "'dtype' is 'int8'"),
        ({"prompt": "hunyuan", "ratios": "2"}, "'ratios' is no option.*did you mean 'ratio'"),
    ],
)
def test_a_wrong_option_is_refused(folder: Path, options: dict[str, str], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Chat("small", folder, LANGUAGES, options=options)


def test_a_damaged_folder_is_named_with_the_command_that_mends_it(folder: Path, tmp_path: Path) -> None:
    def broken(name: str, content: bytes | None) -> None:
        target = tmp_path / str(len(list(tmp_path.iterdir())))
        shutil.copytree(folder, target)
        (target / name).unlink()
        if content is not None:
            (target / name).write_bytes(content)
        Chat("small", target, LANGUAGES, options={"prompt": "hunyuan"})

    mend = "interpreter models pull small"
    with pytest.raises(ModelError, match=f"'config.json' is missing.*{mend}"):
        broken("config.json", None)
    with pytest.raises(ModelError, match=f"'model.safetensors' is missing.*{mend}"):
        broken("model.safetensors", None)
    with pytest.raises(ModelError, match=f"'model.safetensors'.*is damaged.*{mend}"):
        broken("model.safetensors", (folder / "model.safetensors").read_bytes()[:500])
    with pytest.raises(ModelError, match=f"'tokenizer.json'.*is damaged.*{mend}"):
        broken("tokenizer.json", b"{")
    bare = tmp_path / "bare"
    shutil.copytree(folder, bare)
    (bare / "chat_template.jinja").unlink(missing_ok=True)
    settings = json.loads((bare / "tokenizer_config.json").read_text(encoding="utf-8"))
    settings.pop("chat_template", None)
    (bare / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    with pytest.raises(ModelError, match=f"no chat template.*{mend}"):
        Chat("small", bare, LANGUAGES, options={"prompt": "hunyuan"})
