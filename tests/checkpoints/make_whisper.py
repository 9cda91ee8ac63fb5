"""A tiny multilingual Whisper, trained on eSpeak NG's voice: 48 phrases in four languages, cut short and in rows.

The decoder of so small a Whisper would rather learn the phrases by heart than listen. Three things make it listen:
a CTC loss on the encoder (thrown away afterwards), random tokens put into the decoder's input, and audio cut at
word ends with the text cut there. Silence and noise teach ``<|nospeech|>``.
"""

from __future__ import annotations

import functools
import json
import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from speech import RATE, VARIANTS, phrases, render_words
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import nn
from torch.nn import functional
from transformers import GenerationConfig, WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration
from transformers.models.whisper.tokenization_whisper import LANGUAGES

Samples = npt.NDArray[np.float32]

KANA_WORDS = (
    "はくぶつかんは どこ ですか。",
    "このきっぷは いくら ですか。",
    "おちゃを にはい ください。",
    "なんじに しまりますか。",
    "おはよう ございます、 ようこそ。",
    "どうも ありがとう ございます。",
    "ピーナッツの アレルギーが あります。",
    "いしゃを よんで ください。",
    "おゆは とても あついです。",
    "あかい かさを なくしました。",
    "ここで しゃしんを とっても いいですか。",
    "このバスは えきに いきますか。",
)
"""The Japanese phrases with spaces between words: within a run of kana eSpeak NG reports no times."""
VOCABULARY = 700
SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    *(f"<|{code}|>" for code in LANGUAGES),
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
    *(f"<|{step * 0.02:.2f}|>" for step in range(1501)),
)
"""Whisper's special tokens in Whisper's order; the loaders count on it."""
FLOOR = -1.5
"""What digital silence gives after Whisper's scaling when nothing else is in the window."""


def tokenizer() -> Tokenizer:
    """Byte-level BPE learned from the phrases; a Chinese or Japanese token is never longer than one character."""
    words: list[str] = []
    for language, text in phrases():
        if language in ("zh", "ja"):
            words += list(text) * 50  # so that each character becomes one token before Latin letters merge
        else:
            for word in text.split():
                # A word's space belongs to its first token: a space alone is forbidden at the start, as in any Whisper.
                words += [" " + word] + [" " + word[0]] * 20
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    bpe.train_from_iterator(words, trainer)
    state = json.loads(bpe.to_str())["model"]
    # CTranslate2 takes a Whisper whose vocabulary lacks the empty string for an English-only one.
    vocabulary = {**state["vocab"], "": len(state["vocab"])}
    merges = [tuple(pair) for pair in state["merges"]]
    result = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    result.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    result.decoder = decoders.ByteLevel()
    result.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL[:-1501]])
    result.add_tokens([AddedToken(token, special=False, normalized=False) for token in SPECIAL[-1501:]])
    return result


def model(bpe: Tokenizer) -> WhisperForConditionalGeneration:
    """The untrained model: 1.5 million parameters, Whisper's own layout."""
    eot = bpe.token_to_id("<|endoftext|>")
    config = WhisperConfig(
        vocab_size=bpe.get_vocab_size(),
        d_model=128,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=512,
        decoder_ffn_dim=512,
        dropout=0.05,
        bos_token_id=eot,
        eos_token_id=eot,
        pad_token_id=eot,
        decoder_start_token_id=bpe.token_to_id("<|startoftranscript|>"),
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    return WhisperForConditionalGeneration(config)


def save(whisper: WhisperForConditionalGeneration, bpe: Tokenizer, folder: Path) -> None:
    """Write what a Whisper on the hub consists of, weights as float16."""
    ids = {token: bpe.token_to_id(token) for token in SPECIAL}
    whisper.generation_config = GenerationConfig(
        bos_token_id=ids["<|endoftext|>"],
        eos_token_id=ids["<|endoftext|>"],
        pad_token_id=ids["<|endoftext|>"],
        decoder_start_token_id=ids["<|startoftranscript|>"],
        # Larger Whispers also forbid the end of text here, and so must say something about silence; this one need not.
        begin_suppress_tokens=[bpe.encode(" ", add_special_tokens=False).ids[0]],
        suppress_tokens=[
            ids[f"<|{name}|>"] for name in ("startoftranscript", "translate", "transcribe", "startoflm", "startofprev")
        ],
        lang_to_id={f"<|{code}|>": ids[f"<|{code}|>"] for code in LANGUAGES},
        task_to_id={name: ids[f"<|{name}|>"] for name in ("transcribe", "translate")},
        no_timestamps_token_id=ids["<|notimestamps|>"],
        prev_sot_token_id=ids["<|startofprev|>"],
        is_multilingual=True,
        max_initial_timestamp_index=50,
        max_length=448,
        return_timestamps=False,
        alignment_heads=[[1, head] for head in range(4)],
    )
    folder.mkdir(parents=True, exist_ok=True)
    whisper.half().save_pretrained(folder)
    whisper.float()
    WhisperFeatureExtractor(feature_size=80).save_pretrained(folder)
    (folder / "tokenizer.json").write_text(
        json.dumps(json.loads(bpe.to_str()), ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )
    named = {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
    named |= {"pad_token": "<|endoftext|>", "tokenizer_class": "WhisperTokenizer", "add_prefix_space": False}  # type: ignore[dict-item]
    (folder / "tokenizer_config.json").write_text(
        json.dumps({**named, "model_max_length": 1024, "clean_up_tokenization_spaces": False}, indent=2) + "\n"
    )


@dataclass(frozen=True)
class Example:
    """One window of sound and what is said in it."""

    sound: Samples
    """Shape ``(n,)``, 16 kHz."""
    language: str
    """Whisper's code; for silence, any."""
    segments: tuple[tuple[float, float, str], ...]
    """Start and end in seconds, and text; empty for silence and noise."""


@dataclass(frozen=True)
class Round:
    """What one round of training sees; the second, starting warm, has more of what the first finds hard."""

    length: float
    """Steps, as a part of those asked for."""
    rate: float
    """Highest learning rate."""
    in_a_row: float
    """Share of windows with more than one phrase, where they fit."""
    cut: float
    """Share of windows whose last phrase is cut off."""
    longer: float
    """Share of batches of 4.6 to 11 seconds."""
    full: float
    """Share of batches of 30 seconds."""


ROUNDS = (Round(1.0, 2e-3, 0.25, 0.3, 0.25, 0.03), Round(0.6, 1.5e-3, 0.4, 0.5, 0.35, 0.06))


@functools.cache
def _words(language: str, text: str) -> str:
    if language != "ja":
        return text
    return next(spaced for spaced in KANA_WORDS if spaced.replace(" ", "") == text)


def noise(samples: int, dice: random.Random) -> Samples:
    """White, pink or brown noise, hum, or a few tones such as music has; root mean square 1."""
    numbers = np.random.default_rng(dice.getrandbits(32))
    kind = dice.random()
    if kind < 0.7:
        spectrum = np.fft.rfft(numbers.standard_normal(samples))
        spectrum /= np.maximum(np.arange(len(spectrum)), 1) ** dice.choice((0.0, 0.25, 0.5, 0.5, 0.75, 1.0))
        sound = np.fft.irfft(spectrum, samples)
    else:
        times = np.arange(samples) / RATE
        sound = np.zeros(samples)
        for _ in range(dice.randint(1, 5)):
            tone = np.sin(2 * np.pi * dice.uniform(50, 2000) * times)
            sound += tone * np.clip(np.sin(2 * np.pi * dice.uniform(0.2, 3) * times + dice.uniform(0, 6)), 0, 1)
    return (sound / (np.sqrt(np.mean(sound**2)) + 1e-9)).astype(np.float32)


def spoken(language: str, text: str, dice: random.Random, cut: bool) -> tuple[Samples, str]:
    """One phrase, whole or cut off somewhere, and the words that had ended by then."""
    # The spaces of kana are there for the times alone, so whole phrases are mostly said without.
    asked = _words(language, text) if cut or dice.random() < 0.2 else text
    sound, starts = render_words(asked, language, dice.choice(VARIANTS), dice.randint(120, 200), dice.randint(20, 80))
    if cut and len(starts) > 1:
        # With equal chance right at the end of a word, or anywhere.
        index = dice.randrange(1, len(starts))
        place, until = starts[index]
        if dice.random() < 0.5:
            until = min(until + dice.uniform(0, 1) * 0.3, len(sound) / RATE)
            place = max((p for p, begins in starts if begins <= until + 0.03), default=0)
        sound = sound[: int(until * RATE)].copy()
        # A microphone's buffer ends abruptly; a pause after a word does not.
        fade = min(len(sound), 160)
        sound[len(sound) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
        asked = asked[:place].rstrip(" ,.?!¿¡、。，？！")
        text = asked
    if language in ("zh", "ja"):
        return sound, text.replace(" ", "")
    return sound, text


def example(dice: random.Random, longest: float, lesson: Round) -> Example:
    """Draw one window of at most ``longest`` seconds."""
    book = phrases()
    language, text = dice.choice(book)
    kind = dice.random()
    gain = 10 ** dice.uniform(-1.0, 0.1)
    if kind < 0.08:
        length = int(dice.uniform(0.5, longest) * RATE)
        level = dice.choice((0.0, 0.0, 1e-4, 1e-3, 0.01, 0.05, 0.15))
        return Example(noise(length, dice) * np.float32(level), language, ())
    rows = (
        [text]
        if kind < 1 - lesson.in_a_row
        else [text, *(t for _, t in dice.sample([p for p in book if p[0] == language], 2))]
    )
    pieces: list[Samples] = [np.zeros(int(dice.choice((0.0, dice.uniform(0, 0.8))) * RATE), np.float32)]
    at = len(pieces[0])
    segments: list[tuple[float, float, str]] = []
    for number, row in enumerate(rows):
        last = number == len(rows) - 1
        sound, said = spoken(language, row, dice, cut=(last and dice.random() < lesson.cut))
        pause = np.zeros(int(dice.uniform(0.0, 0.7) * RATE), np.float32)
        if segments and at + len(sound) + len(pause) > longest * RATE:
            break
        if said:
            segments.append((at / RATE, (at + len(sound)) / RATE, said))
        pieces += [sound, pause]
        at += len(sound) + len(pause)
    sound = np.concatenate(pieces)[: int(longest * RATE)] * np.float32(gain)
    if dice.random() < 0.6:
        level = np.sqrt(np.mean(sound**2)) * 10 ** (-dice.uniform(12, 45) / 20)
        sound = sound + noise(len(sound), dice) * np.float32(level)
    return Example(np.clip(sound, -1, 1).astype(np.float32), language, tuple(segments))


@functools.cache
def _extractor() -> WhisperFeatureExtractor:
    return WhisperFeatureExtractor(feature_size=80)


def features(sound: Samples, frames: int, padded_sound: bool) -> torch.Tensor:
    """Log-mel features ``(80, frames)``, padded as sound (OpenAI's way) or as features with zeros (faster-whisper)."""
    if padded_sound:
        sound = np.pad(sound, (0, max(0, frames * 160 - len(sound))))
    mel = _log_mel(torch.from_numpy(np.pad(sound, (0, 160))))[:, :frames]
    return functional.pad(mel, (0, frames - mel.shape[1]))


@functools.cache
def _filters() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(_extractor().mel_filters.T.astype(np.float32)), torch.hann_window(400)


def _log_mel(sound: torch.Tensor) -> torch.Tensor:
    filters, window = _filters()
    power = torch.stft(sound, 400, 160, window=window, return_complex=True)[..., :-1].abs() ** 2
    mel = torch.clamp(filters @ power, min=1e-10).log10()
    return (torch.maximum(mel, mel.max() - 8.0) + 4.0) / 4.0


def targets(item: Example, bpe: Tokenizer, dice: random.Random) -> tuple[list[int], list[int], list[int]]:
    """Decoder input, its labels (-100: no loss), and the text tokens alone for CTC."""
    names = ("startoftranscript", item.language, "transcribe", "notimestamps", "endoftext", "nospeech", "startofprev")
    start, language, task, plain, end, nospeech, previous = (bpe.token_to_id(f"<|{name}|>") for name in names)
    joined = "" if item.language in ("zh", "ja") else " "

    def encode(text: str) -> list[int]:
        return bpe.encode(joined + text, add_special_tokens=False).ids

    text = [token for _, _, said in item.segments for token in encode(said)]
    stamped = dice.random() < 0.35
    body: list[int] = []
    if stamped:
        for begins, ends, said in item.segments:
            body += [plain + 1 + round(begins / 0.02), *encode(said), plain + 1 + min(1500, round(ends / 0.02))]
    else:
        body = [plain, *text]
    prompt: list[int] = []
    if dice.random() < 0.2:
        others = [t for code, t in phrases() if code == item.language]
        prompt = [previous, *encode(joined.join(dice.sample(others, dice.randint(1, 2))))]
    sequence = [*prompt, start, language, task, *body, end]
    labels = sequence[1:]
    heard = len(prompt)
    given = heard + (3 if not stamped else 2)
    labels = [-100 if index < given else token for index, token in enumerate(labels)]
    labels[heard] = language if item.segments else nospeech
    return sequence[:-1], labels, text


class Listener(nn.Module):
    """The encoder on windows of any length, with the CTC head that only training needs."""

    def __init__(self, whisper: WhisperForConditionalGeneration) -> None:
        super().__init__()
        self.whisper = whisper
        self.head = nn.Linear(whisper.config.d_model, VOCABULARY + 2)

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        """``(batch, 80, frames)`` to ``(batch, frames / 2, 128)``; transformers' own takes 3,000 frames only."""
        encoder = self.whisper.model.encoder
        hidden = functional.gelu(encoder.conv1(mel))
        hidden = functional.gelu(encoder.conv2(hidden)).transpose(1, 2)
        hidden = functional.dropout(hidden + encoder.embed_positions.weight[: hidden.shape[1]], 0.05, self.training)
        for layer in encoder.layers:
            hidden = layer(hidden, None)
            hidden = hidden[0] if isinstance(hidden, tuple) else hidden
        return encoder.layer_norm(hidden)  # type: ignore[no-any-return]


def batches(bpe: Tokenizer, number: int) -> Iterator[tuple[torch.Tensor, ...]]:
    """Endless batches of a round: features, decoder inputs, labels, CTC targets and their lengths."""
    dice = random.Random(number + 1)
    lesson = ROUNDS[number]
    while True:
        chance = dice.random()
        size, frames = 16, 2 * dice.randint(130, 230)
        if chance < lesson.longer:
            size, frames = 10, 2 * dice.randint(230, 550)
        elif chance < lesson.longer + lesson.full:
            size, frames = 4, 3000
        items = [example(dice, min(frames / 100, 12.0), lesson) for _ in range(size)]
        mel = torch.stack([features(item.sound, frames, dice.random() < 0.5) for item in items])
        rows = [targets(item, bpe, dice) for item in items]
        longest = max(len(inputs) for inputs, _, _ in rows)
        inputs = torch.tensor([row + [0] * (longest - len(row)) for row, _, _ in rows])
        labels = torch.tensor([row + [-100] * (longest - len(row)) for _, row, _ in rows])
        widest = max(1, *(len(text) for _, _, text in rows))
        ctc = torch.tensor([text + [0] * (widest - len(text)) for _, _, text in rows])
        yield mel, inputs, labels, ctc, torch.tensor([len(text) for _, _, text in rows])


def train(whisper: WhisperForConditionalGeneration, bpe: Tokenizer, steps: int, folder: Path, number: int) -> None:
    """One round of training, in place, saying where it stands and writing it down now and then."""
    torch.manual_seed(number + 1)
    listener = Listener(whisper).train()
    decoder = whisper.model.decoder
    weights = [weight for weight in listener.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=ROUNDS[number].rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / 150, 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))
    )
    started = time.monotonic()
    blank = VOCABULARY + 1
    start = bpe.token_to_id("<|startoftranscript|>")
    texts = bpe.token_to_id("")
    shown = [0.0, 0.0]
    for step, (mel, inputs, labels, ctc, lengths) in zip(range(steps), batches(bpe, number), strict=False):
        # A decoder that cannot trust its own past has to look at the sound.
        swapped = torch.rand(inputs.shape) < 0.3
        swapped &= (inputs < start) & (labels != -100)
        inputs = torch.where(swapped, torch.randint(0, texts, inputs.shape), inputs)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            hidden = listener(mel)
            said = decoder(input_ids=inputs, encoder_hidden_states=hidden).last_hidden_state
            logits = whisper.proj_out(said).float()
            heard = listener.head(hidden).float()
        loss = functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)
        chances = heard.log_softmax(-1).transpose(0, 1)
        sizes = torch.full((len(mel),), hidden.shape[1])
        aligned = functional.ctc_loss(chances, ctc, sizes, lengths, blank=blank, zero_infinity=True)
        optimizer.zero_grad()
        (loss + aligned).backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        shown = [0.95 * shown[0] + 0.05 * loss.item(), 0.95 * shown[1] + 0.05 * aligned.item()]
        if step % 50 == 49:
            clock = time.monotonic() - started
            print(f"whisper {step + 1}/{steps} {clock:.0f} s loss {shown[0]:.3f} ctc {shown[1]:.3f}", flush=True)
        if step % 500 == 499:
            save(whisper, bpe, folder)
    whisper.eval()


def make(folder: Path, steps: int) -> None:
    """Train in rounds, the first of them ``steps`` long, and write the checkpoint."""
    torch.manual_seed(0)
    bpe = tokenizer()
    whisper = model(bpe)
    for number, lesson in enumerate(ROUNDS if steps else ()):
        train(whisper, bpe, round(steps * lesson.length), folder, number)
    save(whisper, bpe, folder)
