"""One rule turns an interval beside a baseline into a verdict."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bertviz_plus.findings.verdicts import VERDICTS, combined, verdict

scores = st.floats(-1, 1, allow_nan=False)
margins = st.floats(0, 0.5, allow_nan=False)
intervals = st.tuples(scores, scores).map(lambda pair: (min(pair), max(pair)))
measured = st.sampled_from(VERDICTS[:-1])
RANK = {"fails": 0, "inconclusive": 1, "weak": 2, "holds": 3}


@given(intervals, scores, margins)
def test_it_holds_exactly_where_the_whole_interval_lies_above_baseline_and_margin(interval, baseline, margin):
    assert (verdict(interval, baseline, margin) == "holds") == (interval[0] > baseline + margin)


@given(intervals, scores, margins)
def test_it_is_weak_exactly_where_surely_above_the_baseline_and_not_surely_by_the_margin(
    interval, baseline, margin
):
    expected = baseline < interval[0] <= baseline + margin
    assert (verdict(interval, baseline, margin) == "weak") == expected


@given(intervals, scores, margins)
def test_it_fails_only_where_even_the_high_end_is_within_the_margin(interval, baseline, margin):
    if verdict(interval, baseline, margin) == "fails":
        assert interval[0] <= baseline
        assert interval[1] <= baseline + margin


@given(intervals, scores, margins)
def test_it_is_inconclusive_only_where_the_interval_is_as_wide_as_the_margin(interval, baseline, margin):
    if verdict(interval, baseline, margin) == "inconclusive":
        assert interval[0] <= baseline <= baseline + margin < interval[1]


@given(intervals, scores, margins, st.floats(0, 1))
def test_a_higher_interval_never_gets_a_lower_verdict(interval, baseline, margin, rise):
    before = verdict(interval, baseline, margin)
    after = verdict((interval[0] + rise, interval[1] + rise), baseline, margin)
    assert RANK[after] >= RANK[before]


@given(intervals, scores, margins, st.integers(0, 39))
def test_too_few_observations_are_inconclusive_whatever_the_interval(interval, baseline, margin, n):
    assert verdict(interval, baseline, margin, observations=n, at_least=40) == "inconclusive"
    enough = verdict(interval, baseline, margin, observations=40, at_least=40)
    assert enough == verdict(interval, baseline, margin)


@given(st.lists(measured, min_size=1, max_size=4))
def test_the_whole_holds_only_where_every_part_holds_and_is_never_above_the_first(parts):
    whole = combined(parts)
    assert (whole == "holds") == all(part == "holds" for part in parts)
    assert RANK[whole] <= RANK[parts[0]]


@given(st.lists(measured, min_size=1, max_size=3), st.integers(0, 2), measured)
def test_a_part_that_improves_never_lowers_the_whole_from_holding(parts, place, better):
    assume(place < len(parts))
    if combined(parts) == "holds":
        improved = [*parts]
        improved[place] = "holds"
        assert combined(improved) == "holds"


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["holds", "weak"], "weak"),
        (["holds", "fails"], "weak"),
        (["holds", "inconclusive"], "inconclusive"),
        (["weak", "inconclusive"], "weak"),
        (["fails", "holds"], "fails"),
        (["inconclusive", "holds"], "inconclusive"),
    ],
)
def test_how_parts_are_joined(parts, whole):
    assert combined(parts) == whole


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((0.6, 0.5), 0.1, 0.1), r"interval must be \(low, high\)"),
        (((0.1, 0.5), float("nan"), 0.1), "must be finite"),
        (((0.1, 0.5), 0.2, -0.1), "margin must be 0 or more"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        verdict(*arguments)


@pytest.mark.parametrize("parts", [[], ["not testable"], ["splendid"]])
def test_only_verdicts_of_comparisons_are_joined(parts):
    with pytest.raises(ValueError, match="verdicts must be one or more of"):
        combined(parts)
