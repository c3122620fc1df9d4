"""Two models compared: the same is the same, parts are the whole, numbers are those of their definitions."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.spatial.distance import jensenshannon
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.pre_tokenizers import WhitespaceSplit
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

import bertviz_plus as bp
from bertviz_plus.measures.comparison.heads import CHANGES, HeadDifferences
from bertviz_plus.measures.comparison.layers import LayerDifferences
from bertviz_plus.measures.heads.divergence import SMOOTHING, head_divergence, matched_divergence
from bertviz_plus.measures.representations import LinearCKA, linear_cka, representational_similarity
from bertviz_plus.models.untrained import untrained_twin
from bertviz_plus.traces.trace import Trace

TEXTS = [
    "The cat sat on the mat.",
    "It slept, and slept, until the evening came.",
    "Nobody knew where the old woman had gone.",
    "Yes, of course.",
]


@pytest.fixture(scope="module")
def tiny() -> bp.Model:
    return bp.load("bert-tiny")


@pytest.fixture(scope="module")
def twin(tiny: bp.Model) -> bp.Model:
    return untrained_twin(tiny)


@pytest.fixture(scope="module")
def found(tiny: bp.Model, twin: bp.Model) -> bp.Differences:
    return bp.compare(tiny, twin, TEXTS, progress=False)


def small(seed: int = 0, *, layers: int = 2, heads: int = 2, tokenizer: object = None) -> bp.Model:
    torch.manual_seed(seed)
    config = BertConfig(
        hidden_size=24, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=32
    )
    return bp.wrap(BertModel(config).eval(), tokenizer or bp.load("bert-tiny").tokenizer)


def by_letters() -> PreTrainedTokenizerFast:
    """Return a tokenizer whose every letter is a piece, and whose words are what spaces cut."""
    letters = "abcdefghijklmnopqrstuvwxyz."
    pieces = ["[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{one}" for one in letters)]
    made = Tokenizer(WordPiece({piece: at for at, piece in enumerate(pieces)}, unk_token="[UNK]"))
    made.pre_tokenizer = WhitespaceSplit()
    made.post_processor = TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    names = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    return PreTrainedTokenizerFast(tokenizer_object=made, **names)


@pytest.mark.parametrize("name", ["bert-tiny", "all-MiniLM-L6-v2"])
def test_a_model_does_not_differ_from_itself(name: str) -> None:
    model = bp.load(name)
    same = bp.compare(model, model, TEXTS, baseline=None, progress=False)
    assert same.heads is not None
    np.testing.assert_allclose(same.heads["cosine"], 1, atol=1e-6)
    assert (same.heads["divergence"] == 0).all()
    assert (same.heads[[f"change_{one}" for one in CHANGES]] == 0).all(axis=None)
    np.testing.assert_allclose(same.layers[["cka", "rsa"]], 1, atol=1e-5)
    assert (same.weights["change"] == 0).all()
    assert same.baseline is None
    data = same.view().data["quantities"]["difference"]
    assert data["kinds"]["encoder"]["sizes"] is not None
    svg = same.view(mode="matrix").plate().svg()
    assert "difference: attention of a second" in svg


def test_heads_have_the_cosine_and_divergence_of_their_definitions(
    tiny: bp.Model, twin: bp.Model, found: bp.Differences
) -> None:
    traces = [list(model.traces(TEXTS, progress=False)) for model in (tiny, twin)]
    cosines, apart, tokens = np.zeros(4), np.zeros(4), 0
    for own, other in zip(*traces, strict=True):
        n = own.n_tokens
        maps = [one.attention.reshape(4, n, n).astype(float) for one in (own, other)]
        flat = [one.reshape(4, -1) for one in maps]
        cosines += (flat[0] * flat[1]).sum(1) / np.prod([np.linalg.norm(one, axis=1) for one in flat], axis=0)
        smooth = [(1 - SMOOTHING) * one + SMOOTHING / n for one in maps]
        apart += (jensenshannon(*smooth, axis=-1) ** 2).sum(axis=1)
        tokens += n
    assert found.heads is not None
    np.testing.assert_allclose(found.heads["cosine"], cosines / len(TEXTS), atol=1e-6)
    # Logarithms of single precision.
    np.testing.assert_allclose(found.heads["divergence"], apart / tokens, atol=1e-5)
    statistics = [bp.head_statistics(model, TEXTS, progress=False).table for model in (tiny, twin)]
    for name in CHANGES:
        expected = statistics[1][name] - statistics[0][name]
        np.testing.assert_allclose(found.heads[f"change_{name}"], expected, atol=1e-6)


def test_layers_have_the_cka_and_rsa_of_their_definitions(
    tiny: bp.Model, twin: bp.Model, found: bp.Differences
) -> None:
    traces = [list(model.traces(TEXTS, progress=False)) for model in (tiny, twin)]
    for layer in range(3):
        x, y = (np.concatenate([one.hidden_states[layer] for one in side]) for side in traces)
        row = found.layers.iloc[layer]
        assert row["cka"] == pytest.approx(linear_cka(x, y), abs=1e-4)
        assert row["rsa"] == pytest.approx(representational_similarity(x, y), abs=1e-4)


def test_weights_change_by_what_is_added(tiny: bp.Model) -> None:
    moved = bp.wrap(type(tiny.hf)(tiny.hf.config).eval(), tiny.tokenizer)
    moved.hf.load_state_dict(tiny.hf.state_dict())
    query = moved.hf.bert.encoder.layer[1].attention.self.query.weight
    with torch.no_grad():
        query *= 1.5
    weights = bp.compare(tiny, moved, TEXTS[:1], baseline=None, progress=False).weights
    changed = weights[weights["change"] > 0]
    assert changed[["layer", "module"]].values.tolist() == [[2, "attention.self.query"]]
    own = query.detach() / 1.5
    bias = tiny.hf.bert.encoder.layer[1].attention.self.query.bias.detach()
    norm = float(torch.cat([own.flatten(), bias]).norm())
    assert changed["relative"].item() == pytest.approx(float(own.norm()) / 2 / norm, rel=1e-4)


def test_matched_divergence_is_that_of_all_pairs() -> None:
    heads = np.random.default_rng(0).dirichlet(np.ones(7), (2, 3, 7))
    both = head_divergence(heads.reshape(6, 7, 7))
    np.testing.assert_allclose(matched_divergence(heads[0], heads[1]), np.diag(both, 3), atol=1e-12)


def test_parts_of_a_corpus_merge_into_the_whole(tiny: bp.Model, twin: bp.Model) -> None:
    traces = list(zip(*(model.traces(TEXTS, progress=False) for model in (tiny, twin)), strict=True))
    whole = HeadDifferences(), LayerDifferences([(0, 0), (2, 2)])
    parts = [(HeadDifferences(), LayerDifferences([(0, 0), (2, 2)])) for _ in range(3)]
    for at, pair in enumerate(traces):
        for one in (*whole, *parts[1 + at // 2]):
            one.update(*pair)
    for own, second, third in zip(*parts, strict=True):
        own.merge(second).merge(third)
    pd.testing.assert_frame_equal(parts[0][0].result(), whole[0].result(), rtol=1e-9)
    pd.testing.assert_frame_equal(parts[0][1].result(), whole[1].result(), rtol=1e-5)
    with pytest.raises(ValueError, match="other must compare the same layers"):
        whole[1].merge(LayerDifferences([(1, 1)]))


def test_cka_of_parts_with_other_means_merges_exactly() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 4)) + np.repeat([0, 5, -3], 20)[:, None]
    y = x @ rng.normal(size=(4, 6)) + rng.normal(size=(60, 6))
    parts = [LinearCKA() for _ in range(4)]
    for part, at in zip(parts[1:], range(0, 60, 20), strict=True):
        part.update(x[at : at + 20], y[at : at + 20])
    merged = parts[0].merge(parts[1]).merge(parts[2]).merge(parts[3])
    assert merged.result() == pytest.approx(linear_cka(x, y), abs=1e-12)


def test_rsa_keeps_the_same_tokens_however_a_corpus_is_split() -> None:
    rng = np.random.default_rng(0)
    traces = [
        Trace(tuple("x" * 50), text=f"text {at}", hidden_states=rng.normal(size=(2, 50, 4)))
        for at in range(30)
    ]
    whole, parts = LayerDifferences([(0, 1)]), [LayerDifferences([(0, 1)]) for _ in range(2)]
    for at, trace in enumerate(traces):
        whole.update(trace, trace)
        parts[at % 2].update(trace, trace)
    split = parts[0].merge(parts[1])
    assert split.table["rsa"].item() == pytest.approx(whole.table["rsa"].item(), abs=1e-9)


def test_other_depths_need_a_map_of_layers(tiny: bp.Model) -> None:
    deep = small(layers=4)
    with pytest.raises(ValueError, match=r"the models have 2 and 4, such as layers=\{0: 1, 1: 3\}"):
        bp.compare(tiny, deep, TEXTS)
    with pytest.raises(ValueError, match=r"the models have 4 and 2, such as layers=\{1: 0, 3: 1"):
        bp.compare(deep, tiny, TEXTS)
    mapped = bp.compare(deep, tiny, TEXTS, layers={1: 0, 3: 1}, progress=False)
    assert mapped.layers[["layer", "other_layer"]].values.tolist() == [[0, 0], [2, 1], [4, 2]]
    assert mapped.heads is not None
    assert mapped.heads["layer"].tolist() == [1, 1, 3, 3]
    view = mapped.view(quantity="other", layer=3)
    other = tiny.trace(TEXTS[0]).attention
    shown = view._quantities["other"].trace
    assert shown.layers == (1, 3)
    np.testing.assert_allclose(shown.attention, other, atol=1e-6)


def test_layers_of_one_model_can_be_compared_with_others_of_its_own(tiny: bp.Model) -> None:
    turned = bp.compare(tiny, tiny, TEXTS, layers={0: 1, 1: 0}, baseline=None, progress=False)
    assert turned.heads is not None
    assert turned.heads["cosine"].max() < 1
    assert turned.heads["change_to_sep"].sum() == pytest.approx(0, abs=1e-9)


def test_models_of_different_vocabularies_are_compared_by_words(tiny: bp.Model) -> None:
    other = small(tokenizer=by_letters())
    words = bp.compare(tiny, other, ["the cat sat", "nobody knew where"], baseline=None, progress=False)
    assert words.units == "words"
    assert words.heads is not None
    assert words.heads["cosine"].between(0, 1).all()
    assert words.predictions is None
    assert words.view()._quantities["difference"].trace.tokens == ("[CLS]", "the", "cat", "sat", "[SEP]")
    with pytest.raises(ValueError, match=r"texts\[1\] must have the same words for both models"):
        bp.compare(tiny, other, ["the cat sat", "it slept."], progress=False)
    assert words.layers["cka"].between(0, 1).all()


def test_the_baseline_is_the_same_comparison_of_two_others(tiny: bp.Model, found: bp.Differences) -> None:
    assert found.baseline is not None
    assert found.baseline is found.baseline
    assert found.baseline.first.info.id == "bert-tiny, untrained (seed 0)"
    assert found.baseline.second.info.id.endswith("untrained (seed 1)")
    assert found.baseline.texts == tuple(TEXTS)
    assert set(found.summary) == {"value", "baseline"}
    own = bp.compare(tiny, untrained_twin(tiny), TEXTS, baseline=(tiny, tiny), progress=False)
    assert own.summary.loc["cosine", "baseline"] == pytest.approx(1, abs=1e-6)


def test_what_is_read_once_is_enough(tiny: bp.Model, twin: bp.Model, found: bp.Differences) -> None:
    streamed = bp.compare(tiny, twin, iter(TEXTS), progress=False)
    assert streamed.texts == tuple(TEXTS)
    assert streamed.heads is not None
    pd.testing.assert_frame_equal(streamed.heads, found.heads)


def test_answers_agree_where_both_have_one_head(
    tiny: bp.Model, twin: bp.Model, found: bp.Differences
) -> None:
    answers = found.predictions
    assert answers is not None
    assert answers["text"].unique().tolist() == [0, 1, 2, 3]
    assert answers.attrs["low"] <= answers.attrs["agreement"] <= answers.attrs["high"]
    assert (answers["same"] == (answers["first"] == answers["second"])).all()
    assert answers["divergence"].between(0, np.log(2)).all()
    assert bp.compare(small(), small(1), TEXTS, progress=False).predictions is None


def test_sizes_are_counted(found: bp.Differences, tiny: bp.Model) -> None:
    size = found.size
    assert size["parameters"].tolist() == [sum(one.numel() for one in tiny.hf.parameters())] * 2
    # Single precision, and buffers beside parameters at most.
    assert (size["bytes"] >= 4 * size["parameters"]).all()
    assert (size["milliseconds"] > 0).all()


@pytest.mark.parametrize(
    ("models", "texts", "error", "said"),
    [
        (["tiny"], TEXTS, TypeError, "models must be a mapping from names to models, got list"),
        ({"tiny": "bert"}, TEXTS, TypeError, "model must be a bertviz_plus model"),
        ({}, "one", TypeError, "texts must be a list of texts, got str 'one'"),
        ({}, [], ValueError, "texts must hold at least one text, got none"),
    ],
)
def test_what_has_no_size_is_refused_by_name(
    models: object, texts: object, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        bp.model_sizes(models, texts)


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"layers": {0: 2}}, ValueError, "got 2 for the second"),
        ({"layers": {-1: 0}}, ValueError, "got -1 for the first"),
        ({"layers": {}}, ValueError, "layers must map at least one layer"),
        ({"layers": [0, 1]}, TypeError, "layers must be a mapping"),
        ({"baseline": "seeds"}, ValueError, "baseline must be"),
        ({"baseline": (1, 2)}, TypeError, "model must be a bertviz_plus model"),
        ({"texts": []}, ValueError, "texts must hold at least one text"),
        ({"texts": "one"}, TypeError, "texts must be an iterable of strings"),
        ({"second": "bert"}, TypeError, "model must be a bertviz_plus model"),
    ],
)
def test_what_cannot_be_compared_is_refused_by_name(
    tiny: bp.Model, given: dict[str, object], error: type[Exception], said: str
) -> None:
    arguments = {"first": tiny, "second": tiny, "texts": TEXTS, "progress": False} | given
    with pytest.raises(error, match=said):
        bp.compare(**arguments)


def test_heads_of_other_numbers_are_not_paired(tiny: bp.Model) -> None:
    found = bp.compare(tiny, small(heads=4), TEXTS, baseline=None, progress=False)
    assert found.heads is None
    assert found.layers["divergence"].isna().all()
    with pytest.raises(ValueError, match="view needs as many heads in both models, and these have 2 and 4"):
        found.view()
