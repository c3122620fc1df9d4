"""What is drawn in the place of the weights: norms and rollout, packed, drawn and said alike."""

from functools import cache

import numpy as np
import pytest
from scipy.stats import spearmanr

import bertviz_plus as bp
from bertviz_plus.measures.rollout import rollout
from bertviz_plus.views.attention import AttentionView
from bertviz_plus.views.wire import decode_codes
from tests.views.samples import of_length


@cache
def kept() -> bp.Trace:
    return bp.load("bert-tiny").trace("The cat sat on the mat.", keep=("attention", "output_norms"))


def test_norms_are_shares_of_their_rows_and_the_caption_says_what_they_mean() -> None:
    view = AttentionView(kept(), quantity="norm")
    norms = kept().output_norms
    shares = norms / norms.sum(axis=-1, keepdims=True)
    for layer in (0, 1):
        packed = view.data["quantities"]["norm"]["kinds"]["encoder"]["embedded"][str(layer)]
        assert np.abs(decode_codes(packed) / 254 - shares[layer]).max() <= 0.5 / 254 + 1e-6
    svg = view.plate().svg()
    assert "‖αf(x)‖" in svg
    assert "ρ with weight" in svg
    view.quantity = "weight"
    assert "‖αf(x)‖" not in view.plate().svg()


def test_rollout_has_one_head_and_the_way_back_has_all() -> None:
    view = AttentionView(kept(), quantity="rollout", layer=1)
    assert view.heads == [0]
    packed = view.data["quantities"]["rollout"]["kinds"]["encoder"]["embedded"]["1"]
    assert np.abs(decode_codes(packed)[0] / 254 - rollout(kept())[1]).max() <= 0.5 / 254 + 1e-6
    with pytest.raises(ValueError, match="heads must be within"):
        view.heads = [1]
    view.quantity = "weight"
    assert view.heads == [0, 1]


def test_the_caption_has_the_rank_correlation_and_none_for_even_attention() -> None:
    norms = kept().output_norms
    expected = spearmanr((norms / norms.sum(axis=-1, keepdims=True)).ravel(), kept().attention.ravel())
    words = AttentionView(kept(), quantity="norm").data["quantities"]["norm"]["words"]
    assert words.endswith(f"ρ with weight {expected.statistic:.2f}")
    even = bp.Trace.from_attention(np.full((1, 1, 3, 3), 1 / 3), list("abc"))
    data = AttentionView(even, quantity="rollout").data
    assert data["quantities"]["rollout"]["words"].endswith("ρ with weight undefined")


def test_only_what_the_trace_gives_is_offered() -> None:
    plain = of_length(8, 2, 2)
    assert "quantities" not in AttentionView(plain).data
    assert list(AttentionView(plain, quantity="rollout").data["quantities"]) == ["rollout"]
    with pytest.raises(ValueError, match="norms need a trace with keep="):
        AttentionView(plain, quantity="norm")


def test_a_layer_of_another_quantity_that_is_not_embedded_comes_from_python() -> None:
    trace = of_length(40, 6, 4)
    view = AttentionView(trace, embed=[0], quantity="rollout")
    view.layer = 3
    assert (view.detail["quantity"], view.detail["layer"]) == ("rollout", 3)
    assert view.detail["attention"]["shape"] == [1, 40, 40]
    view.quantity = "weight"
    assert view.detail["attention"]["shape"] == [4, 40, 40]
