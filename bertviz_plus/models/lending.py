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

from torch import nn

IMPLEMENTATION = "bertviz_plus_recording"

_lock = threading.Lock()


class _Loan:
    """What was changed on one model, and for whom."""

    def __init__(self) -> None:
        self.borrowers: set[object] = set()
        self._taken = False
        self._trained: list[nn.Module] = []
        self._hooks: list[Any] = []

    def take(self, model: nn.Module, report: Callable[[], Iterator[Any]]) -> None:
        if self._taken:
            return
        # What an interrupted borrower left half done.
        self.give_back()
        for part in _parts(model):
            if part.training:
                self._trained.append(part)
                part.training = False
        # One by one, so that an interrupt loses none.
        for hook in report():
            self._hooks.append(hook)
        self._taken = True

    def give_back(self) -> None:
        self._taken = False
        while self._hooks:
            self._hooks[-1].remove()
            self._hooks.pop()
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
def borrowed(model: nn.Module, report: Callable[[], Iterator[Any]], *, record: bool) -> Iterator[None]:
    """Borrow a model for one pass.

    Parameters
    ----------
    model : torch.nn.Module
        The part that will run.
    report : callable
        Puts the hooks on the model and yields the handle of each.
    record : bool
        Whether its attention is to run through the recording function.
    """
    borrower = object()
    try:
        with _lock:
            loan = _loans.setdefault(model, _Loan())
            loan.borrowers.add(borrower)
            loan.take(model, report)
            if record:
                _switch(model, borrower)
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


def _switch(model: nn.Module, borrower: object) -> None:
    for part in _parts(model):
        config: Any = part.__dict__.get("config")
        if not hasattr(config, "_attn_implementation_internal"):
            continue
        own = config._attn_implementation_internal
        switched = _switched.setdefault(id(config), _Switched(config, own))
        switched.borrowers.add(borrower)
        config._attn_implementation_internal = IMPLEMENTATION


def _switch_back(borrower: object) -> None:
    for key, switched in list(_switched.items()):
        switched.borrowers.discard(borrower)
        if not switched.borrowers:
            switched.config._attn_implementation_internal = switched.own
            del _switched[key]
