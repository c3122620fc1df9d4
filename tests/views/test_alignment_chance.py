"""What a mean confidence is compared with: the same methods on random numbers."""

import numpy as np
import pytest

from bertviz_plus.traces.alignments import Alignments, SentencePair
from bertviz_plus.traces.links import Gold
from bertviz_plus.views.alignment import AlignmentView
from bertviz_plus.views.alignment.chance import random_pair
from bertviz_plus.views.alignment.data import prepare
from tests.views.test_alignment_view import decode


def pair_of(size: int, signal: float, seed: int = 0, gold: str | None = None) -> SentencePair:
    """Words whose partners are those in the same place, with noise."""
    words = tuple(f"w{k}" for k in range(size))
    places = tuple(range(size))
    noise = np.random.default_rng(seed).normal(0, 0.1, (2, size, size))
    cosines = np.clip(noise + signal * np.eye(size), -1, 1).astype(np.float32)
    norms = np.ones((2, size), np.float32)
    return SentencePair(
        words, words, gold and Gold.of(gold), words, words, places, places, cosines, norms, norms
    )


def test_random_numbers_have_the_mean_and_spread_of_each_layer() -> None:
    pair = pair_of(60, 0.5)
    drawn = random_pair(pair, np.random.default_rng(0))
    assert drawn.cosines.mean(axis=(1, 2)) == pytest.approx(pair.cosines.mean(axis=(1, 2)), abs=0.01)
    assert drawn.cosines.std(axis=(1, 2)) == pytest.approx(pair.cosines.std(axis=(1, 2)), rel=0.05)
    # Nothing is left of the diagonal.
    assert abs(np.corrcoef(drawn.cosines[0].ravel(), np.eye(60).ravel())[0, 1]) < 0.05


def test_partners_are_surer_than_chance_and_noise_is_not() -> None:
    methods = ["fwd", "inter"]
    meaning = prepare(Alignments((pair_of(12, 0.8),), (0, 1)), methods).map
    noise = prepare(Alignments(tuple(pair_of(12, 0.0, seed) for seed in range(8)), (0, 1)), methods).map
    assert meaning is not None
    assert noise is not None
    assert (meaning.all > meaning.chance + 0.2).all()
    # Eight pairs of about ten links each.
    assert noise.all == pytest.approx(noise.chance, abs=0.08)


def test_the_same_twice_and_over_which_pairs() -> None:
    pairs = tuple(pair_of(4, 0.5, seed) for seed in range(25))
    one, other = (prepare(Alignments(pairs, (0, 1)), ["inter"]).map for _ in range(2))
    assert one is not None
    assert other is not None
    assert np.array_equal(one.chance, other.chance)
    assert one.chance_note == "over 20 pairs"


def test_pairs_with_gold_need_no_chance() -> None:
    with_gold = AlignmentView(Alignments((pair_of(4, 0.5, gold="0-0"),), (0, 1)))
    assert with_gold.data["map"]["chance"] is None
    bare = AlignmentView(Alignments((pair_of(4, 0.5),), (0, 1)))
    assert bare.data["map"]["chance_note"] == ""
    assert decode(bare.data["map"]["chance"]).shape == (2, 9)
    assert "by chance" in bare.plate().svg()


def test_one_word_is_as_sure_by_chance_as_in_truth() -> None:
    one = prepare(Alignments((pair_of(1, 0.5),), (0, 1)), ["inter"]).map
    assert one is not None
    assert (one.all == 1).all()
    assert (one.chance == 1).all()
