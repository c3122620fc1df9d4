"""The project's measures against numbers that the papers' own code gave.

    python tests/oracles/check.py FILE...

A file's name says its kind (``simalign.json``); its numbers may be any. Prints for each the largest
difference and exits 1 where one is over its tolerance.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bertviz_plus.measures import alignment
from bertviz_plus.measures.patterns import attention_patterns
from bertviz_plus.measures.probabilities import softmax_probabilities
from bertviz_plus.traces.units import merge_attention


@dataclass(frozen=True)
class Difference:
    """How far one number, matrix or set of links is from the oracle's.

    Links differ by how many are in one of the two sets alone.
    """

    what: str
    largest: float
    tolerance: float

    @property
    def passes(self) -> bool:
        return self.largest <= self.tolerance


def of_links(what: str, ours: np.ndarray, theirs: Any) -> Difference:
    found = {(int(i), int(j)) for i, j in np.argwhere(ours)}
    return Difference(what, len(found ^ {(int(i), int(j)) for i, j in theirs}), 0)


def of_numbers(what: str, ours: Any, theirs: Any, tolerance: float) -> Difference:
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    if ours.shape != theirs.shape:
        return Difference(f"{what}: shape {list(ours.shape)} for {list(theirs.shape)}", np.inf, tolerance)
    largest = float(np.abs(ours - theirs).max(initial=0))
    return Difference(what, largest if np.isfinite(largest) else np.inf, tolerance)


def simalign(cases: Any) -> Iterator[Difference]:
    for number, case in enumerate(cases if isinstance(cases, list) else [cases]):
        similarity = np.array(case["sim"], float)
        name = f"{number} {'×'.join(map(str, similarity.shape))}"
        methods: dict[str, Callable[[np.ndarray], np.ndarray]] = {
            "fwd": alignment.fwd,
            "rev": alignment.rev,
            "argmax_inter": alignment.inter,
            "itermax_n2_a09": lambda sim: alignment.itermax(sim, n=2, alpha=0.9),
            "itermax_n3_a09": lambda sim: alignment.itermax(sim, n=3, alpha=0.9),
            "match_mwmf": alignment.mwmf,
        }
        for key, method in methods.items():
            if key in case:
                yield of_links(f"{name} {key}", method(similarity), case[key])
        if "distorted_05" in case:
            # The oracle is rounded to ten places.
            ours = alignment.distort(similarity, 0.5)
            yield of_numbers(f"{name} distorted_05", ours, case["distorted_05"], 1e-9)


def awesome_align(cases: Any) -> Iterator[Difference]:
    for number, case in enumerate(cases if isinstance(cases, list) else [cases]):
        scores = np.array(case["hidden_src"], float) @ np.array(case["hidden_tgt"], float).T
        name = f"{number} {'×'.join(map(str, scores.shape))}"
        reverse = softmax_probabilities(scores.T).T
        # Room for an oracle that was computed in single precision.
        yield of_numbers(f"{name} p_src", softmax_probabilities(scores), case["p_src"], 1e-6)
        yield of_numbers(f"{name} p_tgt", reverse, case["p_tgt"], 1e-6)
        links = alignment.softmax(scores, threshold=1e-3)
        yield of_links(f"{name} align_threshold_1e3", links, case["align_threshold_1e3"])


def mwec(cases: Any) -> Iterator[Difference]:
    for number, case in enumerate(cases if isinstance(cases, list) else [cases]):
        cost = np.array(case["cost"], float)
        cover = alignment.minimum_edge_cover(cost)
        name = f"{number} {'×'.join(map(str, cost.shape))}"
        if "pairs" in case:
            yield of_links(f"{name} pairs", cover, case["pairs"])
        if "weight" in case:
            yield of_numbers(f"{name} weight", cost[cover].sum(), case["weight"], 1e-6)


def clark_surface(case: Any) -> Iterator[Difference]:
    """Shares of attention that go to simple places; the oracle's other keys belong to measures to come."""
    found = []
    for document in case["docs"]:
        special = [token in ("[CLS]", "[SEP]") for token in document["tokens"]]
        found.append(attention_patterns(np.array(document["attns"]), document["tokens"], special))
    ours = {"self": "self", "next": "right", "prev.": "left", "[CLS]": "cls", "[SEP]": "sep"}
    for name, theirs in ours.items():
        if theirs in case["avg"]:
            shares = [patterns.shares[..., patterns.names.index(name)] for patterns in found]
            # Shares are in single precision.
            yield of_numbers(theirs, np.mean(shares, axis=0), case["avg"][theirs], 1e-6)


def clark_word_level(case: Any) -> Iterator[Difference]:
    starts = [tokens[0] for tokens in case["words_to_tokens"]]
    merged = merge_attention(np.array(case["token_attn"]), starts, starts)
    yield of_numbers("mean over a source word's pieces", merged, case["mean"], 1e-6)


def kobayashi(case: Any) -> Iterator[Difference]:
    import torch

    from bertviz_plus.models.projection import output_norms

    attention, values, weight = (
        torch.tensor(case[key], dtype=torch.float64)
        for key in ("alpha_h_q_k", "value_layer_h_s_dh", "dense_weight_out_in")
    )
    yield of_numbers("afx_norm", output_norms(attention, values, weight).numpy(), case["afx_norm"], 1e-6)


KINDS: dict[str, Callable[[Any], Iterator[Difference]]] = {
    "awesome_align": awesome_align,
    "clark_surface": clark_surface,
    "clark_word_level": clark_word_level,
    "kobayashi": kobayashi,
    "mwec": mwec,
    "simalign": simalign,
}


def differences(path: Path) -> list[Difference]:
    """Run the project's measure on a file's inputs.

    Raises
    ------
    ValueError
        Where its name says no known kind, or it compares nothing.
    """
    if path.stem not in KINDS:
        raise ValueError(f"{path}: a file must be named after its kind, one of {', '.join(sorted(KINDS))}")
    found = list(KINDS[path.stem](json.loads(path.read_text())))
    if not found:
        raise ValueError(f"{path}: holds nothing that can be compared")
    return found


def main(paths: list[str]) -> int:
    if not paths:
        print(__doc__)
        return 2
    failed = False
    for path in map(Path, paths):
        found = differences(path)
        worst = max(found, key=lambda one: (not one.passes, one.largest))
        failing = [one for one in found if not one.passes]
        failed = failed or bool(failing)
        print(
            f"{path.name}: {len(found)} comparisons, largest difference {worst.largest:.3g} ({worst.what})"
            + (f", {len(failing)} OVER" if failing else "")
        )
        for one in failing:
            print(f"    {one.what}: {one.largest:.3g}, tolerance {one.tolerance:g}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
