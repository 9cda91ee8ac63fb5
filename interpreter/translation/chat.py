"""Translation language models through transformers: asked in the words they were trained on, with terms in the prompt.

The prompts are those of the model cards; a model asked otherwise explains instead of translating.

- ``hunyuan``: Hunyuan-MT and HY-MT1.5 (Tencent-Hunyuan/HY-MT, README, "Prompts").
- ``hy-mt2``: Hy-MT2 (Tencent-Hunyuan/Hy-MT2, README, "Translation Task Instruction Examples").
- ``translategemma``: TranslateGemma, whose chat template takes the language codes and writes the prompt itself
  (model card of google/translategemma-4b-it). It knows no terms; they are put into the source text instead.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interpreter.checkpoint import damaged, need, settings
from interpreter.chinese import convert
from interpreter.errors import LanguageError, ModelError, TextError
from interpreter.languages import language
from interpreter.translation import Origin, Term, Translation
from interpreter.translation.checks import check
from interpreter.translation.glossary import Found, find, honour, kept, names
from interpreter.translation.sentences import clean, join, split

_CHINESE_NAMES = {
    "zh-Hant": "繁体中文", "zh-Hans": "中文", "en": "英语", "ja": "日语", "ko": "韩语", "id": "印尼语", "th": "泰语",
    "vi": "越南语", "pt": "葡萄牙语", "es": "西班牙语", "fr": "法语", "de": "德语", "nl": "荷兰语", "ru": "俄语",
    "it": "意大利语", "ar": "阿拉伯语", "bn": "孟加拉语", "cs": "捷克语", "fa": "波斯语", "fil": "菲律宾语",
    "he": "希伯来语", "hi": "印地语", "km": "高棉语", "ms": "马来语", "my": "缅甸语", "pl": "波兰语", "tr": "土耳其语",
    "uk": "乌克兰语", "yue": "粤语",
}  # fmt: skip
"""Languages as Hunyuan's Chinese prompts call them (its README's table)."""
_GEMMA_CODES = {"zh-Hant": ("zh-Hant", "zh-TW", "zh"), "zh-Hans": ("zh-Hans", "zh-CN", "zh"), "no": ("nb", "no")}
"""Tag to codes to try, because the chat template refuses what it does not list."""

Message = dict[str, object]
Prompt = Callable[[str, str, str, Sequence[tuple[str, str]]], list[Message]]
"""Text, source tag, target tag, pairs of names -> the messages of the chat."""


@dataclass(frozen=True)
class Settings:
    """The options of a model."""

    prompt: str = ""
    """How it is asked: ``hunyuan``, ``hy-mt2`` or ``translategemma``."""
    ratio: float = 4.0
    """New tokens per token of the source (and 64 more) after which it must have finished."""
    longest: int = 1200
    """Characters of source text per question."""
    repetition_penalty: float = 1.05
    """Hunyuan's model cards recommend 1.05; 1 is none."""
    dtype: str = "auto"
    """``auto`` (as the checkpoint is stored), ``bfloat16``, ``float16`` or ``float32``."""

    def __post_init__(self) -> None:
        if self.prompt not in PROMPTS:
            raise ValueError(f"option 'prompt' is '{self.prompt}' and should be one of {', '.join(PROMPTS)}")
        if self.dtype not in ("auto", "bfloat16", "float16", "float32"):
            raise ValueError(f"option 'dtype' is '{self.dtype}' and should be auto, bfloat16, float16 or float32")
        if self.ratio <= 0 or self.longest < 20 or self.repetition_penalty < 1:
            raise ValueError("options 'ratio' (above 0), 'longest' (20 or more), 'repetition_penalty' (1 or more)")


def _hunyuan(text: str, source: str, target: str, pairs: Sequence[tuple[str, str]]) -> list[Message]:
    chinese = source.startswith("zh") or target.startswith("zh")
    # The card has the form with terms in Chinese only.
    if (chinese or pairs) and target in _CHINESE_NAMES:
        asked = f"将以下文本翻译为{_CHINESE_NAMES[target]}，注意只需要输出翻译后的结果，不要额外解释：\n\n{text}"
        terms = "\n".join(f"{name} 翻译成 {wanted}" for name, wanted in pairs)
        return _user(f"参考下面的翻译：\n{terms}\n\n{asked}" if pairs else asked)
    return _user(f"Translate the following segment into {_english(target)}, without additional explanation.\n\n{text}")


def _hy_mt2(text: str, source: str, target: str, pairs: Sequence[tuple[str, str]]) -> list[Message]:
    terms = "\n".join(f"{name} translates to {wanted}" for name, wanted in pairs)
    asked = (
        f"Translate the following text into {_english(target)}. Note that you should only output the translated "
        f"result without any additional explanation:\n\n{text}"
    )
    return _user(f"Reference the following translations:\n{terms}\n\n{asked}" if pairs else asked)


def _translategemma(text: str, source: str, target: str, pairs: Sequence[tuple[str, str]]) -> list[Message]:
    content = {"type": "text", "source_lang_code": source, "target_lang_code": target, "text": text}
    return [{"role": "user", "content": [content]}]


def _user(content: str) -> list[Message]:
    return [{"role": "user", "content": content}]


def _english(tag: str) -> str:
    # The cards say "Chinese" for the simplified script.
    return "Chinese" if tag == "zh-Hans" else language(tag).name


PROMPTS: dict[str, Prompt] = {"hunyuan": _hunyuan, "hy-mt2": _hy_mt2, "translategemma": _translategemma}
_TAKES_TERMS = frozenset({"hunyuan", "hy-mt2"})


class Chat:
    """A translation language model. Thread-safe: it answers one question at a time."""

    def __init__(
        self,
        name: str,
        path: Path,
        languages: Collection[str],
        device: str = "cpu",
        options: Mapping[str, str] = {},
    ) -> None:
        self.name = name
        self.settings = settings(Settings, options, name)
        self.languages = frozenset(language(tag).tag for tag in languages)
        need(path, ("config.json", "tokenizer_config.json"), name)
        if not any(path.glob("*.safetensors")):
            raise ModelError(
                f"'model.safetensors' is missing in '{path}' of model '{name}'; run: interpreter models pull {name}"
            )
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        wanted = device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
        if wanted.startswith("cuda") and not torch.cuda.is_available():
            raise ModelError(f"model '{name}' cannot run on '{device}': no GPU is found; try: --device cpu")
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(str(path), local_files_only=True)
        except Exception as error:  # transformers and tokenizers raise types of their own
            raise damaged(path, "tokenizer.json", name, error) from None
        if not getattr(self._tokenizer, "chat_template", None):
            raise damaged(path, "tokenizer_config.json", name, "it has no chat template")
        try:
            model: Any = AutoModelForCausalLM.from_pretrained(
                str(path), local_files_only=True, use_safetensors=True, dtype=self.settings.dtype
            )
        except Exception as error:  # safetensors raises types of its own
            raise damaged(path, "model.safetensors", name, error) from None
        self._model = model.to(wanted).eval()
        self._lock = threading.Lock()

    def serves(self, source: str, target: str) -> bool:
        """Whether this direction can be asked for."""
        source, target = language(source).tag, language(target).tag
        return {source, target} <= self.languages and source.split("-")[0] != target.split("-")[0]

    def translate(self, text: str, source: str, target: str, terms: Sequence[Term] = ()) -> Translation | None:
        """Translate a text of any length.

        Raises TextError when there is no text, LanguageError when the direction is not served.
        """
        source, target = language(source).tag, language(target).tag
        if not self.serves(source, target):
            raise LanguageError(
                f"model '{self.name}' does not translate from '{source}' to '{target}'; see: interpreter models list"
            )
        text = clean(text)
        if not text.strip():
            raise TextError("the text is empty; give at least one word to translate.")

        def translate(given: str) -> str:
            sentences = split(given, self.settings.longest)
            answers = [self._ask(part.text, source, target, find(part.text, source, terms)) for part in sentences]
            return clean(convert(join(answers, sentences, target), target))

        translation, found = honour(translate, text, source, target, terms)
        return Translation(
            translation,
            source,
            target,
            Origin("model", self.name),
            kept(found, translation, target)[0],
            check(text, translation, source, target, found),
        )

    def messages(self, text: str, source: str, target: str, found: Sequence[Found] = ()) -> list[Message]:
        """The question as the chat template takes it."""
        pairs: dict[str, str] = {}
        if self.settings.prompt in _TAKES_TERMS:
            pairs = {item.name: names(item.term, target)[0] for item in found if names(item.term, target)}
        return PROMPTS[self.settings.prompt](text, source, target, list(pairs.items()))

    def _encoded(self, text: str, source: str, target: str, found: Sequence[Found]) -> Any:
        codes = [(source, target)]
        if self.settings.prompt == "translategemma":
            given, wanted = (_GEMMA_CODES.get(tag, (tag,)) for tag in (source, target))
            codes = [(one, other) for one in given for other in wanted]
        refusal: Exception | None = None
        for one, other in codes:
            try:
                return self._tokenizer.apply_chat_template(
                    self.messages(text, one, other, found),
                    add_generation_prompt=True,
                    return_tensors="pt",
                    return_dict=True,
                )
            except (ValueError, KeyError, TypeError, RuntimeError) as error:
                refusal = error
            except Exception as error:
                if type(error).__module__ != "jinja2.exceptions":
                    raise
                refusal = error
        raise LanguageError(
            f"model '{self.name}' refuses '{source}' to '{target}': {refusal}. See: interpreter models list"
        )

    def _ask(self, text: str, source: str, target: str, found: Sequence[Found]) -> str:
        import torch

        encoded = self._encoded(text, source, target, found).to(self._model.device)
        length = encoded["input_ids"].shape[-1]
        bound = int(self.settings.ratio * len(self._tokenizer.encode(text, add_special_tokens=False))) + 64
        with self._lock, torch.inference_mode():
            output = self._model.generate(
                **encoded,
                max_new_tokens=bound,
                do_sample=False,
                repetition_penalty=self.settings.repetition_penalty,
                # What a checkpoint's own settings say about sampling would only be warned about.
                temperature=None,
                top_p=None,
                top_k=None,
            )
        return str(self._tokenizer.decode(output[0][length:], skip_special_tokens=True)).strip()
