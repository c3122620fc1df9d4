"""The words of two sentences linked by a model, and which layer and method do it best."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bertviz_plus.measures.alignment.methods import METHODS, checked_method
from bertviz_plus.measures.alignment.word_alignment import align_pair, alignment_map
from bertviz_plus.traces.alignments import Alignments, words_of
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.links import Alignment

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


def align(
    model: "Model",
    source: str | Sequence[str],
    target: str | Sequence[str],
    *,
    method: str = "inter",
    hidden_layer: int | None = None,
    distortion: float = 0.0,
    **options: Any,
) -> Alignment:
    """Link the words of a sentence with those of its translation.

    Parameters
    ----------
    model : Model
        One that has read both languages.
    source, target : str or list of str
        A string is cut into words at white space. Chinese, Japanese and Thai put none between words: give
        lists.
    method : str, default "inter"
        ``fwd``, ``rev``, ``inter``, ``itermax``, ``mwmf``, ``softmax``, ``entmax``, ``ot`` or
        ``edge_cover``; `bertviz_plus.measures.alignment.methods` says what each does.
    hidden_layer : int, optional
        0 is the embeddings. By default the one that is documented to align best for this model.
    distortion : float, default 0
        SimAlign's κ: how much less alike words count that stand far apart; for fwd, rev, inter, itermax and
        mwmf.
    **options
        Of the method: ``n`` and ``alpha`` of itermax, ``threshold`` of softmax and entmax, ``epsilon``,
        ``unbalanced`` and ``threshold`` of ot.

    Returns
    -------
    Alignment
        Its ``links`` are (source, target, confidence), by the words' places; ``null_source`` and
        ``null_target`` have none. Words are linked if any of their subwords are.

    Raises
    ------
    TypeError, ValueError
        Naming the argument; also where no best layer is known and none is given.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> multi = bp.load("multilingual-e5-small")
    >>> align(multi, "The house is small .", "Das Haus ist klein .").to_pharaoh()
    '0-0 1-1 2-2 3-3 4-4'
    """
    from bertviz_plus.models.vectors.aligning import (
        alignments,
        best_hidden_layer,
        check_alignable,
        checked_hidden_layers,
    )

    check_alignable(model)
    checked_method(method)
    layer = best_hidden_layer(model) if hidden_layer is None else hidden_layer
    if layer is None:
        raise ValueError(
            f"hidden_layer must be given: which one aligns best is not known of "
            f"{model.info.id or 'this model'}. choose_layer(model, dev) finds it on "
            "pairs with gold; the middle layers are the usual ones"
        )
    checked_hidden_layers([layer], model, "hidden_layer")
    words_of(source, "source")
    words_of(target, "target")
    read = alignments(model, [(source, target)], hidden_layers=[layer], progress=False)
    return align_pair(read, method=method, hidden_layer=layer, distortion=distortion, **options)


@dataclass(frozen=True, eq=False)
class LayerChoice:
    """The layer and the method that align a development set best.

    Attributes
    ----------
    hidden_layer : int
    method : str
    aer : float
        Their alignment error rate, on the pairs that chose them: on others it will be a little higher.
    table : DataFrame
        The alignment error rate of every hidden layer (rows) and method (columns).
    pairs : int
        How many chose.
    """

    hidden_layer: int
    method: str
    aer: float
    table: pd.DataFrame
    pairs: int

    def __repr__(self) -> str:
        return (
            f"hidden_layer={self.hidden_layer}, method={self.method!r}: AER {self.aer:.3f} "
            f"on {self.pairs} pairs\n"
            f"{self.table.round(3).to_string()}"
        )


def choose_layer(
    model: "Model", dev: Any, methods: Sequence[str] | None = None, *, progress: bool = True
) -> LayerChoice:
    """Find the hidden layer and the method that align pairs with gold best.

    Parameters
    ----------
    model : Model
    dev : Alignments, or sequence of (source, target, gold)
        Pairs with gold; gold as `Gold.of` takes it. About a hundred are enough.
    methods : sequence of str, optional
        Among which; all by default.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    LayerChoice
        Of equals the earlier layer, and the method named first.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> multi = bp.load("multilingual-e5-small")
    >>> dev = [("The house is small .", "Das Haus ist klein .", "0-0 1-1 2-2 3-3 4-4")]
    >>> choose_layer(multi, dev, ["inter"], progress=False).method
    'inter'
    """
    from bertviz_plus.models.vectors.aligning import alignments, check_alignable

    works = 'choose_layer(model, [("A house .", "Ein Haus .", "0-0 1-1 2-2")])'
    if isinstance(dev, str) or not isinstance(dev, Iterable):
        raise wrong_kind("dev", "Alignments with gold, or a sequence of (source, target, gold)", dev, works)
    if not isinstance(dev, Alignments):
        check_alignable(model, works)
    names = [checked_method(method) for method in (METHODS if methods is None else methods)]
    if isinstance(dev, Alignments):
        read = dev
    else:
        triples = list(dev)
        wrong = next((p for p, one in enumerate(triples) if isinstance(one, str) or len(one) != 3), None)
        if wrong is not None or not triples:
            raise ValueError(
                "dev must hold (source, target, gold) for at least one pair"
                + ("" if wrong is None else f", got {triples[wrong]!r:.60} at dev[{wrong}]")
                + f". This works: {works}"
            )
        pairs, gold = [(source, target) for source, target, _ in triples], [one[2] for one in triples]
        read = alignments(model, pairs, gold=gold, progress=progress)
    table = alignment_map(read, names, measure="aer")
    values = table.to_numpy()
    if np.isnan(values).all():
        raise ValueError("dev must hold gold with at least one link, got none")
    row, column = divmod(int(np.nanargmin(values)), len(names))
    return LayerChoice(
        hidden_layer=int(table.index[row]),
        method=str(table.columns[column]),
        aer=float(values[row, column]),
        table=table,
        pairs=sum(pair.gold is not None for pair in read),
    )
