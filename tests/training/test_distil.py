"""A student is trained to do as its teacher does, and nothing but the student changes."""

import numpy as np
import pytest
import torch
from transformers import (
    AlbertConfig,
    AlbertModel,
    BertConfig,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
)

import bertviz_plus as bp
from bertviz_plus.models.passes.encoding import given
from bertviz_plus.models.predictions.task_loss import Example, examples_of
from bertviz_plus.training.distil_loss import LOSSES, Shown, distances, shown
from bertviz_plus.training.running import DivergedError
from bertviz_plus.training.student import student_layers, student_of
from tests.training.test_fine_tune import equal_histories, interrupt_at, same, weights

TEXTS = bp.tasks["topic"].train.texts[:16]
APART = bp.tasks["topic"].test.texts[:12]
SMALL = {"hidden_size": 32, "num_hidden_layers": 4, "num_attention_heads": 2, "intermediate_size": 64}


@pytest.fixture(scope="module")
def model():
    return bp.load("bert-tiny")


def small(kind, config=BertConfig, **options):
    """A small model with random weights that reads as bert-tiny does."""
    torch.manual_seed(0)
    return bp.wrap(kind(config(vocab_size=30522, **(SMALL | options))).eval(), bp.load("bert-tiny").tokenizer)


def distil(teacher, **options):
    return bp.distil(
        teacher, TEXTS, **{"layers": 1, "epochs": 2, "batch_size": 8, "progress": False} | options
    )


def read(model, texts):
    return [Example(model._encode(given(text), truncation=True), (), ()) for text in texts]


@pytest.mark.parametrize("options", [{}, {"precision": "bfloat16"}, {"start": "random"}], ids=str)
def test_two_runs_of_one_seed_are_the_same_and_of_another_are_not(model, options):
    before, random = weights(model), torch.random.get_rng_state()
    one, two = (distil(model, **options) for _ in range(2))
    assert same(weights(one.model), weights(two.model))
    assert equal_histories(one, two)
    assert not same(weights(one.model), weights(distil(model, seed=1, **options).model))
    assert same(before, weights(model))
    assert torch.equal(random, torch.random.get_rng_state())
    assert not model.hf.training
    assert not any(part._forward_hooks for part in one.model.hf.modules())


def test_a_run_that_was_interrupted_goes_on_to_the_same_numbers(model, tmp_path, monkeypatch):
    whole, file, before = distil(model, epochs=3), tmp_path / "run.checkpoint", weights(model)
    with monkeypatch.context() as patch:
        interrupt_at(patch, 4)
        with pytest.raises(KeyboardInterrupt):
            distil(model, epochs=3, checkpoint=file)
    assert same(before, weights(model))
    with monkeypatch.context() as patch:
        # Of its three epochs of two steps one was done.
        interrupt_at(patch, 5)
        again = distil(model, epochs=3, checkpoint=file)
    assert same(weights(again.model), weights(whole.model))
    assert equal_histories(again, whole)
    with pytest.raises(ValueError, match=r"of one with losses=.* in place of \['logits'\]"):
        distil(model, epochs=3, losses=["logits"], checkpoint=file)
    with pytest.raises(ValueError, match="of one with another texts"):
        bp.distil(model, TEXTS[:12], layers=1, epochs=3, batch_size=8, checkpoint=file)


def test_what_is_shown_is_what_a_trace_holds_and_padding_is_not(model):
    together = shown(model, read(model, TEXTS[:3]), ("hidden", "attention"))
    apart = [model.trace(text, keep=("hidden_states", "scores")) for text in TEXTS[:3]]
    for layer, found in enumerate(together.hidden):
        wanted = np.concatenate([one.hidden_states[layer] for one in apart])
        # Sums of 128 float32 products in another order.
        np.testing.assert_allclose(found, wanted, atol=2e-5)
    for layer, found in enumerate(together.scores):
        wanted = [one.scores[layer].transpose(1, 2, 0).reshape(-1, 2) for one in apart]
        np.testing.assert_allclose(found, np.concatenate(wanted), atol=1e-4)


def test_logits_are_those_of_the_hidden_words(model):
    examples = examples_of(model, TEXTS[:3])
    own = shown(model, examples, ("logits",)).logits
    wanted = []
    for one in examples:
        with torch.no_grad():
            logits = model.hf(torch.tensor([one.read.input_ids])).logits[0]
        wanted.append(logits[list(one.at)])
    torch.testing.assert_close(own, torch.cat(wanted), rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    "make",
    [
        lambda: bp.load("bert-tiny"),
        lambda: small(BertForSequenceClassification, num_labels=3),
        lambda: small(BertForTokenClassification, num_labels=5),
        pytest.param(lambda: small(GPT2LMHeadModel, GPT2Config), marks=pytest.mark.slow),
    ],
    ids=["masked-LM", "texts", "tokens", "causal"],
)
def test_a_model_is_at_no_distance_from_itself_and_comes_nearer_in_every_loss(make):
    teacher = make()
    examples = read(teacher, TEXTS[:4]) if not hasattr(teacher.hf, "cls") else examples_of(teacher, TEXTS[:4])
    own = shown(teacher, examples, LOSSES)
    assert all(value.abs() < 1e-6 for value in distances(own, own, range(teacher.n_layers)).values())
    found = distil(teacher, layers=None, epochs=3)
    assert found.losses == LOSSES
    rows = found.history
    for name in ("dev_loss", "dev_logits", "dev_hidden", "dev_attention"):
        # Random weights give logits that hardly differ: what is near 0 need not fall.
        assert rows[name][3] < rows[name][0] or rows[name][0] < 0.01, rows
    assert rows["dev_loss"][3] == pytest.approx(rows.iloc[3, 3:6].sum())


def test_distances_are_shares_of_the_teachers_variance():
    random = torch.Generator().manual_seed(0)
    logits, hidden, scores = (torch.randn(50, n, generator=random) for n in (6, 8, 2))
    teacher = Shown(logits, [hidden] * 3, [scores] * 2)
    student = teacher._replace(hidden=[hidden, hidden.mean(0).expand(50, 8)], scores=[scores + 3])
    found = distances(student, teacher, [1])
    assert found["logits"] == 0
    # The embeddings are the same, and the layer is no better than its mean: 0 and 1.
    assert float(found["hidden"]) == pytest.approx(0.5)
    assert float(found["attention"]) == pytest.approx(9 / float(scores.var(0, correction=0).mean()), rel=1e-5)
    p, q = torch.log_softmax(logits, -1), torch.log_softmax(-logits, -1)
    wanted = float((p.exp() * (p - q)).sum(-1).mean())
    other = distances(teacher._replace(logits=-logits), teacher, [0, 1])
    assert float(other["logits"]) == pytest.approx(wanted)


def test_a_student_begins_as_layers_of_its_teacher_whose_embeddings_stay(model):
    found = distil(model, layers=[0])
    start, own = found.untrained(), dict(model.hf.named_parameters())
    for name, one in start.hf.named_parameters():
        assert torch.equal(one, own[name]), name
    changed = {
        name
        for name, one in found.model.hf.named_parameters()
        if not torch.equal(one, start.hf.get_parameter(name))
    }
    assert not any("embeddings" in name for name in changed)
    assert {name for name, _ in start.hf.named_parameters() if "encoder.layer.0" in name} <= changed
    assert found.model.info.id == "bert-tiny, 1 of 2 layers, distilled (seed 0)"
    random = distil(model, start="random", epochs=1)
    assert not torch.equal(
        random.untrained().hf.get_input_embeddings().weight, model.hf.get_input_embeddings().weight
    )
    assert random.model.n_layers == 1


def test_layers_are_spread_evenly_and_end_with_the_last():
    teacher = small(BertModel)
    assert student_layers(teacher, None) == (1, 3)
    assert student_layers(teacher, 3) == (0, 1, 3)
    assert student_layers(teacher, [2]) == (2,)
    blocks = student_of(teacher, (0, 2)).hf.encoder.layer
    for own, layer in zip(blocks, (0, 2), strict=True):
        assert same(own.state_dict(), teacher.hf.encoder.layer[layer].state_dict())


@pytest.mark.slow
def test_a_student_does_more_as_its_teacher_than_its_layers_did_untrained():
    teacher = bp.load()
    found = bp.distil(teacher, TEXTS, steps=4, batch_size=8, keep="last", progress=False)
    assert found.losses == ("hidden", "attention")
    wanted, own, before = (
        shown(one, read(teacher, APART), ("hidden",)).hidden[-1]
        for one in (teacher, found.model, found.untrained())
    )
    own, before = ((one - wanted).square().sum() for one in (own, before))
    assert own < 0.9 * before
    trace = found.model.trace("The cat sat.")
    assert trace.attention.shape[0] == 3


def test_it_is_saved_and_read_again(model, tmp_path):
    found = distil(model)
    found.save(tmp_path / "student.safetensors")
    again = bp.Distilled.load(tmp_path / "student.safetensors", model)
    assert same(weights(again.model), weights(found.model))
    assert equal_histories(again, found)
    assert (again.layers, again.losses, again.start) == (found.layers, found.losses, found.start)
    assert again.settings == found.settings
    assert repr(again) == repr(found)
    with pytest.raises(ValueError, match="of one with another teacher"):
        bp.Distilled.load(tmp_path / "student.safetensors", found.model)
    found.model.hf.save_pretrained(tmp_path / "folder")
    found.model.tokenizer.save_pretrained(tmp_path / "folder")
    loaded = bp.load(tmp_path / "folder")
    assert loaded.n_layers == 1
    np.testing.assert_array_equal(
        loaded.trace("The cat sat.").attention, found.model.trace("The cat sat.").attention
    )


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_state(model):
    with pytest.raises(DivergedError, match=r"at step \d+ \(epoch \d\), learning rate .* epoch 0") as stopped:
        distil(model, learning_rate=1e36, epochs=4)
    good = stopped.value.tuned
    assert isinstance(good, bp.Distilled)
    assert all(torch.isfinite(one).all() for one in good.model.hf.parameters())


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"teacher": "bert-tiny"}, TypeError, "model must be a bertviz_plus model"),
        ({"texts": "a text"}, TypeError, "texts must be a list of strings, got str"),
        ({"texts": TEXTS[:9]}, ValueError, "texts must be 10 different ones at least, got 9"),
        ({"texts": TEXTS[:1] * 20}, ValueError, "texts must be 10 different ones at least, got 1"),
        ({"texts": [*TEXTS[:10], " "]}, ValueError, r"texts\[10\] must be a text that is not empty"),
        ({"layers": 2}, ValueError, r"layers must be a number from 1 to 1, .* got 2"),
        ({"layers": 0}, ValueError, r"layers must be a number from 1 to 1, .* got 0"),
        ({"layers": [2]}, ValueError, r"so many of 0\.\.1 in rising order, .* got \[2\]"),
        ({"layers": []}, ValueError, r"layers must be"),
        ({"layers": "1"}, ValueError, r"layers must be"),
        ({"losses": ["mse"]}, ValueError, r"losses must be some of 'logits', 'hidden', 'attention', each"),
        ({"losses": []}, ValueError, r"losses must be some of"),
        ({"losses": "logits"}, ValueError, r"losses must be some of"),
        ({"start": "zero"}, ValueError, "start must be 'teacher' or 'random', got 'zero'"),
        ({"epochs": 0}, ValueError, "epochs must be a whole number from 1 on, got 0"),
        ({"learning_rate": 0}, ValueError, "learning_rate must be"),
    ],
)
def test_what_cannot_be_used_is_refused(model, options, error, said):
    given = {"teacher": model, "texts": TEXTS} | options
    with pytest.raises(error, match=said):
        bp.distil(given.pop("teacher"), given.pop("texts"), **given)


def test_a_loss_that_the_teacher_does_not_have_is_refused():
    with pytest.raises(ValueError, match="losses must leave out 'logits': BertModel has no head"):
        bp.distil(small(BertModel), TEXTS, losses=["logits"])


def test_layers_that_share_their_weights_are_refused():
    teacher = small(AlbertModel, AlbertConfig, embedding_size=16)
    with pytest.raises(ValueError, match="layers of their own weights, and those of AlbertModel share"):
        bp.distil(teacher, TEXTS)
    with pytest.raises(ValueError, match="teacher must have two layers at least"):
        bp.distil(small(BertModel, num_hidden_layers=1), TEXTS)
