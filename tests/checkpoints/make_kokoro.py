"""A model with Kokoro's inputs and files and random numbers inside: it exercises the loading code and says nothing.

The graph gives every phoneme its own 600 samples of noise (25 ms at 24 kHz), shifts them by the mean of the style and
stretches them by the speed, so that a test can see each of the three inputs arrive. Needs the package ``onnx``; what it
writes is committed: python tests/checkpoints/make_kokoro.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent / "kokoro"
SAMPLES = 600
ALPHABET = "$;:,.!?—… AIOQWYʤʧʦʣɐɑɔəɛɜɡɪɲɹɾʃʊʌʒʔˈˌːβðθŋœabdefhijklmnoprstuvwxyz\u0303"


def main() -> None:
    """Write the model, its alphabet and two voices."""
    dice = np.random.default_rng(7)
    sounds = dice.normal(0, 0.2, (len(ALPHABET), SAMPLES)).astype(np.float16)
    constants = [
        numpy_helper.from_array(sounds, "sounds"),
        numpy_helper.from_array(np.array([1.0], np.float32), "one"),
        numpy_helper.from_array(np.array([1, -1], np.int64), "flat"),
        numpy_helper.from_array(np.array([], np.float32), "region"),
    ]
    nodes = [
        helper.make_node("Gather", ["sounds", "input_ids"], ["half"]),
        helper.make_node("Cast", ["half"], ["spoken"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["style"], ["shift"], axes=[1], keepdims=1),
        helper.make_node("Add", ["spoken", "shift"], ["voiced"]),
        helper.make_node("Div", ["one", "speed"], ["length"]),
        helper.make_node("Concat", ["one", "one", "length"], ["scales"], axis=0),
        helper.make_node("Resize", ["voiced", "region", "scales"], ["stretched"], mode="linear"),
        helper.make_node("Reshape", ["stretched", "flat"], ["waveform"]),
    ]
    graph = helper.make_graph(
        nodes,
        "kokoro",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "n"]),
            helper.make_tensor_value_info("style", TensorProto.FLOAT, [1, 256]),
            helper.make_tensor_value_info("speed", TensorProto.FLOAT, [1]),
        ],
        [helper.make_tensor_value_info("waveform", TensorProto.FLOAT, [1, "m"])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    (FOLDER / "onnx").mkdir(parents=True, exist_ok=True)
    (FOLDER / "voices").mkdir(exist_ok=True)
    onnx.save(model, str(FOLDER / "onnx" / "model.onnx"))
    vocabulary = {symbol: number for number, symbol in enumerate(ALPHABET)}
    text = json.dumps({"model": {"type": "WordLevel", "vocab": vocabulary}}, ensure_ascii=False, indent=1)
    (FOLDER / "tokenizer.json").write_text(text + "\n", encoding="utf-8")
    for voice, base in (("ef_dora", 0.0), ("if_sara", 0.1)):
        styles = np.repeat(np.linspace(base, base + 0.05, 20, dtype="<f4")[:, None], 256, axis=1)
        styles.tofile(FOLDER / "voices" / f"{voice}.bin")


if __name__ == "__main__":
    main()
