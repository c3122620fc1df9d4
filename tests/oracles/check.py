"""The project's measures against numbers that the papers' own code gave.

    python tests/oracles/check.py FILE...

A file's name says its kind (``simalign.json``); its numbers may be any. Prints for each the largest
difference and exits 1 where one is over its tolerance.
"""

import ast
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd

from bertviz_plus.data.read_diagnostic import read_diagnostic
from bertviz_plus.measures import representations
from bertviz_plus.measures.alignment import methods as alignment
from bertviz_plus.measures.alignment.probabilities import softmax_probabilities
from bertviz_plus.measures.heads.divergence import head_divergence
from bertviz_plus.measures.heads.numbers import even_attention, head_numbers
from bertviz_plus.measures.heads.places import Places
from bertviz_plus.measures.heads.rollout import maximum_flows, mixed, rolled_out
from bertviz_plus.measures.predictions.sensitivity import diagnostic_scores, sensitivity_differences
from bertviz_plus.measures.probes import erasure
from bertviz_plus.measures.syntax.tree_scores import tree_scores, tree_tallies
from bertviz_plus.traces.parse import Parse
from bertviz_plus.traces.units import FromPieces, merge_attention


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


def of_best(
    what: str, ours: np.ndarray, theirs: Any, values: np.ndarray, allowed: Callable[[np.ndarray], bool]
) -> Difference:
    """Links that are the best by a sum: of several that are equally good any may be found."""
    exact = of_links(what, ours, theirs)
    chosen = {(int(i), int(j)) for i, j in theirs}
    rows, columns = values.shape
    if exact.passes or not all(0 <= i < rows and 0 <= j < columns for i, j in chosen):
        return exact
    other = np.zeros(values.shape, bool)
    for i, j in chosen:
        other[i, j] = True
    rounding = 1e-9 * max(1.0, float(np.abs(values).sum()))
    as_good = abs(values[other].sum() - values[ours].sum()) <= rounding
    return Difference(f"{what}, another that is as good", 0, 0) if as_good and allowed(other) else exact


def of_numbers(what: str, ours: Any, theirs: Any, tolerance: float) -> Difference:
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    if ours.shape != theirs.shape:
        return Difference(f"{what}: shape {list(ours.shape)} for {list(theirs.shape)}", np.inf, tolerance)
    largest = float(np.abs(ours - theirs).max(initial=0))
    return Difference(what, largest if np.isfinite(largest) else np.inf, tolerance)


# What a case gives and what says its size: every other list in it is compared, and so is its weight.
INPUTS = frozenset({"shape", "sim", "hidden_src", "hidden_tgt", "cost"})


def listed(cases: Any, inputs: tuple[str, ...]) -> Iterator[tuple[Mapping[str, Any], list[str]]]:
    """Give each case with the keys that are to be compared, of which there must be one."""
    for number, case in enumerate(cases if isinstance(cases, list) else [cases]):
        absent = [name for name in inputs if name not in case]
        keys = [key for key in case if key not in INPUTS and (isinstance(case[key], list) or key == "weight")]
        if absent or not keys:
            raise ValueError(
                f"case {number} holds no {absent[0] if absent else 'links or numbers to compare'}"
            )
        yield case, keys


def named(number: int, matrix: np.ndarray, case: Mapping[str, Any]) -> str:
    if "shape" in case and list(matrix.shape) != list(case["shape"]):
        raise ValueError(f"case {number} has a matrix {list(matrix.shape)} and says {case['shape']}")
    return f"{number} {'×'.join(map(str, matrix.shape))}"


def unknown(number: int, key: str) -> ValueError:
    return ValueError(f"case {number} has {key!r}, which cannot be compared with anything")


def simalign(cases: Any) -> Iterator[Difference]:
    argmax = {"fwd": alignment.fwd, "rev": alignment.rev, "argmax_inter": alignment.inter}
    for number, (case, keys) in enumerate(listed(cases, ("sim",))):
        similarity = np.array(case["sim"], float)
        name = named(number, similarity, case)
        for key in keys:
            what = f"{name} {key}"
            if key in argmax:
                yield of_links(what, argmax[key](similarity), case[key])
            elif iterated := re.fullmatch(r"itermax_n(\d+)_a(\d+)", key):
                n, alpha = int(iterated[1]), _decimal(iterated[2])
                yield of_links(what, alignment.itermax(similarity, n=n, alpha=alpha), case[key])
            elif key == "match_mwmf":
                ours = alignment.mwmf(similarity)
                yield of_best(what, ours, case[key], similarity, partial(_is_matching, links=ours.sum()))
            elif distorted := re.fullmatch(r"distorted_(\d+)", key):
                # The oracle is rounded to ten places.
                yield of_numbers(what, alignment.distort(similarity, _decimal(distorted[1])), case[key], 1e-9)
            else:
                raise unknown(number, key)


def _is_matching(found: np.ndarray, links: int) -> bool:
    return bool(found.sum() == links and all((found.sum(axis) <= 1).all() for axis in (0, 1)))


def _is_cover(found: np.ndarray) -> bool:
    return all(bool(found.any(axis).all()) for axis in (0, 1))


def _decimal(digits: str) -> float:
    """Read 09 as 0.9, 1 as 1."""
    return float(f"{digits[0]}.{digits[1:] or 0}")


def awesome_align(cases: Any) -> Iterator[Difference]:
    for number, (case, keys) in enumerate(listed(cases, ("hidden_src", "hidden_tgt"))):
        scores = np.array(case["hidden_src"], float) @ np.array(case["hidden_tgt"], float).T
        name = named(number, scores, case)
        # Room for an oracle that was computed in single precision, which is off by this share of a score.
        tolerance = max(1e-6, float(np.finfo(np.float32).eps * np.abs(scores).max()))
        for key in keys:
            what = f"{name} {key}"
            if key == "p_src":
                yield of_numbers(what, softmax_probabilities(scores), case[key], tolerance)
            elif key == "p_tgt":
                yield of_numbers(what, softmax_probabilities(scores.T).T, case[key], tolerance)
            elif threshold := re.fullmatch(r"align_threshold_(\d+)e(\d+)", key):
                least = float(f"{threshold[1]}e-{threshold[2]}")
                yield of_links(what, alignment.softmax(scores, threshold=least), case[key])
            else:
                raise unknown(number, key)


def mwec(cases: Any) -> Iterator[Difference]:
    for number, (case, keys) in enumerate(listed(cases, ("cost",))):
        cost = np.array(case["cost"], float)
        cover = alignment.minimum_edge_cover(cost)
        name = named(number, cost, case)
        for key in keys:
            if key == "pairs":
                yield of_best(f"{name} pairs", cover, case[key], cost, _is_cover)
            elif key == "weight":
                tolerance = 1e-6 * max(1.0, cost[cover].sum())
                yield of_numbers(f"{name} weight", cost[cover].sum(), case[key], tolerance)
            else:
                raise unknown(number, key)


# Clark's names for what `head_numbers` calls otherwise.
SURFACE = {
    "self": "to_self",
    "right": "to_next",
    "left": "to_previous",
    "sep": "to_sep",
    "sep_sep": "sep_to_sep",
    "rest_sep": "rest_to_sep",
    "cls": "to_cls",
    "punct": "to_punctuation",
}
EXACT = 1e-8


def clark_surface(case: Any) -> Iterator[Difference]:
    """Means over documents, by the definitions of Clark's notebook: "." and "," are punctuation."""
    numbers = [_surface(document) for document in case["docs"]]
    means = {name: np.mean([one[name] for one in numbers], axis=0) for name in numbers[0]}
    flat = [np.array(document["attns"], float) for document in case["docs"]]
    divergence = sum(head_divergence(one.reshape(-1, *one.shape[-2:])) for one in flat)
    for key, theirs in case.items():
        if key == "avg":
            for name, share in theirs.items():
                if name not in SURFACE:
                    raise ValueError(f"avg has {name!r}, which cannot be compared with anything")
                yield of_numbers(name, means[SURFACE[name]], share, EXACT)
        elif key in ("entropy_nats", "entropy_from_cls"):
            own = "entropy_nats" if key == "entropy_nats" else "cls_entropy_nats"
            yield of_numbers(key, means[own], theirs, EXACT)
        elif key == "uniform_entropy":
            yield of_numbers(key, means["even"], theirs, EXACT)
        elif key == "js_divergence_summed_over_positions_and_docs":
            yield of_numbers(key, divergence, theirs, EXACT)
        elif key not in ("docs", "note"):
            raise unknown(0, key)


def _surface(document: Any) -> dict[str, np.ndarray]:
    tokens = np.array(document["tokens"])
    places = Places("[CLS]", "[SEP]", tokens == "[CLS]", tokens == "[SEP]", (tokens == ".") | (tokens == ","))
    attention = np.array(document["attns"], float)
    found = head_numbers(attention, places)
    separators, n = int(places.separator.sum()), len(tokens)
    # Clark's notebook takes it that a document has two separators.
    found["sep_to_sep"] = found["sep_to_sep"] * separators / 2
    found["rest_to_sep"] = found["rest_to_sep"] * (n - separators) / (n - 2)
    even = head_numbers(even_attention(n, causal=False)[np.newaxis], places)["entropy_nats"][0]
    return {**found, "even": even}


def clark_word_level(case: Any) -> Iterator[Difference]:
    starts = [tokens[0] for tokens in case["words_to_tokens"]]
    for key, theirs in case.items():
        if key in get_args(FromPieces):
            merged = merge_attention(np.array(case["token_attn"]), starts, starts, from_pieces=key)
            yield of_numbers(f"{key} of a source word's pieces", merged, theirs, EXACT)
        elif key not in ("token_attn", "words_to_tokens", "note"):
            raise unknown(0, key)


def kobayashi(case: Any) -> Iterator[Difference]:
    import torch

    from bertviz_plus.models.passes.projection import output_norms, summed_norms, transformed_values

    inputs = ("alpha_h_q_k", "value_layer_h_s_dh", "dense_weight_out_in")
    attention, values, weight = (torch.tensor(case[key], dtype=torch.float64) for key in inputs)
    transformed = transformed_values(values, weight)
    ours = {
        "fx_norm": transformed.norm(dim=-1),
        "afx_norm": output_norms(attention, values, weight),
        "summed_afx_norm": summed_norms(attention, transformed),
    }
    for key, theirs in case.items():
        if key in ours:
            yield of_numbers(key, ours[key].numpy(), theirs, EXACT)
        elif key not in (*inputs, "note"):
            raise unknown(0, key)


def rollout_flow(case: Any) -> Iterator[Difference]:
    attention = np.array(case["att_layers_heads_q_k"], float)
    steps = mixed(attention, residual=True)
    reached = rolled_out(steps)
    ours = {
        "rollout": reached,
        "rollout_no_residual": rolled_out(mixed(attention, residual=False)),
        "relevance_rollout_max_axis0": reached.max(axis=1),
    }
    for key, theirs in case.items():
        if key in ours:
            yield of_numbers(key, ours[key], theirs, EXACT)
        elif key == "flow_normalised_rows_by_layer":
            # Layers count from 1 there.
            layers = [int(layer) - 1 for layer in theirs]
            flows = maximum_flows(steps, layers)
            for layer, flow, expected in zip(layers, flows, theirs.values(), strict=True):
                yield of_numbers(f"flow from layer {layer}", flow, expected, 1e-6)
        elif key not in ("tokens", "att_layers_heads_q_k", "note"):
            raise unknown(0, key)


# Parts of speech of the Penn Treebank that Hewitt & Manning's code leaves out; their words look the same.
PENN_PUNCTUATION = frozenset({"''", ",", ".", ":", "``", "-LRB-", "-RRB-"})
PREDICTED = Path("pair-bert-tree", "data-selected.json")


def structural_probe_pair(case: Any) -> Iterator[Difference]:
    """Trees of predicted distances, which a row brings, or `PREDICTED` beside the file."""
    inputs = {"sentence", "distance_predictions", "distance_actual", "edges", "sentence_tokens"}
    parses, distances = [], []
    for row in case["rows"]:
        given = row if "distance_predictions" in row else case["predicted"][row["sentence"]]
        words = tuple(given["sentence_tokens"] if "sentence_tokens" in given else row["sentence"].split())
        heads = [-1 if word == head else head for word, head in given["edges"]]
        tags = tuple("PUNCT" if word in PENN_PUNCTUATION else "X" for word in words)
        parses.append(Parse(words, tuple(heads), upos=tags))
        distances.append((np.array(given["distance_predictions"], float), None))
    scored = {
        name: tree_scores(distances, parses, punctuation=punctuation)
        for name, punctuation in (("all", True), ("nopunct", False))
    }
    shares = {name: frame["right"] / frame["edges"] for name, frame in scored.items()}
    every = {
        "n": scored["all"]["words"],
        "mean_row_spearman": scored["all"]["dspr"],
        **{f"uuas_{name}": of_all for name, of_all in shares.items()},
    }
    for number, row in enumerate(case["rows"]):
        for key in row.keys() - inputs:
            if key not in every:
                raise unknown(number, key)
            yield of_numbers(f"{number} {key}", every[key][number], row[key], 1e-8)
    whole = {"dspr_macro_by_length": tree_tallies(scored["all"], "dspr").value}
    for name, frame in scored.items():
        whole[f"uuas_{name}"] = tree_tallies(frame, "uuas").value
        whole[f"counts_{name}"] = frame[["right", "edges"]].sum().to_numpy()
    for key in case.keys() - {"rows", "note", "predicted"}:
        if key not in whole:
            raise ValueError(f"the file has {key!r}, which cannot be compared with anything")
        yield of_numbers(key, whole[key], case[key], 1e-8)


def predicted_beside(path: Path) -> dict[str, Any]:
    """Read the distances of each sentence from the folder beside a file of oracles, where there is one."""
    found = beside(path, PREDICTED)
    if not found.is_file():
        return {}
    return {entry["text"]: entry for entry in reversed(json.loads(found.read_text()))}


def beside(path: Path, name: Path) -> Path:
    """Find the data that a file of oracles is about: beside it, above it, or among shared data."""
    shared = Path(__file__).parents[2].parent / "shared" / "data"
    folders = (path.parent, path.parent.parent, shared)
    return next((folder / name for folder in folders if (folder / name).exists()), shared / name)


def leace(case: Any) -> Iterator[Difference]:
    for number, one in enumerate(case["cases"]):
        vectors = np.array(one["vectors"], float)
        ours = erasure.leace(vectors, one["labels"])
        yield of_numbers(f"{number} projection", ours.projection, one["projection"], 1e-6)
        yield of_numbers(f"{number} erased", ours(vectors), one["erased"], 1e-6)


# Ettinger's names of her tests, the files beside the oracles, and in which order she asks for the words of
# an item, ours being question by question.
SUITES = {
    "cprag": ("CPRAG-102_CPRAG-102.tsv", [0, 1, 2]),
    "role": ("ROLE-88_ROLE-88.tsv", [0]),
    "negsimp": ("NEG-136_NEG-136-SIMP.tsv", [0, 2, 3, 1]),
    "negnat": ("NEG-136_NEG-136-NAT.tsv", [0, 2, 3, 1]),
}
# What lines of her reports count: by how they begin, the kind and the condition; indented lines narrow down
# the last that was not.
REPORTED = {
    "Expected word more probable": {},
    "Good completion more probable": {},
    "True completion more probable than false": {},
    "True completion more probable in NATURAL": {"kind": "natural"},
    "True completion more probable in LESS NATURAL": {"kind": "less natural"},
    "for high-constraint items": {"kind": "high constraint"},
    "for low-constraint items": {"kind": "low constraint"},
    "in affirmative contexts": {"condition": "affirmative"},
    "in negative contexts": {"condition": "negative"},
}
LINE = re.compile(r"(\s*)(.+): ([-+.\de]+|nan)(?: \((\d+)/(\d+)\))?\s*")


def lm_diagnostics(case: Any) -> Iterator[Difference]:
    """Ettinger's three suites: probabilities come by a rule, or as a list ``probs``; sentences from files."""
    for name, test in case["tests"].items():
        if name not in SUITES:
            raise ValueError(f"tests has {name!r}, which cannot be compared with anything")
        diagnostic = read_diagnostic(case["files"] / SUITES[name][0])
        asked = [(one, word) for one in diagnostic.questions for word in one.words]
        order = SUITES[name][1]
        theirs = [start + at for start in range(0, len(asked), len(order)) for at in order]
        rows = [[asked[at][0].with_article(asked[at][1]), asked[at][1]] for at in np.argsort(theirs)]
        given = test.get("probs", case.get("probs", {}).get(name))
        rule = test.get("prob_rule", case.get("prob_rule"))
        p = [_by_rule(rule, i) for i in range(len(asked))] if given is None else given
        ours = iter([p[at] for at in theirs])
        differences = sensitivity_differences(
            diagnostic, [[next(ours) for _ in one.words] for one in diagnostic.questions]
        )
        frame = pd.DataFrame(diagnostic.to_frame()[["kind", "condition", "cloze", "item"]])
        frame["difference"] = differences
        yield from _reported(name, test, rows, frame)


def _reported(name: str, test: Any, rows: list[list[str]], frame: pd.DataFrame) -> Iterator[Difference]:
    for key, theirs in test.items():
        if key == "n_rows":
            yield of_numbers(f"{name} n_rows", len(rows), theirs, 0)
        elif key in ("last", "rows") or re.fullmatch(r"first\d+", key):
            own = rows[-1:] if key == "last" else rows[: len(theirs)] if key != "rows" else rows
            wrong = sum(
                one != other for one, other in zip(own, [theirs] if key == "last" else theirs, strict=True)
            )
            yield Difference(f"{name} {key}", wrong, 0)
        elif key == "report":
            yield from _counted(name, theirs, frame)
        elif key not in ("probs", "prob_rule", "note"):
            raise ValueError(f"{name} has {key!r}, which cannot be compared with anything")


def _counted(name: str, report: list[str], frame: pd.DataFrame) -> Iterator[Difference]:
    counts = diagnostic_scores(frame).set_index(["kind", "condition"])
    cloze = frame.pivot_table(index="item", columns="condition", values="cloze")
    above: dict[str, str] = {}
    column = "right"
    for line in report:
        found = LINE.fullmatch(line)
        if found is None:
            if line.strip() not in ("", "Sensitivity results:"):
                raise ValueError(f"{name} reports {line!r}, which cannot be compared with anything")
            continue
        indent, said, share, right, compared = found.groups()
        what = f"{name}, {said}"
        if said == "AVG PROB DIFF":
            yield of_numbers(what, frame["difference"].mean(), float(share), 1e-12)
            continue
        if said == "AVG CLOZE DIFF":
            yield of_numbers(what, (cloze["a"] - cloze["b"]).mean(), float(share), 1e-12)
            continue
        known = next((own for start, own in REPORTED.items() if said.startswith(start)), None)
        if known is None:
            raise ValueError(f"{name} reports {said!r}, which cannot be compared with anything")
        if not indent:
            above, column = known, "clearly_right" if "threshold" in said else "right"
        narrowed = {"kind": "all", "condition": "all"} | above | known
        row = counts.loc[(narrowed["kind"], narrowed["condition"])]
        yield of_numbers(f"{what}: of", row["compared"], int(compared), 0)
        yield of_numbers(what, row[column], int(right), 0)
        yield of_numbers(f"{what}: share", row[column] / max(row["compared"], 1), float(share), 1e-12)


def _by_rule(rule: str, i: int) -> float:
    """Work out "p_i = …", arithmetic of whole numbers and i; what follows a comma is a remark."""
    tree = ast.parse(rule.partition("=")[2].split(",")[0].strip(), mode="eval")
    allowed = (
        ast.Expression,
        ast.BinOp,
        ast.UnaryOp,
        ast.Constant,
        ast.Name,
        ast.Load,
        ast.operator,
        ast.unaryop,
    )
    if any(not isinstance(one, allowed) for one in ast.walk(tree)):
        raise ValueError(f"prob_rule must be arithmetic of i, got {rule!r}")
    return float(eval(compile(tree, "rule", "eval"), {"__builtins__": {}}, {"i": i}))


NORMAL = re.compile(r"np\.random\.seed\((\d+)\); X=randn\((\d+),\s*(\d+)\); Y=randn\((\d+),\s*(\d+)\)(\+X)?")


def cka(case: Any) -> Iterator[Difference]:
    """Of given matrices, or of those that NumPy's old generator draws as `setup` says."""
    if "setup" in case:
        drawn = NORMAL.fullmatch(case["setup"])
        if drawn is None:
            raise ValueError(f"setup cannot be read: {case['setup']!r}")
        seed, n, width, m, other = map(int, drawn.groups()[:5])
        random = np.random.RandomState(seed)
        x, y = random.randn(n, width), random.randn(m, other)
        y = y + x if drawn[6] else y
    else:
        x, y = (np.array(case[name], float) for name in "XY")
    ours: dict[str, Callable[[], float]] = {
        "linear": lambda: representations.linear_cka(x, y),
        "rbf_half_median": lambda: representations.radial_cka(x, y),
        "linear_debiased": lambda: representations.linear_cka(x, y, debiased=True),
        "mean_sq_cca": lambda: representations.mean_squared_cca(x, y, centred=False),
    }
    for key, theirs in case.items():
        if key in ours:
            yield of_numbers(key, ours[key](), theirs, max(EXACT, _last_place(theirs) / 2))
        elif key not in ("setup", "X", "Y", "source", "note"):
            raise unknown(0, key)


def _last_place(number: float) -> float:
    """What the last printed place of a number counts: 1e-5 of 0.55761."""
    return 10.0 ** Decimal(repr(number)).as_tuple().exponent


def filter_norm(case: Any) -> Iterator[Difference]:
    import torch

    from bertviz_plus.training.directions import filter_normalised

    weight, direction = (torch.tensor(case[key], dtype=torch.float64) for key in ("weight", "direction"))
    for key, theirs in case.items():
        if key == "filter_normalised":
            yield of_numbers(key, filter_normalised(direction, weight).numpy(), theirs, EXACT)
        elif key not in ("weight", "direction", "note"):
            raise unknown(0, key)


KINDS: dict[str, Callable[[Any], Iterator[Difference]]] = {
    "awesome_align": awesome_align,
    "cka": cka,
    "clark_surface": clark_surface,
    "clark_word_level": clark_word_level,
    "filter_norm": filter_norm,
    "kobayashi": kobayashi,
    "leace": leace,
    "lm_diagnostics": lm_diagnostics,
    "mwec": mwec,
    "rollout_flow": rollout_flow,
    "simalign": simalign,
    "structural_probe_pair": structural_probe_pair,
}


def differences(path: Path) -> list[Difference]:
    """Run the project's measure on a file's inputs.

    Raises
    ------
    OSError, KeyError, IndexError, TypeError, ValueError
        Where its name says no known kind, it is not in that kind's layout, or it compares nothing.
    """
    if path.stem not in KINDS:
        raise ValueError(f"a file must be named after its kind, one of {', '.join(sorted(KINDS))}")
    case = json.loads(path.read_text())
    if path.stem == "structural_probe_pair":
        case["predicted"] = predicted_beside(path.resolve())
    if path.stem == "lm_diagnostics":
        case["files"] = beside(path.resolve(), Path("lm-diagnostics"))
    found = list(KINDS[path.stem](case))
    if not found:
        raise ValueError("holds nothing that can be compared")
    return found


def main(paths: list[str]) -> int:
    if not paths:
        print(__doc__)
        return 2
    failed = False
    for path in map(Path, paths):
        try:
            found = differences(path)
        except (OSError, KeyError, IndexError, TypeError, ValueError) as error:
            print(f"{path}: NOT COMPARED: {type(error).__name__}: {error}")
            failed = True
            continue
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
