"""A masked-LM head and low-rank changes learn what a text repeats, and merge into their model."""

from copy import deepcopy

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import DistilBertConfig, DistilBertModel, PreTrainedTokenizerFast

from bertviz_plus.models.loading.adapters import merge
from bertviz_plus.training.low_rank import stored, with_low_rank
from bertviz_plus.training.masked_lm import Settings, masked_lm, read_sequences, train
from bertviz_plus.training.masking import masking_of

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "the",
    "cat",
    "sat",
    "dog",
    "ran",
    "##s",
    "slow",
    "##ly",
]
SETTINGS = Settings(
    rank=2, first_layer=0, epochs=16, batch_tokens=256, body_rate=1e-2, head_rate=1e-2, held_back=0.1
)


@pytest.fixture
def tokenizer():
    made = Tokenizer(models.WordPiece({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    roles = {f"{role}_token": f"[{role.upper()}]" for role in ("pad", "unk", "cls", "sep", "mask")}
    return PreTrainedTokenizerFast(tokenizer_object=made, **roles)


@pytest.fixture
def body():
    torch.manual_seed(0)
    config = DistilBertConfig(
        vocab_size=len(WORDS), dim=16, n_heads=2, n_layers=2, hidden_dim=32, max_position_embeddings=16
    )
    model = DistilBertModel(config).eval()
    # The output layer is tied to the embeddings, which nothing trains: let them tell pieces apart.
    with torch.no_grad():
        model.embeddings.word_embeddings.weight.mul_(40)
    return model


@pytest.fixture
def sequences(tokenizer, tmp_path):
    path = tmp_path / "texts.txt"
    path.write_text("the cat sat slowly\nthe dogs ran\n\n" * 100)
    return read_sequences([path], tokenizer)


def test_what_a_text_repeats_is_learned_and_the_body_stays(body, tokenizer, sequences):
    before = {name: tensor.clone() for name, tensor in body.state_dict().items()}
    adapter, history = train(body, tokenizer, sequences, SETTINGS)
    assert all(torch.equal(tensor, before[name]) for name, tensor in body.state_dict().items())
    assert history[-1]["held_back"] < 0.5 * history[0]["held_back"]

    model = masked_lm(body)
    merge(model, adapter)
    ids = tokenizer("the cat [MASK] slowly", return_tensors="pt").input_ids
    ids = torch.cat([torch.tensor([[2]]), ids, torch.tensor([[3]])], 1)
    best = model(input_ids=ids).logits[0, 3].argmax()
    assert WORDS[best] == "sat"


def test_two_runs_of_one_seed_are_the_same(body, tokenizer, sequences):
    first, second = (train(body, tokenizer, sequences, SETTINGS)[0] for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_merged_changes_give_what_the_trained_ones_do(body):
    ids = torch.tensor([[2, 5, 6, 7, 3]])
    changed = masked_lm(body)
    unchanged, merged = deepcopy(changed), deepcopy(changed)
    changes = with_low_rank(changed, ["distilbert.transformer.layer.1.ffn.lin1"], rank=2)
    with torch.no_grad():
        changes["distilbert.transformer.layer.1.ffn.lin1"].up.normal_()
    merge(merged, stored(changes))
    assert torch.allclose(changed(input_ids=ids).logits, merged(input_ids=ids).logits, atol=1e-6)
    assert not torch.allclose(unchanged(input_ids=ids).logits, merged(input_ids=ids).logits, atol=1e-3)


def test_whole_words_are_masked_and_special_tokens_never(tokenizer):
    masking = masking_of(tokenizer, "cpu", seed=0)
    ids = torch.tensor([[2, 5, 8, 10, 11, 12, 3, 0]]).repeat(400, 1)
    masked, truth = masking(ids)
    asked = truth != -100
    assert not asked[:, [0, 6, 7]].any()
    assert torch.equal(asked[:, 2], asked[:, 3])
    assert torch.equal(asked[:, 4], asked[:, 5])
    assert torch.equal(masked[~asked], ids[~asked])
    assert torch.equal(truth[asked], ids[asked])
    # Three words, of which 12 to 28% is one; 80% of the masked ones become [MASK].
    assert (asked[:, [1, 2, 4]].sum(1) == 1).all()
    assert 0.7 < (masked[asked] == tokenizer.mask_token_id).float().mean() < 0.9


@pytest.mark.parametrize(
    ("adapter", "told"),
    [
        ({"distilbert.nothing": torch.zeros(1)}, "no such parameter"),
        ({"vocab_transform.bias": torch.zeros(3)}, r"\[16\] there"),
        ({"vocab_transform.lora_A": torch.zeros(1, 16)}, "both halves"),
        ({"vocab_transform.lora_B": torch.zeros(16, 1)}, "both halves"),
    ],
)
def test_an_adapter_that_does_not_fit_is_refused(body, adapter, told):
    with pytest.raises(ValueError, match=told):
        merge(masked_lm(body), adapter)


def test_too_few_sequences_are_refused(body, tokenizer):
    with pytest.raises(ValueError, match="at least 100, got 1"):
        train(body, tokenizer, [[5, 6]], SETTINGS)
