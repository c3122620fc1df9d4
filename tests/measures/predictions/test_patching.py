"""Hidden states of one text put into another: as the intervention does, and all of it where one decides."""

import numpy as np
import pytest

import bertviz_plus as bp

CLEAN, CORRUPTED = "The keys [MASK] on the table.", "The key [MASK] on the table."


@pytest.fixture(scope="module")
def tiny():
    return bp.load("bert-tiny")


def test_a_patched_state_moves_the_answer_as_the_intervention_does(tiny):
    table = bp.patching_map(tiny, CLEAN, CORRUPTED, "are", progress=False)
    trace = tiny.trace(CLEAN)
    assert len(table) == 3 * trace.n_tokens
    for layer, position in ((0, 2), (1, 3), (2, 3), (2, 1)):
        with tiny.intervene(bp.Patch(layer, [position], trace)):
            said = tiny.predict(CORRUPTED, choices=["are"])
        row = table[(table["hidden_layer"] == layer) & (table["position"] == position)].iloc[0]
        assert row["value"] == pytest.approx(said["log_probability"].iloc[0], abs=1e-5)


def test_the_word_that_differs_is_all_there_is_below_and_the_mask_above(tiny):
    table = bp.patching_map(tiny, CLEAN, CORRUPTED, "are", against="is", progress=False)
    effect = table.pivot(index="hidden_layer", columns="position", values="effect").to_numpy()
    np.testing.assert_allclose(effect[0], np.arange(effect.shape[1]) == 2, atol=1e-4)
    np.testing.assert_allclose(effect[-1], np.arange(effect.shape[1]) == 3, atol=1e-4)


def test_texts_that_cannot_be_compared_are_refused(tiny):
    for clean, message in (
        ("The three keys [MASK] on the table.", "clean and corrupted must have as many tokens"),
        ("The keys are on the table.", "clean must hold the mask token"),
        ("The [MASK] [MASK] on the table.", "clean must have one mask, got 2"),
        (CORRUPTED, "clean and corrupted must differ in the answer"),
    ):
        with pytest.raises(ValueError, match=message):
            bp.patching_map(tiny, clean, CORRUPTED, "are", progress=False)
    with pytest.raises(ValueError, match="target must be one token"):
        bp.patching_map(tiny, CLEAN, CORRUPTED, "unbelievably")
    with pytest.raises(ValueError, match="model must have"):
        bp.patching_map(bp.load(), CLEAN, CORRUPTED, "are")
