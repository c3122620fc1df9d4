"""A model is handed back as it came: after a pass, an exception, an interrupt, and from several threads."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from transformers import BertModel

from bertviz_plus.models.model import Model, wrap
from bertviz_plus.models.passes.lending import IMPLEMENTATION, borrowed
from tests.models.architectures import ARCHITECTURES, FOLLOWING, PAIR, TEXT, inputs, wrapped

ALL = ("attention", "hidden_states", "queries", "keys", "values", "scores", "context", "output_norms")


def state(hf: nn.Module) -> dict[str, Any]:
    """Everything about a model that a pass could change."""
    hooks = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return {
        name: (
            part.training,
            sum(len(getattr(part, hook)) for hook in hooks),
            None if (config := part.__dict__.get("config")) is None else config._attn_implementation,
            sorted(vars(part)),
            [
                (parameter.requires_grad, parameter.data_ptr(), parameter._version)
                for parameter in part.parameters()
            ],
            [buffer._version for buffer in part.buffers()],
        )
        for name, part in hf.named_modules()
    } | {"config": hf.config.to_dict()}


def keep_of(model: Model) -> tuple[str, ...]:
    return ALL if model.records_attention else ALL[:2]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_trace_leaves_nothing_behind(name: str) -> None:
    model = wrapped(name)
    model.hf.train()
    first = next(model.hf.parameters())
    first.requires_grad_(False)
    model._stacks[0].blocks[0].eval()
    before = state(model.hf)
    model.trace(TEXT, PAIR, keep=keep_of(model))
    model.trace(TEXT, PAIR, keep=("hidden_states",), layers=(0,))
    assert state(model.hf) == before


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("name", [*FOLLOWING, "MPNet"])
def test_an_interrupted_pass_leaves_nothing_behind(name: str, error: type[BaseException]) -> None:
    model = wrapped(name)
    model.hf.train()
    expected = model.trace(TEXT, PAIR)

    def interrupt(*_: Any) -> None:
        raise error("in the middle")

    block = model._stacks[-1].blocks[-1]
    before = state(model.hf)
    hook = block.register_forward_hook(interrupt)
    with pytest.raises(error, match="in the middle"):
        model.trace(TEXT, PAIR, keep=keep_of(model))
    hook.remove()
    assert state(model.hf) == before
    again = model.trace(TEXT, PAIR)
    for side in ("encoder", "decoder") if model.is_encoder_decoder else ("",):
        one, other = (getattr(trace, side, trace) for trace in (expected, again))
        np.testing.assert_array_equal(one.attention, other.attention)


def test_an_interrupt_while_the_model_is_being_changed_leaves_nothing_behind() -> None:
    model = wrapped("BERT")
    model.hf.train()
    before = state(model.hf)

    def half(_: None = None) -> Any:
        yield model._stacks[0].blocks[0].register_forward_pre_hook(lambda *_: None)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), borrowed(model.hf, half, attention=IMPLEMENTATION):
        pass
    assert state(model.hf) == before
    assert model.trace(TEXT).attention is not None


def test_a_model_that_asks_for_outputs_by_its_configuration_gets_no_hooks() -> None:
    model = wrapped("BERT")
    model.hf.config.output_hidden_states = True
    before = state(model.hf)
    model.trace(TEXT)
    assert state(model.hf) == before


def test_threads_may_trace_one_model() -> None:
    model = wrapped("BERT")
    model.hf.train()
    before = state(model.hf)
    texts = [f"the cat sat on {'the mat and ' * n}a rug." for n in range(1, 9)]
    keeps = [("attention", "hidden_states"), ("hidden_states",), ("output_norms",), ("attention",)]
    expected = [model.trace(text, keep=keep) for text, keep in zip(texts, keeps * 2, strict=True)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: model.trace(texts[n % 8], keep=keeps[n % 4]), range(80)))
    for n, trace in enumerate(found):
        for name in keeps[n % 4]:
            np.testing.assert_allclose(getattr(trace, name), getattr(expected[n % 8], name), atol=1e-6)
    assert state(model.hf) == before


@pytest.mark.parametrize("name", ["BERT", "GPT-2"])
@pytest.mark.parametrize("own", ["sdpa", "eager"])
def test_a_caller_s_own_pass_meanwhile_runs_as_ever(name: str, own: str) -> None:
    """GPT-2 under sdpa has no mask at all, which eager attention would take for permission to look ahead."""
    model = wrapped(name)
    model.hf.set_attn_implementation(own)
    with torch.no_grad():
        expected = model.hf(**inputs(model)).last_hidden_state
    inside, done = threading.Event(), threading.Event()

    def wait(*_: Any) -> None:
        if threading.current_thread() is not threading.main_thread():
            inside.set()
            done.wait(30)

    hook = model._stacks[0].blocks[1].register_forward_hook(wait)
    with ThreadPoolExecutor(1) as pool:
        tracing = pool.submit(model.trace, TEXT)
        assert inside.wait(30)
        with torch.no_grad():
            meanwhile = model.hf(**inputs(model)).last_hidden_state
        done.set()
        assert tracing.result().attention is not None
    hook.remove()
    assert torch.equal(meanwhile, expected)


def test_two_models_of_one_configuration_do_not_disturb_each_other() -> None:
    one = wrapped("BERT")
    other = wrap(BertModel(one.hf.config).eval(), one.tokenizer)
    expected = [model.trace(TEXT) for model in (one, other)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: (one, other)[n % 2].trace(TEXT), range(40)))
    for n, trace in enumerate(found):
        np.testing.assert_allclose(trace.attention, expected[n % 2].attention, atol=1e-6)
    assert one.hf.config._attn_implementation == "sdpa"


def test_a_trained_model_can_still_be_trained() -> None:
    model = wrapped("Llama")
    model.hf.train()
    model.trace(TEXT)
    loss = model.hf(**inputs(model)).last_hidden_state.square().mean()
    loss.backward()
    assert all(parameter.grad is not None for parameter in model.hf.layers.parameters())
