"""What a model answers without some heads: beside interventions one by one, on every kind of head."""

import numpy as np
import pytest

import bertviz_plus as bp
from bertviz_plus.measures.ablation.head_switches import HeadSwitches
from tests.models.architectures import FALLBACK, wrapped

TEXTS = {"tiny": "A [MASK] is a [MASK].", "causal": "The cat sat", "classifier": "A dull film."}


@pytest.mark.parametrize("name", ["tiny", "causal", "classifier"])
def test_each_head_alone_answers_as_the_model_predicts_without_it(request, name):
    model = wrapped("GPT-2", head=True) if name == "causal" else request.getfixturevalue(name)
    switches = HeadSwitches(model, TEXTS[name])
    frame = model.predict(TEXTS[name], top=5)
    _same(switches.whole.answers, frame[frame["mask"] == 0])
    assert len(switches.alone) == model.n_layers * model.n_heads
    for place, head in enumerate(np.ndindex(model.n_layers, model.n_heads)):
        with model.intervene(bp.Ablate([head])):
            frame = model.predict(TEXTS[name], top=5)
        _same(switches.alone[place].answers, frame[frame["mask"] == 0])


def _same(answers, frame):
    assert [text for text, _ in answers] == frame["answer"].tolist()
    # Batches round otherwise than single passes.
    assert [share for _, share in answers] == pytest.approx(frame["probability"].tolist(), rel=1e-3, abs=1e-6)


def test_without_a_prediction_it_is_said_how_far_the_last_hidden_layer_moved():
    model, text = bp.load(), "The cat sat."
    switches = HeadSwitches(model, text)
    assert switches.asked == "last hidden layer"
    assert switches.whole.moved == pytest.approx(0, abs=1e-5)
    off = [(5, 3), (5, 7)]
    before = model.trace(text).hidden_states[-1]
    with model.intervene(bp.Ablate(off)):
        after = model.trace(text).hidden_states[-1]
    moved = np.linalg.norm(after - before, axis=-1) / np.linalg.norm(before, axis=-1)
    assert switches.without(off).moved == pytest.approx(moved.mean(), rel=1e-4)
    with model.intervene(bp.Ablate([(5, 3)])):
        after = model.trace(text).hidden_states[-1]
    moved = np.linalg.norm(after - before, axis=-1) / np.linalg.norm(before, axis=-1)
    assert switches.alone[5 * model.n_heads + 3].moved == pytest.approx(moved.mean(), rel=1e-3)


def test_a_text_without_a_mask_is_asked_how_far_it_moved(tiny):
    assert HeadSwitches(tiny, "The cat sat.", "It slept.").asked == "last hidden layer"


@pytest.mark.parametrize("name", [*FALLBACK][:1])
def test_a_model_whose_heads_cannot_be_ablated_is_refused(name):
    with pytest.raises(ValueError, match="switches need heads that can be ablated"):
        HeadSwitches(wrapped(name), "The cat sat.")
