"""Scores of predicted trees: against Hewitt & Manning's numbers, and where the tree is known."""

from pathlib import Path

import numpy as np
import pytest

from bertviz_plus.measures.syntax.tree_scores import (
    chain_distances,
    linked,
    rank_correlations,
    score_sentence,
    tree_scores,
    tree_tallies,
)
from bertviz_plus.traces.parse import Parse
from tests.findings.planted_probes import trees
from tests.oracles.check import differences, predicted_beside

ORACLE = Path(__file__).parents[2] / "oracles" / "structural_probe_pair.json"


def test_scores_are_those_of_the_oracle():
    if not predicted_beside(ORACLE):
        pytest.skip("the distances that BERT-large predicts are not beside the project")
    found = differences(ORACLE)
    assert len(found) == 49
    assert max(one.largest for one in found) <= 1e-8


def test_an_exact_tree_embedding_gives_every_score_1():
    parses, _ = trees(1, n=20)
    predicted = [(one.tree_distances() ** 2, one.depths * 3.0) for one in parses]
    scored = tree_scores(predicted, parses)
    for measure in ("uuas", "dspr", "root", "nspr"):
        assert tree_tallies(scored, measure).value == pytest.approx(1)


def test_the_shortest_tree_is_scipys():
    from scipy.sparse.csgraph import minimum_spanning_tree

    random = np.random.default_rng(0)
    for _ in range(20):
        distances = random.random((9, 9))
        distances = distances + distances.T
        np.fill_diagonal(distances, 0)
        theirs = minimum_spanning_tree(np.triu(distances)).toarray() > 0
        assert (linked(distances, np.ones(9, bool)) == (theirs | theirs.T)).all()


def test_punctuation_is_neither_linked_nor_the_root():
    parse = Parse(
        ("Yes", ",", "he", "sings", "."), (3, 0, 3, -1, 3), upos=("INTJ", "PUNCT", "PRON", "VERB", "PUNCT")
    )
    depths = np.array([2.0, 0.0, 2.0, 1.0, 2.0])
    scored = score_sentence(parse, parse.tree_distances(), depths)
    assert (scored["right"], scored["edges"], scored["root"]) == (2, 2, 1)
    scored = score_sentence(parse, parse.tree_distances(), depths, punctuation=True)
    assert (scored["edges"], scored["root"]) == (4, 0)


def test_sentence_lengths_weigh_the_same_and_only_5_to_50_count():
    lengths = [3, 5, 5, 5, 6]
    parses = [Parse(("w",) * n, (-1, *range(n - 1))) for n in lengths]
    predicted = [
        (chain_distances(n)[0] * sign, None) for n, sign in zip(lengths, [-1, 1, 1, 1, -1], strict=True)
    ]
    tallies = tree_tallies(tree_scores(predicted, parses), "dspr")
    assert len(tallies.counts) == 4
    assert tallies.value == pytest.approx(0)
    low, high = tallies.interval(resamples=50, seed=0)
    assert low <= 0 <= high


def test_what_is_constant_ranks_nothing():
    assert rank_correlations([[1, 1, 1]], [[0, 1, 2]]).tolist() == [0]


def test_predictions_of_another_length_are_refused():
    parse = Parse(("a", "b"), (1, -1))
    with pytest.raises(ValueError, match=r"distances must have the shape \[2, 2\], got \[3, 3\]"):
        score_sentence(parse, np.zeros((3, 3)))
    with pytest.raises(ValueError, match="predicted must have one entry for each of the 1 sentences"):
        tree_scores([], [parse])
