"""Signed numbers, such as a gradient: the same codes, colours, links and texts on screen and on paper."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bertviz_plus.measures.heads.maps import head_maps
from bertviz_plus.measures.heads.pair_weights import pair_of_units
from bertviz_plus.plates.attention_head_map import pair_numbers, strongest_heads
from bertviz_plus.plates.attention_matrix import mean_of_heads
from bertviz_plus.plates.attention_state import AttentionState
from bertviz_plus.plates.palette import fewer_levels, palette
from bertviz_plus.plates.wording import signed_text
from bertviz_plus.traces.attention_layer import LayerChoice, attention_layer
from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.weight_codes import quantise_signed
from bertviz_plus.views.attention.data import attention_data
from tests.plates.test_agreement import drawing_of, nearest, on_screen, rgba, wire_of

__all__ = ["on_screen"]
MOST = 0.75
N, HEADS = 9, 3
STATES = [
    AttentionState(heads=(0, 1, 2), most=MOST),
    AttentionState(heads=(1,), most=MOST),
    AttentionState(heads=(0, 1, 2), most=MOST, selected_tokens=(3,)),
    AttentionState(heads=(0, 2), most=MOST, selected_tokens=(4,), side="to"),
    AttentionState(heads=(0, 1, 2), most=MOST, selected_tokens=(2, 5), threshold=0.4),
]


@pytest.fixture(scope="module")
def trace() -> Trace:
    """Numbers that a code stands for exactly; no two heads have one of the same size at the same place."""
    steps = np.random.default_rng(7).permuted(np.broadcast_to(np.arange(1, 128), (N * N, 127)), axis=1)[
        :, :HEADS
    ]
    steps[0, 0] = 127
    signs = np.random.default_rng(8).choice([-1, 1], steps.shape)
    values = (signs * MOST * (steps / 127) ** 2).T.reshape(1, HEADS, N, N).astype(np.float32)
    values[0, 1, 3, 4] = np.nan
    return Trace(tuple("abcdefghi"), attention=values)


def given(trace: Trace, **more: Any) -> dict[str, Any]:
    codes = quantise_signed(trace.attention[0], MOST).ravel().tolist()
    return {**wire_of(trace), "codes": codes, "most": MOST, **more}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_codes_colours_and_texts_are_those_of_the_screen(on_screen: Callable[..., Any], theme: Any) -> None:
    rng = np.random.default_rng(0)
    values = [*(rng.standard_normal(500) * 10.0 ** rng.integers(-8, 1, 500)), 0.0, MOST, -MOST, 1e-6, 99.0]
    seen = on_screen("scale", most=MOST, dark=theme == "dark", values=values)
    assert quantise_signed(np.array(values), MOST).tolist() == seen["codes"]
    assert [signed_text(value) for value in values] == seen["texts"]
    assert palette(theme).signed_ramp.tolist() == seen["colours"]
    assert palette(theme).signed_ramp[0].tolist() == list(palette(theme).paper)
    # Each code stands for a number that has this code, and a larger code for one further from zero.
    stored: NDArray[np.float64] = np.array(seen["values"][:255], float)
    assert quantise_signed(stored, MOST).tolist() == list(range(255))
    assert (np.diff(np.abs(stored)) >= 0).all()


def test_fewer_levels_never_turn_a_sign() -> None:
    codes = np.arange(255)
    rounded = fewer_levels(10, signed=True)[codes]
    assert ((rounded == 0) | (rounded % 2 == codes % 2)).all()
    assert len(set(rounded.tolist())) == 19


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "state", STATES, ids=lambda one: f"{len(one.heads)}-{one.selected_tokens}-{one.side}"
)
def test_links_have_the_screens_ends_signs_and_strengths(
    trace: Trace, on_screen: Callable[..., Any], state: AttentionState, theme: Any
) -> None:
    about = {"heads_on": list(state.heads), "side": state.side, "places": list(state.selected_tokens)}
    about |= {"width": 928, "height": 484, "dark": theme == "dark", "threshold": state.threshold}
    seen = on_screen("links", **given(trace, **about))
    drawing, drawn = drawing_of(trace, state, theme)
    places = drawing._layout.rows.y, drawing._layout.columns.y
    own = sorted(
        (*(nearest(at, end) for at, end in zip(places, ends, strict=True)), curve.colour, curve.alpha)
        for curve in drawn
        for ends in zip(curve.y0.tolist(), curve.y1.tolist(), strict=True)
    )
    theirs = sorted(
        (nearest(seen["rows"], one["y0"]), nearest(seen["columns"], one["y1"]), *rgba(one["colour"]))
        for one in seen["strokes"]
    )
    assert [one[:3] for one in own] == [one[:3] for one in theirs]
    assert [one[3] for one in own] == pytest.approx([one[3] for one in theirs], abs=0.006)
    colours = palette(theme)
    assert {colours.negative, colours.positive} <= {one[2] for one in own}


@pytest.mark.parametrize(
    "state", STATES, ids=lambda one: f"{len(one.heads)}-{one.selected_tokens}-{one.side}"
)
def test_squares_have_the_screens_sizes_and_signs(
    trace: Trace, on_screen: Callable[..., Any], state: AttentionState
) -> None:
    about = {"heads_on": list(state.heads), "side": state.side, "places": list(state.selected_tokens)}
    seen = on_screen("squares", **given(trace, threshold=state.threshold, combine="mean", **about))
    heads = list(state.heads)
    theirs = np.array(seen).reshape(-1, HEADS)[:, heads]
    drawing, _ = drawing_of(trace, state, "light")
    np.testing.assert_allclose(drawing._values[heads].T, np.abs(theirs) / np.abs(theirs).max(), atol=1e-5)
    assert ((theirs < 0) == drawing._below[heads].T).all()


@pytest.mark.parametrize("heads", [(1,), (0, 2), (0, 1, 2)], ids=len)
def test_the_matrix_has_the_screens_codes(
    trace: Trace, on_screen: Callable[..., Any], heads: tuple[int, ...]
) -> None:
    seen = np.array(on_screen("mean", **given(trace, heads_on=list(heads))))
    mean = mean_of_heads(attention_layer(trace, LayerChoice()), heads)
    assert (quantise_signed(mean, MOST).ravel() == seen).mean() > 0.98


def test_a_pair_has_the_screens_numbers_and_its_strongest_heads_of_both_signs(
    trace: Trace, on_screen: Callable[..., Any]
) -> None:
    state = AttentionState(pair=(2, 6), most=MOST, quantity="gradient")
    seen = on_screen(
        "pair",
        text=attention_data(trace)["texts"]["text"],
        layers=[quantise_signed(trace.attention[0], MOST).ravel().tolist()],
        heads=HEADS,
        causal=False,
        words=False,
        pair=[2, 6],
        dark=False,
        most=MOST,
    )
    found, _ = pair_of_units(trace, state, state.pair)
    own = np.stack([found.weight, found.reverse]).ravel()
    assert seen["weights"] == pytest.approx(own.tolist(), rel=1e-5)
    ranked = strongest_heads(found.weight, trace.layers, range(HEADS), signed=True)
    assert [name for name, _ in ranked] == [f"0-{place}" for place in seen["best"]]
    numbers = pair_numbers(trace, state)
    assert numbers.most == pytest.approx(seen["scale"]["most"])
    assert numbers.even == 0


def test_a_pooled_spot_has_the_number_furthest_from_zero() -> None:
    values = np.zeros((24, 16, 200, 200), np.float32)
    values[3, 5, 100, 101], values[3, 5, 100, 102] = -1, 0.5
    maps = head_maps(Trace(tuple("x" * 200), attention=values), LayerChoice(), most=1.0)
    assert maps.pooled
    assert maps.codes[3, 5].max() == 253
    assert maps.sizes is not None
    assert np.unravel_index(maps.sizes.argmax(), maps.sizes.shape) == (3, 5)
