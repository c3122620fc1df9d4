"""Weights, norms and gradients by kind of token: beside the arrays that they are means of."""

import numpy as np
import pytest
from scipy.stats import spearmanr

import bertviz_plus as bp
from bertviz_plus.measures.heads.attention_by_key import KINDS, attention_by_key
from tests.models.architectures import FOLLOWING, TEXT, wrapped

SENTENCE = "The cat sat on the mat, and slept."


def test_each_number_is_the_mean_over_tokens_of_the_kind() -> None:
    tiny = bp.load("bert-tiny")
    table = attention_by_key(tiny, [SENTENCE], progress=False).set_index(["layer", "kind"])
    trace, norms = tiny.trace(SENTENCE), bp.value_norms(tiny, SENTENCE)
    gradient = np.abs(bp.attention_gradient(tiny, SENTENCE).gradient)
    of_kind = {
        "first": [0],
        "separator": [trace.n_tokens - 1],
        "punctuation": [trace.tokens.index(","), trace.tokens.index(".")],
    }
    of_kind["word"] = [
        place for place in range(trace.n_tokens) if not any(place in one for one in of_kind.values())
    ]
    for kind, keys in of_kind.items():
        for layer in range(2):
            row = table.loc[layer, kind]
            assert row["attention"] == pytest.approx(trace.attention[layer][..., keys].mean(), rel=1e-5)
            assert row["value_norm"] == pytest.approx(norms.values[layer][..., keys].mean(), rel=1e-5)
            assert row["weighted_norm"] == pytest.approx(norms.weighted[layer][..., keys].mean(), rel=1e-5)
            assert row["summed_norm"] == pytest.approx(norms.summed[layer][..., keys].mean(), rel=1e-5)
            assert row["gradient"] == pytest.approx(gradient[layer][..., keys].mean(), rel=1e-4)
    for layer in range(2):
        heads = zip(trace.attention[layer].mean(axis=1), norms.values[layer], strict=True)
        expected = np.mean([spearmanr(*both).statistic for both in heads])
        assert table.loc[(layer, "word"), "rank_correlation"] == pytest.approx(expected)


def test_in_the_tagger_attention_to_a_separator_matters_less_than_to_a_word() -> None:
    table = attention_by_key(bp.load("distilbert-tagger"), [SENTENCE, "It slept."], progress=False)
    assert table.attrs["gradient_of"] == "output"
    by_kind = table[table["layer"] >= 2].pivot(index="layer", columns="kind")
    # Clark et al. 2019, figure 3; Kobayashi et al. 2020: much attention, a small value, a small gradient.
    assert (by_kind["attention"]["separator"] > 5 * by_kind["attention"]["word"]).all()
    assert (by_kind["value_norm"]["separator"] < by_kind["value_norm"]["word"] / 4).all()
    assert (by_kind["gradient"]["separator"] < by_kind["gradient"]["word"] / 4).all()


@pytest.mark.parametrize("name", FOLLOWING)
def test_every_architecture_on_the_interface_has_its_numbers(name: str) -> None:
    model = wrapped(name)
    if model.is_encoder_decoder:
        pytest.skip("gradients are of one stack")
    try:
        bp.value_norms(model, TEXT)
    except ValueError:
        pytest.skip("this architecture does not show its values' norms")
    table = attention_by_key(model, [TEXT], progress=False)
    words = table[table["kind"] == "word"]
    assert len(table) == len(KINDS) * model.n_layers
    assert np.isfinite(words.drop(columns="kind").to_numpy(float)).all()
    assert (words[["attention", "value_norm", "gradient"]] > 0).all(axis=None)
