"""Refuse what is not a model of this package, and say how to make one."""

from typing import Any

from bertviz_plus.traces.argument_kinds import wrong_kind


def check_model(given: Any, works: str) -> None:
    """Refuse what `load` or `wrap` did not make.

    Parameters
    ----------
    given
        What came as ``model``.
    works : str
        A call that works.

    Examples
    --------
    >>> check_model("bert-tiny", 'align(bp.load("bert-tiny"), source, target)')
    Traceback (most recent call last):
    ...
    TypeError: model must be a bertviz_plus model, made by load or wrap, got str 'bert-tiny'. This works:
        align(bp.load("bert-tiny"), source, target)
    """
    from bertviz_plus.models.model import Model

    if isinstance(given, Model):
        return
    allowed = "a bertviz_plus model, made by load or wrap"
    if hasattr(given, "get_input_embeddings"):
        works = f"model = bp.wrap(hf_model, tokenizer), then {works}"
    raise wrong_kind("model", allowed, given, works)
