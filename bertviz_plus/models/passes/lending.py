"""A model is borrowed for one pass and handed back as it came.

While anybody traces it, a model is in eval mode, its blocks report to the recorder of the thread that runs
them, and, where attention is to be recorded, its configurations name the recording attention function.
Several threads may borrow one model; the last to return it puts everything back, also after an exception or
an interrupt.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import nn

IMPLEMENTATION = "bertviz_plus_recording"

_lock = threading.Lock()


class _Missing:
    """What an attribute is that is not there."""


_NONE = _Missing()
# What a model may set on itself that is put back.
_PLAIN = (str, int, float, type(None), torch.dtype, nn.Module, _Missing)


class _Loan:
    """What was changed on one model, and for whom."""

    def __init__(self) -> None:
        self.borrowers: set[object] = set()
        self.changed = False
        self._taken = False
        self._trained: list[nn.Module] = []
        self._hooks: list[Any] = []
        self._kept: list[tuple[nn.Module, dict[str, Any], dict[str, Any], frozenset[int]]] = []

    def take(self, model: nn.Module, report: Callable[[], Iterator[Any]], *, changes: bool) -> None:
        if self._taken:
            return
        # What an interrupted borrower left half done.
        self.give_back()
        for part in _parts(model):
            if changes:
                own = frozenset(part._forward_hooks)
                self._kept.append((part, part.__dict__.copy(), part._modules.copy(), own))
            if part.training:
                self._trained.append(part)
                part.training = False
        # One by one, so that an interrupt loses none.
        for hook in report():
            self._hooks.append(hook)
        self._taken = True

    def give_back(self) -> None:
        """Put back training mode, hooks, and what the model changed of itself as it ran.

        BigBird takes other attention for short texts and keeps it. Tensors and lists are left alone: a hook
        of the caller may have collected them.
        """
        self._taken = False
        while self._hooks:
            self._hooks[-1].remove()
            self._hooks.pop()
        for part, attributes, children, hooks in self._kept:
            self.changed |= _put_back(part.__dict__, attributes) | _put_back(part._modules, children)
            if len(part._forward_hooks) > len(hooks):
                # transformers leaves its own on a model that is asked for what it returns.
                for key in [key for key in part._forward_hooks if key not in hooks]:
                    if getattr(part._forward_hooks[key], "__name__", "") == "output_capturing_hook":
                        del part._forward_hooks[key]
        self._kept.clear()
        while self._trained:
            self._trained[-1].training = True
            self._trained.pop()


@dataclass
class _Switched:
    """A configuration that names the recording function, what it named before, and for whom."""

    config: Any
    own: str | None
    borrowers: set[object] = field(default_factory=set)


_loans: "WeakKeyDictionary[nn.Module, _Loan]" = WeakKeyDictionary()
# By the configuration's id: two models may have been built from one configuration.
_switched: dict[int, _Switched] = {}


@contextmanager
def borrowed(
    model: nn.Module, report: Callable[[], Iterator[Any]], *, attention: str | None, changes: bool = True
) -> Iterator[None]:
    """Borrow a model for one pass.

    Parameters
    ----------
    model : torch.nn.Module
        The part that will run.
    report : callable
        Puts the hooks on the model and yields the handle of each.
    attention : str or None
        The implementation its attention is to run through: `IMPLEMENTATION` to record it, ``"eager"`` where
        a model does not follow transformers' interface; its own where `None`.
    changes : bool, default True
        Whether the model may change something of itself as it runs, which is then put back.
    """
    borrower = object()
    try:
        with _lock:
            loan = _loans.setdefault(model, _Loan())
            loan.borrowers.add(borrower)
            loan.take(model, report, changes=changes)
            if attention is not None:
                _switch(model, borrower, attention)
        yield
    finally:
        # Each step may be repeated, so an interrupt anywhere above leaves nothing behind.
        with _lock:
            _switch_back(borrower)
            returned = _loans.get(model)
            if returned is not None:
                returned.borrowers.discard(borrower)
                if not returned.borrowers:
                    returned.give_back()


def has_changed(model: nn.Module) -> bool:
    """Whether a model that was borrowed has ever changed something of itself."""
    loan = _loans.get(model)
    return loan is not None and loan.changed


def implementation_of(config: Any) -> str:
    """Name the attention implementation a configuration names when nobody records."""
    switched = _switched.get(id(config))
    own = getattr(config, "_attn_implementation_internal", None) if switched is None else switched.own
    return "eager" if own is None or own == IMPLEMENTATION else own


def _parts(model: nn.Module) -> Iterator[nn.Module]:
    """Walk as `torch.nn.Module.modules` does, which takes milliseconds because it names what it meets."""
    waiting, met = [model], {model}
    while waiting:
        part = waiting.pop()
        yield part
        for child in part._modules.values():
            if child is not None and child not in met:
                met.add(child)
                waiting.append(child)


def _put_back(now: dict[str, Any], before: dict[str, Any]) -> bool:
    changed = False
    for name in [*now, *(name for name in before if name not in now)]:
        value, own = now.get(name, _NONE), before.get(name, _NONE)
        if value is own or name == "training" or not (isinstance(value, _PLAIN) and isinstance(own, _PLAIN)):
            continue
        # That it was asked once for its hidden states is nothing it does by itself.
        changed |= name != "_output_capturing_hooks_installed"
        if own is _NONE:
            del now[name]
        else:
            now[name] = own
    return changed


def _switch(model: nn.Module, borrower: object, attention: str) -> None:
    for part in _parts(model):
        config: Any = part.__dict__.get("config")
        if not hasattr(config, "_attn_implementation_internal"):
            continue
        own = config._attn_implementation_internal
        switched = _switched.setdefault(id(config), _Switched(config, own))
        switched.borrowers.add(borrower)
        config._attn_implementation_internal = attention


def _switch_back(borrower: object) -> None:
    for key, switched in list(_switched.items()):
        switched.borrowers.discard(borrower)
        if not switched.borrowers:
            switched.config._attn_implementation_internal = switched.own
            del _switched[key]
