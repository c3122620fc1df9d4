"""Which heads link one word to another? The weight of one pair of words in every head."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.attention_kinds import Kind, attention_of, is_causal, kinds_of, layers_of, sides_of
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
    if attention_kind not in kinds_of(trace):
        raise ValueError(
            f"attention_kind must be one of {', '.join(kinds_of(trace))}, got {attention_kind!r}"
        )
    weights = attention_of(trace, attention_kind)
    queries, keys = sides_of(trace, attention_kind)
    of_source, of_target = occurrence if isinstance(occurrence, tuple) else (occurrence, occurrence)
    rows = find_side(queries, source, "source", of_source)
    columns = find_side(keys, target, "target", of_target)
    causal = is_causal(trace, attention_kind)
    heads = [(layer, head) for layer in layers_of(trace, attention_kind) for head in range(weights.shape[1])]
    table = pd.DataFrame(heads, columns=["layer", "head"])
    table["weight"] = _between(weights, rows.positions, columns.positions)
    two_ways = attention_kind != "cross"
    table["reverse"] = _between(weights, columns.positions, rows.positions) if two_ways else np.nan
    table["even"] = _even(rows.positions, columns.positions, keys.n_tokens, causal=causal)
    table["reverse_even"] = (
        _even(columns.positions, rows.positions, keys.n_tokens, causal=causal) if two_ways else np.nan
    )
    table = table.sort_values("weight", ascending=False, kind="stable", ignore_index=True)
    table.attrs = {"source": asdict(rows), "target": asdict(columns)}
    return table


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
                f"{len(found)} times; got {occurrence!r}"
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
    return np.asarray(pair.sum(axis=-1).mean(axis=-1)).ravel()


def _even(rows: Sequence[int], columns: Sequence[int], n_keys: int, *, causal: bool) -> float:
    visible = [row + 1 if causal else n_keys for row in rows]
    return float(np.mean([sum(column < seen for column in columns) / seen for seen in visible]))
