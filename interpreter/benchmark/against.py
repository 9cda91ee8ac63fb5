"""Our pipeline beside the stock one: the same checkpoints, sound and machine, turn by turn.

Both answer the same utterances alternately, so that whatever else the machine does meets both. Response latency is
from the last voiced sample to the first sample of the answer. Ours includes the hangover, in which nobody may know
that speech has ended; the stock pipeline is told at once.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from interpreter.audio import RATE, Audio, join, resample
from interpreter.benchmark import shapes
from interpreter.benchmark.latency import timed
from interpreter.benchmark.stock import Stages, Stock, Told
from interpreter.conversion import convert
from interpreter.session import Conversation, Engines, Session
from interpreter.stt.whisper import Whisper
from interpreter.translation import Origin, Term, Translation, Translator
from interpreter.translation.chain import Chain
from interpreter.translation.seq2seq import Seq2Seq
from interpreter.tts import Speaker
from interpreter.tts.vits import Vits
from interpreter.vad import Listening

PAIRS = {
    "small": ("whisper-small", "m2m100-418m", "vits-mms"),
    "base": ("whisper-base", "marian-base", "vits-mms"),
}
"""Sets of shapes: recogniser, translation, voice."""
TOKENS_PER_SECOND = 4.0
"""Of the transcript: about three words of English."""
_RANDOM = {
    "no_speech": "2",
    "no_speech_alone": "2",
    "log_probability": "-1000",
    "compression": "1000",
    "repeats": "100000",
    "exact": str(TOKENS_PER_SECOND),
}
"""Options under which a recogniser takes the noise of random weights for a transcript."""
SPOKEN = (
    (
        "Excuse me, where can I buy a ticket for the hot spring museum?",
        "Los billetes se venden en la entrada principal, a la izquierda. Cuestan cien dólares.",
    ),
    (
        "Which bus goes from here to the night market, please?",
        "El autobús sale de la parada que está enfrente, cada diez minutos, hasta medianoche.",
    ),
    (
        "Is the path around the valley wide enough for a wheelchair?",
        "El camino es llano y bastante ancho, pero hay dos escalones cerca del puente.",
    ),
    (
        "Could you tell me when the library closes this evening?",
        "La biblioteca cierra a las nueve de la noche, y los domingos, a las cinco.",
    ),
)
"""What is said and what is answered: three to six seconds."""


class _Fixed:
    """Translates the true transcript, whatever was understood, and answers with the true reply."""

    def __init__(self, translator: Translator, told: Told) -> None:
        self.name, self._translator, self._told = translator.name, translator, told

    def serves(self, source: str, target: str) -> bool:
        """As the model does."""
        return self._translator.serves(source, target)

    def translate(self, text: str, source: str, target: str, terms: Sequence[Term] = ()) -> Translation | None:
        """The reply, once the model has worked for it."""
        self._translator.translate(self._told.text, source, target, terms)
        return Translation(self._told.reply, source, target, Origin("model", self.name))


@dataclass(frozen=True)
class Turn:
    """One utterance answered by both."""

    seconds: float
    """Length of the utterance."""
    ours: float
    """Seconds from the last voiced sample to the first sample of the answer."""
    stock: Stages

    @property
    def ratio(self) -> float:
        """Ours as a part of the stock pipeline's."""
        return self.ours / self.stock.response


def utterances(speaker: Speaker) -> list[tuple[Audio, Told]]:
    """What is said, in an installed voice for English."""
    found = []
    for text, reply in SPOKEN:
        audio = resample(join(speaker.speak(text, "en")), RATE)
        found.append((audio, Told("en", "es", text, reply, round(TOKENS_PER_SECOND * audio.duration))))
    return found


class Both:
    """Both pipelines on one set of shapes."""

    def __init__(self, pair: str, folder: Path, note: Callable[[str], None] = lambda text: None) -> None:
        """Make what is missing in ``folder`` and load it. Raises KeyError for a set that there is not."""
        places = []
        for name in PAIRS[pair]:
            note(name)
            places.append(shapes.make(name, folder))
        hearing, translating, speaking = places
        self._converted = {}
        for engine, place in (("whisper", hearing), ("seq2seq", translating)):
            self._converted[engine] = place.with_name(f"{place.name}-int8")
            if not self._converted[engine].exists():
                note(f"{place.name} as int8")
                convert(engine, place, self._converted[engine], "int8")
        self._family = "marian" if translating.name.startswith("marian") else "m2m100"
        self._whisper = Whisper("whisper", self._converted["whisper"], ["en", "es"], options=_RANDOM)
        self._vits = Vits("vits", speaking, ["es"])
        self._stock = Stock(self._converted["whisper"], translating, speaking)
        self._translators: dict[int, Seq2Seq] = {}

    def turns(self, utterances: Sequence[tuple[Audio, Told]], repetitions: int) -> Iterator[Turn]:
        """Let both answer in turn; the first round warms up and is not counted."""
        listening = Listening()
        for round_ in range(repetitions + 1):
            for audio, told in utterances:
                stock = self._stock.answer(audio, told)
                session = Session(
                    self._engines(told), Conversation.towards("es", ["en"]), listening=listening, guess=True
                )
                measured, _ = timed(session, audio, listening)
                if measured is not None and round_:
                    yield Turn(audio.duration, measured.from_speech, stock)

    def _engines(self, told: Told) -> Engines:
        if told.tokens not in self._translators:
            options = {"family": self._family, "exact": str(told.tokens)}
            if self._family == "marian":
                options |= {"from": "en", "to": "es"}
            path = self._converted["seq2seq"]
            self._translators[told.tokens] = Seq2Seq("translation", path, ["en", "es"], options=options)
        return Engines((self._whisper,), Chain([_Fixed(self._translators[told.tokens], told)]), (self._vits,))


def table(turns: Sequence[Turn]) -> str:
    """Medians and spread, for people."""

    def spread(values: Sequence[float]) -> str:
        quarters = statistics.quantiles(values, n=4) if len(values) > 1 else [values[0]] * 3
        return f"{quarters[1]:6.2f}  ({quarters[0]:.2f} to {quarters[2]:.2f})"

    stock = [turn.stock for turn in turns]
    lines = [
        f"{len(turns)} answers to utterances of {min(t.seconds for t in turns):.1f} to "
        f"{max(t.seconds for t in turns):.1f} s; median (quartiles), seconds from the last voiced sample",
        f"ours, hangover included     {spread([turn.ours for turn in turns])}",
        f"stock, told at once         {spread([stages.response for stages in stock])}",
        f"  recognition               {spread([stages.recognition for stages in stock])}",
        f"  translation               {spread([stages.translation for stages in stock])}",
        f"  voice                     {spread([stages.voice for stages in stock])}",
        f"ours / stock                {spread([turn.ratio for turn in turns])}",
    ]
    return "\n".join(lines)
