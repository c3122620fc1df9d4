"""Statistics of a corpus in the attention view: every column, classes, and a dossier's parts."""

import json
from functools import cache

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.head_accumulator import HeadStatistics
from bertviz_plus.measures.head_classes import HEAD_CLASSES
from bertviz_plus.measures.head_numbers import NUMBERS
from bertviz_plus.views.attention import AttentionView
from bertviz_plus.views.attention.statistics import TITLES
from tests.views.samples import of_length, of_translation

TEXTS = ["The cat sat on the mat because it was tired.", "A dog chased the ball that she threw."]


@cache
def small() -> tuple[bp.Trace, HeadStatistics]:
    model = bp.load("bert-tiny")
    return model.trace(TEXTS[0]), bp.head_statistics(model, TEXTS, similarity=True, progress=False)


def test_every_number_and_class_has_a_title_and_a_mark() -> None:
    assert tuple(TITLES) == ("pattern", *NUMBERS)
    trace, statistics = small()
    classes = AttentionView(trace, statistics=statistics).data["statistics"]["classes"]
    assert tuple(one["name"] for one in classes) == HEAD_CLASSES
    for mark in ("letter", "hue"):
        assert len({one[mark] for one in classes}) == len(HEAD_CLASSES)


def test_the_overview_has_the_numbers_of_the_table() -> None:
    trace, statistics = small()
    view = AttentionView(trace, mode="overview", statistics=statistics)
    assert view.statistic == "pattern"
    columns = view.data["statistics"]["columns"]
    table = statistics.table
    for name in NUMBERS:
        values = np.array(columns[name]["values"], float)
        assert np.allclose(values, table[name], atol=1e-5, equal_nan=True)
    assert [HEAD_CLASSES[one] for one in columns["pattern"]["values"]] == table["pattern"].tolist()
    for name in ("pattern", "entropy_nats", "to_sep"):
        view.statistic = name
        svg = view.plate().svg()
        assert TITLES[name][0] in svg
        assert "over 2 texts" in svg


def test_a_dossier_has_the_nearest_heads_and_the_strongest_contexts_of_the_corpus() -> None:
    trace, statistics = small()
    packed = AttentionView(trace, statistics=statistics).data["statistics"]
    nearest = statistics.nearest(1, 0, 3)
    assert [one[:2] for one in packed["nearest"][2]] == nearest[["layer", "head"]].values.tolist()
    context = statistics.contexts(1, 0).iloc[0]
    weight, before, first, _, second, _ = packed["contexts"][2][0]
    assert weight == pytest.approx(context["weight"], abs=1e-3)
    assert before.startswith(f"{context['source_token']} → {context['target_token']}:")
    assert {first, second} == {context["source_token"], context["target_token"]}


def test_long_texts_are_cut_around_the_link() -> None:
    statistics = HeadStatistics()
    trace = of_length(400, 4, 4)
    statistics.update(trace)
    packed = AttentionView(trace, embed=[0], statistics=statistics).data["statistics"]
    assert max(len(json.dumps(one)) for head in packed["contexts"] for one in head) < 600


def test_statistics_of_another_model_are_refused_and_both_are_named() -> None:
    _, statistics = small()
    said = r"statistics are of 2 layers × 2 heads \(bert-tiny\), and the trace is of 3 layers × 4 heads"
    with pytest.raises(ValueError, match=said):
        AttentionView(of_length(6, 3, 4), statistics=statistics)
    with pytest.raises(ValueError, match="of an encoder–decoder"):
        AttentionView(of_translation(), statistics=statistics)
    with pytest.raises(TypeError, match="statistics must be HeadStatistics"):
        AttentionView(of_length(6, 3, 4), statistics=statistics.table)


def test_without_statistics_there_is_nothing_to_choose() -> None:
    view = AttentionView(of_length(6, 3, 4))
    assert view.statistic == ""
    with pytest.raises(ValueError, match="only a view with statistics="):
        view.statistic = "to_sep"
