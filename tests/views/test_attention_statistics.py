"""Statistics of a corpus in the attention view: every column, classes, and a dossier's parts."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.heads.accumulator import HeadStatistics
from bertviz_plus.measures.heads.classes import HEAD_CLASSES
from bertviz_plus.measures.heads.numbers import NUMBERS
from bertviz_plus.plates.attention_head_map import corpus_numbers
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
    columns = AttentionView(trace, statistics=statistics).data["statistics"]["columns"]
    classes = columns["pattern"]["classes"]
    assert tuple(one["name"] for one in classes) == HEAD_CLASSES
    for mark in ("letter", "hue"):
        assert len({one[mark] for one in classes}) == len(HEAD_CLASSES)


def test_the_overview_has_the_numbers_of_the_table() -> None:
    trace, statistics = small()
    view = AttentionView(trace, mode="overview", statistics=statistics)
    assert view.statistic == "pattern"
    columns = view.data["statistics"]["columns"]
    table = statistics.table
    undefined = [name for name in NUMBERS if name not in table or table[name].isna().all()]
    assert undefined == ["norm_to_sep", "block"] == [name for name in NUMBERS if name not in columns]
    for name in set(NUMBERS) - set(undefined):
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
    with pytest.raises(ValueError, match="a view with statistics= has the numbers"):
        view.statistic = "to_sep"


def test_separators_have_a_share_of_the_norms_beside_that_of_the_weights() -> None:
    model = bp.load("bert-tiny")
    statistics = bp.head_statistics(model, TEXTS, norms=True, progress=False)
    traces = [model.trace(text, keep=("attention", "output_norms")) for text in TEXTS]
    shares = [
        one.output_norms[..., [token == "[SEP]" for token in one.tokens]].sum((2, 3))
        / one.output_norms.sum((2, 3))
        for one in traces
    ]
    assert statistics.table["norm_to_sep"].to_numpy() == pytest.approx(
        np.mean(shares, axis=0).ravel(), abs=1e-6
    )
    even = np.mean([1 / one.n_tokens for one in traces])
    column = AttentionView(traces[0], statistics=statistics).data["statistics"]["columns"]["norm_to_sep"]
    assert column["even"] == pytest.approx(even, abs=1e-5)
    # The point of the norms: separators add less than they are attended to (Kobayashi et al. 2020).
    assert statistics.table["norm_to_sep"].mean() < statistics.table["to_sep"].mean()
    with pytest.raises(ValueError, match="norm_to_sep: head_statistics"):
        AttentionView(traces[0], statistics=small()[1], statistic="norm_to_sep")


@cache
def read() -> tuple[bp.Trace, pd.DataFrame, pd.DataFrame]:
    model = bp.load("bert-tiny")
    parsed = bp.syntax(model, bp.treebank()[:30], progress=False)
    return model.trace(TEXTS[0]), bp.relation_scores(parsed), bp.relation_heads(parsed, resamples=20)


def test_a_head_has_the_relations_that_it_follows_better_than_any_offset() -> None:
    trace, scores, best = read()
    packed = AttentionView(trace, relations=(scores, best), statistics=small()[1]).data["statistics"]
    rivals = best.set_index("relation")["baseline"].drop("all")
    for place, lines in enumerate(packed["relations"]):
        own = scores[(scores["layer"] == place // 2) & (scores["head"] == place % 2)].set_index("relation")
        gains = (own["accuracy"].groupby("relation").max() - rivals).dropna()
        gains = gains[gains > 0].sort_values(ascending=False)
        assert [line[2] - line[4] for line in lines] == pytest.approx(gains.head(3).tolist(), abs=2e-4)
        column = packed["columns"]["relation"]
        name = column["classes"][column["values"][place]]["name"]
        assert name == (lines[0][0] if lines else "none beyond its offset")
        assert column["shades"][place] == pytest.approx(gains.iloc[0] if len(gains) else 0, abs=2e-4)
        for relation, direction, *_, interval in lines:
            row = best.set_index("relation").loc[relation]
            chosen = (row["layer"], row["head"], row["direction"]) == (place // 2, place % 2, direction)
            assert (interval is not None) == chosen
            if interval:
                assert interval == pytest.approx(row[["accuracy", "low", "high"]].tolist(), abs=1e-4)


def test_relations_alone_colour_the_overview_and_the_plate_names_them() -> None:
    trace, scores, best = read()
    view = AttentionView(trace, mode="overview", relations=(scores, best))
    assert view.statistic == "relation"
    svg = view.plate().svg()
    for words in ("best relation", f"over {best['n'].iloc[0]:,} words", "above the best offset"):
        assert words in svg
    for one in view.data["statistics"]["columns"]["relation"]["classes"]:
        assert one["name"] in svg
        assert len(one["letter"]) <= 5


def test_other_tables_of_relations_are_refused() -> None:
    trace, scores, best = read()
    with pytest.raises(TypeError, match="relations must be two tables"):
        AttentionView(trace, relations=best)
    with pytest.raises(ValueError, match="what relation_heads gives, and lacks direction"):
        AttentionView(trace, relations=(scores, best.drop(columns="direction")))
    with pytest.raises(ValueError, match="relations are of 2 layers × 2 heads, and the trace is of 3 layers"):
        AttentionView(of_length(6, 3, 4), relations=(scores, best))
    with pytest.raises(ValueError, match="of an encoder–decoder"):
        AttentionView(of_translation(), relations=(scores, best))


def test_importance_colours_the_overview_and_stays_in_a_file(tmp_path: Path) -> None:
    trace, statistics = small()
    model = bp.load("bert-tiny")
    importance = bp.head_importance(model, TEXTS, methods=["importance", "ablation"], progress=False)
    table = importance[["layer", "head", "importance", "ablation"]]
    with_importance = statistics.with_columns(table.sample(frac=1, random_state=0))
    assert "importance" not in statistics.table
    assert (with_importance.table[["importance", "ablation"]] == table[["importance", "ablation"]]).all(None)
    with_importance.save(tmp_path / "heads")
    loaded = HeadStatistics.load(tmp_path / "heads")
    pd.testing.assert_frame_equal(loaded.table, with_importance.table)
    view = AttentionView(trace, mode="overview", statistics=loaded, statistic="ablation")
    column = view.data["statistics"]["columns"]["ablation"]
    assert np.allclose(column["values"], table["ablation"], atol=1e-5)
    assert column["unit"] == "nats"
    assert "ablation" in view.plate().svg()


def test_numbers_below_0_have_the_colour_of_0() -> None:
    _, statistics = small()
    heads = statistics.table[["layer", "head"]]
    packed = {"corpus": "", "classes": [], "columns": {}}
    for name, numbers in (("some", [-2.0, 0.0, 0.5, 1.0]), ("all", [-2.0, -1.0, -0.5, 0.0])):
        values = statistics.with_columns(heads.assign(effect=numbers)).table["effect"].tolist()
        packed["columns"][name] = {"title": name, "unit": "nats", "values": values, "even": None}
    drawn = {name: corpus_numbers(packed, name, (0, 1)) for name in ("some", "all")}
    assert drawn["some"].codes.ravel().tolist()[0] == drawn["some"].codes.ravel().tolist()[1] == 0
    assert drawn["some"].codes.max() > 0
    assert drawn["all"].codes.max() == 0
    assert drawn["some"].values.min() == -2


def test_columns_of_other_heads_are_refused() -> None:
    _, statistics = small()
    heads = statistics.table[["layer", "head"]]
    for wrong, error, said in (
        ("importance", TypeError, "table must be a DataFrame"),
        (heads.drop(columns="head"), ValueError, "got none called 'head'"),
        (heads.assign(x=1.0)[1:], ValueError, "one row for each of 2 layers × 2 heads, got 3 rows"),
        (heads, ValueError, "a column of numbers besides layer and head"),
        (heads.assign(to_sep=1.0), ValueError, "both have 'to_sep'"),
    ):
        with pytest.raises(error, match=said):
            statistics.with_columns(wrong)
    with pytest.raises(ValueError, match="unit must be given for 'x'"):
        statistics.with_columns(heads.assign(x=3.0), unit="")
