"""A tiny M2M100: the phrases of ``m2m100/phrases.tsv`` from each of four languages into each other.

``{}`` in a phrase stands for a name: one of ``m2m100/names.tsv``, each language with its own form, or an invented
name in Latin letters, which every language copies. So it can be seen whether a name got through.
"""

from __future__ import annotations

import functools
import io
import json
import math
import random
import time
from pathlib import Path

import torch
from torch.nn import functional
from transformers import GenerationConfig, M2M100Config, M2M100ForConditionalGeneration
from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

LANGUAGES = ("en", "zh", "ja", "es")
DATA = Path(__file__).parent / "m2m100"
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
"""The first ids, in fairseq's order."""
MADE_UP = 8
"""Unused embeddings after the language tokens, as in the published checkpoints."""
CODES = tuple(FAIRSEQ_LANGUAGE_CODES["m2m100"])


def table(name: str) -> list[dict[str, str]]:
    """The rows of a tab-separated file whose first line names the languages."""
    head, *lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"), strict=True)) for line in lines]


def invented(dice: random.Random) -> str:
    """A name of two to four syllables that no language knows."""
    syllables = [dice.choice("bdfgklmnprstvz") + dice.choice("aeiou") for _ in range(dice.randint(2, 4))]
    return ("".join(syllables) + dice.choice(("", "", "n", "s", "r"))).capitalize()


def pair(dice: random.Random) -> dict[str, str]:
    """One phrase in all languages, its name filled in."""
    row = dice.choice(_frames() if dice.random() < 0.7 else _whole())
    if "{}" not in row["en"]:
        return row
    name = dict.fromkeys(LANGUAGES, invented(dice)) if dice.random() < 0.6 else dice.choice(table("names.tsv"))
    filled = {language: text.replace("{}", name[language]) for language, text in row.items()}
    filled["es"] = filled["es"].replace(" a el ", " al ")
    return {language: text[0].upper() + text[1:] for language, text in filled.items()}


@functools.cache
def _frames() -> list[dict[str, str]]:
    return [row for row in table("phrases.tsv") if "{}" in row["en"]]


@functools.cache
def _whole() -> list[dict[str, str]]:
    return [row for row in table("phrases.tsv") if "{}" not in row["en"]]


def varied(text: str, language: str, dice: random.Random) -> str:
    """What a recogniser makes of a sentence: now and then no punctuation, no capital, the other Chinese script."""
    if dice.random() < 0.15:
        text = text.strip("¿¡?!.。？！")
    if dice.random() < 0.1:
        text = text[0].lower() + text[1:]
    if language == "zh" and dice.random() < 0.2:
        text = _simplified().convert(text)
    return text


@functools.cache
def _simplified():  # type: ignore[no-untyped-def]
    from opencc import OpenCC

    return OpenCC("t2s")


def tokens(folder: Path) -> None:
    """Train the sentencepiece model and write it with the vocabulary beside it."""
    import sentencepiece

    dice = random.Random(0)
    lines = [varied(text, language, dice) for _ in range(4000) for language, text in pair(dice).items()]
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=trained,
        model_type="bpe",
        vocab_size=700,
        character_coverage=1.0,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
    )
    (folder / "sentencepiece.bpe.model").write_bytes(trained.getvalue())
    pieces = sentencepiece.SentencePieceProcessor(model_proto=trained.getvalue())
    names = [pieces.id_to_piece(index) for index in range(pieces.vocab_size())]
    vocabulary = {piece: index for index, piece in enumerate([*SPECIAL, *(n for n in names if n not in SPECIAL)])}
    write = functools.partial(json.dumps, ensure_ascii=False)
    (folder / "vocab.json").write_text(write(vocabulary) + "\n", encoding="utf-8")
    special = {"bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    languages = {"additional_special_tokens": [f"__{code}__" for code in CODES]}
    (folder / "special_tokens_map.json").write_text(write({**special, **languages}) + "\n", encoding="utf-8")
    config = {**special, **languages, "tokenizer_class": "M2M100Tokenizer", "language_codes": "m2m100"}
    (folder / "tokenizer_config.json").write_text(
        write({**config, "model_max_length": 1024, "num_madeup_words": MADE_UP}) + "\n", encoding="utf-8"
    )


def model(vocabulary: int) -> M2M100ForConditionalGeneration:
    """The untrained model: M2M100's layout, 128 wide, two layers on each side."""
    config = M2M100Config(
        vocab_size=vocabulary,
        d_model=128,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=384,
        decoder_ffn_dim=384,
        max_position_embeddings=256,
        dropout=0.1,
        attention_dropout=0.0,
        encoder_layerdrop=0.0,
        decoder_layerdrop=0.0,
    )
    return M2M100ForConditionalGeneration(config)


def batch(encode: functools.partial[list[int]], codes: dict[str, int], dice: random.Random) -> tuple[torch.Tensor, ...]:
    """48 sentence pairs: source ids, their mask, decoder inputs and labels."""
    sources: list[list[int]] = []
    targets: list[list[int]] = []
    for _ in range(48):
        rows = [pair(dice) for _ in range(1 if dice.random() < 0.85 else 2)]
        source, target = dice.sample(LANGUAGES, 2)
        text, wanted = (("" if side in ("zh", "ja") else " ").join(r[side] for r in rows) for side in (source, target))
        sources.append([codes[source], *encode(varied(text, source, dice)), 2])
        targets.append([2, codes[target], *encode(wanted), 2])

    def padded(rows: list[list[int]], filler: int) -> torch.Tensor:
        longest = max(map(len, rows))
        return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])

    ids = padded(sources, 1)
    return ids, (ids != 1).long(), padded([row[:-1] for row in targets], 1), padded([row[1:] for row in targets], -100)


def train(translator: M2M100ForConditionalGeneration, folder: Path, steps: int, seed: int = 1) -> None:
    """Train in place."""
    from sentencepiece import SentencePieceProcessor

    torch.manual_seed(seed)
    dice = random.Random(seed)
    pieces = SentencePieceProcessor(model_file=str(folder / "sentencepiece.bpe.model"))
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    codes = {code: len(vocabulary) + index for index, code in enumerate(CODES)}

    def encode(text: str) -> list[int]:
        return [vocabulary.get(piece, 3) for piece in pieces.encode(text, out_type=str)]

    optimizer = torch.optim.AdamW(translator.parameters(), lr=2e-3, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / 150, 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))
    )
    translator.train()
    started, shown = time.monotonic(), 5.0
    for step in range(steps):
        ids, mask, inputs, labels = batch(functools.partial(encode), codes, dice)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = translator(input_ids=ids, attention_mask=mask, decoder_input_ids=inputs).logits.float()
        loss = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(translator.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        shown = 0.95 * shown + 0.05 * loss.item()
        if step % 100 == 99:
            print(f"m2m100 {step + 1}/{steps} {time.monotonic() - started:.0f} s loss {shown:.4f}", flush=True)
    translator.eval()


def make(folder: Path, steps: int) -> None:
    """Train and write the checkpoint."""
    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    tokens(folder)
    vocabulary = len(json.loads((folder / "vocab.json").read_text(encoding="utf-8"))) + len(CODES) + MADE_UP
    translator = model(vocabulary)
    if steps:
        train(translator, folder, steps)
    translator.generation_config = GenerationConfig(
        bos_token_id=0, pad_token_id=1, eos_token_id=2, decoder_start_token_id=2, max_length=200, num_beams=1
    )
    translator.half().save_pretrained(folder)
