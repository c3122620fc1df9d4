"""An untrained twin has a model's shape and nothing of what it learnt."""

import torch

import bertviz_plus as bp
from bertviz_plus.models.untrained import untrained_twin


def test_a_twin_has_the_same_shape_and_other_weights():
    model = bp.load("bert-tiny")
    before = {name: value.clone() for name, value in model.hf.state_dict().items()}
    twin = untrained_twin(model)
    assert type(twin.hf) is type(model.hf)
    assert twin.tokenizer is model.tokenizer
    assert not twin.hf.training
    shapes = {name: value.shape for name, value in twin.hf.state_dict().items()}
    assert shapes == {name: value.shape for name, value in before.items()}
    weight = "bert.encoder.layer.0.attention.self.query.weight"
    assert not torch.equal(twin.hf.state_dict()[weight], before[weight])
    assert all(torch.equal(value, before[name]) for name, value in model.hf.state_dict().items())


def test_a_seed_gives_the_same_twin_and_leaves_the_random_state_alone():
    model = bp.load("bert-tiny")
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    first, second, other = (untrained_twin(model, seed=seed).hf.state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_a_twin_says_that_it_is_untrained():
    twin = untrained_twin(bp.load("bert-tiny"), seed=3)
    assert twin.info.id == "bert-tiny, untrained (seed 3)"
    assert twin.info.weights_hash is None
