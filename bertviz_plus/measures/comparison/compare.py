"""Two models on the same texts: their heads, their layers, their weights, their answers, their sizes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import tee
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from bertviz_plus.measures.comparison.differences import Differences
from bertviz_plus.measures.comparison.heads import HeadDifferences
from bertviz_plus.measures.comparison.layers import LayerDifferences
from bertviz_plus.measures.comparison.weights import by_layer, weight_differences
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.trace import Trace

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

    Baseline = Literal["untrained"] | tuple[Model, Model] | None

_WORKS = "compare(model, tuned.model, texts)"


def compare(
    first: "Model",
    second: "Model",
    texts: Iterable[Any],
    *,
    layers: Mapping[int, int] | None = None,
    baseline: "Baseline" = "untrained",
    batch_size: int | None = None,
    progress: bool = True,
) -> Differences:
    """Compare two models on the same texts: before and after training, a teacher and a student, two seeds.

    Texts are read as a stream. Models whose tokenizers share a vocabulary are compared by tokens, others by
    words, pieces merged by Clark's rule.

    Parameters
    ----------
    first, second : Model
        Of one stack, such as BERT or GPT.
    texts : iterable of str or (str, str)
        As `Model.traces` takes them; may be a generator.
    layers : mapping of int to int, optional
        For each attention layer of the first that is compared, one of the second, such as ``{1: 0, 3: 1}``.
        By default each with the one of its own number, where both models have as many.
    baseline : "untrained", (Model, Model) or None, default "untrained"
        The two models whose differences stand beside these in ``differences.baseline``: untrained twins of
        both with different random weights, or two of your own, such as the same training with two seeds.
        They are compared on the same texts when they are first asked for.
    batch_size : int, optional
        As in `Model.traces`.
    progress : bool, default True

    Returns
    -------
    Differences

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what came and what is allowed: what is no model, an encoder–decoder, other depths
        without `layers`, no text, and texts that the two tokenizers cut into other words.

    References
    ----------
    Kovaleva et al. 2019, "Revealing the Dark Secrets of BERT", section 4.3; Kornblith et al. 2019 for CKA;
    Merchant et al. 2020, "What Happens To BERT Embeddings During Fine-tuning?", for RSA.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> tiny = bp.load("bert-tiny")
    >>> found = compare(tiny, tiny, ["The cat sat.", "It slept on the mat."], progress=False)
    >>> found.heads[["cosine", "divergence"]].round(6).values.tolist()[0]
    [1.0, 0.0]
    >>> found.layers["cka"].round(6).tolist()
    [1.0, 1.0, 1.0]
    """
    for model in (first, second):
        check_model(model, _WORKS)
    pairs = _checked_pairs(first, second, layers)
    _check_baseline(baseline)
    in_words = first.tokenizer.get_vocab() != second.tokenizer.get_vocab()
    same_heads = first.n_heads == second.n_heads and first.n_heads > 0
    heads = HeadDifferences()
    states = LayerDifferences([(0, 0), *((own + 1, other + 1) for own, other in pairs)])
    read: list[Any] = []
    reading = _together(first, second, _kept(texts, read), batch_size=batch_size, progress=progress)
    for place, both in enumerate(reading):
        matched = _in_words(both, place) if in_words else both
        states.update(*matched)
        if same_heads:
            heads.update(*(_of_layers(one, side, pairs) for side, one in enumerate(matched)))
    if not read:
        raise ValueError("texts must hold at least one text, got none")
    weights = weight_differences(first, second, pairs)
    table = states.table
    table["weights"] = table["layer"].map(by_layer(weights))
    if same_heads:
        divergence = heads.table.groupby("layer")["divergence"].mean()
        table["divergence"] = (table["layer"] - 1).map(divergence)
    else:
        table["divergence"] = np.nan
    return Differences(
        first=first,
        second=second,
        texts=tuple(read),
        pairs=pairs,
        units="words" if in_words else "tokens",
        heads=heads.table if same_heads else None,
        layers=table,
        weights=weights,
        statistics=heads.first if same_heads else None,
        make_baseline=(
            None
            if baseline is None
            else partial(_of_baseline, baseline, (first, second), read, layers, progress=progress)
        ),
    )


def _of_baseline(
    baseline: Any, models: "tuple[Model, Model]", texts: Sequence[Any], layers: Any, *, progress: bool
) -> Differences:
    if isinstance(baseline, str):
        from bertviz_plus.models.untrained import untrained_twin

        baseline = [untrained_twin(model, seed=seed) for seed, model in enumerate(models)]
    first, second = baseline
    return compare(first, second, texts, layers=layers, baseline=None, progress=progress)


def _checked_pairs(first: "Model", second: "Model", layers: Any) -> tuple[tuple[int, int], ...]:
    if seq2seq := [model for model in (first, second) if model.is_encoder_decoder]:
        raise ValueError(
            f"models must be one stack each, got the encoder–decoder {seq2seq[0].info.title}; wrap its "
            "encoder"
        )
    depths = first.n_layers, second.n_layers
    if layers is None:
        if depths[0] != depths[1]:
            few = min(depths)
            spread = [[(at + 1) * depth // few - 1 for at in range(min(3, few))] for depth in depths]
            shown = str(dict(zip(*spread, strict=True)))[:-1] + (", …}" if few > 3 else "}")
            raise ValueError(
                f"layers must say which layer is compared with which, since the models have {depths[0]} and "
                f"{depths[1]}, such as layers={shown}"
            )
        return tuple((layer, layer) for layer in range(depths[0]))
    if not isinstance(layers, Mapping):
        raise wrong_kind("layers", "a mapping from layers of the first model to those of the second", layers,
                         "compare(teacher, student, texts, layers={1: 0, 3: 1})")  # fmt: skip
    pairs = tuple(sorted((own, other) for own, other in layers.items()))
    for pair in pairs:
        for layer, depth, name in zip(pair, depths, ("first", "second"), strict=True):
            if isinstance(layer, bool) or not isinstance(layer, int | np.integer) or not 0 <= layer < depth:
                raise ValueError(
                    f"layers must map layers 0..{depths[0] - 1} of the first model to 0..{depths[1] - 1} of "
                    f"the second, got {layer!r} for the {name}"
                )
    if not pairs:
        raise ValueError("layers must map at least one layer, got none")
    return tuple((int(own), int(other)) for own, other in pairs)


def _check_baseline(baseline: Any) -> None:
    if baseline is None or baseline == "untrained":
        return
    if isinstance(baseline, Sequence) and not isinstance(baseline, str) and len(baseline) == 2:
        for model in baseline:
            check_model(model, "compare(a, b, texts, baseline=(seed_0, seed_1))")
        return
    raise ValueError(f'baseline must be "untrained", two models, or None, got {baseline!r:.60}')


def _kept(texts: Any, read: list[Any]) -> Iterator[Any] | Any:
    """Remember texts as they are read: answers and the baseline need them again."""
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        return texts

    def pass_on() -> Iterator[Any]:
        for text in texts:
            read.append(text)
            yield text

    return pass_on()


def _together(
    first: "Model", second: "Model", texts: Any, *, batch_size: int | None, progress: bool
) -> Iterator[tuple[Trace, Trace]]:
    given = tee(texts) if isinstance(texts, Iterator) else (texts, texts)
    streams: Any = [
        model.traces(one, batch_size=batch_size, progress=progress and not at)
        for at, (model, one) in enumerate(zip((first, second), given, strict=True))
    ]
    return zip(*streams, strict=True)


def _in_words(both: tuple[Trace, Trace], place: int) -> tuple[Trace, Trace]:
    """Return what both models read of a text by words."""
    own, other = (one.to_words() for one in both)
    special = [tuple(one.is_special) for one in (own, other)]
    named = [
        tuple(token for token, frames in zip(one.tokens, one.is_special, strict=True) if not frames)
        for one in (own, other)
    ]
    if special[0] != special[1] or own.words != other.words or len(named[0]) != len(named[1]):
        raise ValueError(
            f"texts[{place}] must have the same words for both models, and their tokenizers cut it into "
            f"{' '.join(own.tokens):.60} and {' '.join(other.tokens):.60}"
        )
    return own, other


def _of_layers(trace: Trace, side: int, pairs: Sequence[tuple[int, int]]) -> Trace:
    """Return the attention of the layers that are compared, by the numbers of the first model."""
    chosen = [pair[side] for pair in pairs]
    if chosen == list(trace.layers):
        return trace
    attention, layers = np.asarray(trace.attention)[chosen], tuple(own for own, _ in pairs)
    return replace(trace, attention=attention, layers=layers, hidden_states=None, scaling=None)
