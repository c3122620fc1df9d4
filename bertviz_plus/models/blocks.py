"""Where are a model's blocks? The list of layers in an encoder, a decoder, or one of each."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from torch import nn
from transformers import PreTrainedModel

StackName = Literal["encoder", "decoder"]


@dataclass(frozen=True, eq=False)
class Stack:
    """One stack of blocks, each of which holds one self-attention and, in a decoder, one cross-attention.

    Attributes
    ----------
    name : {"encoder", "decoder"}
        A model with one stack has an ``"encoder"``, also where its attention is causal.
    root : torch.nn.Module
        The part of the model that runs the blocks and whose first output is the last hidden layer.
    blocks : tuple of torch.nn.Module
        The distinct blocks, fewer than there are layers where layers are shared.
    n_layers : int
        How often a block runs in one pass.
    causal : bool
        Whether a token sees only what precedes it.
    follows_interface : bool
        Whether its attention runs through transformers' `AttentionInterface`.
    """

    name: StackName
    root: nn.Module
    blocks: tuple[nn.Module, ...]
    n_layers: int
    causal: bool
    follows_interface: bool


def find_stacks(model: PreTrainedModel) -> tuple[Stack, ...]:
    """Find the stacks of blocks of a model.

    A list of blocks is a `torch.nn.ModuleList` whose every member holds attention, and the innermost such
    list: T5 keeps the parts of one block in a list, ALBERT lists groups of layers.

    Returns
    -------
    tuple of Stack
        One, or for an encoder-decoder the encoder and the decoder.

    Raises
    ------
    ValueError
        Where the model has no such list, or more than its kind explains.

    Examples
    --------
    >>> from transformers import BertConfig, BertModel
    >>> config = BertConfig(
    ...     vocab_size=9, hidden_size=4, num_hidden_layers=3, num_attention_heads=2, intermediate_size=4
    ... )
    >>> [(stack.name, stack.n_layers) for stack in find_stacks(BertModel(config))]
    [('encoder', 3)]
    """
    found: dict[nn.Module, list[nn.Module]] = {}
    paths: dict[nn.Module, str] = {}
    for path, root, blocks in _block_lists(model, "", model):
        found.setdefault(root, []).extend(blocks)
        paths[root] = path
    expected = 2 if getattr(model.config, "is_encoder_decoder", False) else 1
    if len(found) != expected:
        raise ValueError(
            f"model must hold {expected} list(s) of blocks with attention, but {type(model).__name__} holds "
            f"{len(found)}{': ' + ', '.join(paths.values()) if found else ''}; "
            "pass the text encoder or decoder itself"
        )
    stacks = [
        _stack("decoder" if expected == 2 and "decoder" in paths[root] else "encoder", root, blocks)
        for root, blocks in found.items()
    ]
    return tuple(sorted(stacks, key=lambda stack: stack.name, reverse=True))


def _block_lists(
    module: nn.Module, path: str, root: nn.Module
) -> Iterator[tuple[str, nn.Module, list[nn.Module]]]:
    if isinstance(module, PreTrainedModel):
        root = module
    inner = [
        found
        for name, child in module.named_children()
        for found in _block_lists(child, f"{path}.{name}", root)
    ]
    if inner:
        yield from inner
    elif isinstance(module, nn.ModuleList) and len(module) > 0 and all(map(_holds_attention, module)):
        yield path.removeprefix("."), root, list(module)


def _holds_attention(module: nn.Module) -> bool:
    return any(_is_attention(part) for part in module.modules())


def _is_attention(module: nn.Module) -> bool:
    return "attention" in type(module).__name__.lower()


def _stack(name: StackName, root: nn.Module, blocks: list[nn.Module]) -> Stack:
    config: Any = root.config
    n_layers = len(blocks)
    if hasattr(config, "num_hidden_groups"):
        # Layers share parameters: a group runs many times.
        n_layers = config.num_hidden_layers * getattr(config, "inner_group_num", 1)
    return Stack(
        name,
        root,
        tuple(blocks),
        n_layers,
        causal=name == "decoder" or _is_causal(config, blocks[0]),
        follows_interface=_follows_interface(blocks[0]),
    )


def _follows_interface(block: nn.Module) -> bool:
    # An architecture that does asks, in the file that defines its attention, for the registered functions.
    return any(
        hasattr(sys.modules[type(part).__module__], "ALL_ATTENTION_FUNCTIONS")
        for part in block.modules()
        if _is_attention(part)
    )


def _is_causal(config: Any, block: nn.Module) -> bool:
    # transformers lets a config make a causal model look both ways.
    if getattr(config, "is_causal", None) is False:
        return False
    says = [part.is_causal for part in block.modules() if isinstance(getattr(part, "is_causal", None), bool)]
    return bool(says[0]) if says else bool(getattr(config, "is_decoder", False))
