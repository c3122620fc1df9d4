"""One pair of tokens in every head: the plate's map, the screen's and the table's have the same numbers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.heads.pair_weights import pair_of_units
from bertviz_plus.plates.attention import AttentionPlate
from bertviz_plus.plates.attention_head_map import (
    cell_colour,
    cell_text,
    corpus_numbers,
    head_map_grid,
    pair_numbers,
    readable_on,
    strongest_heads,
)
from bertviz_plus.plates.attention_state import AttentionState
from bertviz_plus.plates.palette import palette
from bertviz_plus.traces.attention_layer import LayerChoice
from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.weight_codes import quantise
from bertviz_plus.views.attention.data import attention_data
from tests.plates.test_agreement import on_screen
from tests.views.test_attention_statistics import TEXTS, read

__all__ = ["on_screen"]
TEXT = "The animal didn't cross the street because it was too unbelievably tired."


@pytest.fixture(scope="module")
def trace() -> Trace:
    return bp.load().trace(TEXT)


@pytest.mark.parametrize(
    ("words", "causal", "dark"),
    [(False, False, False), (False, True, True), (True, False, True), (True, True, False)],
)
def test_a_pair_has_the_same_numbers_on_the_screen_and_in_python(
    trace: Trace, on_screen: Callable[..., Any], words: bool, causal: bool, dark: bool
) -> None:
    shown = replace(trace, causal=causal)
    choice = LayerChoice(units="words" if words else "tokens")
    axis = pair_of_units(shown, choice, [1, 2])[1]
    # A word of several pieces, as source and as target.
    pair = [12, 2] if words else [11, 2]
    found, labels = pair_of_units(shown, choice, pair)
    seen = on_screen(
        "pair",
        text=attention_data(shown)["texts"]["text"],
        layers=[quantise(layer).ravel().tolist() for layer in shown.attention],
        heads=12,
        causal=causal,
        words=words,
        pair=pair,
        dark=dark,
    )
    assert axis != labels == tuple(seen["labels"])
    own = np.stack([found.weight, found.reverse]).ravel()
    # Codes are off by half at most, for each of up to four pieces of a word.
    assert np.abs(own - np.array(seen["weights"], float)).max() <= 4 * 0.5 / 254
    assert seen["even"] == pytest.approx([found.even, found.reverse_even])
    ranked = strongest_heads(quantise(found.weight) / 254, shown.layers, range(12))
    if not words:
        assert [name for name, _ in ranked] == [f"{place // 12}-{place % 12}" for place in seen["best"]]
    colours = palette("dark" if dark else "light")
    assert [list(readable_on(tuple(one), colours)) for one in colours.ramp.tolist()] == seen["readable"]


def test_the_map_of_two_words_is_their_table(trace: Trace) -> None:
    table = bp.pair_weights(trace, "it", "animal").sort_values(["layer", "head"])
    labels = pair_of_units(trace, LayerChoice(units="words"), [0, 1])[1]
    assert labels == ("[CLS]", "The")
    words = [trace.words.index(word) + 1 for word in ("it", "animal")]
    numbers = pair_numbers(trace, AttentionState(units="words", pair=tuple(words)))
    assert numbers.values.ravel().tolist() == pytest.approx(table["weight"].tolist())
    assert numbers.bars[1][1].ravel().tolist() == pytest.approx(table["reverse"].tolist())
    assert numbers.even == pytest.approx(table["even"].iloc[0])


def test_cells_stand_in_the_same_places(on_screen: Callable[..., Any]) -> None:
    sizes = ((6, 12), (12, 12), (24, 16), (1, 1))
    rooms = [(width, 484, *size) for width in (320, 400, 559, 560, 960) for size in sizes]
    for room, seen in zip(rooms, on_screen("map_grids", rooms=rooms), strict=True):
        own = head_map_grid(*room)
        assert (own.turned, own.across, own.down, own.cell, own.panel) == tuple(
            seen[name] for name in ("turned", "across", "down", "cell", "panel")
        )
        assert (own.pitch_x, own.pitch_y) == (seen["pitchX"], seen["pitchY"])


def test_the_plate_names_the_pair_its_strongest_head_and_an_even_spread(trace: Trace) -> None:
    it, animal = (trace.tokens.index(token) for token in ("it", "animal"))
    svg = AttentionPlate(trace, mode="overview", pair=(it, animal)).svg()
    best = bp.pair_weights(trace, it, animal).iloc[0]
    for words in ("it → animal", "animal → it", "line: even spread"):
        assert words in svg
    assert f">{best['layer']:.0f}-{best['head']:.0f}<" in svg
    assert f">{best['weight']:.2f}<" in svg


@pytest.fixture(scope="module")
def statistics() -> dict[str, Any]:
    """Return all that a view has of a corpus, norms and relations included."""
    shown, *relations = read()
    found = bp.head_statistics(bp.load("bert-tiny"), TEXTS, norms=True, progress=False)
    moved = pd.DataFrame({"layer": [0, 0, 1, 1], "head": [0, 1, 0, 1], "change": [-0.25, 0.0, 0.031, 0.002]})
    found = found.with_columns(moved, unit="", signed=True)
    packed: dict[str, Any] = bp.AttentionView(shown, statistics=found, relations=relations).data["statistics"]
    return packed


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    "statistic", ["pattern", "to_sep", "norm_to_sep", "entropy_nats", "distance", "relation", "change"]
)
def test_the_map_of_a_corpus_is_the_screens(
    statistics: dict[str, Any], on_screen: Callable[..., Any], statistic: str, dark: bool
) -> None:
    seen = on_screen("statistics", statistics=statistics, statistic=statistic, dark=dark)
    numbers = corpus_numbers(statistics, statistic, (0, 1))
    colours = palette("dark" if dark else "light")
    assert numbers.values.ravel().tolist() == pytest.approx(seen["values"])
    assert list(numbers.caption) == seen["caption"]
    assert len(seen["cells"]) == 4
    for place, text, colour in seen["cells"]:
        at = divmod(place, 2)
        assert cell_text(numbers, at) == text
        # Rounding of a mixed colour may differ by one.
        assert np.abs(np.subtract(cell_colour(colours, numbers, at), colour)).max() <= 1
    if not numbers.classes:
        ranked = strongest_heads(numbers.values, (0, 1), range(2), signed=numbers.most > 0)
        assert [name for name, _ in ranked] == [f"{place // 2}-{place % 2}" for place in seen["best"]]
    title = statistics["columns"][statistic]["title"]
    assert all(words.startswith(f"{title} ") for words in seen["words"])
