"""Which parameters are trained, and which stay as they are."""

from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


def freeze_bottom(model: "Model", frozen: str | int | tuple[str, ...] | None) -> None:
    """Let some parameters of a model be trained and the others stay, in place.

    Parameters
    ----------
    model : Model
    frozen : "embeddings", int, tuple of str, or None
        The embeddings; the embeddings and so many of the first layers; the parameters whose names begin so;
        or nothing.

    Raises
    ------
    ValueError
        Where nothing is left to train, the model has fewer layers, or no name begins so.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load("bert-tiny")
    >>> freeze_bottom(model, 1)
    >>> [name for name, one in model.hf.named_parameters() if one.requires_grad][0]
    'bert.encoder.layer.1.attention.self.query.weight'
    """
    parameters = dict(model.hf.named_parameters())
    if isinstance(frozen, tuple):
        for start in frozen:
            if not any(name.startswith(start) for name in parameters):
                near = ", ".join(dict.fromkeys(name.rpartition(".")[0] for name in list(parameters)[:4]))
                raise ValueError(f"freeze must name parameters, such as {near}; none begins with {start!r}")
        stay = {name for name in parameters if name.startswith(frozen)}
    else:
        stay = {name for name, one in parameters.items() if id(one) in _bottom(model, frozen)}
    if len(stay) == len(parameters):
        raise ValueError(f"freeze must leave something to train, and {frozen!r} is all of the model")
    for name, one in parameters.items():
        one.requires_grad_(name not in stay)


def _bottom(model: "Model", frozen: str | int | None) -> set[int]:
    if frozen is None:
        return set()
    if isinstance(frozen, bool) or not (isinstance(frozen, int) or frozen == "embeddings"):
        raise ValueError(
            'freeze must be "embeddings", a number of layers, beginnings of parameters\' names, or None, '
            f"got {frozen!r}"
        )
    layers = 0 if frozen == "embeddings" else int(frozen)
    blocks = model._stacks[0].blocks
    if not 0 <= layers <= model.n_layers:
        raise ValueError(f"freeze must be 0..{model.n_layers} layers of this model, got {layers}")
    if layers and len(blocks) < model.n_layers:
        raise ValueError(
            f'freeze must be "embeddings" or None: layers of {type(model.hf).__name__} share their weights'
        )
    parts = [_embeddings_of(model), *blocks[:layers]]
    return {id(one) for part in parts for one in part.parameters()}


def _embeddings_of(model: "Model") -> nn.Module:
    """Return the module that holds the embeddings of tokens, and those of places where they are beside."""
    base: nn.Module = model._reader
    tokens: nn.Module = base.get_input_embeddings()  # type: ignore[operator]
    parent = next(name for name, part in base.named_modules() if part is tokens).rpartition(".")[0]
    return base.get_submodule(parent) if parent else tokens
