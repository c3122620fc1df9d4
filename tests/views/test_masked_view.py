"""What the masked-word view takes, refuses, sends, and asks a model."""

import asyncio
import re
import threading

import numpy as np
import pytest
from transformers import BertConfig, BertForSequenceClassification

import bertviz_plus as bp
from bertviz_plus.views.base import StateError
from bertviz_plus.views.later import Later
from bertviz_plus.views.masked import MaskedView
from bertviz_plus.views.wire import decode
from tests.views.masked_samples import ROBIN, asked_of


@pytest.fixture(scope="module")
def model() -> bp.Model:
    return bp.load("bert-tiny")


def test_without_a_model_it_shows_what_was_asked() -> None:
    view = MaskedView(asked_of())
    view.edits = ["negate"]
    assert view.answer.text == "A robin is a [MASK]."
    view.method = "rollout"
    assert repr(view) == "MaskedView of 'A robin is a [MASK].' (“not” removed); tiny, rollout"


REFUSED = [
    ("text", "A cat is a [MASK].", "text must be 'A robin is not a [MASK].'"),
    ("text", 3, "text must be a sentence, got 3"),
    ("edits", ["negate", "shuffle"], "this view has no model to ask"),
    ("edits", ["drop object"], "no object to drop: the mask is in it"),
    ("edits", "negate", "edits must be a list of strings, got 'negate'"),
    ("edits", [1], "edits must be a list of strings"),
    ("target", "nothing", "target must be empty or one of"),
    ("method", "captum", "method must be one of 'occlusion'"),
    ("height", 20, "200..4000"),
]


@pytest.mark.parametrize(("name", "value", "says"), REFUSED)
def test_values_that_cannot_be_shown(name: str, value: object, says: str) -> None:
    view = MaskedView(asked_of())
    before = getattr(view, name)
    with pytest.raises(StateError, match=re.escape(says)):
        setattr(view, name, value)
    assert getattr(view, name) == before


def test_what_it_is_made_of_is_checked(model: bp.Model) -> None:
    for given in ((), (3,), ("A robin",)):
        with pytest.raises(TypeError):
            MaskedView(*given)
    with pytest.raises(TypeError, match="text must be a sentence, got None"):
        MaskedView(model)
    with pytest.raises(TypeError, match="text must be left out"):
        MaskedView(asked_of(), "A robin is a [MASK].")
    with pytest.raises(TypeError, match="no keyword 'edit'"):
        MaskedView(asked_of(), edit=["negate"])
    with pytest.raises(ValueError, match="model must have one of these heads"):
        MaskedView(bp.load(), ROBIN)


def test_answers_travel_as_they_are() -> None:
    asked = asked_of()
    packed = MaskedView(asked).data["asked"]
    assert packed["text"] == ROBIN
    for own, sent in zip(asked.answers, packed["answers"], strict=True):
        assert sent["choices"] == list(own.choices)
        np.testing.assert_allclose(decode(sent["lens"]), own.lens)
        np.testing.assert_allclose(decode(sent["attributions"]), list(own.attributions.values()))
        assert decode(sent["ranks_of_first"]).tolist() == own.ranks_of_first.tolist()
    assert packed["answers"][0]["words"] == ["A", "robin", "is", "not", "a", "[MASK]", "."]
    assert packed["answers"][0]["glued"] == [False] * 6 + [True]
    assert packed["answers"][0]["mask"] == 5
    assert list(packed["answers"][0]["refused"]) == ["drop object"]


def test_an_edit_is_asked_and_sent(model: bp.Model) -> None:
    view = MaskedView(model, "A robin is a [MASK].", progress=False)
    view.edits = ["1=penguin", "negate"]
    sent = view.detail["asked"]["answers"]
    assert [one["text"] for one in sent][-1] == "A penguin is not a [MASK]."
    assert view.answer.choices == tuple(model.predict(view.answer.text)["answer"])
    assert view.answer.attributions["occlusion"].shape == (7,)
    # What the buttons would answer lies ready.
    assert view.asked.answer(["negate"]).attributions.keys() >= {"occlusion"}


def test_another_sentence_takes_back_edits_and_target(model: bp.Model) -> None:
    view = MaskedView(model, "A robin is a [MASK].", edits=["negate"], progress=False)
    view.target = "bird"
    assert view.answer.target == "bird"
    with pytest.raises(StateError, match="its mask is"):
        view.text = "A <mask>."
    assert view.edits == ["negate"]
    view.text = "The keys [MASK] here."
    assert (view.edits, view.target, view.detail["asked"]["text"]) == ([], "", "The keys [MASK] here.")
    assert view.asked.answer(["shuffle"]) is not None


def test_what_is_shown_at_first_explains_the_target_that_is_given(model: bp.Model) -> None:
    """In a notebook, where an event loop runs, the output is saved before anything that comes later."""

    async def shown() -> str:
        view = MaskedView(model, ROBIN, target="fish", progress=False)
        return view.data["asked"]["answers"][0]["target"]

    assert asyncio.run(shown()) == "fish"


def test_what_was_asked_opens_without_the_model(model: bp.Model, tmp_path) -> None:
    MaskedView(model, ROBIN, progress=False).asked.save(tmp_path / "robin.asked")
    view = MaskedView(bp.Asked.load(tmp_path / "robin.asked"), edits=["negate"])
    assert view.answer.said == ("“not” removed",)
    assert list(view.data["methods"])[:2] == ["occlusion", "gradient_x_input"]
    assert view.method == "occlusion"


def test_newer_work_replaces_what_has_not_begun() -> None:
    async def play() -> list[int]:
        done: list[int] = []
        later, gate, begun = Later(), threading.Event(), threading.Event()

        def slow() -> int:
            begun.set()
            gate.wait(5)
            return 1

        later.do([slow, lambda: 2], done.append)
        await asyncio.to_thread(begun.wait, 5)
        later.do([lambda: 3], done.append)
        gate.set()
        await asyncio.to_thread(later._thread.join)
        await asyncio.sleep(0.05)
        return done

    # The first was under way: its result comes too late, and the second is not begun.
    assert asyncio.run(play()) == [3]


def test_a_classifier_is_asked_for_labels(model: bp.Model) -> None:
    config = BertConfig(
        vocab_size=model.hf.config.vocab_size,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=3,
    )
    classifier = bp.wrap(BertForSequenceClassification(config).eval(), model.tokenizer)
    view = MaskedView(classifier, "The film was dull.", edits=["negate"], progress=False)
    assert view.data["task"] == "label"
    assert view.answer.text == "The film was not dull."
    assert set(view.answer.choices) == {"LABEL_0", "LABEL_1", "LABEL_2"}
    assert view.answer.probabilities.sum() == pytest.approx(1)
    assert (view.answer.lens, view.data["asked"]["answers"][0]["mask"]) == (None, -1)
    view.target = "LABEL_2"
    assert view.answer.target == "LABEL_2"
    assert view.plate().fallback().startswith(b"\x89PNG")
