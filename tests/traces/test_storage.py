"""A saved trace comes back as it was, or the error says which file is wrong."""

import json
from contextlib import suppress
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import ModelInfo, Trace


def assert_same(one, other):
    for field in fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, Trace):
            assert_same(a, b)
        elif isinstance(a, np.ndarray):
            np.testing.assert_array_equal(a, b)
            assert a.dtype == b.dtype
            assert not b.flags.writeable
        else:
            assert a == b, field.name
            assert type(a) is type(b)


@st.composite
def traces(draw):
    tokens = draw(st.lists(st.text(max_size=5), max_size=5))
    n = len(tokens)
    layers, heads = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    kept = {}
    numbers = st.sampled_from([0.0, 0.5, -3.25, np.nan, np.inf, -np.inf])
    for name, shape in {
        "attention": (layers, heads, n, n),
        "hidden_states": (layers + 1, n, 2),
        "queries": (layers, heads, n, 2),
        "context": (layers, heads, n, 1),
    }.items():
        if draw(st.booleans()):
            values = draw(st.lists(numbers, min_size=1, max_size=3))
            dtype = draw(st.sampled_from([np.float32, np.float16]))
            kept[name] = np.resize(np.array(values, dtype), shape)
    words = draw(st.none() | st.just(tuple(tokens)))
    return Trace(
        tokens,
        text=draw(st.none() | st.text(max_size=8)),
        words=words,
        word_ids=None if words is None else tuple(range(n)),
        offsets=draw(st.none() | st.just(((0, 1),) * n)),
        layers=tuple(range(2, 2 + layers)),
        causal=draw(st.booleans()),
        truncated=draw(st.integers(0, 9)),
        model=ModelInfo(id=draw(st.none() | st.text(max_size=4)), versions={"torch": "2.13"}, heads=heads),
        scaling=draw(st.none() | st.just((0.1,) * layers)),
        **kept,
    )


@settings(max_examples=60, deadline=None)
@given(traces())
def test_what_is_saved_is_loaded(tmp_path_factory, trace):
    path = tmp_path_factory.mktemp("saved") / "a.trace"
    trace.save(path)
    assert_same(trace, Trace.load(path))


@settings(max_examples=20, deadline=None)
@given(traces(), traces())
def test_an_encoder_decoder_comes_back_as_one(tmp_path_factory, source, target):
    path = tmp_path_factory.mktemp("saved") / "a.trace"
    cross = np.ones((2, 1, target.n_tokens, source.n_tokens), np.float32)
    trace = Seq2SeqTrace(source, target, cross, cross_layers=(4, 5))
    trace.save(str(path))
    for load in (Trace.load, Seq2SeqTrace.load):
        loaded = load(str(path))
        assert isinstance(loaded, Seq2SeqTrace)
        assert_same(trace, loaded)


@pytest.fixture
def saved(tmp_path):
    trace = Trace(
        ("</script><img onerror=1>", "שלום", "👩‍👩‍👧‍👦", "\u200b", "x" * 200, "\ud800"),
        attention=np.full((2, 3, 6, 6), 1 / 6),
    )
    path = tmp_path / "a.trace"
    trace.save(path)
    return path


def test_words_come_back_in_words(saved, tmp_path):
    trace = replace(Trace.load(saved), words=("ab", "c"), word_ids=(0, 0, 0, 0, 1, 1)).to_words()
    trace.save(tmp_path / "words.trace")
    assert_same(trace, Trace.load(tmp_path / "words.trace"))


def test_a_file_cut_anywhere_is_refused(saved):
    whole = saved.read_bytes()
    for length in [*range(0, len(whole), 37), len(whole) - 1]:
        saved.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"a\.trace"):
            Trace.load(saved)


def test_a_changed_byte_is_found_wherever_it_matters(saved):
    whole = saved.read_bytes()
    before = Trace.load(saved)
    rng = np.random.default_rng(0)
    for place in rng.choice(len(whole), 300, replace=False):
        changed = bytearray(whole)
        changed[place] ^= 1 << int(rng.integers(8))
        saved.write_bytes(changed)
        with suppress(ValueError):
            # A letter of a token may change unseen; a number may not.
            np.testing.assert_array_equal(Trace.load(saved).attention, before.attention)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04\x95pickle", b"{}" * 40, b"\xff" * 64])
def test_foreign_files_are_refused(tmp_path, content):
    path = tmp_path / "foreign.trace"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"foreign\.trace is no trace, or is damaged"):
        Trace.load(path)


def rewrite(path, change):
    header = {
        "kind": "Trace",
        "layout": 1,
        "checksums": {},
        "content": {"tokens": ["a"], "model": {}},
    }
    save_file({}, path, metadata={"bertviz_plus": change(header)})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda h: json.dumps(h | {"layout": 99}),
            "later version of bertviz_plus .layout 99; .* pip install -U",
        ),
        (lambda h: json.dumps(h | {"kind": "Parses"}), "it holds Parses; read it with Parses.load"),
        (
            lambda h: json.dumps(h | {"checksums": {"attention": 1}}),
            "its arrays are not those that were saved",
        ),
        (lambda h: json.dumps(h | {"content": {"tokens": ["a"]}}), "damaged: KeyError"),
        (lambda h: json.dumps(h | {"content": {"tokens": 1, "model": {}}}), "damaged: ValueError"),
        (
            lambda h: json.dumps(h | {"content": {"tokens": ["a"], "model": {}, "evil": 1}}),
            "damaged: TypeError",
        ),
        (lambda h: json.dumps(h)[:-3], "cannot be read"),
        (lambda _: "[]", "cannot be read"),
        (lambda _: json.dumps({"layout": 1}), "damaged"),
    ],
)
def test_a_description_that_makes_no_sense_is_refused(tmp_path, change, message):
    path = tmp_path / "odd.trace"
    rewrite(path, change)
    with pytest.raises(ValueError, match=rf"odd\.trace.*{message}"):
        Trace.load(path)


def test_other_safetensors_files_are_no_traces(tmp_path):
    path = tmp_path / "model.safetensors"
    save_file({"weight": np.ones(3, np.float32)}, path)
    with pytest.raises(ValueError, match=r"model\.safetensors is no trace: it is a safetensors file"):
        Trace.load(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no trace file .*nowhere\.trace"):
        Trace.load(tmp_path / "nowhere.trace")
    with pytest.raises(FileNotFoundError, match="it is a folder"):
        Trace.load(tmp_path)


def test_a_failed_save_leaves_the_old_file(saved, tmp_path):
    before = saved.read_bytes()
    trace = replace(Trace.load(saved), model=ModelInfo(versions={"torch": object()}))
    with pytest.raises(TypeError):
        trace.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.trace"]
