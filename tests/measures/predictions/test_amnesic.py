"""Erasing what a model does not use changes nothing, and what it uses, much."""

import numpy as np
import pytest
import torch

import bertviz_plus as bp
from bertviz_plus.measures.probes.erasure import Erasure
from bertviz_plus.models.predictions.blank_vectors import blank_of, blank_vectors, predictions_from


@pytest.fixture(scope="module")
def asked():
    questions = bp.diagnostic("facts").questions[:60]
    return (
        bp.load("bert-tiny"),
        [one.text for one in questions],
        [one.answers[0] == "bird" for one in questions],
    )


def test_nothing_erased_predicts_what_predict_says(asked):
    model, texts, _ = asked
    gaps = [blank_of(model, text, 0) for text in texts[:5]]
    vectors = blank_vectors(model, gaps, describing="", progress=False)
    said = predictions_from(model, gaps[0], vectors)
    for text, logs in zip(texts, said, strict=False):
        best = model.predict(text, top=1).iloc[0]
        assert int(logs.argmax()) == best["token_id"]
        assert float(logs.max()) == pytest.approx(best["log_probability"], abs=1e-4)


def test_a_direction_that_the_head_does_not_read_changes_nothing(asked):
    model, texts, _ = asked
    gaps = [blank_of(model, text, 0) for text in texts]
    vectors = blank_vectors(model, gaps, describing="", progress=False)
    unread = np.zeros((len(vectors), 1))
    more = np.concatenate([vectors, unread], axis=1)
    kept = Erasure(np.diag([*np.ones(vectors.shape[1]), 0.0]), np.zeros(more.shape[1]), 1)
    before, after = (predictions_from(model, gaps[0], own[:, :-1]) for own in (more, kept(more)))
    assert torch.equal(before, after)


def test_the_frame_has_random_directions_of_the_same_rank(asked):
    frame = bp.amnesic_probing(*asked, progress=False)
    assert frame["erased"].tolist() == ["inlp", "random", "leace", "random"]
    assert frame["rank"][0] == frame["rank"][1]
    assert frame["rank"][2] == frame["rank"][3] == 1
    assert frame["same"].between(0, 1).all()
    assert (frame["divergence"] >= -1e-9).all()
    assert frame.equals(bp.amnesic_probing(*asked, progress=False))


def test_what_cannot_be_probed_is_refused(asked):
    model, texts, labels = asked
    with pytest.raises(ValueError, match="labels must have one entry for each of the 60 texts"):
        bp.amnesic_probing(model, texts, labels[1:])
    with pytest.raises(ValueError, match=r"texts\[0\] must hold the mask token"):
        bp.amnesic_probing(model, ["no blank", *texts[1:]], labels)
    with pytest.raises(ValueError, match=r"texts\[0\] must hold one mask, got 2"):
        bp.amnesic_probing(model, ["[MASK] [MASK]", *texts[1:]], labels)
    with pytest.raises(ValueError, match="model must have a masked-LM head"):
        bp.amnesic_probing(bp.load(), texts, labels)
