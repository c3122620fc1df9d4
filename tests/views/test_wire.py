"""What Python packs is what the front end reads, and eight bits are within 0.002 of the weight."""

import base64
import json
import subprocess
from pathlib import Path
from shutil import which

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bertviz_plus.traces.weight_codes import FULL, MISSING, quantise, to_codes
from bertviz_plus.views.wire import (
    Tensor,
    decode,
    encode,
    encode_codes,
    encode_rounded,
    size_of,
)

READER = Path(__file__).parents[2] / "js" / "shared" / "tensor.js"
SHAPES = hnp.array_shapes(max_dims=4, max_side=6)
WEIGHTS = hnp.arrays(
    st.sampled_from([np.float16, np.float32, np.float64]), SHAPES, elements=st.floats(0, 1, width=16)
)
# All that `js/shared/tensor.js` has a reader for.
NUMBERS = {
    "float16": (np.float16, st.floats(width=16, allow_subnormal=True)),
    "float32": (np.float32, st.floats(width=32)),
    "int8": (np.int8, st.integers(-128, 127)),
    "uint8": (np.uint8, st.integers(0, 255)),
    "int16": (np.int16, st.integers(-(2**15), 2**15 - 1)),
    "uint16": (np.uint16, st.integers(0, 2**16 - 1)),
}


@given(WEIGHTS)
def test_a_weight_of_0_to_1_is_kept_to_0_002(weights):
    read = decode(encode_codes(quantise(weights)))
    assert read.shape == weights.shape
    assert np.abs(read - weights).max() <= 0.002


@given(hnp.arrays(np.float32, SHAPES, elements=st.floats(width=32)))
def test_what_is_not_finite_is_missing_and_nothing_else_is(weights):
    codes = quantise(weights)
    assert ((codes == MISSING) == ~np.isfinite(weights)).all()
    present = np.isfinite(weights)
    near = np.clip(weights[present], 0, 1)
    assert np.abs(decode(encode_codes(codes))[present] - near).max(initial=0) <= 0.002


@given(st.lists(st.floats(0, 1, width=16) | st.just(float("nan")), min_size=1, max_size=40))
def test_weights_are_rounded_as_all_other_numbers_are(weights):
    # Numbers of 16 bits: quantise multiplies in 32, in which a product of others may itself be rounded.
    array = np.array(weights, np.float32)
    assert quantise(array).tolist() == to_codes(array, 1 / FULL, missing=MISSING).tolist()


def test_halves_are_rounded_up():
    assert to_codes([-0.5, 0.5, 1.5, 2.5], 1).tolist() == [0, 1, 2, 3]
    # Half a step of a weight.
    assert quantise(np.array([0.5, 1.5]) / FULL).tolist() == [1, 2]


@given(hnp.arrays(np.float32, st.integers(0, 30), elements=st.floats(-1, 1, width=32) | st.just(np.nan)))
def test_what_is_rounded_to_steps_is_known_to_half_a_step(values):
    found = decode(encode_rounded(values, "int16", 1 / 32767, missing=-32768))
    # A step of 1/32,767, and what float64 adds.
    np.testing.assert_allclose(found, values, atol=0.5 / 32767 + 1e-9)


def test_the_ends_and_the_middle_are_exact():
    assert quantise(np.array([0, 0.5, 1])).tolist() == [0, FULL // 2, FULL]


def test_infinities_of_both_signs_that_cancel_are_still_missing():
    codes = quantise(np.array([np.inf, -np.inf, 0.5, np.nan], np.float32))
    assert codes.tolist() == [MISSING, MISSING, FULL // 2, MISSING]


def test_the_order_of_memory_does_not_matter():
    weights = np.random.default_rng(0).random((3, 4, 5), np.float32)
    for view in (weights.transpose(2, 0, 1), weights[:, ::-1, ::2], np.asfortranarray(weights)):
        assert np.abs(decode(encode_codes(quantise(view))) - view).max() <= 0.002


def test_quantising_leaves_the_weights_as_they_were():
    weights = np.random.default_rng(0).random((2, 3, 3), np.float32)
    weights.flags.writeable = False
    kept = weights.copy()
    quantise(weights)
    assert (weights == kept).all()


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_numbers_come_back_as_they_went(data):
    name = data.draw(st.sampled_from(sorted(NUMBERS)))
    kind, elements = NUMBERS[name]
    array = data.draw(hnp.arrays(kind, SHAPES, elements=elements))
    for codec in ("raw", "zlib"):
        np.testing.assert_array_equal(decode(encode(array, name, codec)), array.astype(np.float64))


def test_an_empty_array_stays_empty():
    assert decode(encode(np.zeros((0, 3)), "float32", "zlib")).shape == (0, 3)
    assert decode(encode_codes(np.zeros((2, 0, 0), np.uint8))).shape == (2, 0, 0)


def test_the_size_is_that_of_the_bytes_and_they_are_bytes():
    tensor = encode(np.arange(6.0), "float32")
    assert isinstance(tensor["buffer"], bytes)
    assert size_of(tensor) == 24


# One array a line in, with the place in a longer message where its bytes begin; the numbers out.
SCRIPT = """
import { readFileSync } from "node:fs";
const { readBytes, toValues } = await import(process.argv[1]);
const answers = [];
for (const { tensor, hosts, start } of JSON.parse(readFileSync(0, "utf8"))) {
  const stored = Buffer.from(tensor.buffer, "base64");
  const message = new Uint8Array(stored.length + start + 3).fill(170);
  message.set(stored, start);
  const forms = {
    DataView: () => new DataView(message.buffer, start, stored.length),
    Uint8Array: () => message.subarray(start, start + stored.length),
    ArrayBuffer: () => message.slice(start, start + stored.length).buffer,
  };
  for (const host of hosts) {
    const sent = { ...tensor, buffer: forms[host]() };
    const values = toValues(sent, await readBytes(sent));
    answers.push(Array.from(values, String));
  }
}
process.stdout.write(JSON.stringify(answers));
"""
HOSTS = ("DataView", "Uint8Array", "ArrayBuffer")


def read_in_node(tensors: list[tuple[Tensor, int]]) -> list[np.ndarray]:
    node = which("node")
    if node is None:
        pytest.skip("no Node on this machine")
    asked = [
        {
            "tensor": {**tensor, "buffer": base64.b64encode(tensor["buffer"]).decode()},
            "hosts": HOSTS,
            "start": start,
        }
        for tensor, start in tensors
    ]
    done = subprocess.run(
        [node, "--input-type=module", "-e", SCRIPT, READER.as_uri()],
        input=json.dumps(asked),
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    numbers = {"Infinity": "inf", "-Infinity": "-inf", "NaN": "nan"}
    return [
        np.array([float(numbers.get(value, value)) for value in answer], np.float32)
        for answer in json.loads(done.stdout)
    ]


# One start of Node for an example's whole batch; few examples, many arrays in each, which is large as
# hypothesis sees it.
@given(st.data())
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.large_base_example,
        HealthCheck.too_slow,
    ],
)
def test_the_front_end_reads_what_python_packs(data):
    sent: list[tuple[Tensor, int]] = []
    for name, (kind, elements) in NUMBERS.items():
        for codec in ("raw", "zlib"):
            array = data.draw(hnp.arrays(kind, SHAPES, elements=elements))
            sent.append((encode(array, name, codec), data.draw(st.integers(0, 9))))
    weights = data.draw(hnp.arrays(np.float32, SHAPES, elements=st.floats(width=32)))
    sent.append((encode_codes(quantise(weights)), data.draw(st.integers(0, 9))))
    read = read_in_node(sent)
    assert len(read) == len(sent) * len(HOSTS)
    for number, values in enumerate(read):
        tensor = sent[number // len(HOSTS)][0]
        with np.errstate(over="ignore"):
            expected = decode(tensor).astype(np.float32).ravel()
        np.testing.assert_array_equal(values, expected)


def test_every_16_bit_float_is_read_as_numpy_reads_it():
    halves = np.arange(2**16, dtype=np.uint16).view(np.float16)
    (values, *_) = read_in_node([(encode(halves, "float16"), 1)])
    np.testing.assert_array_equal(values, halves.astype(np.float32))


def test_a_hundred_random_tensors_at_odd_places_are_read_alike():
    rng = np.random.default_rng(5)
    sent = []
    for number in range(100):
        shape = rng.integers(1, 9, rng.integers(1, 5))
        sent.append((encode_codes(quantise(rng.random(shape))), number % 7))
    for number, values in enumerate(read_in_node(sent)):
        np.testing.assert_array_equal(values, decode(sent[number // 3][0]).astype(np.float32).ravel())
