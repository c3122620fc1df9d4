"""Where are a model's blocks? The list of layers in an encoder, a decoder, or one of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from torch import nn
from transformers import PreTrainedModel

StackName = Literal["encoder", "decoder"]


@dataclass(frozen=True, eq=False)
class Stack:
    """One stack of blocks, which hold self-attention and, in a decoder, cross-attention.

    Attributes
    ----------
    name : {"encoder", "decoder"}
        A model with one stack has an ``"encoder"``, also where its attention is causal.
    root : torch.nn.Module
        The part of the model that runs the blocks and whose first output is the last hidden layer.
    config : transformers.PreTrainedConfig
        What describes it.
    blocks : tuple of torch.nn.Module
        The distinct blocks, fewer than there are layers where layers are shared.
    n_layers : int
        How often a block runs in one pass.
    attends : bool
        Whether any block holds attention.
    """

    name: StackName
    root: nn.Module
    config: Any
    blocks: tuple[nn.Module, ...]
    n_layers: int
    attends: bool


def find_stacks(model: PreTrainedModel) -> tuple[Stack, ...]:
    """Find the stacks of blocks of a model.

    A list of blocks is a `torch.nn.ModuleList` whose every member holds attention, and the innermost such
    list: T5 keeps the parts of one block in a list, ALBERT lists groups of layers. Where only some blocks
    hold attention (Jamba), or none do (Mamba), it is the outermost list.

    Returns
    -------
    tuple of Stack
        One, or for an encoder-decoder the encoder and the decoder. What counts is the module that was given:
        the encoder of an encoder-decoder is one stack.

    Raises
    ------
    ValueError
        Where the model has no such list, or several that are not an encoder and a decoder.

    Examples
    --------
    >>> from transformers import BertConfig, BertModel
    >>> config = BertConfig(
    ...     vocab_size=9, hidden_size=4, num_hidden_layers=3, num_attention_heads=2, intermediate_size=4
    ... )
    >>> [(stack.name, stack.n_layers) for stack in find_stacks(BertModel(config))]
    [('encoder', 3)]
    """
    found = list(_attending_lists(model, "", model)) or _layers_of(model)
    decoders = [path for path, *_ in found if "decoder" in path]
    if not found or len(found) > 2 or (len(found) == 2 and len(decoders) != 1):
        paths = ", ".join(path for path, *_ in found)
        raise ValueError(
            "model must be one stack of blocks, or an encoder and a decoder, but "
            f"{type(model).__name__} holds {len(found)}{f' ({paths})' if paths else ''}; "
            "pass the text encoder or decoder itself, or show attention of your own pass with "
            "Trace.from_attention(outputs.attentions, tokens)"
        )
    shared = len({root for _, root, *_ in found}) < len(found)
    stacks = [
        _stack(
            "decoder" if len(found) == 2 and path in decoders else "encoder",
            owner if shared else root,
            model.config if shared else root.config,
            blocks,
        )
        for path, root, owner, blocks in found
    ]
    return tuple(sorted(stacks, key=lambda stack: stack.name, reverse=True))


# The path of a list of blocks, the model that runs it, the module that owns it, and its blocks.
_List = tuple[str, Any, nn.Module, list[nn.Module]]


def _attending_lists(owner: nn.Module, path: str, root: nn.Module) -> Iterator[_List]:
    """Yield the innermost lists of which every member holds attention."""
    if isinstance(owner, PreTrainedModel):
        root = owner
    for name, child in owner.named_children():
        inner = list(_attending_lists(child, f"{path}.{name}", root))
        if inner:
            yield from inner
        elif isinstance(child, nn.ModuleList) and len(child) > 0 and all(map(_holds_attention, child)):
            yield f"{path}.{name}".removeprefix("."), root, owner, list(child)


def _outer_lists(owner: nn.Module, path: str, root: nn.Module) -> Iterator[_List]:
    """Yield the outermost lists."""
    if isinstance(owner, PreTrainedModel):
        root = owner
    for name, child in owner.named_children():
        if isinstance(child, nn.ModuleList):
            yield f"{path}.{name}".removeprefix("."), root, owner, list(child)
        else:
            yield from _outer_lists(child, f"{path}.{name}", root)


def _layers_of(model: PreTrainedModel) -> list[_List]:
    """Return the lists that hold layers, of which only some attend or none."""
    lists = list(_outer_lists(model, "", model))
    stated = getattr(model.config, "num_hidden_layers", None)
    return [one for one in lists if len(one[-1]) == stated] or lists


def _holds_attention(module: nn.Module) -> bool:
    return any(_is_attention(part) for part in module.modules())


def _is_attention(module: nn.Module) -> bool:
    return "attention" in type(module).__name__.lower()


def _stack(name: StackName, root: nn.Module, config: Any, blocks: list[nn.Module]) -> Stack:
    n_layers = len(blocks)
    if hasattr(config, "num_hidden_groups"):
        # Layers share parameters: a group runs many times.
        n_layers = config.num_hidden_layers * getattr(config, "inner_group_num", 1)
    return Stack(name, root, config, tuple(blocks), n_layers, any(map(_holds_attention, blocks)))
