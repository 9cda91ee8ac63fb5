"""Does the small Whisper of tests/checkpoints hear what it was trained on, through the whole pipeline?

Its phrases in voices it has not heard go block by block through voice activity, the converted int8 model and the
session; all four languages are in play each time. Prints how many finals are right to the letter and how many
languages are. This tests the loading code and the streaming; it says nothing about Whisper's own checkpoints.

Usage: python tests/small_whisper.py
"""

import json
import tempfile
from pathlib import Path

import numpy as np
from checkpoints import speech

from interpreter.audio import RATE, Audio
from interpreter.conversion import convert
from interpreter.events import Final
from interpreter.session import Conversation, Engines, Session
from interpreter.stt.whisper import Whisper
from interpreter.translation.chain import Chain

CHECKPOINT = Path(__file__).parent / "checkpoints" / "whisper"
TAGS = {"en": "en", "zh": "zh-Hant", "ja": "ja", "es": "es"}
SPEEDS = (160, 150)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        convert("whisper", CHECKPOINT, Path(folder) / "whisper", "int8")
        # The small model was trained on short windows, so its floor is lower than that of stock weights.
        whisper = Whisper("small", Path(folder) / "whisper", list(TAGS.values()), options={"window_floor": "3"})
        engines = Engines((whisper,), Chain([]), ())
        renderings = exact = languages = 0
        wrong = []
        for number, (code, text) in enumerate(speech.phrases()):
            for turn, speed in enumerate(SPEEDS):
                variant = speech.HELD_OUT[(number + 3 * turn) % len(speech.HELD_OUT)]
                samples, _ = speech.render(text, code, variant=variant, speed=speed)
                quiet = np.zeros(RATE // 2, np.float32)
                session = Session(engines, Conversation({tag: () for tag in TAGS.values()}), voice=False)
                padded = np.concatenate([quiet, samples.astype(np.float32), quiet, quiet])
                events = [
                    event
                    for start in range(0, len(padded), 1600)
                    for event in session.accept(Audio(padded[start : start + 1600], RATE))
                ]
                finals = [event for event in [*events, *session.finish()] if isinstance(event, Final)]
                heard = " ".join(final.text for final in finals)
                renderings += 1
                exact += heard == text
                languages += [final.language for final in finals][:1] == [TAGS[code]]
                if heard != text:
                    wrong.append(f"{code} {variant} {speed}: '{text}' heard as '{heard}'")
    for line in wrong:
        print(line)
    print(
        f"{renderings} unseen renderings: {exact / renderings:.1%} exact, {languages / renderings:.1%} right language"
    )
    print(json.dumps({"renderings": renderings, "exact": exact / renderings, "language": languages / renderings}))


if __name__ == "__main__":
    main()
