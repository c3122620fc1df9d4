"""What every head does over a corpus, as the attention view shows it: numbers, classes, a few contexts."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from bertviz_plus.design import section
from bertviz_plus.measures.heads.accumulator import HeadStatistics
from bertviz_plus.measures.heads.classes import HEAD_CLASSES
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.tokens import visible_token
from bertviz_plus.traces.trace import Trace

# Each column in words, and its unit where it is not a share.
TITLES: Final[dict[str, tuple[str, str]]] = {
    "pattern": ("pattern class", ""),
    "to_self": ("to itself", ""),
    "to_next": ("to the token after", ""),
    "to_previous": ("to the token before", ""),
    "to_cls": ("to the first special token", ""),
    "to_sep": ("to separators", ""),
    "sep_to_sep": ("separators to separators", ""),
    "rest_to_sep": ("others to separators", ""),
    "norm_to_sep": ("norms to separators", ""),
    "to_punctuation": ("to punctuation", ""),
    "entropy_nats": ("entropy", "nats"),
    "cls_entropy_nats": ("entropy of first special", "nats"),
    "distance": ("mean distance", "tokens"),
    "vertical": ("vertical beyond even", ""),
    "diagonal": ("diagonal beyond even", ""),
    "block": ("own text beyond even", ""),
}
# What stands in the cell of a head of each class.
_LETTERS: Final = {
    "vertical": "V",
    "diagonal": "D",
    "vertical+diagonal": "VD",
    "block": "B",
    "heterogeneous": "–",
}
_HUES = section("attention.class_hues")
_NEAREST, _CONTEXTS, _AROUND = 3, 3, 5


def statistics_data(statistics: Any, trace: Trace | Seq2SeqTrace) -> dict[str, Any]:
    """Pack the statistics of a trace's model.

    Parameters
    ----------
    statistics : HeadStatistics
    trace : Trace
        Of the same layers and heads.

    Returns
    -------
    dict
        JSON; `js/views/attention/statistics_map.js` reads it. At most three contexts a head, cut to five
        tokens on both sides of the link. Numbers that no text defines are left out.

    Raises
    ------
    TypeError, ValueError
        For what is no statistics, for statistics of another model's shape, and for an encoder–decoder.

    Examples
    --------
    >>> statistics, trace = HeadStatistics(), Trace(("a", "b"), attention=np.full((1, 1, 2, 2), 0.5))
    >>> statistics.update(trace)
    >>> packed = statistics_data(statistics, trace)
    >>> packed["columns"]["entropy_nats"], packed["corpus"]
    ({'title': 'entropy', 'unit': 'nats', 'values': [0.69315], 'even': 0.69315}, '1 text')
    """
    if isinstance(trace, Seq2SeqTrace):
        raise ValueError("statistics are of one stack of layers, and this trace is of an encoder–decoder")
    if not isinstance(statistics, HeadStatistics):
        works = "AttentionView(trace, statistics=head_statistics(model, texts))"
        raise wrong_kind("statistics", "HeadStatistics", statistics, works)
    own, theirs = (
        (len(one.layers), one.n_heads, one.model.id or "an unnamed model") for one in (statistics, trace)
    )
    if (statistics.layers, statistics.n_heads) != (trace.layers, trace.n_heads):
        shapes = (f"{layers} layers × {heads} heads ({model})" for layers, heads, model in (own, theirs))
        raise ValueError("statistics are of {}, and the trace is of {}".format(*shapes))
    table = statistics.table
    columns: dict[str, dict[str, Any]] = {}
    for name, (title, unit) in TITLES.items():
        if name not in table:
            continue
        if name == "pattern":
            values: list[float | None] = [HEAD_CLASSES.index(one) for one in table[name]]
        else:
            values = [_rounded(one) for one in table[name]]
        if all(value is None for value in values):
            continue
        even = _rounded(table.attrs["baseline"].get(name, np.nan))
        columns[name] = {"title": title, "unit": unit, "values": values, "even": even}
    columns["pattern"]["classes"] = [
        {"name": name, "letter": _LETTERS[name], "hue": _HUES.whole(name)} for name in HEAD_CLASSES
    ]
    for name, (added, unit, signed) in statistics.added.items():
        values = [_rounded(one) for one in added]
        columns[name] = {"title": name.replace("_", " "), "unit": unit, "values": values, "even": None}
        columns[name] |= {"signed": True} if signed else {}
    heads = list(zip(table["layer"].tolist(), table["head"].tolist(), strict=True))
    compared = statistics.similarity is not None
    return {
        "corpus": f"{statistics.n_texts:,} text{'s' * (statistics.n_texts != 1)}",
        "columns": columns,
        "nearest": [list(_nearest(statistics, *head)) for head in heads] if compared else None,
        "contexts": [list(_contexts(statistics, *head)) for head in heads],
    }


def _rounded(value: float) -> float | None:
    return round(float(value), 5) if np.isfinite(value) else None


def _nearest(statistics: HeadStatistics, layer: int, head: int) -> Iterator[list[Any]]:
    for other in statistics.nearest(layer, head, _NEAREST).to_dict("records"):
        yield [int(other["layer"]), int(other["head"]), round(other["divergence"], 4)]


def _contexts(statistics: HeadStatistics, layer: int, head: int) -> Iterator[list[Any]]:
    """Yield a weight, and the text cut in five at the two tokens of the link."""
    for one in statistics.contexts(layer, head).head(_CONTEXTS).to_dict("records"):
        shown = [visible_token(token) for token in one["tokens"]]
        first, second = sorted((one["source"], one["target"]))
        between = shown[first + 1 : second]
        if len(between) > 2 * _AROUND:
            between = [*between[:_AROUND], "…", *between[-_AROUND:]]
        before = [
            f"{shown[one['source']]} → {shown[one['target']]}:",
            *shown[max(0, first - _AROUND) : first],
        ]
        after = shown[second + 1 : second + 1 + _AROUND]
        parts = (f"{' '.join(before)} ", shown[first], f" {' '.join([*between, ''])}", shown[second])
        yield [round(one["weight"], 3), *parts, f" {' '.join(after)}"]
