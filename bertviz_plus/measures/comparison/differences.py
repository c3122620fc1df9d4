"""What two models differ in: tables, and a picture of both."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from bertviz_plus.measures.comparison.heads import CHANGES
from bertviz_plus.measures.heads.accumulator import HeadStatistics

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model
    from bertviz_plus.views.attention import AttentionView


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Differences:
    """What two models differ in on some texts. Made by `compare`.

    Layers are numbered as those of the first model; a difference is the second less the first.

    Attributes
    ----------
    first, second : Model
    texts : tuple
        What they were compared on.
    pairs : tuple of (int, int)
        Attention layers of the first and of the second that are compared.
    units : {"tokens", "words"}
    heads : DataFrame or None
        A row for each head: `cosine`, `divergence` and the changes of `HeadDifferences.table`; `None` where
        the models have other numbers of heads in a layer.
    layers : DataFrame
        A row for each hidden layer, 0 the embeddings: `cka` and `rsa` as `LayerDifferences.table` has them;
        `weights`, the relative change of the weights that give it; `divergence`, the mean over its heads.
    weights : DataFrame
        The same change by module; see `weight_differences`. Empty where the models share no weight's name and
        shape.
    statistics : HeadStatistics or None
        What the first model's heads do on the same texts.
    """

    first: "Model"
    second: "Model"
    texts: tuple[Any, ...]
    pairs: tuple[tuple[int, int], ...]
    units: Literal["tokens", "words"]
    heads: pd.DataFrame | None
    layers: pd.DataFrame
    weights: pd.DataFrame
    statistics: HeadStatistics | None
    make_baseline: "Callable[[], Differences] | None" = None

    @cached_property
    def predictions(self) -> pd.DataFrame | None:
        """What both answer, as `prediction_differences` has it; `None` where they have no head in common.

        Computed when it is first asked for, from a pass of both models.
        """
        from bertviz_plus.measures.comparison.predictions import heads_alike, prediction_differences

        if heads_alike(self.first, self.second) is None:
            return None
        return prediction_differences(self.first, self.second, self.texts)

    @cached_property
    def size(self) -> pd.DataFrame:
        """Parameters, bytes and milliseconds of both, as `model_sizes` has them, when first asked for."""
        from bertviz_plus.measures.comparison.sizes import model_sizes

        return model_sizes({"first": self.first, "second": self.second}, self.texts)

    @cached_property
    def baseline(self) -> "Differences | None":
        """The same comparison of the baseline's two models, computed when it is first asked for."""
        return None if self.make_baseline is None else self.make_baseline()

    @property
    def summary(self) -> pd.DataFrame:
        """Each number's mean over heads or layers, and the same of the `baseline`, where there is one."""
        found = pd.DataFrame({"value": self._means()})
        return found if self.baseline is None else found.assign(baseline=self.baseline._means())

    def _means(self) -> "pd.Series[float]":
        found: pd.Series[float] = self.layers[["cka", "rsa", "weights"]].mean()
        if self.heads is not None:
            found = pd.concat([self.heads.drop(columns=["layer", "head"]).mean(), found])
        return found

    def view(self, text: str | tuple[str, str] | None = None, **state: Any) -> "AttentionView":
        """Look at both models' attention on one text, and at how much more the second gives to each pair.

        Parameters
        ----------
        text : str or (str, str), optional
            A text, or a text and its pair; by default the first of those that were compared.
        **state
            What else `AttentionView` takes. At first it is the overview of every head's difference; a click
            opens a head. ``quantity="weight"`` shows the first model, ``"other"`` the second, and
            ``"difference"`` the second less the first. `heads` colours the overview with
            ``statistic="cosine_distance"``, which is 1 less the cosine, and its other columns.

        Raises
        ------
        ValueError
            Where heads are not paired.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> twins = (bp.load("bert-tiny"), bp.load("bert-tiny"))
        >>> found = bp.compare(*twins, ["The cat sat."], progress=False)
        >>> found.view()
        AttentionView of bert-tiny: 2 layers × 2 heads, 6 tokens; overview, every head, difference
        """
        from bertviz_plus.views.attention import AttentionView

        if self.heads is None or self.statistics is None:
            raise ValueError(
                f"view needs as many heads in both models, and these have {self.first.n_heads} and "
                f"{self.second.n_heads} in a layer"
            )
        chosen: Any = self.texts[0] if text is None else text
        given = chosen if isinstance(chosen, tuple) else (chosen,)
        own: Any = self.first._trace_to_view(*given)
        other: Any = self.second.trace(*given, keep=("attention",))
        if self.units == "words":
            own, other = own.to_words(), other.to_words()
        layers = [layer for layer, _ in self.pairs]
        if layers != list(own.layers):
            own = self.first.trace(*given, keep=("attention",), layers=layers)
            own = own.to_words() if self.units == "words" else own
        attention = np.asarray(other.attention)[[other.position_of(layer) for _, layer in self.pairs]]
        other = replace(other, attention=attention, layers=tuple(layers), hidden_states=None, scaling=None)
        keys = ["layer", "head"]
        changes = [f"change_{name}" for name in CHANGES]
        # What has changed most is to be the strongest.
        apart = self.heads[keys].assign(cosine_distance=1 - self.heads["cosine"])
        statistics = self.statistics.with_columns(apart, unit="")
        statistics = statistics.with_columns(self.heads[[*keys, "divergence"]])
        statistics = statistics.with_columns(self.heads[[*keys, *changes]], unit="", signed=True)
        first: dict[str, Any] = {"mode": "overview", "quantity": "difference", "statistic": ""}
        return AttentionView(own, other=other, **(first | {"statistics": statistics} | state))

    def __repr__(self) -> str:
        names = [model.info.title for model in (self.first, self.second)]
        texts = f"{len(self.texts)} text{'s' * (len(self.texts) != 1)}"
        heads = "" if self.heads is None else f"; cosine of heads {self.heads['cosine'].mean():.3f}"
        return (
            f"Differences of {names[0]} and {names[1]} on {texts}, by {self.units}{heads}; CKA of layers "
            f"{self.layers['cka'].min():.3f} to {self.layers['cka'].max():.3f}"
        )
