"""Which heads link one word to another? The weight of one pair of words in every head."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.attention_kinds import Kind, attention_of, is_causal, layers_of, sides_of
from bertviz_plus.traces.attention_layer import LayerChoice, axes_of
from bertviz_plus.traces.checks import whole_number
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.units import tokens_of_words

_WORKS = 'pair_weights(trace, "it", "animal")'
Occurrence = int | tuple[int | None, int | None] | None


@dataclass(frozen=True)
class PairSide:
    """The source or the target of a pair, as it was found in a trace.

    Attributes
    ----------
    text : str
        The word or token.
    tokens : tuple of str
        The tokens it is written in.
    positions : tuple of int
        Where they stand.
    occurrence : int
        Which of several this is, from 0.
    occurrences : int
        How often the word stands there.
    """

    text: str
    tokens: tuple[str, ...]
    positions: tuple[int, ...]
    occurrence: int = 0
    occurrences: int = 1


def pair_weights(
    trace: Trace | Seq2SeqTrace,
    source: str | int,
    target: str | int,
    *,
    occurrence: Occurrence = None,
    attention_kind: Kind = "encoder",
) -> pd.DataFrame:
    """Return the weight from one word to another in every head, the strongest head first.

    A word of several tokens is one unit, by Clark's rule: attention to it is the sum over its tokens,
    attention from it the mean (Clark et al. 2019, "What Does BERT Look At?", section 4.1).

    Parameters
    ----------
    trace : Trace or Seq2SeqTrace
        With attention.
    source, target : str or int
        The word or token that attends, and the one that is attended to; or the position of a token, from 0.
        Words are looked for before tokens, and the same spelling before one that differs in case.
    occurrence : int or (int, int), optional
        Which occurrence to take where a word stands several times, from 0: of both words, or of source and
        target (None for the first). By default the first; `attrs` says how many there are.
    attention_kind : {"encoder", "decoder", "cross"}
        Which attention of an encoder–decoder.

    Returns
    -------
    DataFrame
        A row for each head: ``layer``, ``head``, ``weight`` from source to target, ``reverse`` from target to
        source (NaN in cross-attention), and ``even`` and ``reverse_even``, the weights that the pair would
        have if each token attended evenly to all that it may see. `attrs` has ``source`` and ``target``, each
        a dict with the fields of `PairSide`.

    Raises
    ------
    TypeError, ValueError
        For a word that does not stand there, with the tokens that do; a position or an occurrence that does
        not exist; a trace without attention.

    Examples
    --------
    >>> weights = np.zeros((1, 2, 3, 3))
    >>> weights[0, 0, 2], weights[0, 1, 2] = [0.1, 0.2, 0.7], [0.5, 0.4, 0.1]
    >>> trace = Trace(("cat", "s", "it"), words=("cats", "it"), word_ids=(0, 0, 1), attention=weights)
    >>> table = pair_weights(trace, "it", "cats")
    >>> table[["layer", "head", "weight", "even"]].round(2).values.tolist()
    [[0.0, 1.0, 0.9, 0.67], [0.0, 0.0, 0.3, 0.67]]
    >>> table.attrs["target"]["tokens"]
    ('cat', 's')
    """
    if not isinstance(trace, Trace | Seq2SeqTrace):
        raise wrong_kind("trace", "a Trace", trace, _WORKS)
    kinds = get_args(Kind) if isinstance(trace, Seq2SeqTrace) else ("encoder", "decoder")
    if attention_kind not in kinds:
        raise ValueError(f"attention_kind must be one of {', '.join(kinds)}, got {attention_kind!r}")
    queries, keys = sides_of(trace, attention_kind)
    if isinstance(occurrence, tuple) and len(occurrence) != 2:
        raise ValueError(
            f"occurrence must be one number, or one of the source and one of the target, got {occurrence!r}"
        )
    of_source, of_target = occurrence if isinstance(occurrence, tuple) else (occurrence, occurrence)
    rows = find_side(queries, source, "source", of_source)
    columns = find_side(keys, target, "target", of_target)
    found = pair_in_heads(trace, attention_kind, rows.positions, columns.positions)
    layers, n_heads = layers_of(trace, attention_kind), found.weight.shape[1]
    table = pd.DataFrame(
        [(layer, head) for layer in layers for head in range(n_heads)], columns=["layer", "head"]
    )
    table["weight"], table["reverse"] = found.weight.ravel(), found.reverse.ravel()
    table["even"], table["reverse_even"] = found.even, found.reverse_even
    table = table.sort_values("weight", ascending=False, kind="stable", ignore_index=True)
    table.attrs = {"source": asdict(rows), "target": asdict(columns)}
    return table


@dataclass(frozen=True, eq=False)
class PairInHeads:
    """The weights of one pair.

    Attributes
    ----------
    weight, reverse : ndarray [layers, heads]
        From source to target, and back (NaN in cross-attention).
    even, reverse_even : float
        What even attention would give.
    """

    weight: NDArray[np.float64]
    reverse: NDArray[np.float64]
    even: float
    reverse_even: float


def pair_in_heads(
    trace: Trace | Seq2SeqTrace, kind: Kind, source: Sequence[int], target: Sequence[int]
) -> PairInHeads:
    """Return the weight between the tokens of two words in every head, as `pair_weights` merges them.

    Parameters
    ----------
    trace, kind
    source, target : sequence of int
        Positions of their tokens.

    Examples
    --------
    >>> trace = Trace.from_attention(np.full((1, 2, 4, 4), 0.25), list("abcd"))
    >>> found = pair_in_heads(trace, "encoder", [0], [1, 2])
    >>> found.weight.tolist(), found.reverse.tolist(), found.even
    ([[0.5, 0.5]], [[0.25, 0.25]], 0.5)
    """
    weights, causal = attention_of(trace, kind), is_causal(trace, kind)
    n_keys = weights.shape[-1]
    weight, even = _between(weights, source, target), _even(source, target, n_keys, causal=causal)
    if kind == "cross":
        return PairInHeads(weight, np.full_like(weight, np.nan), even, float("nan"))
    back = _even(target, source, n_keys, causal=causal)
    return PairInHeads(weight, _between(weights, target, source), even, back)


def pair_of_units(
    trace: Trace | Seq2SeqTrace, choice: LayerChoice, pair: Sequence[int]
) -> tuple[PairInHeads, tuple[str, str]]:
    """Return the weights of a pair, and its labels, where source and target are numbers of tokens or words.

    Parameters
    ----------
    trace
    choice : LayerChoice
        Its kind of attention and its units; nothing is left out.
    pair : sequence of int
        A source and a target, from 0.

    Examples
    --------
    >>> trace = Trace.from_attention(np.full((1, 1, 3, 3), 1 / 3), ["a", "b", "c"], word_ids=[0, 0, 1])
    >>> found, labels = pair_of_units(trace, LayerChoice(units="words"), [1, 0])
    >>> labels, found.weight.round(2).tolist()
    (('c', 'ab'), [[0.67]])
    """
    whole = LayerChoice(attention_kind=choice.attention_kind, units=choice.units)
    sides, axes = sides_of(trace, choice.attention_kind), axes_of(trace, whole)
    positions = []
    for side, axis, unit in zip(sides, axes, pair, strict=True):
        edges = [*(axis.starts or range(side.n_tokens)), side.n_tokens]
        positions.append(range(edges[unit], edges[unit + 1]))
    source, target = (axis.labels[unit] for axis, unit in zip(axes, pair, strict=True))
    return pair_in_heads(trace, choice.attention_kind, *positions), (source, target)


def find_side(trace: Trace, wanted: str | int, name: str, occurrence: int | None = None) -> PairSide:
    """Find a word, a token or a position in a trace.

    Parameters
    ----------
    trace : Trace
    wanted : str or int
    name : str
        The argument's name, for errors.
    occurrence : int, optional
        Which of several; the first by default.

    Raises
    ------
    TypeError, ValueError
        As `pair_weights`.

    Examples
    --------
    >>> find_side(Trace(("The", "cat", "saw", "the", "cat")), "cat", "target", 1).positions
    (4,)
    >>> find_side(Trace(("The", "cat")), "dog", "target")
    Traceback (most recent call last):
    ValueError: target must be a word or token of the trace, got 'dog'; its tokens: The, cat
    """
    if isinstance(wanted, str):
        found = _found(trace, wanted)
        if not found:
            there = ", ".join(trace.tokens)
            raise ValueError(
                f"{name} must be a word or token of the trace, got {wanted!r}; its tokens: {there}"
            )
        number = 0 if occurrence is None else whole_number(occurrence)
        if number is None or not 0 <= number < len(found):
            raise ValueError(
                f"occurrence of the {name} must be 0..{len(found) - 1}, as {wanted!r} stands "
                f"{len(found)} time{'s' * (len(found) != 1)}; got {occurrence!r}"
            )
        own = found[number]
        return PairSide(wanted, tuple(trace.tokens[i] for i in own), own, number, len(found))
    position = whole_number(wanted)
    if position is None:
        raise wrong_kind(name, "a word, a token or the position of a token", wanted, _WORKS)
    if not 0 <= position < trace.n_tokens:
        raise ValueError(f"{name} must be a position in 0..{trace.n_tokens - 1}, got {position}")
    return PairSide(trace.tokens[position], (trace.tokens[position],), (position,))


def _found(trace: Trace, wanted: str) -> Sequence[tuple[int, ...]]:
    """Return the positions of every occurrence, by the first way of looking that finds one."""
    pieces = tokens_of_words(trace.word_ids, len(trace.words)) if trace.words and trace.word_ids else ()
    words = [(word, own) for word, own in zip(trace.words or (), pieces, strict=False) if own]
    tokens = [(token, (place,)) for place, token in enumerate(trace.tokens)]

    def ways() -> Iterator[list[tuple[int, ...]]]:
        for units in (words, tokens):
            yield [own for text, own in units if text == wanted]
        for units in (words, tokens):
            yield [own for text, own in units if text.casefold() == wanted.casefold()]

    return next(filter(None, ways()), [])


def _between(weights: NDArray[Any], rows: Sequence[int], columns: Sequence[int]) -> NDArray[np.float64]:
    pair = weights[..., rows, :][..., columns].astype(np.float64)
    return np.asarray(pair.sum(axis=-1).mean(axis=-1))


def _even(rows: Sequence[int], columns: Sequence[int], n_keys: int, *, causal: bool) -> float:
    visible = [row + 1 if causal else n_keys for row in rows]
    return float(np.mean([sum(column < seen for column in columns) / seen for seen in visible]))
