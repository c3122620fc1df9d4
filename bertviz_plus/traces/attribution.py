"""How much each word mattered to a prediction, by several methods."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.checks import read_only
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.storage import SavedRecord

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Attribution(SavedRecord):
    """How much each word mattered to a prediction, by several methods.

    Frozen, compared by identity. `bertviz_plus.attribute` makes it.

    Attributes
    ----------
    words : tuple of str
    methods : tuple of str
    scores : ndarray [methods, words], float64
        Signed where the method says for or against: positive for what speaks for the target. Attention is
        never negative. In the unit of `value`, but for attention, which is a share.
    special : ndarray [methods], float64
        What falls to special tokens, such as ``[CLS]``.
    text, pair : str or None
    target, against : str or None
        Which answer is explained, and the one that it is compared with.
    of : {"log_probability", "logit", "logit difference", "value"}
        What of it; a log-probability in nats. The value is that of a regression head.
    value, baseline_value : float
        What is explained, for the text as it is, and with every word replaced by `baseline`.
    baseline : str
        The token that takes a word's place where it is occluded, and from which the path of integrated
        gradients starts. Special tokens stay.
    steps : int
        Points on the path of integrated gradients.
    predicted : int or None
        Which word is the mask that is predicted.
    heads : ndarray [layers, heads], float64, or None
        By how much the value falls where a head is switched off, its context set to zero.
    left_out : dict
        Methods that the model cannot give, and why.
    model : ModelInfo
    """

    words: tuple[str, ...]
    methods: tuple[str, ...]
    scores: NDArray[np.float64]
    special: NDArray[np.float64]
    text: str
    value: float
    baseline_value: float
    target: str
    of: str
    baseline: str
    steps: int
    pair: str | None = None
    against: str | None = None
    predicted: int | None = None
    heads: NDArray[np.float64] | None = None
    left_out: dict[str, str] = field(default_factory=dict)
    model: ModelInfo = field(default_factory=ModelInfo)

    def __post_init__(self) -> None:
        shapes = {"scores": (len(self.methods), len(self.words)), "special": (len(self.methods),)}
        for name, shape in shapes.items():
            object.__setattr__(self, name, read_only(getattr(self, name), name, shape))
        if self.heads is not None:
            object.__setattr__(self, "heads", read_only(self.heads, "heads", (None, None)))

    @property
    def table(self) -> "pd.DataFrame":
        """A row for each word, a column for each method."""
        import pandas as pd

        index = pd.Index(self.words, name="word")
        return pd.DataFrame(self.scores.T.copy(), index=index, columns=list(self.methods))

    @property
    def completeness_error(self) -> float | None:
        """By how much integrated gradients miss the sum that they should have; `None` without them.

        All tokens together explain `value` less `baseline_value` (Sundararajan et al. 2017, proposition 1);
        a finite number of steps misses some of it.
        """
        if "integrated_gradients" not in self.methods:
            return None
        place = self.methods.index("integrated_gradients")
        whole = float(self.scores[place].sum() + self.special[place])
        return abs(whole - (self.value - self.baseline_value))

    @property
    def agreement(self) -> "pd.DataFrame":
        """Spearman's rank correlation of the methods' scores over words, methods × methods.

        The predicted mask is left out, which some methods cannot score. NaN with fewer than two words, or
        where all words have one score.
        """
        import pandas as pd

        kept = np.arange(len(self.words)) != (-1 if self.predicted is None else self.predicted)
        names = list(self.methods)
        ranks = pd.DataFrame(self.scores[:, kept].T, columns=names).rank()
        return ranks.corr(method="pearson")

    def __repr__(self) -> str:
        compared = f" rather than {self.against!r}" if self.against else ""
        covered = f"{self.baseline_value:.4g} with {self.baseline} for every word"
        lines = [f"Attribution of {self.target!r}{compared}: {self.of} {self.value:.4g}, and {covered}"]
        for method, scores in zip(self.methods, self.scores, strict=True):
            order = np.argsort(-np.abs(scores), kind="stable")[:4]
            best = ", ".join(f"{self.words[word]} {scores[word]:+.3g}" for word in order)
            lines.append(f"  {method}: {best}")
        if self.heads is not None:
            layer, head = np.unravel_index(np.abs(self.heads).argmax(), self.heads.shape)
            lines.append(f"  heads: {layer}-{head} {self.heads[layer, head]:+.3g}")
        lines += [f"  without {method}: {why}" for method, why in self.left_out.items()]
        return "\n".join(lines)
