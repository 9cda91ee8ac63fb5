"""Checkpoints of the true shapes with random weights: they cost what the published ones cost, and say nothing.

Where no published model is installed, speed can still be measured: time depends on the number and the size of the
matrices, not on what stands in them. Shapes are those of the models' own cards. Tokenizers are trained on the
phrasebook and filled up to the true vocabulary. How long an output is would be chance, so whoever runs these models
forces it (the option ``exact`` of the engines).
"""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from interpreter.phrases import default_book

WHISPER = {
    "whisper-tiny": (384, 4, 6),
    "whisper-base": (512, 6, 8),
    "whisper-small": (768, 12, 12),
    "whisper-large-v3-turbo": (1280, 32, 20),
}
"""Width, layers and heads; the turbo's decoder has four layers, all others as many as the encoder."""
M2M100 = {"m2m100-418m": (1024, 12, 16)}
MARIAN = {"marian-base": (512, 6, 8)}
"""Width, layers on either side, and heads."""
_WHISPER_VOCABULARY = 51865
_LANGUAGES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt "
    "la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc "
    "ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su "
)
_WHISPER_LANGUAGES = tuple(_LANGUAGES.split())
"""In the order of the vocabulary."""
_M2M_VOCABULARY = 128_112
_MARIAN_VOCABULARY = 60_000
_SECONDS_PER_LETTER = 0.07


def texts() -> list[str]:
    """What the tokenizers are trained on: every phrase of the book in every language."""
    book = default_book()
    return [text for phrase in book.phrases.values() for some in phrase.texts.values() for text in some]


def make(name: str, folder: Path) -> Path:
    """Make the checkpoint ``name`` in ``folder``, in Hugging Face's format; leave one that is there.

    Names: those of :data:`WHISPER`, ``m2m100-418m``, ``marian-base``, ``vits-mms``. Raises KeyError for another.
    """
    place = folder / name
    if (place / "made.json").is_file():
        return place
    folder.mkdir(parents=True, exist_ok=True)
    maker: Callable[[Path], None] = MAKERS[name]
    work = Path(tempfile.mkdtemp(dir=folder, prefix=f".{name}-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            maker(work)
        (work / "made.json").write_text(json.dumps({"name": name, "weights": "random"}), encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        work.rename(place)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return place


def _whisper(name: str, folder: Path) -> None:
    import tokenizers
    import torch
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=2000, initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(texts(), trainer)
    special = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in _WHISPER_LANGUAGES)]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>"]
    special += ["<|notimestamps|>"]
    stamps = 1501
    filling = _WHISPER_VOCABULARY - tokenizer.get_vocab_size() - len(special) - stamps
    written = json.loads(tokenizer.to_str())
    vocabulary: dict[str, int] = written["model"]["vocab"]
    # CTranslate2 takes a Whisper without the empty token for one that knows English only.
    for token in ("", *(f"filling{number}" for number in range(filling - 1))):
        vocabulary[token] = len(vocabulary)
    tokenizer = tokenizers.Tokenizer.from_str(json.dumps(written))
    tokenizer.add_special_tokens(special)
    tokenizer.add_tokens([f"<|{0.02 * number:.2f}|>" for number in range(stamps)])
    tokenizer.save(str(folder / "tokenizer.json"))
    ids = {token: tokenizer.token_to_id(token) for token in special}
    sizes = _sizes(*WHISPER[name])
    if name.endswith("turbo"):
        sizes["decoder_layers"] = 4
    config = WhisperConfig(
        vocab_size=tokenizer.get_vocab_size(),
        **sizes,
        num_mel_bins=128 if name.endswith("turbo") else 80,
        decoder_start_token_id=ids["<|startoftranscript|>"],
        eos_token_id=ids["<|endoftext|>"],
        bos_token_id=ids["<|endoftext|>"],
        pad_token_id=ids["<|endoftext|>"],
    )
    torch.manual_seed(0)
    model = WhisperForConditionalGeneration(config)
    model.save_pretrained(folder)
    _generation(
        folder,
        lang_to_id={f"<|{code}|>": ids[f"<|{code}|>"] for code in _WHISPER_LANGUAGES},
        alignment_heads=[[0, 0]],
        suppress_tokens=[],
        begin_suppress_tokens=[],
        no_timestamps_token_id=ids["<|notimestamps|>"],
    )
    shape = {"feature_size": config.num_mel_bins, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30}
    shape |= {"n_fft": 400, "feature_extractor_type": "WhisperFeatureExtractor"}
    (folder / "preprocessor_config.json").write_text(json.dumps(shape), encoding="utf-8")
    more = {"tokenizer_class": "WhisperTokenizerFast", "unk_token": "<|endoftext|>", "eos_token": "<|endoftext|>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(more), encoding="utf-8")


def _generation(folder: Path, **settings: Any) -> None:
    """Write settings of ``generate()`` beside a checkpoint, as published ones have them."""
    file = folder / "generation_config.json"
    known = json.loads(file.read_text(encoding="utf-8"))
    # Otherwise they are made anew from the model's own configuration, and these are lost.
    known.pop("_from_model_config", None)
    file.write_text(json.dumps(known | settings), encoding="utf-8")


def _pieces(file: Path, size: int) -> list[str]:
    """Train a sentencepiece model on the phrasebook; return its pieces."""
    import sentencepiece

    with open(file, "wb") as target:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts()),
            model_writer=target,
            vocab_size=size,
            hard_vocab_limit=False,
            minloglevel=2,
            num_threads=1,
        )
    model = sentencepiece.SentencePieceProcessor(model_file=str(file))
    return [model.id_to_piece(number) for number in range(model.get_piece_size())]


def _sizes(width: int, layers: int, heads: int) -> dict[str, int]:
    """A transformer's configuration, alike on both sides, each feed-forward four times as wide as the rest."""
    return {
        "d_model": width,
        "encoder_layers": layers,
        "decoder_layers": layers,
        "encoder_attention_heads": heads,
        "decoder_attention_heads": heads,
        "encoder_ffn_dim": 4 * width,
        "decoder_ffn_dim": 4 * width,
    }


def _m2m100(folder: Path) -> None:
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration
    from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES

    special = ["<s>", "<pad>", "</s>", "<unk>"]
    pieces = [piece for piece in _pieces(folder / "sentencepiece.bpe.model", 4000) if piece not in special]
    codes = len(FAIRSEQ_LANGUAGE_CODES["m2m100"])
    filling = _M2M_VOCABULARY - len(special) - len(pieces) - codes - 8
    tokens = [*special, *pieces, *(f"filling{number}" for number in range(filling))]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    settings: dict[str, Any] = {"tokenizer_class": "M2M100Tokenizer", "language_codes": "m2m100", "num_madeup_words": 8}
    # Without this line the languages are no part of the vocabulary that is converted.
    settings["additional_special_tokens"] = [f"__{code}__" for code in FAIRSEQ_LANGUAGE_CODES["m2m100"]]
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    config = M2M100Config(
        vocab_size=_M2M_VOCABULARY,
        **_sizes(*M2M100["m2m100-418m"]),
        max_position_embeddings=1024,
    )
    torch.manual_seed(0)
    model = M2M100ForConditionalGeneration(config)
    model.save_pretrained(folder)
    # As the published checkpoint's own settings have it: who calls generate() searches with this beam.
    _generation(folder, num_beams=5, early_stopping=True)


def _marian(folder: Path) -> None:
    import torch
    from transformers import MarianConfig, MarianMTModel

    pieces = _pieces(folder / "source.spm", 4000)
    shutil.copyfile(folder / "source.spm", folder / "target.spm")
    known = [piece for piece in pieces if piece not in ("<s>", "</s>", "<unk>")]
    filling = _MARIAN_VOCABULARY - len(known) - 3
    tokens = ["</s>", "<unk>", *known, *(f"filling{number}" for number in range(filling)), "<pad>"]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    settings = {"tokenizer_class": "MarianTokenizer", "source_lang": "en", "target_lang": "es"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    last = len(tokens) - 1
    config = MarianConfig(
        vocab_size=len(tokens),
        decoder_vocab_size=len(tokens),
        **_sizes(*MARIAN["marian-base"]),
        max_position_embeddings=512,
        pad_token_id=last,
        decoder_start_token_id=last,
        eos_token_id=0,
        forced_eos_token_id=0,
        static_position_embeddings=True,
    )
    torch.manual_seed(0)
    model = MarianMTModel(config)
    model.save_pretrained(folder)
    _generation(folder, num_beams=4)


def _vits(folder: Path) -> None:
    import torch
    from transformers import VitsConfig, VitsModel, VitsTokenizer

    letters = " abcdefghijklmnopqrstuvwxyz'-áéíóúñ"
    vocabulary = {character: number for number, character in enumerate(("<pad>", *letters, "<unk>"))}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    settings: dict[str, Any] = {"tokenizer_class": "VitsTokenizer", "language": "spa", "add_blank": True}
    settings |= {"normalize": True, "phonemize": False, "is_uroman": False, "pad_token": "<pad>", "unk_token": "<unk>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    torch.manual_seed(0)
    # MMS: the defaults of the class, at 16 kHz.
    model = VitsModel(VitsConfig(vocab_size=len(vocabulary), sampling_rate=16_000)).eval()
    text = "donde puedo comprar un billete para el museo"
    tokens = VitsTokenizer.from_pretrained(folder)(text, return_tensors="pt")
    # Untrained, it speaks far too slowly or too fast: bring it to the pace of speech.
    with torch.inference_mode():
        seconds = model(**tokens).waveform.shape[-1] / 16_000
    model.config.speaking_rate = seconds / (_SECONDS_PER_LETTER * len(text))
    model.save_pretrained(folder)


MAKERS: dict[str, Callable[[Path], None]] = {
    **{name: partial(_whisper, name) for name in WHISPER},
    "m2m100-418m": _m2m100,
    "marian-base": _marian,
    "vits-mms": _vits,
}
"""Name of a shape -> what makes it."""
