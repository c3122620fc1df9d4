"""The overview plate's maps: what must not vanish in a small cell."""

import numpy as np

from bertviz_plus.measures.heads.maps import head_maps
from bertviz_plus.plates.attention_overview import least_special, small_maps
from bertviz_plus.traces.attention_layer import LayerChoice


def test_a_full_separator_column_keeps_its_least_width(make_trace):
    attention = np.zeros((24, 16, 200, 200), np.float32)
    attention[..., -1] = 1
    maps = head_maps(make_trace(24, 16, 200, attention=attention), LayerChoice())
    cell = 26
    codes = small_maps(maps, cell, round(least_special(cell)))
    assert codes.shape == (24, 16, cell, cell)
    assert (codes[..., -2:] == 254).all()
    assert (codes[..., :-2] == 0).all()
