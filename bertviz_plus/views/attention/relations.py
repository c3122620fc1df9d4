"""Which grammatical relations each head follows, beside the best fixed offset, for the attention view."""

from typing import Any, Final

import numpy as np
import pandas as pd

from bertviz_plus.measures.syntax.relations import ALL
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace

_WORKS = "AttentionView(trace, relations=(relation_scores(read), relation_heads(read)))"
_SCORED: Final = ("relation", "layer", "head", "direction", "n", "accuracy")
_BEST: Final = (*_SCORED, "low", "high", "offset", "baseline")
_MAKERS: Final = ("relation_scores", "relation_heads")
_NONE = "none beyond its offset"
_AT: Final = ("relation", "layer", "head", "direction")
_SHOWN = 3
# What a cell of the overview has room for.
_LETTERS = 5


def relations_data(relations: Any, trace: Trace | Seq2SeqTrace) -> dict[str, Any]:
    """Pack the relations that the heads of a trace's model follow.

    Parameters
    ----------
    relations : (DataFrame, DataFrame)
        What `relation_scores` and `relation_heads` give of the same sentences.
    trace : Trace
        Of the same layers and heads.

    Returns
    -------
    dict
        JSON. ``column``: of each head the relation with the largest accuracy above its best offset, and that
        difference. ``of_heads``: of each head the three largest such differences, as relation, direction,
        accuracy, offset, the offset's accuracy, words; and for the best of all heads its accuracy on the
        other half with its interval, else null.

    Raises
    ------
    TypeError, ValueError
        For other tables, and for relations of another model's shape.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> read = bp.syntax(bp.load("bert-tiny"), bp.treebank()[:8], progress=False)
    >>> tables = bp.relation_scores(read), bp.relation_heads(read, fewest=8, resamples=10)
    >>> packed = relations_data(tables, bp.load("bert-tiny").trace("The cat sat."))
    >>> packed["column"]["title"], len(packed["column"]["values"]), len(packed["of_heads"])
    ('best relation', 4, 4)
    """
    scores, best = _checked(relations)
    if isinstance(trace, Seq2SeqTrace):
        raise ValueError("relations are of one stack of layers, and this trace is of an encoder–decoder")
    heads = scores[["layer", "head"]].drop_duplicates().sort_values(["layer", "head"])
    places = list(heads.itertuples(index=False, name=None))
    if places != [(layer, head) for layer in trace.layers for head in range(trace.n_heads)]:
        shapes = f"{heads['layer'].nunique()} layers × {heads['head'].nunique()} heads"
        own = f"{len(trace.layers)} layers × {trace.n_heads} heads"
        raise ValueError(f"relations are of {shapes}, and the trace is of {own}")
    rivals = best.loc[best["relation"] != ALL, ["relation", "offset", "baseline"]]
    cells = scores.merge(rivals, on="relation")
    cells["gain"] = cells["accuracy"] - cells["baseline"]
    # Of the two directions the better one.
    cells = cells.sort_values("gain", ascending=False, kind="stable")
    cells = cells.drop_duplicates(["relation", "layer", "head"])
    of_heads = [
        list(_lines(cells[(cells["layer"] == layer) & (cells["head"] == head)], best))
        for layer, head in places
    ]
    first = [lines[0] if lines else None for lines in of_heads]
    named = pd.Series([line[0] for line in first if line], dtype=object).value_counts()
    names = [*named.index, *([_NONE] if None in first else [])]
    words = best.loc[best["relation"] == ALL, "n"]
    return {
        "column": {
            "title": "best relation",
            "unit": "",
            "values": [names.index(line[0] if line else _NONE) for line in first],
            "shades": [round(line[2] - line[4], 4) if line else 0.0 for line in first],
            "even": None,
            "classes": [{"name": name, "letter": _letters(name), "hue": None} for name in names],
            "corpus": f"{int(words.sum() if len(words) else best['n'].sum()):,} words",
        },
        "of_heads": of_heads,
    }


def _checked(relations: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    given = list(relations) if isinstance(relations, tuple | list) else []
    if len(given) != 2 or not all(isinstance(one, pd.DataFrame) for one in given):
        raise wrong_kind("relations", "two tables, of relation_scores and relation_heads", relations, _WORKS)
    for table, columns, maker in zip(given, (_SCORED, _BEST), _MAKERS, strict=True):
        if missing := ", ".join(name for name in columns if name not in table):
            raise ValueError(f"relations must have what {maker} gives, and lacks {missing}; {_WORKS}")
    return given[0], given[1]


def _lines(cells: pd.DataFrame, best: pd.DataFrame) -> Any:
    """Yield what one head follows better than the offset does."""
    for one in cells[cells["gain"] > 0].head(_SHOWN).to_dict("records"):
        same = (best[list(_AT)] == [one[name] for name in _AT]).all(axis=1)
        held = best.loc[same, ["accuracy", "low", "high"]].to_numpy(float)[:1].ravel()
        interval = [round(value, 4) for value in held.tolist()]
        yield [
            str(one["relation"]),
            str(one["direction"]),
            round(float(one["accuracy"]), 4),
            int(one["offset"]),
            round(float(one["baseline"]), 4),
            int(one["n"]),
            interval if interval and np.isfinite(interval).all() else None,
        ]


def _letters(name: str) -> str:
    if name == _NONE:
        return "–"
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1].rstrip(':')}."
