"""Tiny random models of fifteen architectures, and small tokenizers for them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedModel, PreTrainedTokenizerFast

from bertviz_plus.models.model import Model, wrap

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORDS = [
    "the",
    "cat",
    "sat",
    "on",
    "mat",
    "dog",
    "lay",
    "rug",
    "while",
    "rain",
    "fell",
    "##s",
    "##ting",
    ".",
]
_SPECIAL = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
_NAMES = list(dict.fromkeys([*_SPECIAL, *_WORDS, *_LETTERS, *(f"##{letter}" for letter in _LETTERS)]))
VOCABULARY = len(_NAMES)


@dataclass(frozen=True)
class Architecture:
    """How to build a tiny model of one architecture."""

    name: str
    model: str
    options: dict[str, Any]
    frame: str = "[CLS] $A [SEP]"
    follows_interface: bool = True
    is_seq2seq: bool = False
    causal: bool = False
    head: str = ""

    def build(self, *, head: bool = False, **changes: Any) -> PreTrainedModel:
        torch.manual_seed(0)
        kind = getattr(transformers, self.head if head else self.model)
        config = kind.config_class(
            **{"vocab_size": VOCABULARY, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
            | self.options
            | changes
        )
        model = kind(config)
        # Biases start at zero and norms at one, which would hide their absence.
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.dim() == 1:
                    parameter.add_(torch.randn_like(parameter) * 0.1)
        return model.eval()


@cache
def tokenizer(frame: str = "[CLS] $A [SEP]") -> PreTrainedTokenizerFast:
    pieces = Tokenizer(models.WordPiece({name: i for i, name in enumerate(_NAMES)}, unk_token="[UNK]"))
    pieces.normalizer = normalizers.BertNormalizer(lowercase=True)
    pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    if frame:
        pieces.post_processor = processors.TemplateProcessing(
            single=frame,
            pair=f"{frame} $B:1 [SEP]:1",
            special_tokens=[(name, _SPECIAL.index(name)) for name in ("[CLS]", "[SEP]")],
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=pieces,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        bos_token="[CLS]",
        eos_token="[SEP]",
        model_max_length=64,
        # GPT-2 and Llama come without token types: GPT-2 would add them as words.
        model_input_names=["input_ids", "attention_mask", *(["token_type_ids"] if "[SEP]" in frame else [])],
    )


_ENCODER = {
    "hidden_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 32,
    "max_position_embeddings": 70,
}
_SEQ2SEQ = {
    "d_model": 24,
    "encoder_layers": 3,
    "decoder_layers": 3,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "max_position_embeddings": 70,
    "decoder_start_token_id": 2,
    "forced_eos_token_id": 2,
}

ARCHITECTURES = {
    one.name: one
    for one in (
        Architecture("BERT", "BertModel", _ENCODER, head="BertForMaskedLM"),
        Architecture("RoBERTa", "RobertaModel", _ENCODER | {"type_vocab_size": 1}, head="RobertaForMaskedLM"),
        Architecture(
            "DistilBERT",
            "DistilBertModel",
            {"dim": 24, "n_layers": 3, "n_heads": 4, "hidden_dim": 32, "max_position_embeddings": 70},
            head="DistilBertForMaskedLM",
        ),
        Architecture("ALBERT", "AlbertModel", _ENCODER | {"embedding_size": 16}, head="AlbertForMaskedLM"),
        Architecture(
            "ELECTRA", "ElectraModel", _ENCODER | {"embedding_size": 16}, head="ElectraForPreTraining"
        ),
        Architecture(
            "MobileBERT",
            "MobileBertModel",
            _ENCODER
            | {
                "embedding_size": 16,
                "intra_bottleneck_size": 16,
                "num_feedforward_networks": 2,
                "hidden_size": 24,
            },
            head="MobileBertForMaskedLM",
        ),
        Architecture(
            "XLM-R", "XLMRobertaModel", _ENCODER | {"type_vocab_size": 1}, head="XLMRobertaForMaskedLM"
        ),
        Architecture(
            "ModernBERT",
            "ModernBertModel",
            _ENCODER
            | {"local_attention": 4, "global_attn_every_n_layers": 2, "cls_token_id": 1, "sep_token_id": 2},
            head="ModernBertForMaskedLM",
        ),
        Architecture("MPNet", "MPNetModel", _ENCODER, follows_interface=False, head="MPNetForMaskedLM"),
        Architecture(
            "DeBERTa-v2",
            "DebertaV2Model",
            _ENCODER
            | {
                "relative_attention": True,
                "position_buckets": 8,
                "pos_att_type": ["p2c", "c2p"],
                "conv_kernel_size": 3,
                "conv_act": "gelu",
                "type_vocab_size": 0,
            },
            follows_interface=False,
            head="DebertaV2ForMaskedLM",
        ),
        Architecture("BART", "BartModel", _SEQ2SEQ, is_seq2seq=True, head="BartForConditionalGeneration"),
        Architecture(
            "T5",
            "T5Model",
            {
                "d_model": 24,
                "d_kv": 6,
                "d_ff": 32,
                "num_layers": 3,
                "num_heads": 4,
                "relative_attention_num_buckets": 8,
                "decoder_start_token_id": 0,
            },
            frame="$A [SEP]",
            is_seq2seq=True,
            head="T5ForConditionalGeneration",
        ),
        Architecture(
            "Marian", "MarianModel", _SEQ2SEQ, frame="$A [SEP]", is_seq2seq=True, head="MarianMTModel"
        ),
        Architecture(
            "GPT-2",
            "GPT2Model",
            {"n_embd": 24, "n_layer": 3, "n_head": 4, "n_positions": 70},
            frame="",
            causal=True,
            head="GPT2LMHeadModel",
        ),
        Architecture(
            "Llama",
            "LlamaModel",
            _ENCODER | {"num_key_value_heads": 2},
            frame="[CLS] $A",
            causal=True,
            head="LlamaForCausalLM",
        ),
    )
}
FOLLOWING = [name for name, one in ARCHITECTURES.items() if one.follows_interface]
FALLBACK = [name for name, one in ARCHITECTURES.items() if not one.follows_interface]
SEQ2SEQ = [name for name, one in ARCHITECTURES.items() if one.is_seq2seq]
SINGLE = [name for name, one in ARCHITECTURES.items() if not one.is_seq2seq]

TEXT = "The cats sat on the mat while rain fell."
PAIR = "The dog lay on a rug."


def wrapped(name: str, *, head: bool = False, **changes: Any) -> Model:
    one = ARCHITECTURES[name]
    return wrap(one.build(head=head, **changes), tokenizer(one.frame))


def inputs(model: Model, text: str = TEXT, pair: str | None = PAIR) -> dict[str, torch.Tensor]:
    """What the caller of the plain model would pass it."""
    if model.is_encoder_decoder:
        encoding = model.tokenizer(text, return_tensors="pt")
        decoder = torch.tensor([[2, *model.tokenizer(pair or PAIR)["input_ids"][:-1]]])
        return {key: encoding[key] for key in ("input_ids", "attention_mask")} | {
            "decoder_input_ids": decoder
        }
    encoding = model.tokenizer(text, pair, return_tensors="pt")
    has_types = getattr(model.hf.config, "type_vocab_size", 0) == 2
    names = ("input_ids", "attention_mask", "token_type_ids")[: 3 if has_types else 2]
    return {key: encoding[key] for key in names}
