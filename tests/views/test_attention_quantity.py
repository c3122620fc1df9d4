"""What is drawn in the place of the weights: norms and rollout, packed, drawn and said alike."""

from functools import cache

import numpy as np
import pytest
from scipy.stats import spearmanr

import bertviz_plus as bp
from bertviz_plus.measures.heads.rollout import rollout
from bertviz_plus.models.untrained import untrained_twin
from bertviz_plus.plates.scene import Picture
from bertviz_plus.traces.weight_codes import quantise
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


def test_a_gradient_is_drawn_with_its_sign_and_what_it_means_is_said() -> None:
    text = "The cat sat on the mat."
    found = bp.attention_gradient(bp.load("bert-tiny"), text)
    view = AttentionView(kept(), gradient=found, quantity="gradient")
    about = view.data["quantities"]["gradient"]["kinds"]["encoder"]
    assert about["most"] == pytest.approx(np.abs(found.gradient).max())
    for layer in (0, 1):
        codes = decode_codes(about["embedded"][str(layer)]).astype(int)
        sizes = about["most"] * ((codes + 1) // 2 / 127) ** 2
        exact = found.gradient[layer]
        assert np.abs(np.sqrt(sizes) - np.sqrt(np.abs(exact))).max() <= np.sqrt(about["most"]) * 0.51 / 127
        assert (codes[exact < 0] % 2 == (codes[exact < 0] > 0)).all()
        assert (codes[exact > 0] % 2 == 0).all()
    expected = spearmanr(found.gradient.ravel(), found.attention.ravel()).statistic
    words = view.data["quantities"]["gradient"]["words"]
    assert words.endswith(f"1 token masked; ρ with weight {expected:.2f}".replace("-", "−"))
    assert repr(view).endswith("all 2 heads, gradient")
    for mode in ("heads", "overview", "matrix"):
        view.mode = mode
        assert "blue: below zero, orange: above" in view.plate().svg()
    view.quantity = "weight"
    assert "below zero" not in view.plate().svg()


def test_a_gradient_of_something_else_is_refused_by_name() -> None:
    model = bp.load("bert-tiny")
    with pytest.raises(TypeError, match="gradient must be"):
        AttentionView(kept(), gradient=np.zeros(3))
    with pytest.raises(ValueError, match="gradient must be of the trace's layers, heads and tokens"):
        AttentionView(kept(), gradient=bp.attention_gradient(model, "Another text."))
    with pytest.raises(ValueError, match="gradient=attention_gradient"):
        AttentionView(kept(), quantity="gradient")


def test_a_layer_of_a_gradient_that_is_not_embedded_comes_from_python() -> None:
    found = bp.attention_gradient(bp.load("bert-tiny"), "The cat sat on the mat.")
    view = AttentionView(kept(), gradient=found, quantity="gradient", embed=[0])
    view.layer = 1
    assert (view.detail["quantity"], view.detail["layer"]) == ("gradient", 1)
    assert (
        decode_codes(view.detail["attention"]).max() == 254 or found.gradient[1].max() < found.gradient.max()
    )


def test_the_overview_says_in_one_line_what_of_each_head_it_shows() -> None:
    view = AttentionView(kept(), mode="overview")
    assert repr(view).endswith("overview, every head")
    view.pair = [2, 6]
    assert repr(view).endswith("overview, cat → mat in every head")
    view.units = "words"
    assert repr(view).endswith("overview, cat → mat in every head")
    texts = bp.head_statistics(bp.load("bert-tiny"), ["The cat sat."])
    shown = AttentionView(kept(), mode="overview", statistics=texts, statistic="entropy_nats")
    assert repr(shown).endswith("overview, entropy of every head")


def other() -> bp.Trace:
    return untrained_twin(bp.load("bert-tiny")).trace("The cat sat on the mat.", keep=("attention",))


def test_another_model_is_drawn_in_the_place_of_the_first_and_beside_it() -> None:
    view = AttentionView(kept(), other=other(), quantity="difference")
    packed = view.data["quantities"]
    assert list(packed)[-2:] == ["other", "difference"]
    most = np.abs(other().attention - kept().attention).max()
    assert packed["difference"]["kinds"]["encoder"]["most"] == pytest.approx(most)
    theirs = decode_codes(packed["other"]["kinds"]["encoder"]["embedded"]["1"])
    assert np.abs(theirs / 254 - other().attention[1]).max() <= 0.5 / 254 + 1e-6
    for mode in ("heads", "overview", "matrix"):
        view.mode = mode
        svg = view.plate().svg()
        assert "attention of bert-tiny, untrained (seed 0) less that of" in svg
        assert "blue: below zero, orange: above" in svg
    view.quantity = "other"
    assert "other: attention of bert-tiny, untrained" in view.plate().svg()


def test_the_matrix_of_a_difference_shows_the_head_of_both_models() -> None:
    own, theirs = kept(), other()
    view = AttentionView(own, other=theirs, quantity="difference", mode="matrix", layer=1, heads=[0])
    names = view.data["quantities"]["difference"]["names"]
    assert names == ("bert-tiny", "bert-tiny, untrained (seed 0)")
    plate = view.plate()
    scene = plate._scene(960)
    plate._draw(scene, 484)
    _, *both = (one.codes for one in scene.marks if isinstance(one, Picture) and min(one.codes.shape) > 1)
    for trace, codes in zip((own, theirs), both, strict=True):
        np.testing.assert_array_equal(codes, quantise(trace.attention[1, 0]))
    svg = view.plate().svg()
    assert "Attention gained or lost, mean over rows" in svg
    view.selected_tokens = [2]
    assert " attends more or less to" in view.plate().svg()
    view.selected_tokens, view.quantity = [], "other"
    assert view.heads == [0]
    assert "Attention received, mean over rows" in view.plate().svg()


def test_both_heads_of_a_layer_that_is_not_embedded_come_from_python() -> None:
    own, theirs = kept(), other()
    view = AttentionView(own, other=theirs, quantity="difference", embed=[0])
    view.layer = 1
    assert view.detail["quantity"] == "difference"
    for name, trace in (("weight", own), ("other", theirs)):
        np.testing.assert_array_equal(decode_codes(view.detail["both"][name]), quantise(trace.attention[1]))
    view.quantity = "weight"
    assert "both" not in view.detail


def test_the_difference_of_a_model_from_itself_draws_nothing() -> None:
    data = AttentionView(kept(), other=kept()).data["quantities"]["difference"]
    embedded = data["kinds"]["encoder"]["embedded"].values()
    assert all((decode_codes(one) == 0).all() for one in embedded)
    assert "attention of a second" in data["words"]


def test_another_model_by_words_has_its_difference_too() -> None:
    words = kept().to_words(), other().to_words()
    assert list(AttentionView(words[0], other=words[1]).data["quantities"]) == ["other", "difference"]


def test_another_trace_of_something_else_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="other must be a Trace with attention"):
        AttentionView(kept(), other=np.zeros(3))
    with pytest.raises(ValueError, match="other must be of the trace's layers, heads and tokens"):
        AttentionView(kept(), other=bp.load("bert-tiny").trace("Another text."))
    with pytest.raises(ValueError, match=r"other=other_model\.trace"):
        AttentionView(kept(), quantity="difference")
    model = bp.load("bert-tiny")
    with pytest.raises(ValueError, match="other must be left out beside switches"):
        AttentionView.of(model, "The cat sat on a [MASK].", switches=True, other=kept())
