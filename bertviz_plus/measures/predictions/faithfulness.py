"""Do the words that a method calls important move the prediction? Deletion and insertion curves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.predictions.explained import Explained, explained
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.attribution import Attribution
from bertviz_plus.traces.checks import count_or_none
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    import pandas as pd

    from bertviz_plus.models.model import Model
    from bertviz_plus.models.passes.gathering import Tokens

Floats = NDArray[np.float64]
_WORKS = "faithfulness(model, attribute(model, text))"


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """How a prediction falls and rises as words are covered and uncovered in an order.

    Attributes
    ----------
    methods : tuple of str
    counts : ndarray [points], int
        How many words are covered (deletion) or uncovered (insertion).
    deletion, insertion : ndarray [methods, points], float64
        The value that was explained, with the words that speak most for it covered first, or uncovered first
        from a text with all words covered.
    random_deletion, random_insertion : ndarray [seeds, points], float64
        In random orders.
    """

    methods: tuple[str, ...]
    counts: NDArray[np.intp]
    deletion: Floats
    insertion: Floats
    random_deletion: Floats
    random_insertion: Floats

    @property
    def table(self) -> "pd.DataFrame":
        """A row for each method, and one for random orders.

        ``deletion`` is the mean fall of the value along the curve, ``insertion`` the mean rise: more is more
        faithful. ``beats`` is the share of random orders that a method is better than, in each. Of random
        orders the mean, with ``low`` and ``high``, between which 95% of them lie.
        """
        import pandas as pd

        rows: dict[str, dict[str, float]] = {method: {} for method in (*self.methods, "random")}
        for name, own, others in (
            ("deletion", -_mean_change(self.deletion), -_mean_change(self.random_deletion)),
            ("insertion", _mean_change(self.insertion), _mean_change(self.random_insertion)),
        ):
            for method, area in zip(self.methods, own, strict=True):
                rows[method] |= {name: float(area), f"{name}_beats": float((area > others).mean())}
            low, high = np.quantile(others, [0.025, 0.975])
            rows["random"] |= {name: float(others.mean()), f"{name}_low": low, f"{name}_high": high}
        frame = pd.DataFrame.from_dict(rows, orient="index")
        frame.index.name = "method"
        return frame

    @property
    def curves(self) -> "pd.DataFrame":
        """The curves as rows: ``curve``, ``method`` (random orders by their mean), ``words``, ``value``."""
        import pandas as pd

        drawn = [
            (curve, method, values)
            for curve, own, others in (
                ("deletion", self.deletion, self.random_deletion),
                ("insertion", self.insertion, self.random_insertion),
            )
            for method, values in (*zip(self.methods, own, strict=True), ("random", others.mean(0)))
        ]
        return pd.DataFrame(
            [
                {"curve": curve, "method": method, "words": int(count), "value": float(value)}
                for curve, method, values in drawn
                for count, value in zip(self.counts, values, strict=True)
            ]
        )

    def __repr__(self) -> str:
        lines = [
            "Faithfulness: the mean fall of the value as words are covered (deletion), its rise as they are",
            f"uncovered (insertion), and the share of {len(self.random_deletion)} random orders that do less",
        ]
        for method, row in self.table.loc[list(self.methods)].iterrows():
            said = (
                f"{name} {row[name]:.2f}, {row[f'{name}_beats']:.0%}" for name in ("deletion", "insertion")
            )
            lines.append(f"  {method}: {'; '.join(said)}")
        return "\n".join(lines)


def faithfulness(
    model: "Model",
    attribution: Attribution,
    *,
    points: int = 10,
    orders: int = 20,
    seed: int = 0,
    progress: bool = True,
) -> Faithfulness:
    """Return whether the words that each method calls important move the prediction.

    Parameters
    ----------
    model : Model
        The one that was attributed.
    attribution : Attribution
    points : int, default 10
        How many points a curve has after its first; fewer where there are fewer words.
    orders : int, default 20
        How many random orders the methods are compared with.
    seed : int, default 0
        Of the random orders.
    progress : bool, default True

    Returns
    -------
    Faithfulness

    Raises
    ------
    TypeError, ValueError
        For what is not an attribution, or one of another model, or without a method that scores words.

    References
    ----------
    Petsiuk et al. 2018, "RISE", section 4.1 (deletion and insertion). DeYoung et al. 2020, "ERASER", section
    4.2 (comprehensiveness, sufficiency).

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load("bert-tiny")
    >>> found = bp.attribute(model, "I drank a cup of hot [MASK].", target="tea", methods=["occlusion"])
    >>> curves = bp.faithfulness(model, found, progress=False)
    >>> curves.counts.tolist(), curves.deletion.shape
    ([0, 1, 2, 3, 4, 5, 6, 7], (1, 8))
    """
    check_model(model, _WORKS)
    if not isinstance(attribution, Attribution):
        raise wrong_kind("attribution", "an Attribution", attribution, _WORKS)
    points, orders = (count_or_none(points, "points") or 10), (count_or_none(orders, "orders") or 20)
    what = _explained_again(model, attribution)
    words = what.covered_words
    if not words or not attribution.methods:
        raise ValueError("attribution must score words other than the predicted one, and scores none")
    counts = np.unique(np.linspace(0, len(words), min(points, len(words)) + 1).round().astype(np.intp))
    draw = np.random.default_rng(seed)
    # The highest score first; of equal ones the word that comes first.
    ranked = [np.argsort(-row[words], kind="stable") for row in attribution.scores]
    by_method = [[words[place] for place in order] for order in ranked]
    drawn = [draw.permutation(words).tolist() for _ in range(orders)]
    every = [*by_method, *drawn]
    covered = [
        [frozenset(order[:count]) for order in every for count in counts],
        [frozenset(order[count:]) for order in every for count in counts],
    ]
    value_of = _values_of(what, [one for of_curve in covered for one in of_curve], progress=progress)
    shape, n = (len(every), len(counts)), len(by_method)
    deletion, insertion = (
        np.array([value_of[one] for one in of_curve]).reshape(shape) for of_curve in covered
    )
    return Faithfulness(attribution.methods, counts, deletion[:n], insertion[:n], deletion[n:], insertion[n:])


def _explained_again(model: "Model", attribution: Attribution) -> Explained:
    of = attribution.of if attribution.of == "log_probability" else "logit"
    answers = (attribution.target, attribution.against)
    what = explained(model, attribution.text, attribution.pair, *answers, of, attribution.baseline)
    if what.words != attribution.words:
        raise ValueError(
            f"attribution must be of this model, and its words are {attribution.words}, not {what.words}"
        )
    return what


def _values_of(
    what: Explained, covered: Sequence[frozenset[int]], *, progress: bool
) -> Mapping[frozenset[int], float]:
    # Ends are the same for all orders, and few words have few subsets.
    different = list(dict.fromkeys(covered))
    texts: list[Tokens] = [what.covered(words) for words in different]
    found: dict[frozenset[int], float] = {}
    shown = tqdm(total=len(texts), unit=" texts", delay=1, leave=False, disable=not progress)
    with shown as bar:
        for batch in what.batches(len(texts)):
            values = what.values([texts[place] for place in batch])
            found |= {different[place]: float(value) for place, value in zip(batch, values, strict=True)}
            bar.update(len(batch))
    return found


def _mean_change(curves: Floats) -> Floats:
    """Return the mean difference to the first point along curves, ``[curves]``."""
    changes: Floats = (curves[:, 1:] - curves[:, :1]).mean(axis=1)
    return changes
