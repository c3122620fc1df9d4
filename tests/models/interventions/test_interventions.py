"""What is changed of a pass: as if the model were another, and afterwards the model is as it was."""

import threading
from functools import cache

import numpy as np
import pytest
import torch
from torch import nn
from transformers.pytorch_utils import Conv1D

import bertviz_plus as bp
from bertviz_plus.models.passes.forward import _reported_projections, report_blocks
from bertviz_plus.models.passes.head_pass import head_pass
from bertviz_plus.models.passes.lending import IMPLEMENTATION, borrowed
from bertviz_plus.models.passes.recording import Recorder, active
from tests.models.architectures import ARCHITECTURES, FALLBACK, FOLLOWING, PAIR, TEXT, tokenizer, wrapped
from tests.models.every_architecture import build, text_types
from tests.models.passes.test_recording_lending import state

CLEAN, CORRUPTED = "The cats sat on the mat.", "The dogs lay on the rug."


@cache
def model_of(name):
    return wrapped(name)


def read(model, keep=("attention", "hidden_states")):
    return model.trace(*((TEXT, PAIR) if model.is_encoder_decoder else (TEXT,)), keep=keep)


def sides(trace):
    return (trace.encoder, trace.decoder) if hasattr(trace, "encoder") else (trace,)


def output_projections(model):
    """The output projection of each attention of a pass, in order, and how many heads it reads."""
    found = []

    class Watching(Recorder):
        def see_projection(self, projection, given):
            context = self._context
            super().see_projection(projection, given)
            if context is not None and self._context is None:
                found.append((context[0], self._entered[self._stack], projection, context[1].shape[2]))

    shapes = {"encoder": (1, 3), "decoder": (1, 3)}
    recorder = Watching(
        ("output_norms",),
        range(9),
        n_layers={stack.name: stack.n_layers for stack in model._stacks},
        shapes=shapes,
        to_the_end=True,
    )
    ids = torch.tensor([[5, 6, 7]])
    extra = {"decoder_input_ids": ids} if model.is_encoder_decoder else {}
    with (
        borrowed(model.hf, lambda: report_blocks(model._stacks), attention=IMPLEMENTATION),
        _reported_projections(model.hf.base_model, wanted=True),
        active(recorder),
        torch.no_grad(),
    ):
        model.hf.base_model(input_ids=ids, **extra)
    return found


class removed:  # noqa: N801
    """Zeroes the columns of an output projection that read one head."""

    def __init__(self, projection, head, heads):
        weight = projection.weight.data
        self.weight = weight.T if isinstance(projection, Conv1D) else weight
        width = self.weight.shape[1] // heads
        self.columns = slice(head * width, (head + 1) * width)

    def __enter__(self):
        self.before = self.weight[:, self.columns].clone()
        self.weight[:, self.columns] = 0

    def __exit__(self, *_):
        self.weight[:, self.columns] = self.before


def check_removed(model):
    """Compare, for a head of each kind of attention, ablation by zero with removal; return how many."""
    tried = 0
    found_all = output_projections(model)
    for kind, layer, projection, heads in found_all:
        # ALBERT's layers share one projection.
        sharing = [at for _, at, other, _ in found_all if other is projection]
        if (
            layer != sharing[-1]
            or layer != max(at for other, at, *_ in found_all if other == kind)
            or not (type(projection) is nn.Linear or type(projection) is Conv1D)
        ):
            continue
        head = (layer + 1) % heads
        with removed(projection, head, heads):
            expected = read(model, ("hidden_states",))
        with model.intervene(bp.Ablate([(at, head) for at in sharing], attention_kind=kind)):
            found = read(model, ("hidden_states",))
        plain = read(model, ("hidden_states",))
        moved = 0.0
        for one, other, own in zip(*map(sides, (found, expected, plain)), strict=True):
            scale = max(1.0, np.abs(other.hidden_states).max())
            np.testing.assert_allclose(one.hidden_states, other.hidden_states, atol=1e-6 * scale)
            moved = max(moved, np.abs(one.hidden_states - own.hidden_states).max())
        assert moved > 1e-6
        tried += 1
    return tried


@pytest.mark.parametrize("name", FOLLOWING)
def test_a_head_ablated_by_zero_is_a_head_removed(name):
    model = model_of(name)
    assert check_removed(model) == (3 if model.is_encoder_decoder else 1)


# What a head gives is normalised, gated in two or rotated before the projection that reads it.
_MIXED = {"diffllama", "bitnet"}


@pytest.mark.slow
@pytest.mark.parametrize("model_type", [one for one in text_types() if one not in _MIXED])
def test_of_every_architecture_a_head_ablated_by_zero_is_a_head_removed(model_type):
    try:
        model = bp.wrap(build(model_type).eval(), tokenizer("[CLS] $A"))
        follows = model.records_attention and "output_norms" not in model._trial.refused
    except Exception as error:  # noqa: BLE001
        pytest.skip(f"no tiny model of it: {error}")
    if not follows:
        pytest.skip("shows no output projection")
    assert check_removed(model)


@pytest.mark.parametrize("name", [*FOLLOWING, *FALLBACK])
def test_skipped_layers_are_layers_removed(name):
    model = wrapped(name)
    last = model._stacks[0].n_layers - 1
    with model.intervene(bp.SkipLayers([0, last])):
        hidden = sides(read(model, ("hidden_states",)))[0].hidden_states
    if name == "DeBERTa-v2":
        # A convolution over what the first block was given goes on beside it.
        return
    np.testing.assert_array_equal(hidden[1], hidden[0])
    if not ARCHITECTURES[name].is_seq2seq and name != "ALBERT":
        blocks = next(
            part for part in model.hf.modules() if isinstance(part, nn.ModuleList) and len(part) == 3
        )
        del blocks[last], blocks[0]
        model.hf.config.num_hidden_layers = 1
        fewer = bp.wrap(model.hf, model.tokenizer).trace(TEXT, keep=("hidden_states",)).hidden_states
        np.testing.assert_allclose(fewer[-1], hidden[-1], atol=1e-6)


@pytest.mark.parametrize("name", FOLLOWING)
def test_a_patched_pass_goes_on_from_the_other_trace(name):
    model = model_of(name)
    if model.is_encoder_decoder:
        return
    clean = model.trace(CLEAN)
    with model.intervene(bp.Patch(1, range(clean.n_tokens), clean)):
        trace = model.trace(CORRUPTED)
    np.testing.assert_allclose(trace.hidden_states[1:], clean.hidden_states[1:], atol=1e-6)
    assert not np.allclose(trace.hidden_states[0], clean.hidden_states[0])
    with model.intervene(bp.Patch(3, [1], clean)):
        last = model.trace(CORRUPTED).hidden_states[3]
    own = model.trace(CORRUPTED).hidden_states[3]
    np.testing.assert_array_equal(last[1], clean.hidden_states[3][1])
    np.testing.assert_array_equal(np.delete(last, 1, 0), np.delete(own, 1, 0))


def test_even_attention_and_means_are_what_they_are_called():
    for name in ("BERT", "Llama"):
        model = model_of(name)
        with model.intervene(bp.Ablate([(1, 2)], by="uniform")):
            attention = model.trace(TEXT).attention
        n = attention.shape[-1]
        even = np.tril(np.ones((n, n))) if model._trial.causal["encoder"] else np.ones((n, n))
        np.testing.assert_allclose(attention[1, 2], even / even.sum(1, keepdims=True), atol=1e-6)
        texts = [CLEAN, "A dog."]
        with model.intervene(bp.Ablate([(1, 2), (0, 0)], by="mean", over=texts)):
            context = model.trace(TEXT, keep=("context",)).context
        own = [model.trace(text, keep=("context",)).context for text in texts]
        for layer, head in ((0, 0), (1, 2)):
            mean = np.concatenate([one[layer, head] for one in own]).mean(0)
            np.testing.assert_allclose(context[layer, head], np.tile(mean, (n, 1)), atol=1e-6)


def test_an_edited_weight_is_set_and_its_row_keeps_its_sum():
    model = model_of("BERT")
    plain = model.trace(TEXT).attention
    with model.intervene(bp.EditWeight(1, 2, source=3, target=4, weight=0.5)):
        edited = model.trace(TEXT)
    row = edited.attention[1, 2, 3]
    assert row[4] == pytest.approx(0.5)
    others = np.delete(plain[1, 2, 3], 4)
    np.testing.assert_allclose(np.delete(row, 4), others / others.sum() * 0.5, atol=1e-6)
    same = np.ones(plain[1].shape, bool)
    same[2, 3] = False
    np.testing.assert_array_equal(edited.attention[1][same], plain[1][same])
    with model.intervene(bp.EditWeight(1, 2, 3, 4, 0.5, renormalise=False)):
        bare = model.trace(TEXT).attention[1, 2, 3]
    np.testing.assert_array_equal(np.delete(bare, 4), others)


def test_interventions_compose_and_nest_in_their_order():
    model = model_of("BERT")
    halve, edit = bp.ScaleAttention(to="[SEP]", by=0.5), bp.EditWeight(0, 0, 1, 0, 0.25)
    with model.intervene(halve, edit, bp.Ablate([(2, 1)])):
        together = read(model)
    with model.intervene(halve), model.intervene(edit):
        with model.intervene(bp.Ablate([(2, 1)])):
            nested = read(model)
        outer = read(model)
    np.testing.assert_array_equal(together.hidden_states, nested.hidden_states)
    np.testing.assert_array_equal(outer.attention[:2], nested.attention[:2])
    assert outer.attention[2, 1].any()
    assert not nested.attention[2, 1].any()
    assert len(nested.model.changed) == 3
    with model.intervene(edit, halve):
        other = read(model)
    assert not np.array_equal(other.hidden_states, outer.hidden_states)


def test_streams_vectors_and_gradients_heed_what_is_in_force():
    model = bp.load("bert-tiny")
    cut = bp.Ablate([(0, 0), (1, 1)])
    texts = ["The cat sat.", "A dog lay on the rug, and slept."]
    with model.intervene(cut, bp.ScaleAttention("[SEP]", 0.25)):
        alone = [model.trace(text) for text in texts]
        streamed = list(model.traces(texts, progress=False))
        bare = model.trace(texts[0], keep=("hidden_states",))
        vectors = bp.word_vectors(model, [["The", "cat", "sat", "."]], hidden_layers=[2])
        gradient = bp.attention_gradient(model, texts[0])
    for one, other in zip(alone, streamed, strict=True):
        np.testing.assert_allclose(one.hidden_states, other.hidden_states, atol=1e-5)
        assert "changed: Ablate([(0, 0), (1, 1)], by='zero')" in repr(other)
        assert other.model.title == "bert-tiny (changed)"
    np.testing.assert_allclose(bare.hidden_states, alone[0].hidden_states, atol=1e-5)
    np.testing.assert_allclose(vectors.vectors[0, 0], bare.hidden_states[2, 1], atol=1e-5)
    assert not gradient.gradient[0, 0].any()
    assert gradient.gradient[0, 1].any()
    plain = model.trace(texts[0])
    assert plain.model.changed == ()
    assert "changed" not in repr(plain)
    assert not np.allclose(plain.hidden_states[-1], alone[0].hidden_states[-1])


def test_a_changed_trace_is_still_changed_when_it_is_loaded(tmp_path):
    model = bp.load("bert-tiny")
    with model.intervene(bp.Ablate([(0, 0)])):
        model.trace("The cat sat.").save(tmp_path / "a.trace")
    assert bp.Trace.load(tmp_path / "a.trace").model.changed == ("Ablate([(0, 0)], by='zero')",)


def test_a_target_is_written_by_the_changed_model():
    model = wrapped("BART", head=True)
    everything = [(layer, head) for layer in range(3) for head in range(4)]
    with model.intervene(bp.Ablate(everything, attention_kind="cross"), bp.SkipLayers([1])):
        trace = model.trace(TEXT)
        given = model.trace(TEXT, trace.decoder.text) if trace.decoder.text else trace
    assert not trace.cross.any()
    assert trace.model.changed
    np.testing.assert_allclose(
        trace.decoder.hidden_states[:, 0], given.decoder.hidden_states[:, 0], atol=1e-5
    )


def test_other_threads_and_models_are_left_alone():
    model = model_of("BERT")
    plain = read(model).hidden_states
    found = []
    with model.intervene(bp.Ablate([(0, 0)])):
        thread = threading.Thread(target=lambda: found.append(read(model)))
        thread.start()
        thread.join()
        changed = read(model).hidden_states
        other = wrapped("BERT").trace(TEXT)
    np.testing.assert_allclose(found[0].hidden_states, plain, atol=1e-6)
    assert found[0].model.changed == other.model.changed == ()
    assert not np.allclose(changed, plain)


def _random_intervention(random, clean):
    heads = [(int(random.integers(3)), int(random.integers(4))) for _ in range(random.integers(1, 4))]
    return (
        lambda: bp.Ablate(heads, by="uniform"),
        lambda: bp.Ablate(heads),
        lambda: bp.Ablate(heads, by="mean", over=[CLEAN]),
        lambda: bp.ScaleAttention("[SEP]", float(random.random()), renormalise=bool(random.integers(2))),
        lambda: bp.EditWeight(*heads[0], int(random.integers(5)), int(random.integers(5)), 0.5),
        lambda: bp.Patch(int(random.integers(4)), [int(random.integers(5))], clean),
        lambda: bp.SkipLayers([int(random.integers(3))]),
    )[int(random.integers(7))]()


def check_random(times):
    model = wrapped("BERT")
    model.hf.train()
    clean = model.trace(CLEAN)
    random = np.random.default_rng(0)
    before = state(model.hf)
    weights = {name: one.clone() for name, one in model.hf.state_dict().items()}
    plain = model.trace(TEXT).hidden_states
    raised = 0
    for _ in range(times):
        error = (RuntimeError, KeyboardInterrupt, None)[int(random.integers(3))]
        stop = int(random.integers(1, 7))

        def interrupt(*_, error=error, left=[stop]):  # noqa: B006
            left[0] -= 1
            if error is not None and left[0] == 0:
                raise error("in the middle")

        hook = model.hf.encoder.layer[int(random.integers(3))].register_forward_pre_hook(interrupt)
        try:
            with model.intervene(*(_random_intervention(random, clean) for _ in range(random.integers(3)))):
                read(model)
                with model.intervene(_random_intervention(random, clean)):
                    list(model.traces([TEXT, CORRUPTED], progress=False))
                    head_pass(model, [clean_ids(model)], gradients=True)
                read(model)
        except (RuntimeError, KeyboardInterrupt):
            raised += 1
        finally:
            hook.remove()
    assert 0 < raised < times
    assert state(model.hf) == before
    assert all(torch.equal(one, weights[name]) for name, one in model.hf.state_dict().items())
    assert all(one.grad is None for one in model.hf.parameters())
    np.testing.assert_array_equal(model.trace(TEXT).hidden_states, plain)
    assert model.info.changed == ()


def clean_ids(model):
    from bertviz_plus.models.passes.gathering import Tokens

    return Tokens(model.tokenizer(CLEAN)["input_ids"], None, ())


def test_random_interventions_leave_nothing_behind():
    check_random(8)


@pytest.mark.slow
def test_a_thousand_random_interventions_leave_nothing_behind():
    check_random(1000)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: bp.Ablate([(3, 0)]), r"layer must be in 0..2 for this model of 3 layers, got 3"),
        (lambda: bp.Ablate([(0, 4)]), r"head must be in 0..3 for this model of 4 heads .*, got 4 in layer 0"),
        (lambda: bp.Ablate([(0, -1)]), "head must be a whole number from 0 on, got -1"),
        (lambda: bp.Ablate([(0, 0)], by="median"), "by must be one of 'zero', 'mean', 'uniform', got 'med"),
        (lambda: bp.Ablate([(0, 0)], over=["a"]), "over is the corpus of by='mean'"),
        (lambda: bp.Ablate([(0, 0)], by="mean", over=[]), "over must be a list of texts, at least one"),
        (lambda: bp.Ablate([(0, 0)], attention_kind="cross"), "attention_kind must be 'encoder' for BertMod"),
        (lambda: bp.ScaleAttention("</s>"), "to must be a token of the text or positions in it, got '</s>'"),
        (lambda: bp.ScaleAttention([99]), r"to must be a token of the text or positions in it, got \[99\]"),
        (lambda: bp.ScaleAttention(by=2), "by must be a number from 0 to 1, got 2"),
        (lambda: bp.ScaleAttention(layers=[7]), r"layer must be in 0..2"),
        (lambda: bp.EditWeight(0, 9, 1, 1, 0.5), r"head must be in 0..3"),
        (lambda: bp.EditWeight(0, 0, 99, 1, 0.5), r"source must be a position in 0..\d+, got 99"),
        (lambda: bp.EditWeight(0, 0, 1, 1, 1.5), "weight must be a number from 0 to 1, got 1.5"),
        (lambda: bp.SkipLayers([3]), r"layer must be in 0..2 for this model of 3 layers, got 3"),
        (
            lambda: bp.Patch(9, [0], model_of("BERT").trace(CLEAN)),
            r"hidden_layer must be in 0..3 for this tr",
        ),
        (lambda: bp.Patch(1, [99], model_of("BERT").trace(CLEAN)), r"tokens must be positions in 0..\d"),
        (lambda: bp.Patch(1, [0], bp.Trace(("a",))), "trace must hold hidden states"),
        (lambda: bp.Patch(1, [0], bp.load("bert-tiny").trace(CLEAN)), "hidden states of 24 numbers"),
    ],
)
def test_what_the_model_has_not_is_refused_with_what_it_has(make, message):
    model = model_of("BERT")
    with pytest.raises(ValueError, match=message), model.intervene(make()):
        model.trace(TEXT)
    assert model.info.changed == ()


def test_what_is_no_intervention_or_cannot_be_changed_is_refused():
    model = model_of("BERT")
    for wrong in (bp.Ablate, "Ablate", 3):
        with pytest.raises(TypeError, match=r"interventions\[1\] must be an intervention"):
            model.intervene(bp.Ablate([]), wrong).__enter__()
    with pytest.raises(TypeError, match=r"a head must be a pair \(layer, head\)"):
        model.intervene(bp.Ablate([3])).__enter__()
    with pytest.raises(TypeError, match="trace must be a Trace, got str"):
        bp.Patch(1, [0], "a trace")
    with pytest.raises(ValueError, match="cannot be changed: it does not follow"):
        model_of(FALLBACK[0]).intervene(bp.Ablate([(0, 0)])).__enter__()
    causal = model_of("GPT-2")
    with (
        pytest.raises(ValueError, match="target must be a token that source 1 may see, got 3"),
        causal.intervene(bp.EditWeight(0, 0, 1, 3, 0.5)),
    ):
        causal.trace(TEXT)


def test_predictions_heed_what_is_in_force():
    model = bp.load("bert-tiny")
    text = "The cat [MASK] on the mat."
    plain = model.predict(text, top=3)
    with model.intervene(bp.Ablate([(0, 0), (0, 1), (1, 0), (1, 1)])):
        cut = model.predict(text, top=3)
        lens = model.lens(text, top=3)
    assert lens["answer"].tolist()[-3:] == cut["answer"].tolist()
    assert cut["log_probability"].tolist() != plain["log_probability"].tolist()
    other = "A dog [MASK] in the sun."
    clean = model.trace(text, keep=("hidden_states",))
    n = model.trace(other).n_tokens
    with model.intervene(bp.Patch(2, [3], clean)):
        patched = model.predict(other, top=3)
    assert n == clean.n_tokens
    assert patched["answer"].tolist() == plain["answer"].tolist()
    assert model.predict(text, top=3).equals(plain)


@pytest.mark.parametrize("name", ["BERT", "GPT-2", "Llama"])
def test_the_lens_ends_with_what_a_model_says_that_is_changed_at_its_end(name):
    model = wrapped(name, head=True)
    text = "The cats sat on the" if name != "BERT" else "The cats sat on the [MASK]."
    other = model.trace(text.replace("cats", "dogs"), keep=("hidden_states",))
    for change in (bp.Patch(3, range(other.n_tokens), other), bp.SkipLayers([2]), bp.SkipLayers([1, 2])):
        with model.intervene(change):
            said, lens = model.predict(text, top=None), model.lens(text, top=None)
        last = lens[lens["layer"] == 3].drop(columns="layer").set_index("token_id")["log_probability"]
        expected = said.set_index("token_id")["log_probability"]
        np.testing.assert_allclose(last[expected.index], expected, atol=1e-5)
        before = model.lens(text, top=None)
        changed = set(change.layers) if isinstance(change, bp.SkipLayers) else {3}
        for layer in range(min(changed)):
            own = [one[one["layer"] == layer]["log_probability"].to_numpy() for one in (lens, before)]
            np.testing.assert_allclose(*own, atol=1e-5)
