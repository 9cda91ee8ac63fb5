"""How often a venue's names are heard in free English speech, and how often they are heard where nobody said them.

Sentences with a name of the venue Beitou, none of them in the phrasebook, are spoken by voices that are not eSpeak's
(Debian's flite and festival) and recognised with and without the list of names. *Heard*: the name stands in the
transcript. *Imagined*: a name stands in the transcript of a sentence without one.

Usage: python tests/term_spotting.py
"""

import json

import numpy as np
from phrase_recognition import BOOK, to_say, voices
from sounds import blocks, silence

from interpreter.audio import Samples
from interpreter.stt import Hints
from interpreter.stt.belief import filler
from interpreter.stt.closed import Sound
from interpreter.stt.pocketsphinx import PocketSphinx
from interpreter.stt.spotting import BEHIND, Spotter
from ui.hand_over import venue_hints

TERMS = venue_hints("beitou").terms
"""The names of a real venue, all listened for at once."""
FRAMES = (
    "my grandmother was born near {}",
    "we walked from {} to the river yesterday",
    "could you tell me something about {} and its history",
)


def transcript(recognizer: PocketSphinx, samples: Samples, hints: Hints) -> str:
    """Everything that is offered for an utterance."""
    utterance = recognizer.start(["en"], hints)
    for block in blocks(samples):
        utterance.accept(block)
    hypothesis = utterance.finish()
    return " | ".join([hypothesis.text, *(each.text for each in hypothesis.alternatives)])


def main() -> None:
    """Print the table."""
    recognizer = PocketSphinx(BOOK)
    model = recognizer.model
    known = list(voices("en").values())

    def spoken(number: int, text: str) -> Samples:
        return np.concatenate([silence(0.3), known[number % len(known)](text), silence(0.5)])

    said = [(term, FRAMES[i % len(FRAMES)].format(term)) for i, term in enumerate(TERMS)]
    renderings = [(term, spoken(i, text)) for i, (term, text) in enumerate(said)]
    others = [spoken(i, each.text) for i, each in enumerate(to_say("en", 60))]
    print(f"{len(renderings)} sentences with one of {len(TERMS)} names, {len(others)} without")
    spotter = Spotter(TERMS, model)
    found = [(term, Sound.scores_of(samples, model)) for term, samples in renderings]
    found += [("", Sound.scores_of(samples, model)) for samples in others]
    out: dict[str, float] = {"names": len(renderings), "others": len(others)}
    for limit in (0.6, 0.8, BEHIND, 1.3, 1.6, 2.0):
        heard = [[each.term for each in spotter.find(x, filler(x, model), limit)] for _, x in found]
        right = sum(term in names for (term, _), names in zip(found, heard, strict=True) if term)
        imagined = sum(bool(names) for (term, _), names in zip(found, heard, strict=True) if not term)
        print(f"  {limit:.1f}: heard {right / len(renderings):.1%}, imagined in {imagined / len(others):.1%}")
        if limit == BEHIND:
            out |= {"limit": limit, "heard": right / len(renderings), "imagined": imagined / len(others)}
    for name, hints in (("without", Hints()), ("with", Hints(TERMS))):
        written = sum(term.lower() in transcript(recognizer, x, hints).lower() for term, x in renderings)
        out[f"written_{name}"] = written / len(renderings)
        print(f"in the transcript {name} the list: {written / len(renderings):.1%}")
    print(json.dumps(out))


if __name__ == "__main__":
    main()
