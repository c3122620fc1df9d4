"""Scores against the definitions, and against published figures on the same files."""

from pathlib import Path

import numpy as np
import pytest

from bertviz_plus.measures.alignment.scores import alignment_agreement, evaluate_alignment
from bertviz_plus.traces.alignment_files import read_links
from bertviz_plus.traces.links import Alignment, Gold

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "word-alignment"
needs_shared = pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared data are not beside the project")


@needs_shared
@pytest.mark.parametrize(
    ("name", "aer"),
    [
        ("enfr.awesome-align.out", 0.041),
        ("fastalign.enfr.grow-diagonal.talp", 0.105),
        ("giza.enfr.grow-diagonal.talp", 0.059),
    ],
)
def test_the_aligners_files_have_the_published_error_rates(name, aer):
    gold = read_links(FOLDER / "enfr.gold", index_base=1)
    scores = evaluate_alignment(read_links(FOLDER / name), gold)
    # Published to a tenth of a percent.
    assert round(scores.aer, 3) == aer
    low, high = scores.intervals["aer"]
    assert low < scores.aer < high
    assert len(scores.per_sentence) == 447


def test_scores_are_those_of_the_definition():
    scores = evaluate_alignment(["0-0 1-1 2-0"], ["0-0 1?1 3-3"])
    assert scores.precision == pytest.approx(2 / 3)
    assert scores.recall == pytest.approx(1 / 2)
    assert scores.f1 == pytest.approx(4 / 7)
    assert scores.aer == pytest.approx(1 - (1 + 2) / (3 + 2))
    assert list(scores.to_frame()["measure"]) == ["precision", "recall", "f1", "aer"]
    assert "AER" in repr(scores)


def test_the_corpus_sums_counts_and_sentences_have_their_own():
    scores = evaluate_alignment(["0-0", "0-1 1-0"], ["0-0", "0-0 1-1"])
    assert scores.aer == pytest.approx(1 - 2 / 6)
    assert scores.per_sentence["aer"].tolist() == [0, 1]
    assert scores.per_sentence["f1"].tolist() == [1, 0]


def test_one_sentence_may_be_given_by_itself():
    found = Alignment(("a", "b"), ("x", "y"), ((0, 0), (1, 1)))
    for one, gold in [
        (found, "0-0 1-1"),
        ("0-0 1-1", Gold.of("0-0 1-1")),
        ([(0, 0), (1, 1)], [(0, 0), (1, 1)]),
    ]:
        assert evaluate_alignment(one, gold).aer == 0


def test_what_is_empty_has_no_score_and_does_no_harm():
    scores = evaluate_alignment(["", "0-0"], ["", "0-0"])
    assert scores.aer == 0
    assert np.isnan(scores.per_sentence["aer"][0])
    nothing = evaluate_alignment([""], ["0-0"])
    assert nothing.aer == 1
    assert nothing.recall == 0
    assert np.isnan(nothing.precision)


def test_gold_beyond_the_sentence_names_the_sentence():
    found = [Alignment(("a",), ("x",), ()), Alignment(("a",), ("x",), ())]
    with pytest.raises(
        ValueError, match=r"gold\[1\]: gold must link words 0..0 with 0..0, got 1-1.*index_base=1"
    ):
        evaluate_alignment(found, ["0-0", "1-1"])
    assert evaluate_alignment(found, ["1-1", "1-1"], index_base=1).recall == 0


@pytest.mark.parametrize(
    ("found", "gold", "options", "message"),
    [
        (["0-0", "0:0"], ["0-0", "0-0"], {}, r"alignments\[1\]: links must look like 0-0"),
        (None, ["0-0"], {}, "alignments must have one entry for each sentence.*got NoneType"),
        (["0-0"], Path("gold.txt"), {}, r"gold must have one entry.*read_links\(path\)"),
        (["0-0"], [None], {}, r"gold\[0\]: links must be an Alignment"),
        ([[(0.7, 1.2)]], ["0-1"], {}, r"alignments\[0\]: links must name words by whole numbers"),
        ([[(-1, 0)]], ["0-0"], {}, r"alignments\[0\]: links must name words from 0 on"),
        ([np.array([[0, 1], [1, 0]])], ["0-0"], {}, r"matrix of booleans .* array.tolist\(\)"),
        (["0-0"], ["0-0"], {"index_base": 2}, "index_base must be 0 or 1, got 2"),
        (["0-0"], ["0-0"], {"resamples": -5}, "resamples must be 0 or more"),
    ],
)
def test_what_is_no_alignment_is_named_with_its_sentence(found, gold, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        evaluate_alignment(found, gold, **options)


def test_a_matrix_of_links_may_be_one_sentence_and_counts_from_0():
    assert evaluate_alignment(np.eye(2, dtype=bool), "0-0 1-1").aer == 0
    assert evaluate_alignment("0-0 1-1", [np.eye(2, dtype=bool)], index_base=1).aer == 0


def test_f1_is_0_where_nothing_sure_was_found_even_if_nothing_was_linked():
    assert evaluate_alignment([""], ["0-0"]).f1 == 0
    # Else a resample of empty sentences alone would fall out of the interval, and it would be too high.
    scores = evaluate_alignment(["", "0-0"], ["0-0", "0-0"])
    assert scores.intervals["f1"][0] == 0


def test_about_19_of_20_intervals_hold_the_true_score():
    rng = np.random.default_rng(0)
    # A link is found with a chance that differs between sentences; over all of them .8.
    chances = rng.beta(8, 2, (200, 60))
    held = 0
    for chance in chances:
        hits = rng.binomial(8, chance)
        found = [[(place, 0) for place in range(n)] for n in hits]
        gold = [[(place, 0) for place in range(8)]] * len(hits)
        low, high = evaluate_alignment(found, gold, resamples=200).intervals["recall"]
        held += low <= 0.8 <= high
    assert 0.89 < held / len(chances) < 0.99


def test_their_numbers_must_be_the_same():
    with pytest.raises(ValueError, match="gold must have as many entries as alignments, 2, got 1"):
        evaluate_alignment(["0-0", "0-0"], ["0-0"])


def test_the_interval_is_the_same_each_time_and_can_be_left_out():
    first, second = (evaluate_alignment(["0-0", "1-1"] * 5, ["0-0", "0-0"] * 5) for _ in range(2))
    assert first.intervals == second.intervals
    assert evaluate_alignment(["0-0"], ["0-0"], resamples=0).intervals == {}


def test_two_aligners_agree_with_themselves_and_in_part_with_each_other():
    same = alignment_agreement(["0-0 1-1"], ["0-0 1-1"])
    assert (same.f1, same.jaccard) == (1, 1)
    part = alignment_agreement(["0-0 1-1", "0-0"], ["0-0", "0-0 0-1"])
    assert (part.both, part.first_only, part.second_only) == (2, 1, 1)
    assert part.f1 == pytest.approx(2 * 2 / (3 + 3))
    assert part.interval[0] <= part.f1 <= part.interval[1]
    with pytest.raises(ValueError, match="as many entries as first, 2, got 1"):
        alignment_agreement(["", ""], [""])
