"""What a language model predicts once something is erased from its last hidden layer: amnesic probing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bertviz_plus.measures.probes.erasure import Erasure, inlp, leace, random_erasure

if TYPE_CHECKING:
    import pandas as pd

    from bertviz_plus.models.model import Model


def amnesic_probing(
    model: "Model", texts: Sequence[str], labels: Sequence[Any], *, seed: int = 0, progress: bool = True
) -> "pd.DataFrame":
    """Erase a property from the vectors that the head reads, and see what the model predicts without it.

    Parameters
    ----------
    model : Model
        With a masked-LM head.
    texts : sequence of str
        Each with one ``[MASK]``, or the model's own mask token.
    labels : sequence
        A property of each blank, such as the part of speech of the word that stood there.
    seed : int, default 0
        Of INLP's halves and of the random directions.
    progress : bool, default True

    Returns
    -------
    pandas.DataFrame
        Rows ``inlp``, ``leace``, and after each as many ``random`` directions (orthogonal). ``rank``;
        ``same``, the share of blanks whose most probable token stays; ``divergence``, the mean KL divergence
        of the predictions after erasure from those before, in nats. What a property is worth to the model
        is what its erasure changes beyond random directions of the same rank.

    Raises
    ------
    ValueError
        For a model without such a head, a text without one mask, labels that are not as many or of one kind.

    References
    ----------
    Elazar et al. 2021, "Amnesic Probing", sections 3 and 4. Belrose et al. 2023, "LEACE".

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> questions = bp.diagnostic("agreement").questions
    >>> plural = [one.answers[0] in ("are", "were", "have") for one in questions]
    >>> frame = amnesic_probing(bp.load("bert-tiny"), [one.text for one in questions], plural, progress=False)
    >>> frame["erased"].tolist()
    ['inlp', 'random', 'leace', 'random']
    """
    import pandas as pd

    from bertviz_plus.models.predictions.blank_vectors import blank_of, blank_vectors, predictions_from
    from bertviz_plus.models.predictions.head import needed_head

    needed_head(model, "masked-LM")
    if len(labels) != len(texts):
        raise ValueError(f"labels must have one entry for each of the {len(texts)} texts, got {len(labels)}")
    gaps = [blank_of(model, text, place) for place, text in enumerate(texts)]
    vectors = blank_vectors(model, gaps, describing="amnesic probing", progress=progress)
    kinds = np.asarray(labels)
    found: list[tuple[str, Erasure]] = []
    for name, own in (("inlp", inlp(vectors, kinds, seed=seed)), ("leace", leace(vectors, kinds))):
        found += [(name, own), ("random", random_erasure(vectors.shape[1], own.rank, seed=seed))]
    before = predictions_from(model, gaps[0], vectors)
    rows = []
    for name, own in found:
        after = predictions_from(model, gaps[0], own(vectors))
        divergence = (before.exp() * (before - after)).sum(-1)
        same = before.argmax(-1) == after.argmax(-1)
        rows.append(
            {
                "erased": name,
                "rank": own.rank,
                "same": float(same.double().mean()),
                "divergence": float(divergence.mean()),
            }
        )
    return pd.DataFrame(rows)
