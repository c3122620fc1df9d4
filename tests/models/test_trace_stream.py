"""`Model.traces`: in order, in constant memory, and the same as one by one."""

import itertools
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from bertviz_plus.models.model import Model
from tests.models.architectures import ARCHITECTURES, PAIR, SEQ2SEQ, SINGLE, TEXT, wrapped
from tests.models.passes.test_recording_lending import keep_of, state

TEXTS: list[Any] = [
    "cat",
    TEXT,
    "the dog sat.",
    (TEXT, PAIR),
    "a",
    PAIR,
    "it fell on the mat",
    TEXT + " " + PAIR,
]


@pytest.fixture(scope="module")
def model() -> Model:
    return wrapped("BERT")


@pytest.mark.parametrize("name", SINGLE)
def test_padding_changes_nothing(name: str) -> None:
    model = wrapped(name)
    keep = keep_of(model)
    texts = TEXTS if name != "GPT-2" else [text for text in TEXTS if isinstance(text, str)]
    traces = list(model.traces(texts, keep=keep, progress=False))
    assert len(traces) == len(texts)
    for text, trace in zip(texts, traces, strict=True):
        alone = model.trace(*(text if isinstance(text, tuple) else (text,)), keep=keep)
        assert trace.tokens == alone.tokens
        assert trace.scaling == alone.scaling
        for array in keep:
            # Masked scores are the smallest float whatever is added to them.
            np.testing.assert_allclose(getattr(trace, array), getattr(alone, array), atol=1e-5, err_msg=array)


@pytest.mark.parametrize("name", SEQ2SEQ)
def test_encoder_decoders_stream_too(name: str) -> None:
    model = wrapped(name)
    traces = list(model.traces([(TEXT, PAIR), ("cat", "dog")], progress=False))
    assert [trace.encoder.text for trace in traces] == [TEXT, "cat"]
    np.testing.assert_array_equal(traces[0].cross, model.trace(TEXT, PAIR).cross)


def test_lists_of_words_stream(model: Model) -> None:
    texts = [["the", "cats"], (["a", "dog"], ["sat"]), ("on", "mat")]
    traces = list(model.traces(texts, words=True, progress=False))
    assert [trace.words for trace in traces] == [("the", "cats"), ("a", "dog", "sat"), ("on", "mat")]


def test_a_stream_without_end_is_read_only_a_little_ahead(model: Model) -> None:
    read = []

    def endless() -> Iterator[str]:
        for n in itertools.count():
            read.append(n)
            yield "cat " * (1 + n % 5)

    traces = model.traces(endless(), progress=False)
    assert [next(traces).n_tokens for _ in range(5)] == [3, 4, 5, 6, 7]
    assert len(read) <= 8
    for _ in range(500):
        next(traces)
    assert len(read) <= 505 + 128


def test_traces_that_are_dropped_are_freed(model: Model) -> None:
    alive: weakref.WeakSet[Any] = weakref.WeakSet()
    most = 0
    for trace in model.traces((f"the cat sat on mat {'a ' * (n % 7)}" for n in range(600)), progress=False):
        alive.add(trace)
        assert trace.attention.base is None or trace.attention.base.nbytes == trace.attention.nbytes
        most = max(most, len(alive))
        del trace
    assert most <= 2


def test_long_texts_run_in_small_batches(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bertviz_plus.models.passes.streaming._MOST_NUMBERS_IN_PASS", 20_000)
    sizes: list[int] = []
    hook = model._stacks[0].blocks[0].register_forward_pre_hook(lambda _, given: sizes.append(len(given[0])))
    list(model.traces(["cat " * 50, "cat"] * 10, progress=False))
    hook.remove()
    assert sum(sizes) == 20
    assert min(sizes) == 1
    assert max(sizes) > 1


def test_batch_size_is_the_most_texts_in_a_pass(model: Model) -> None:
    sizes: list[int] = []
    hook = model._stacks[0].blocks[0].register_forward_pre_hook(lambda _, given: sizes.append(len(given[0])))
    list(model.traces(["cat"] * 10, batch_size=4, progress=False))
    hook.remove()
    assert max(sizes) == 4


@pytest.mark.parametrize(
    ("bad", "error", "says"),
    [
        ("", ValueError, r"texts\[2\]: text must be a string that is not empty"),
        (5, TypeError, r"texts\[2\]: text must be a string, got int"),
        (("a", ""), ValueError, r"texts\[2\]: pair must be a string that is not empty"),
        (["a", "b", "c"], TypeError, r"texts\[2\]: text must be one string, got a list of 3"),
    ],
)
def test_a_bad_text_is_named_after_the_traces_before_it(
    model: Model, bad: Any, error: type[Exception], says: str
) -> None:
    traces = model.traces(["cat", "dog", bad, "mat"], progress=False)
    assert [next(traces).text, next(traces).text] == ["cat", "dog"]
    with pytest.raises(error, match=says):
        next(traces)


def test_bad_arguments_are_refused_before_anything_is_read(model: Model) -> None:
    with pytest.raises(TypeError, match="texts must be an iterable of strings, got one string"):
        model.traces("the cat")
    with pytest.raises(TypeError, match="texts must be an iterable, got int"):
        model.traces(5)
    with pytest.raises(ValueError, match="batch_size must be a whole number from 1, or None, got 0"):
        model.traces(["cat"], batch_size=0)
    with pytest.raises(ValueError, match="keep must name"):
        model.traces(["cat"], keep=("nothing",))


def test_cuts_are_announced_once_and_counted_in_each(model: Model) -> None:
    with pytest.warns(UserWarning, match=r"texts\[1\] has 102 tokens") as warned:
        traces = list(model.traces(["cat", "cat " * 100, "dog " * 80], progress=False))
    assert len(warned) == 1
    assert [trace.truncated for trace in traces] == [0, 38, 18]


def test_a_stream_that_is_left_leaves_the_model_clean(model: Model) -> None:
    before = state(model.hf)
    traces = model.traces(["cat"] * 50, progress=False)
    next(traces)
    assert state(model.hf) == before
    traces.close()
    assert state(model.hf) == before


def test_progress_is_shown_on_request(model: Model, capsys: pytest.CaptureFixture[str]) -> None:
    list(model.traces(["cat", "dog"]))
    assert "2/2" in capsys.readouterr().err
    list(model.traces(["cat", "dog"], progress=False))
    assert capsys.readouterr().err == ""


def test_every_single_stack_architecture_is_tested() -> None:
    assert set(SINGLE) | set(SEQ2SEQ) == set(ARCHITECTURES)
