"""RSA a row at a time: each item is placed among the others by its cosines."""

import numpy as np
import pytest

from bertviz_plus.measures.item_similarity import similarity_by_item


def test_it_is_the_correlation_of_cosines_to_the_others() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, 5)), rng.normal(size=(12, 7))
    found = similarity_by_item(x, y)
    for item in range(12):
        cosines = [
            [
                one[item] @ one[at] / np.linalg.norm(one[item]) / np.linalg.norm(one[at])
                for at in range(12)
                if at != item
            ]
            for one in (x, y)
        ]
        assert found[item] == pytest.approx(np.corrcoef(cosines)[0, 1], abs=1e-12)


def test_turning_and_scaling_move_nothing() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(20, 6))
    turned = 3 * x @ np.linalg.qr(rng.normal(size=(6, 6)))[0]
    np.testing.assert_allclose(similarity_by_item(x, turned), 1, atol=1e-12)


def test_an_item_as_near_to_all_others_is_undefined_and_few_are_refused() -> None:
    assert np.isnan(similarity_by_item(np.ones((5, 3)), np.random.default_rng(0).normal(size=(5, 3)))).all()
    with pytest.raises(ValueError, match="four or more items, got shapes"):
        similarity_by_item(np.ones((3, 2)), np.ones((3, 2)))
