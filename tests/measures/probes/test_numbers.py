"""Digits tell numbers that were held out; random vectors do not."""

import numpy as np
import pytest
import torch

import bertviz_plus as bp
from bertviz_plus.measures.probes import numbers


@pytest.fixture(scope="module")
def frame():
    """What is said of numbers whose values were planted along one direction of the embeddings."""
    model = bp.load("bert-tiny")
    table = model.hf.get_input_embeddings().weight
    direction = torch.randn(table.shape[1], generator=torch.Generator().manual_seed(0))
    for number in range(200):
        (token,) = model.tokenizer.convert_tokens_to_ids([str(number)])
        table.data[token] += direction * (number - 100) / 50
    return bp.number_probes(model, highest=199, hidden_layers=[0], progress=False)


def of(frame, vectors, task):
    return frame[(frame["vectors"] == vectors) & (frame["task"] == task) & (frame["pieces"] == "all")].iloc[0]


def test_digits_beat_random_vectors_on_held_out_numbers(frame):
    for task in ("decode", "add"):
        assert of(frame, "characters", task)["error"] < of(frame, "random", task)["error"] / 2
    assert of(frame, "characters", "largest")["accuracy"] > 0.6
    assert of(frame, "random", "largest")["accuracy"] < 0.4


def test_errors_of_all_are_made_of_those_by_pieces(frame):
    own = frame[(frame["vectors"] == "hidden layer 0") & (frame["task"] == "decode")]
    parts = own[own["pieces"] != "all"]
    whole = own[own["pieces"] == "all"].iloc[0]
    assert parts["n"].sum() == whole["n"] == 40
    assert (parts["n"] * parts["error"] ** 2).sum() == pytest.approx(whole["n"] * whole["error"] ** 2)


def test_numbers_planted_in_the_embeddings_are_decoded(frame):
    linear = of(frame, "hidden layer 0", "decode, linear")["error"]
    assert linear < of(frame, "random", "decode, linear")["error"] / 3
    assert of(frame, "hidden layer 0", "decode")["error"] < of(frame, "random", "decode")["error"] / 2
    assert of(frame, "hidden layer 0", "largest")["accuracy"] > 0.6


def test_a_line_through_digits_tells_every_number(frame):
    assert of(frame, "characters", "decode, linear")["error"] < 0.1


def test_half_of_the_lists_are_neighbours():
    lists = numbers._lists(np.arange(500), 1000, 0)
    assert all(len(set(one)) == 5 for one in lists.tolist())
    spread = np.ptp(lists, axis=1)
    assert (spread[500:] < numbers._NEAR).all()
    assert np.median(spread[:500]) > 200


def test_too_few_numbers_are_refused():
    with pytest.raises(ValueError, match="highest must be a whole number from 19 on, got 5"):
        bp.number_probes(bp.load("bert-tiny"), highest=5)
