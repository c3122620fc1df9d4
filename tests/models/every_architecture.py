"""Every text architecture that this version of transformers knows, as a tiny random model.

The list is transformers' own, so that it grows with transformers. A configuration is shrunk by the names of
its numbers; `_CHANGES` holds what a name cannot tell.
"""

import inspect
import re
import warnings
from functools import cache
from typing import Any

import torch
import transformers
from transformers import PreTrainedModel
from transformers.models.auto import modeling_auto

from tests.models.architectures import VOCABULARY

# What a number in a configuration is called, and what it becomes; the first that fits counts.
_SMALL = [
    (r"type_vocab_size", 2),
    (r"vocab_size", VOCABULARY),
    (r"(num|n)_(hidden_|encoder_|decoder_)?layers?$|^(en|de)coder_layers$|^num_layers$|^n_layer$", 3),
    (r"(key_value|kv|global)_heads$|^num_key_value|kv_n_heads|n_kv_heads|multi_query|num_kv_heads", 2),
    (r"heads?$|_n_heads$|^n_head$", 4),
    (r"head_dim$|^d_kv$|^d_head$|head_size$", 8),
    (
        r"(intermediate|ffn|inner|mlp|hidden|forward)_(size|dim)|^d_?ff$|ffn_dim$|^d_inner$|^n_inner$|^dim_ff$",
        32,
    ),
    (r"hidden_size|^d_model$|^n_embd?$|^dim$|emb(ed)?(ding)?_(dim|size)$|^embed_dim$|size_per_head", 32),
    (r"experts_per_tok|top_?k$", 2),
    (r"num_(local_)?experts$|n_routed_experts|num_experts", 4),
    (r"max_position|n_positions|n_ctx|max_seq", 70),
    (r"lora_rank$", 8),
    (r"^(sliding_window|attention_chunk_size)$", 4),
]
_NO_GROUPS = {"num_key_value_heads": 4}
_MAMBA = {"mamba_n_heads": 8, "mamba_d_head": 8, "mamba_d_state": 8, "mamba_chunk_size": 8}
_HYBRID = ["linear_attention", "full_attention", "linear_attention"]
# Keys and values have as many heads as queries.
_LATENT = (
    *("axk2", "deepseek_v2", "deepseek_v3", "deepseek_v32", "glm4_moe_lite", "glm_moe_dsa"),
    *("minicpm3", "mistral4", "mistral_large4_text", "youtu", "kimi_linear", "longcat_flash"),
)
_ROTATED_IN_THREE = {
    **dict.fromkeys(
        ("glm4v_text", "glm_image_text", "glm_ocr_text", "qwen2_5_vl_text", "qwen2_vl_text"), (2, 1, 1)
    ),
    **dict.fromkeys(("glm4v_moe_text",), (1, 1, 0)),
}
# One layer in four has attention, and here are three.
_INTERVALS = ("kimi_linear", "qwen3_5_moe_text", "qwen3_5_text", "qwen3_next")
_THREE = {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [2, 1, 1]}
# What the names do not tell, by the model type.
_CHANGES: dict[str, dict[str, Any]] = {
    "axk1": _NO_GROUPS | {"n_routed_experts": 8, "n_group": 2, "topk_group": 1},
    "bailing_hybrid": {"layer_types": _HYBRID, "num_experts": 8, "n_group": 2, "topk_group": 1},
    "bamba": _MAMBA | {"attn_layer_indices": [1]},
    **dict.fromkeys(_LATENT, _NO_GROUPS),
    **{
        name: {"rope_parameters": _THREE | {"mrope_section": list(sections)}}
        for name, sections in _ROTATED_IN_THREE.items()
    },
    **{name: {"layer_types": _HYBRID} for name in _INTERVALS},
    "kimi_linear": _NO_GROUPS | {"layer_types": _HYBRID},
    "deepseek_v2": _NO_GROUPS | {"num_experts_per_tok": 2, "topk_group": 1, "n_group": 1},
    "dots1": {"n_routed_experts": 4, "num_experts_per_tok": 2, "n_shared_experts": 1},
    "esm": {"vocab_size": VOCABULARY},
    "mistral4": _NO_GROUPS | {"qk_rope_head_dim": 4, "qk_nope_head_dim": 4},
    "nemotron_h": {
        "layer_types": ["linear_attention", "full_attention", "mlp"],
        "mamba_num_heads": 8,
        "mamba_head_dim": 8,
        "n_groups": 2,
        "ssm_state_size": 8,
        "chunk_size": 8,
    },
    "qwen4_exp_text": {"layer_types": _HYBRID, "ngram_vocab_size_base": 512, "split_ngram_parts": 8},
    "codegen": {"rotary_dim": 4},
    "cosmos3_edge_text": {
        "rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [2, 1, 1]}
    },
    "dots3_note_text": _NO_GROUPS,
    "hunyuan_v1_dense": {"head_dim": 8},
    "hunyuan_v1_moe": {"head_dim": 8},
    "hunyuan_vl_text": {"head_dim": 8, "rope_parameters": _THREE},
    "longcat_flash": _NO_GROUPS | {"num_layers": 3, "q_lora_rank": 8, "qk_head_dim": 16, "head_dim": 8},
    "ministral": {"head_dim": 8},
    "nemotron": {"head_dim": 8, "num_key_value_heads": 2},
    "esmc": _NO_GROUPS,
    "falcon_h1": _MAMBA | {"mamba_d_ssm": 64},
    "gemma3n_text": {"num_kv_shared_layers": 0, "vocab_size_per_layer_input": VOCABULARY},
    "gemma4_text": {"vocab_size_per_layer_input": VOCABULARY, "global_head_dim": 16},
    "gptj": {"rotary_dim": 4},
    "mobilebert": {"intra_bottleneck_size": 32, "embedding_size": 32},
    "opt": {"word_embed_proj_dim": 32},
    "ernie4_5_moe": {"moe_k": 2},
    "marian": {"decoder_vocab_size": VOCABULARY, "decoder_start_token_id": 2},
    "glm5_next_text": _NO_GROUPS | {"index_topk": 4, "index_kpool": 2},
    "gpt_neo": {"attention_types": [[["global", "local", "global"], 1]]},
    "granitemoehybrid": _MAMBA | {"layer_types": ["mamba", "attention", "mamba"]},
    "jamba": {"attn_layer_period": 2, "attn_layer_offset": 1, "use_mamba_kernels": False},
    # Windows of hundreds of tokens are slow, and no text here is so long.
    "led": {"attention_window": [4, 4, 4]},
    "longformer": {"attention_window": [4, 4, 4]},
    "longt5": {"local_radius": 3},
    "pegasus_x": {"block_size": 4},
    "lfm2": {"layer_types": ["conv", "full_attention", "conv"]},
    "lfm2_moe": {"layer_types": ["conv", "full_attention", "conv"]},
    "mamba2": {"num_heads": 8, "head_dim": 8},
    "reformer": {
        "axial_pos_shape": [8, 16],
        "axial_pos_embds_dim": [16, 16],
        "attention_head_size": 8,
        "attn_layers": ["local", "lsh", "local"],
        "local_attn_chunk_length": 4,
        "lsh_attn_chunk_length": 4,
        "num_buckets": 4,
    },
    "xlnet": {"n_head": 4, "d_head": 8},
    "xlstm": {"num_heads": 4, "qk_dim_factor": 0.5},
    "zamba": {"layers_block_type": ["hybrid", "mamba", "hybrid"], "attention_head_dim": 16},
    "zamba2": {
        "layers_block_type": ["mamba", "hybrid", "mamba"],
        "attention_head_dim": 16,
        "n_mamba_heads": 8,
        "mamba_d_state": 8,
        "chunk_size": 8,
        "adapter_rank": 8,
        "mamba_headdim": 8,
    },
    "zaya": {"num_experts_per_tok": 1},
}
# Those whose forward pass needs more than a text: pictures, sounds, boxes.
_OTHER_INPUT = re.compile(r"pixel|bbox|features|audio|visual|xpath|patch|table")
# Sub-configurations that hold parameters of the text model, not another model.
_OF_TEXT = {"attn_config", "ffn_config", "esmfold_config", "encoder", "decoder"}
# Speech, proteins folded, actions: not text.
_NOT_TEXT = re.compile(r"speech|vits|tts|musicgen|imagegpt|time_series")


@cache
def text_types() -> tuple[str, ...]:
    """The model types whose class reads token ids and nothing else, in alphabetical order."""
    return tuple(sorted(name for name in modeling_auto.MODEL_MAPPING_NAMES if _reads_text(name)))


def _class_of(model_type: str) -> Any:
    name = modeling_auto.MODEL_MAPPING_NAMES[model_type]
    return getattr(transformers, name if isinstance(name, str) else name[0], None)


def _reads_text(model_type: str) -> bool:
    if _NOT_TEXT.search(model_type):
        return False
    try:
        kind = _class_of(model_type)
        parameters = list(inspect.signature(kind.forward).parameters)
    except (AttributeError, ImportError, TypeError, ValueError):
        # Listed by transformers, and not there: a class of another package.
        return False
    sub_configs = set(getattr(kind.config_class, "sub_configs", {}) or {})
    return (
        parameters[1:2] == ["input_ids"]
        and not any(map(_OTHER_INPUT.search, parameters))
        and sub_configs <= _OF_TEXT
    )


def build(model_type: str) -> PreTrainedModel:
    """A random model of a few layers of 32 numbers, the same at each call."""
    kind = _class_of(model_type)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        config = kind.config_class(**_shrunk(kind.config_class()))
        torch.manual_seed(0)
        model = kind(config)
    # Biases start at zero and norms at one, which would hide their absence.
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    return model.eval()


def _shrunk(config: Any) -> dict[str, Any]:
    told = config.to_dict()
    options = {}
    for name, value in told.items():
        if isinstance(value, dict) and name in _OF_TEXT and value:
            options[name] = _small_numbers(value)
    options |= _small_numbers(told)
    special = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    options |= {name: number for name, number in special.items() if name in told}
    if "default_language" in told:
        options["default_language"] = told["languages"][0]
    return options | _CHANGES.get(told["model_type"], {})


def _small_numbers(told: dict[str, Any]) -> dict[str, Any]:
    options = {}
    for name, value in told.items():
        if isinstance(value, int) and not isinstance(value, bool):
            small = next((number for pattern, number in _SMALL if re.search(pattern, name)), value)
            options[name] = min(small, value) if value > 0 else value
    return options
