from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bertviz_plus.traces.pooling import max_over, max_pool, max_pool_weights, pool_edges, pooled_side, spread


@given(st.integers(1, 600), st.integers(1, 80), st.booleans(), st.booleans())
def test_every_token_lies_in_one_cell_and_special_ends_have_their_own(n, cells, first, last):
    special = [first, *[False] * (n - 2), last][:n]
    edges = pool_edges(n, cells, special)
    assert len(edges) == min(n, cells) + 1
    assert (edges[0], edges[-1]) == (0, n)
    assert all(a < b for a, b in pairwise(edges))
    if special[0] and min(n, cells) > 1:
        assert edges[1] == 1
    if special[-1] and min(n, cells) > 2:
        assert edges[-2] == n - 1


@given(arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))), st.integers(1, 12))
def test_a_cell_holds_its_largest_present_weight(codes, cells):
    rows, columns = (pool_edges(n, cells, [False] * n) for n in codes.shape)
    pooled = max_pool(codes, rows, columns)
    for i in range(len(rows) - 1):
        for j in range(len(columns) - 1):
            cell = codes[rows[i] : rows[i + 1], columns[j] : columns[j + 1]]
            present = cell[cell != 255]
            assert pooled[i, j] == (present.max() if present.size else 255)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 4))
def test_no_token_is_left_out_when_spread_over_pixels(n, pixels, least):
    start, end = spread(n, pixels, min(least, pixels // 3), min(least, pixels // 3))
    assert len(start) == len(end) == pixels
    assert (start < end).all()
    if pixels >= 3:
        covered = np.zeros(n, bool)
        for a, b in zip(start, end, strict=True):
            covered[a:b] = True
        assert covered.all()


def test_pooling_weights_agrees_with_pooling_codes_and_keeps_missing_apart():
    weights = np.random.default_rng(0).random((3, 50, 70)).astype(np.float32)
    weights[1, 3:9] = np.nan
    weights[2, :] = np.nan
    edges = pool_edges(50, 8, [True] * 50), pool_edges(70, 9, [True] * 70)
    codes = np.where(np.isfinite(weights), np.rint(254 * np.nan_to_num(weights)), 255).astype(np.uint8)
    pooled = max_pool_weights(weights, *edges)
    expected = max_pool(codes, *edges)
    assert (np.isnan(pooled) == (expected == 255)).all()
    present = np.isfinite(pooled)
    np.testing.assert_array_equal(np.rint(254 * pooled[present]), expected[present])


@settings(deadline=None)
@given(st.integers(0, 511), st.integers(0, 511))
def test_a_lone_link_of_one_half_stays_visible_among_512_tokens(row, column):
    codes = np.zeros((512, 512), np.uint8)
    codes[row, column] = 127
    special = [True, *[False] * 510, True]
    edges = pool_edges(512, pooled_side(512, 384), special)
    cell = max_over(max_pool(codes, edges, edges), spread(48, 26), spread(48, 26, 2, 2))
    assert cell.max() == 127
