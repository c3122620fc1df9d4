"""Half of a language model: its loss without half of its heads, and without half of its layers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.ablation.pruning import (
    LAYER_ORDERS,
    head_parameters,
    importance_of,
    layer_parameters,
    layers_in_order,
    outcome,
    without_heads,
    without_layers,
)
from bertviz_plus.measures.halves import second_half
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from bertviz_plus.models.predictions.task_loss import Example

Floats = NDArray[np.float64]

_RANDOM_ORDERS = 3
# Nats a text: a model that says its words hardly better than their frequency has nothing to lose.
_LEARNED = 0.1


@dataclass(frozen=True, eq=False)
class HalvedModel:
    """Losses of each text with a model as it is and without half of it, in nats.

    Those without half of it are NaN where the model has nothing to lose.

    Attributes
    ----------
    whole, heads, random : ndarray [texts]
        As it is; without the half of its heads that matters least on the other half of the texts (Michel's
        score); and without half of its heads drawn at random, mean of three draws.
    layers : ndarray [orders, texts]
        Without half of its layers, from the top, the bottom, and every other.
    chance : ndarray [texts]
        Of words at their frequency in the other half of the texts.
    late : ndarray [texts], bool
        Which texts are the second half.
    lighter : float
        How much more of the layers' weights go with half of the layers than with half of the heads.
    model : ModelInfo
    """

    whole: Floats
    heads: Floats
    random: Floats
    layers: Floats
    chance: Floats
    late: NDArray[np.bool_]
    lighter: float
    model: ModelInfo = field(default_factory=ModelInfo)

    @property
    def learned(self) -> bool:
        """Whether the model says words better than their frequency does, so that it has something to lose."""
        return bool((self.chance - self.whole).mean() > _LEARNED)


def halved_model(model: Any, texts: Sequence[str], *, seed: int = 0, progress: bool = True) -> HalvedModel:
    """Score texts with a model as it is, and without half of its heads or layers.

    Halves of a model that has nothing to lose are not run.

    Parameters
    ----------
    model : Model
        As in `head_importance`, with a language-model head and at least two layers.
    texts : sequence of str
        At least two.
    seed : int, default 0
        Of the halves, the hidden words and the random heads.
    progress : bool, default True

    Returns
    -------
    HalvedModel

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> texts = ["The cat sat.", "A dog lay on the rug."]
    >>> halved_model(bp.load("bert-tiny"), texts, progress=False).layers.shape
    (3, 2)
    """
    from bertviz_plus.models.predictions.task_loss import examples_of

    examples = examples_of(model, list(texts), seed=seed)
    late = second_half(np.arange(len(examples)), seed)
    n_heads, n_layers = model.n_layers * model.n_heads, model.n_layers
    draws = [np.random.default_rng((seed, one)).permutation(n_heads) for one in range(_RANDOM_ORDERS)]
    gone = [layers_in_order(order, n_layers)[: n_layers // 2] for order in LAYER_ORDERS]
    every = layer_parameters(model, range(n_layers))
    apart = layer_parameters(model, gone[0]) - n_heads // 2 * head_parameters(model)
    whole, chance, heads, random = np.full((4, len(examples)), np.nan)
    layers = np.full((len(LAYER_ORDERS), len(examples)), np.nan)
    found = HalvedModel(
        whole, heads, random, layers, chance, late, max(0.0, apart / every) if every else 0.0, model.info
    )
    first, second = ([examples[place] for place in np.flatnonzero(half)] for half in (~late, late))
    halves = ((late, second, first), (~late, first, second))
    with tqdm(total=2 * (6 + _RANDOM_ORDERS), delay=1, leave=False, disable=not progress) as bar:
        for half, own, others in halves:
            chance[half] = _by_frequency(own, others, model.hf.config.vocab_size)
            whole[half] = outcome(model, own)[:, 0]
            bar.update()
        for half, own, others in halves if found.learned else ():
            least = np.argsort(importance_of(model, others), axis=None, kind="stable")[: n_heads // 2]
            bar.update()
            heads[half] = outcome(model, own, without_heads(model, least))[:, 0]
            bar.update()
            drawn = []
            for order in draws:
                drawn.append(outcome(model, own, without_heads(model, order[: n_heads // 2]))[:, 0])
                bar.update()
            random[half] = np.mean(drawn, axis=0)
            for number, some in enumerate(gone):
                layers[number, half] = outcome(model, own, without_layers(some))[:, 0]
                bar.update()
    return found


def _by_frequency(own: "Sequence[Example]", others: "Sequence[Example]", vocabulary: int) -> Floats:
    """Return the loss of words at their frequency in other texts, with one added to each count."""
    seen = Counter(token for one in others for token in (*one.read.input_ids, *one.wanted))
    total = sum(seen.values()) + vocabulary
    losses = [-np.mean([np.log((seen[token] + 1) / total) for token in one.wanted]) for one in own]
    return np.array(losses)
