"""A tiny VITS of the MMS shape (characters in, 16 kHz out), trained on eSpeak NG's Spanish and Japanese voice.

Transformers runs VITS but does not train it, so the loss is here. What the full recipe has and this one has not:
the search for the alignment (eSpeak NG says when each word began; its letters share the time) and the
discriminators, whose place log-spectra at three resolutions take. The text is invented syllables: eSpeak NG reads
anything.
"""

from __future__ import annotations

import functools
import json
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
from speech import render_words
from torch import nn
from torch.nn import functional
from transformers import VitsConfig, VitsModel
from transformers.audio_utils import mel_filter_bank
from transformers.models.vits.modeling_vits import VitsStochasticDurationPredictor

HOP = 256
"""Samples per frame: the product of the decoder's upsampling rates."""
WINDOW = 1024
SEGMENT = 32
"""Frames of each utterance that the decoder is trained on per step."""
LETTERS = " abcdefghijklmnopqrstuvwxyzáéíñóúü'-"
KANA = "".join(chr(code) for code in (*range(0x3041, 0x3094), *range(0x30A1, 0x30F5), 0x30FC))
VOCABULARY = {character: index for index, character in enumerate(("<pad>", *LETTERS, *KANA, "<unk>"))}
"""Character to id; 0 is the blank between characters."""
_SPANISH = (
    (*"bcdfglmnprstvjzyhñ", "ll", "ch", "pr", "tr", "br", "gr", "pl", "qu"),
    (*"aeiouaeoáéíóú", "ia", "ie", "ue"),
    ("", "", "", "", "n", "s", "r", "l"),
)
_MORAE = (
    *"あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    *"がぎぐげござじずぜぞだでどばびぶべぼぱぴぷぺぽ",
    *("きゃ", "しゅ", "しょ", "ちゃ", "じょ", "りょ", "っか", "っと", "っぷ"),
)
_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3094)}


def invented(dice: random.Random) -> tuple[str, str]:
    """Language and a few words in it that mean nothing."""
    if dice.random() < 0.5:
        words = []
        for _ in range(dice.randint(2, 4)):
            onset, nucleus, coda = _SPANISH
            words.append("".join(dice.choice(onset) + dice.choice(nucleus) for _ in range(dice.randint(1, 3))))
            words[-1] = words[-1].replace("quu", "qu").replace("qua", "ca").replace("quo", "co") + dice.choice(coda)
        return "es", " ".join(words)
    words = ["".join(dice.choice(_MORAE) for _ in range(dice.randint(2, 4))) for _ in range(dice.randint(2, 3))]
    words = [word.translate(_KATAKANA) if dice.random() < 0.3 else word for word in words]
    return "ja", " ".join(words)


@functools.lru_cache(maxsize=4000)
def utterance(number: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor] | None:
    """Token ids, their durations in frames, and samples; None when eSpeak NG joined words and the times do not fit."""
    language, text = invented(random.Random(number))
    sound, words = render_words(text, language, "", 140, 45)
    starts = [place for place, _ in words]
    if starts != [0] + [index + 1 for index, character in enumerate(text) if character == " "]:
        return None
    frames = len(sound) // HOP
    edges = [round(begins * 16_000 / HOP) for _, begins in words] + [frames]
    durations = [1]
    for (place, _), begin, end in zip(words, edges, edges[1:], strict=False):
        length = len(text[place:].split(" ")[0])
        tokens = 2 * length + (0 if end == frames else 2)
        if end - begin - (1 if place == 0 else 0) < tokens:
            return None
        share = np.diff(np.linspace(0, end - begin - (1 if place == 0 else 0), tokens + 1).round()).astype(int)
        durations += share.tolist()
    ids = [0]
    for character in text:
        ids += [VOCABULARY[character], 0]
    if len(ids) != len(durations) or sum(durations) != frames:
        return None
    return torch.tensor(ids), torch.tensor(durations), torch.from_numpy(sound[: frames * HOP].copy())


def spectrum(sound: torch.Tensor, size: int, hop: int) -> torch.Tensor:
    """Magnitudes ``(batch, size / 2 + 1, frames)``, one frame per hop."""
    padded = functional.pad(sound.unsqueeze(1), ((size - hop) // 2, (size - hop) // 2), mode="reflect").squeeze(1)
    window = torch.hann_window(size)
    parts = torch.stft(padded, size, hop, window=window, center=False, return_complex=True)
    return torch.sqrt(parts.real**2 + parts.imag**2 + 1e-6)


@functools.cache
def _mel(size: int) -> torch.Tensor:
    bank = mel_filter_bank(size // 2 + 1, min(80, size // 8), 0.0, 8000.0, 16_000, norm="slaney", mel_scale="slaney")
    return torch.from_numpy(bank.T.astype(np.float32))


def difference(made: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Mean distance of log-mel spectra at three resolutions."""
    total = torch.zeros(())
    for size in (2048, 1024, 256):
        ours, theirs = (_mel(size) @ spectrum(sound, size, size // 4) for sound in (made, wanted))
        total = total + (ours.clamp(min=1e-4).log() - theirs.clamp(min=1e-4).log()).abs().mean()
    return total / 3


def model() -> VitsModel:
    """The untrained model: every part of MMS, about a fortieth of its size."""
    config = VitsConfig(
        vocab_size=len(VOCABULARY),
        hidden_size=64,
        num_hidden_layers=3,
        ffn_dim=192,
        flow_size=48,
        layerdrop=0.0,
        hidden_dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
        spectrogram_bins=WINDOW // 2 + 1,
        upsample_initial_channel=96,
        resblock_kernel_sizes=[3, 7],
        resblock_dilation_sizes=[[1, 3], [1, 3]],
        duration_predictor_num_flows=2,
        depth_separable_num_layers=2,
        duration_predictor_dropout=0.1,
        prior_encoder_num_flows=2,
        prior_encoder_num_wavenet_layers=2,
        posterior_encoder_num_wavenet_layers=4,
        sampling_rate=16_000,
        pad_token_id=0,
    )
    voice = VitsModel(config)
    nn.init.normal_(voice.text_encoder.embed_tokens.weight, std=config.hidden_size**-0.5)
    return voice


def train(voice: VitsModel, steps: int, seed: int = 1) -> None:
    """Train in place."""
    torch.manual_seed(seed)
    dice = random.Random(seed)
    optimizer = torch.optim.AdamW(voice.parameters(), lr=1e-3, betas=(0.8, 0.99), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / 50, 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * step / steps)))
    )
    voice.train()
    started, shown = time.monotonic(), [0.0, 0.0]
    for step in range(steps):
        rows = []
        while len(rows) < 8:
            drawn = utterance(dice.randrange(3000))
            if drawn is not None and len(drawn[2]) > (SEGMENT + 8) * HOP:
                rows.append(drawn)
        ids = nn.utils.rnn.pad_sequence([row[0] for row in rows], batch_first=True)
        durations = nn.utils.rnn.pad_sequence([row[1] for row in rows], batch_first=True)
        sound = nn.utils.rnn.pad_sequence([row[2] for row in rows], batch_first=True)
        said = (torch.arange(ids.shape[1]) < torch.tensor([[len(row[0])] for row in rows])).float()
        lengths = durations.sum(1)
        heard = (torch.arange(int(lengths.max())) < lengths[:, None]).float().unsqueeze(1)

        text = voice.text_encoder(input_ids=ids, padding_mask=said.unsqueeze(-1), attention_mask=said.long())
        owners = [torch.repeat_interleave(torch.arange(len(row)), row) for row in durations]
        owner = nn.utils.rnn.pad_sequence(owners, batch_first=True)
        spread = owner.unsqueeze(-1).expand(-1, -1, voice.config.flow_size)
        mean = text.prior_means.gather(1, spread).transpose(1, 2)
        deviation = text.prior_log_variances.gather(1, spread).transpose(1, 2)
        latents, _, spoken_deviation = voice.posterior_encoder(spectrum(sound, WINDOW, HOP), heard)
        flowed = voice.flow(latents, heard)
        # Kullback-Leibler divergence of posterior and prior, one sample of it: Kim et al. 2021, equation 4.
        divergence = deviation - spoken_deviation - 0.5 + 0.5 * (flowed - mean) ** 2 * torch.exp(-2 * deviation)
        divergence = (divergence * heard).sum() / heard.sum() / voice.config.flow_size

        begins = [dice.randrange(int(length) - SEGMENT) for length in lengths]
        # Half of the pieces come from the sound, half from the text alone. The full recipe has the first half only, and
        # in so short a training its prior learns one vector for all letters: the voice would hum.
        guessed = voice.flow(mean + 0.5 * torch.randn_like(mean) * torch.exp(deviation), heard, reverse=True)
        sources = [*latents[:4], *guessed[4:]]
        pieces = torch.stack([row[:, at : at + SEGMENT] for row, at in zip(sources, begins, strict=True)])
        wanted = torch.stack([row[at * HOP : (at + SEGMENT) * HOP] for row, at in zip(sound, begins, strict=True)])
        likeness = difference(voice.decoder(pieces).squeeze(1), wanted)
        optimizer.zero_grad()
        (15 * likeness + divergence).backward()
        nn.utils.clip_grad_norm_(voice.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        losses = (likeness.item(), divergence.item())
        shown = [0.95 * old + 0.05 * new for old, new in zip(shown, losses, strict=True)]
        if step % 50 == 49:
            clock = time.monotonic() - started
            print(f"vits {step + 1}/{steps} {clock:.0f} s spectrum {shown[0]:.3f} prior {shown[1]:.3f}", flush=True)
    voice.eval()


def unlikelihood(
    predictor: VitsStochasticDurationPredictor, text: torch.Tensor, said: torch.Tensor, durations: torch.Tensor
) -> torch.Tensor:
    """Upper bound of the durations' negative log-likelihood per character: Kim et al. 2021, equation 8.

    Not the predictor's own ``forward``: in transformers 5 that swaps the two channels once more than the reverse pass
    does, so what it trains is never sampled from, and every character lasts one frame.
    """

    def through(flows: nn.ModuleList, latents: torch.Tensor, given: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        total = torch.zeros(len(latents))
        for index, flow in enumerate(flows):
            latents, change = flow(latents, said, global_conditioning=given)
            latents = latents.flip(1) if index else latents
            total = total + change
        return latents, total

    given = predictor.conv_proj(predictor.conv_dds(predictor.conv_pre(text), said)) * said
    known = predictor.post_conv_dds(predictor.post_conv_pre(durations), said)
    known = predictor.post_conv_proj(known) * said
    drawn = torch.randn(len(durations), 2, durations.shape[2]) * said
    latents, change = through(predictor.post_flows, drawn, given + known)
    # Durations are whole frames; a fraction is taken off each so that a density can be fitted to them.
    fraction, other = latents[:, :1], latents[:, 1:]
    change = change + ((functional.logsigmoid(fraction) + functional.logsigmoid(-fraction)) * said).sum((1, 2))
    log_q = (-0.5 * (math.log(2 * math.pi) + drawn**2) * said).sum((1, 2)) - change
    logs = ((durations - torch.sigmoid(fraction)) * said).clamp(min=1e-5).log() * said
    latents, change = through(predictor.flows, torch.cat([logs, other], 1), given)
    log_p = (-0.5 * (math.log(2 * math.pi) + latents**2) * said).sum((1, 2)) + change - logs.sum((1, 2))
    return (log_q - log_p).sum() / said.sum()


def train_rhythm(voice: VitsModel, steps: int, seed: int = 2) -> None:
    """Train the durations alone, on the text encoder as it has become."""
    torch.manual_seed(seed)
    dice = random.Random(seed)
    optimizer = torch.optim.AdamW(voice.duration_predictor.parameters(), lr=1e-3, betas=(0.8, 0.99))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - 0.95 * step / steps)
    voice.duration_predictor.train()
    shown = 0.0
    for step in range(steps):
        drawn = [row for row in (utterance(dice.randrange(3000)) for _ in range(16)) if row is not None]
        ids = nn.utils.rnn.pad_sequence([row[0] for row in drawn], batch_first=True)
        durations = nn.utils.rnn.pad_sequence([row[1] for row in drawn], batch_first=True).float().unsqueeze(1)
        said = (torch.arange(ids.shape[1]) < torch.tensor([[len(row[0])] for row in drawn])).float()
        with torch.no_grad():
            text = voice.text_encoder(input_ids=ids, padding_mask=said.unsqueeze(-1), attention_mask=said.long())
        hidden = text.last_hidden_state.transpose(1, 2)
        loss = unlikelihood(voice.duration_predictor, hidden, said.unsqueeze(1), durations)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(voice.duration_predictor.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        shown = 0.95 * shown + 0.05 * loss.item()
        if step % 100 == 99:
            print(f"vits rhythm {step + 1}/{steps} {shown:.3f}", flush=True)
    voice.eval()


def make(folder: Path, steps: int) -> None:
    """Train and write the checkpoint."""
    torch.manual_seed(0)
    voice = model()
    if steps:
        train(voice, steps)
        train_rhythm(voice, steps)
    folder.mkdir(parents=True, exist_ok=True)
    voice.save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps(VOCABULARY, ensure_ascii=False) + "\n", encoding="utf-8")
    settings = {"add_blank": True, "normalize": True, "phonemize": False, "is_uroman": False, "language": "spa"}
    named = {"pad_token": "<pad>", "unk_token": "<unk>", "tokenizer_class": "VitsTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps({**named, **settings}, indent=2) + "\n", encoding="utf-8")
