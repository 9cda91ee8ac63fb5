"""Fit the weights of ``venues/belief.py`` to the development questions, and print them as the tables to put there.

For each question every candidate is right or wrong. The weights maximise two likelihoods at once, with a small penalty
on their squares: that of each candidate by itself (so that the sum is a probability) and that of the right one among
the candidates of its question (so that it comes first). ``python tests/ask_weights.py [--set FILE ...]``

Also printed: how well the weights of four fifths of the questions answer the last fifth.
"""

import argparse
import csv
import itertools
from pathlib import Path

import numpy as np
import torch
from ask_the_guide import AT, guides_and_packs, right

from venues.known import UNANSWERED
from venues.meaning import LANGUAGES

HERE = Path(__file__).parent
PENALTY = 1e-3
PARTS = {"": (1,), "_FEW": (4, 30)}
"""A venue may know all of these questions, every fourth or every thirtieth; where it knows few, other weights serve."""
ONLY_MEANING = ("meaning", "meaning squared", "lead of meaning", "first by meaning")
Question = tuple[np.ndarray, np.ndarray, np.ndarray, bool]
"""Evidence (candidates, features), right or not, whether it is the candidate "nowhere", whether meanings were known."""


def considered(path: Path, every: int) -> tuple[list[str], list[Question]]:
    """The names of the features and the candidates of every question of a set, by a guide that knows a part."""
    guides, packs = guides_and_packs(every)
    names: list[str] = []
    found = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            tag, venue, expected = row["language"], row["venue"], row["expected"]
            candidates = guides[venue].consider(row["question"], tag, AT).candidates
            names = list(candidates[0].evidence)
            evidence = np.array([[each.evidence[name] for name in names] for each in candidates])
            goods = np.array(
                [
                    expected == UNANSWERED
                    if each.answer == UNANSWERED
                    else right(f"{venue}/{each.answer}", expected, row["contains"], packs, venue, tag)
                    for each in candidates
                ]
            )
            nowhere = np.array([each.answer == UNANSWERED for each in candidates])
            found.append((evidence, goods, nowhere, tag in LANGUAGES))
    return names, found


def fit(questions: list[Question], keep: np.ndarray) -> np.ndarray:
    """The weights; zero for features that are not kept."""
    evidence = torch.tensor(np.concatenate([q[0] for q in questions])) * torch.tensor(keep)
    good = torch.tensor(np.concatenate([q[1] for q in questions]).astype(float))
    of = torch.repeat_interleave(torch.arange(len(questions)), torch.tensor([len(q[1]) for q in questions]))
    weights = torch.zeros(evidence.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        z = evidence @ weights
        alone = torch.nn.functional.binary_cross_entropy_with_logits(z, good, reduction="sum")
        odds = torch.exp(z)
        all_odds = torch.zeros(len(questions), dtype=torch.float64).index_add(0, of, odds)
        good_odds = torch.zeros(len(questions), dtype=torch.float64).index_add(0, of, odds * good)
        answerable = good_odds > 0
        among = (torch.log(all_odds[answerable]) - torch.log(good_odds[answerable])).sum()
        total = (alone + among) / len(questions) + PENALTY * (weights**2).sum()
        total.backward()
        return total

    optimizer.step(loss)
    return weights.detach().numpy() * keep


def judged(questions: list[Question], weights: np.ndarray, least: float) -> tuple[float, float]:
    """Shares of answerable questions answered right, and of the others refused."""
    firsts, silents = [], []
    for evidence, good, nowhere, _ in questions:
        z = evidence @ weights
        first = int(np.argmax(z))
        silent = bool(nowhere[first]) or 1 / (1 + np.exp(-z[first])) < least
        if good[nowhere].any():
            silents.append(silent)
        else:
            firsts.append(not silent and bool(good[first]))
    return float(np.mean(firsts)), float(np.mean(silents))


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, nargs="*", default=[HERE / "questions_development.tsv"], dest="sets")
    options = parser.parse_args()
    for few, parts in PARTS.items():
        questions: list[Question] = []
        names: list[str] = []
        for path, every in itertools.product(options.sets, parts):
            names, more = considered(path, every)
            questions += more
        everything = np.ones(len(names))
        letters = np.array([name not in ONLY_MEANING for name in names], dtype=float)
        served = [each for each in questions if each[3]]
        tell(f"{few}_WITH_MEANING", names, served, everything, len(parts))
        tell(f"{few}_BY_LETTERS", names, questions, letters, len(parts))


def tell(title: str, names: list[str], questions: list[Question], keep: np.ndarray, parts: int) -> None:
    """Print one table, and how well such weights answer what they were not fitted to."""
    length = len(questions) // parts
    fold_of = np.tile(np.random.default_rng(1).permutation(length) % 5, parts)
    for least in (0.2, 0.3, 0.4):
        shares = []
        for fold in range(5):
            weights = fit([q for i, q in enumerate(questions) if fold_of[i] != fold], keep)
            shares.append(judged([q for i, q in enumerate(questions) if fold_of[i] == fold], weights, least))
        first, silent = 100 * np.mean(shares, axis=0)
        print(f"# {title} from {least:.2f}: {first:.1f} % right first, {silent:.1f} % refused")
    print(f"{title} = {{")
    for name, weight in zip(names, fit(questions, keep), strict=True):
        if weight:
            print(f'    "{name}": {weight:.2f},')
    print("}")


if __name__ == "__main__":
    main()
