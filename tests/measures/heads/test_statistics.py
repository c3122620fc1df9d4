"""What heads do over a corpus: exact classes of maps made by hand, parts that merge, files, bad input."""

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.heads.accumulator import HeadStatistics
from bertviz_plus.measures.heads.divergence import head_divergence
from bertviz_plus.measures.heads.numbers import NUMBERS
from bertviz_plus.traces.trace import ModelInfo, Trace
from tests.made_traces import softmax

TEXTS = (
    "The cat sat on the mat.",
    "It slept, and slept, and slept until the evening came.",
    ("Where did it go?", "Nobody knows, and the mat is cold."),
    "Yes",
    "The old woman who lived next door had seen everything from her window.",
)


@pytest.fixture(scope="module")
def traces():
    return list(bp.load("bert-tiny").traces(TEXTS, keep=("attention",), progress=False))


def accumulated(traces, **options):
    statistics = HeadStatistics(**options)
    for trace in traces:
        statistics.update(trace)
    return statistics


def pair(n=12):
    """The tokens of two texts of equal length."""
    half = n // 2 - 1
    words = [f"w{i}" for i in range(half)]
    tokens = ("[CLS]", *words[1:], "[SEP]", *words, "[SEP]", "end")[:n]
    special = tuple(token in ("[CLS]", "[SEP]") for token in tokens)
    return tokens, special, tuple(int(i >= n // 2) for i in range(n))


def shifted(n, offset):
    return np.eye(n)[np.clip(np.arange(n) + offset, 0, n - 1)]


def column(n, *places):
    weights = np.zeros((n, n))
    weights[:, places] = 1 / len(places)
    return weights


def inside(segments):
    own = np.equal.outer(segments, segments).astype(float)
    return own / own.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("n", [12, 40])
def test_maps_made_by_hand_have_exact_classes(n):
    tokens, special, segments = pair(n)
    tokens = (*tokens, *(f"x{i}" for i in range(n - len(tokens))))
    special = (*special, *(False,) * (n - len(special)))
    maps = {
        "to the separators": (column(n, 5, n - 2), "vertical"),
        "to the first": (column(n, 0), "vertical"),
        "to one word": (column(n, 3), "vertical"),
        "next": (shifted(n, 1), "diagonal"),
        "previous": (shifted(n, -1), "diagonal"),
        "itself": (np.eye(n), "diagonal"),
        "half and half": ((column(n, 0) + shifted(n, 1)) / 2, "vertical+diagonal"),
        "own text": (inside(segments), "block"),
        "even": (np.full((n, n), 1 / n), "heterogeneous"),
        "far away": (np.eye(n)[(np.arange(n) + n // 2) % n], "heterogeneous"),
        "any": (softmax((n, n), 3, sharpness=1.0), "heterogeneous"),
    }
    attention = np.stack([weights for weights, _ in maps.values()])[np.newaxis]
    trace = Trace(tokens[:n], is_special=special[:n], segment_ids=segments, attention=attention)
    found = dict(zip(maps, accumulated([trace]).table["pattern"], strict=True))
    assert found == {name: expected for name, (_, expected) in maps.items()}


def test_in_a_causal_model_an_even_head_is_heterogeneous_and_the_first_token_a_vertical_one():
    n = 16
    even = np.tril(np.ones((n, n))) / np.arange(1, n + 1)[:, np.newaxis]
    maps = np.stack([even, column(n, 0), shifted(n, -1)])[np.newaxis]
    table = accumulated([Trace(tuple("abcdefghijklmnop"), attention=maps, causal=True)]).table
    assert table["pattern"].tolist() == ["heterogeneous", "vertical", "diagonal"]
    assert table["to_sep"].isna().all()
    assert table["cls_entropy_nats"].isna().all()
    # Row i sees i + 1 tokens: the entropy of the even one is their logarithm, and so is the baseline's.
    expected = np.log(np.arange(1, n + 1)).mean()
    assert table["entropy_nats"][0] == pytest.approx(expected, abs=1e-6)
    assert table.attrs["baseline"]["entropy_nats"] == pytest.approx(expected)
    previous = (1 / np.arange(2, n + 1)).sum() / n
    assert table.attrs["baseline"]["to_previous"] == pytest.approx(previous)


def test_halves_merge_to_the_whole(traces):
    whole = accumulated(traces, similarity=True)
    first, second = (accumulated(part, similarity=True) for part in (traces[:2], traces[2:]))
    merged = HeadStatistics(similarity=True).merge(first).merge(second)
    assert (merged.n_texts, merged.n_tokens) == (whole.n_texts, whole.n_tokens)
    # Sums of double precision, in another order.
    numbers = [name for name in NUMBERS if name in whole.table]
    np.testing.assert_allclose(merged.table[numbers], whole.table[numbers], rtol=0, atol=1e-9)
    np.testing.assert_allclose(merged.similarity, whole.similarity, rtol=0, atol=1e-9)
    for head in range(2):
        assert merged.contexts(1, head).equals(whole.contexts(1, head))
    assert second.n_texts == 3


def test_a_saved_accumulator_is_read_back_and_goes_on(traces, tmp_path):
    whole = accumulated(traces, similarity=True, contexts=2)
    part = accumulated(traces[:3], similarity=True, contexts=2)
    part.save(tmp_path / "heads")
    read = HeadStatistics.load(tmp_path / "heads")
    assert read.model == part.model
    for trace in traces[3:]:
        read.update(trace)
    assert read.table.equals(whole.table)
    assert np.array_equal(read.similarity, whole.similarity)
    assert read.contexts(0, 1).equals(whole.contexts(0, 1))
    (tmp_path / "other").write_text("{}")
    with pytest.raises(ValueError, match="other is no head statistics, or is damaged"):
        HeadStatistics.load(tmp_path / "other")


def test_an_empty_accumulator_saves_and_merges(traces, tmp_path):
    HeadStatistics().save(tmp_path / "empty")
    empty = HeadStatistics.load(tmp_path / "empty")
    assert empty.table.empty
    assert accumulated(traces).merge(empty).n_texts == len(traces)


def test_contexts_are_the_strongest_links_between_words(traces):
    statistics = accumulated(traces)
    for head in range(2):
        kept = statistics.contexts(1, head)
        assert kept["weight"].is_monotonic_decreasing
        assert kept["text"].is_unique
        for row in kept.itertuples():
            trace = traces[row.text]
            weights = trace.attention[1, head]
            assert row.tokens == trace.tokens
            assert row.weight == pytest.approx(weights[row.source, row.target])
            words = [
                i for i, s in enumerate(trace.is_special) if not s and trace.tokens[i] not in (".", ",", "?")
            ]
            between = weights[np.ix_(words, words)] * (1 - np.eye(len(words)))
            assert row.weight == pytest.approx(between.max())


def test_numbers_of_a_real_model_are_those_of_its_traces():
    model = bp.load()
    statistics = bp.head_statistics(model, TEXTS, similarity=True, progress=False)
    traces = [model.trace(*([text] if isinstance(text, str) else text)) for text in TEXTS]
    to_sep = np.mean(
        [t.attention[..., [x == "[SEP]" for x in t.tokens]].sum(-1).mean(-1) for t in traces], axis=0
    )
    # Batched arithmetic rounds differently.
    np.testing.assert_allclose(statistics.table["to_sep"], to_sep.ravel(), atol=1e-5)
    intervals = statistics.intervals("to_sep")
    assert (intervals["low"] <= intervals["value"]).all()
    assert (intervals["value"] <= intervals["high"]).all()
    assert intervals["n_texts"].eq(len(TEXTS)).all()
    assert statistics.similarity.shape == (72, 72)
    near = statistics.nearest(3, 2)
    assert (near["divergence"].iloc[0], len(near)) == (
        pytest.approx(np.sort(statistics.similarity[3 * 12 + 2])[1] / statistics.n_tokens),
        5,
    )


def test_divergence_in_single_precision_is_that_of_double():
    heads = softmax((12, 128, 128), 0)
    one, two = head_divergence(heads), head_divergence(heads.astype(np.float64))
    assert one == pytest.approx(two, abs=1e-4)
    assert (two == two.T).all()
    assert not two.diagonal().any()
    assert two.max() <= 128 * np.log(2)


def test_divergence_is_that_of_the_definition():
    p, q = (0.999 * heads + 0.001 / 9 for heads in softmax((2, 9, 9), 1).astype(np.float64))
    mean = (p + q) / 2
    expected = ((p * np.log(p / mean)).sum() + (q * np.log(q / mean)).sum()) / 2
    assert head_divergence(softmax((2, 9, 9), 1).astype(np.float64))[0, 1] == pytest.approx(expected)


@pytest.mark.parametrize("tokens", [("a",), ("[CLS]", "[SEP]"), ("[SEP]",)])
def test_the_shortest_texts_have_numbers_where_they_are_defined(tokens):
    n = len(tokens)
    special = tuple(token.startswith("[") for token in tokens)
    trace = Trace(tokens, is_special=special, attention=np.full((1, 2, n, n), 1 / n))
    table = accumulated([trace], similarity=True).table
    assert table["to_self"].tolist() == [1 / n] * 2
    assert table["diagonal"].isna().all()
    assert table["pattern"].eq("heterogeneous").all()


def test_of_tokens_without_separators_nothing_is_said_of_separators():
    trace = Trace(
        ("a", "b", "c"), causal=True, attention=np.tril(np.ones((3, 3)))[None, None] / [[1], [2], [3]]
    )
    table = accumulated([trace], similarity=True).table
    absent = [name for name in NUMBERS if ("cls" in name or "sep" in name) and name in table]
    assert len(absent) == 5
    assert table[absent].isna().all(axis=None)
    assert table["to_previous"][0] == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    assert table.attrs["baseline"]["to_previous"] == pytest.approx(table["to_previous"][0])


def test_missing_weights_count_as_none():
    attention = np.full((1, 1, 3, 3), 1 / 3)
    attention[0, 0, 1, 1] = np.nan
    statistics = accumulated([Trace(("a", "b", "c"), attention=attention)], similarity=True)
    assert statistics.table["to_self"][0] == pytest.approx(2 / 9)


def test_what_does_not_fit_is_refused(traces, make_trace):
    statistics = accumulated(traces)
    with pytest.raises(ValueError, match=r"statistics are of layers \(0, 1\) × 2 heads of bert-tiny, got"):
        statistics.update(make_trace(layers=3))
    with pytest.raises(ValueError, match="statistics are of layers"):
        statistics.merge(accumulated([make_trace(model=ModelInfo(id="another"))]))
    with pytest.raises(ValueError, match="other must have similarity=False"):
        statistics.merge(accumulated(traces, similarity=True))
    with pytest.raises(TypeError, match="other must be HeadStatistics, got str"):
        statistics.merge("heads")
    with pytest.raises(TypeError, match="trace must be a Trace, got str"):
        statistics.update("a text")
    with pytest.raises(ValueError, match="trace must hold attention"):
        statistics.update(Trace(("a",)))
    with pytest.raises(ValueError, match="nearest needs the divergence"):
        statistics.nearest(0, 0)
    with pytest.raises(ValueError, match=r"head in 0\.\.1, got layer 0, head 7"):
        statistics.contexts(0, 7)
    with pytest.raises(ValueError, match="name must be one of to_self"):
        statistics.intervals("to_mars")
    with pytest.raises(ValueError, match="contexts must be a whole number"):
        HeadStatistics(contexts=-1)
    with pytest.raises(ValueError, match="texts must hold at least one text"):
        bp.head_statistics(bp.load("bert-tiny"), [], progress=False)
    with pytest.raises(TypeError, match="model must be a bertviz_plus model"):
        bp.head_statistics("bert-tiny", ["a"])
