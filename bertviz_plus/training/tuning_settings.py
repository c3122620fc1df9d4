"""How a model is fine-tuned: what can be asked for, checked at the door."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import torch

_ADAPTERS = ("houlsby", "lora")
# AdamW's rate for BERT-base. A narrow model needs more, in inverse proportion to its width (Yang et al. 2022,
# "Tensor Programs V", table 3): with 5e-5, one of width 128 has learnt little after eight epochs.
_RATE, _WIDTH = 5e-5, 768
# Of a small vector beside a frozen body the rate must be higher than of the body.
_RATES = {"houlsby": 1e-3, "lora": 2e-3}
_SIZES = {None: 0, "houlsby": 64, "lora": 8}


@dataclass(frozen=True, kw_only=True)
class TuningSettings:
    """How a model is fine-tuned; `fine_tune` says what each setting means.

    What is left to the package is filled in: `of` gives the settings that are used.

    Examples
    --------
    >>> TuningSettings(adapter="lora").of("cpu", width=384).adapter_size
    8
    >>> TuningSettings().of("cpu", width=384).learning_rate
    0.0001
    >>> TuningSettings(keep="first")
    Traceback (most recent call last):
    ...
    ValueError: keep must be one of 'best', 'last', got 'first'
    """

    seed: int = 0
    epochs: int = 8
    steps: int | None = None
    batch_size: int = 16
    learning_rate: float | None = None
    weight_decay: float = 0.01
    warmup: float = 0.1
    freeze: str | int | tuple[str, ...] | None = None
    adapter: str | None = None
    adapter_size: int | None = None
    precision: str | None = None
    threads: int = 1
    keep: str = "best"
    new_head: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.freeze, Sequence) and not isinstance(self.freeze, str):
            object.__setattr__(self, "freeze", tuple(self.freeze))
        for name, least in (
            ("seed", 0),
            ("epochs", 1),
            ("batch_size", 1),
            ("threads", 1),
            ("steps", 1),
            ("adapter_size", 1),
        ):
            value = getattr(self, name)
            if value is None and name in ("steps", "adapter_size"):
                continue
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise ValueError(f"{name} must be a whole number from {least} on, got {value!r}")
        for name, least_, most in (
            ("learning_rate", 0.0, float("inf")),
            ("weight_decay", 0.0, float("inf")),
            ("warmup", 0.0, 1.0),
        ):
            value = getattr(self, name)
            if value is None and name == "learning_rate":
                continue
            if (
                not _is_number(value)
                or not least_ <= value <= most
                or (name == "learning_rate" and not value)
            ):
                upper = "" if most == float("inf") else f" to {most:g}"
                raise ValueError(f"{name} must be a number from {least_:g}{upper or ' on'}, got {value!r}")
        _one_of("adapter", self.adapter, (None, *_ADAPTERS))
        _one_of("precision", self.precision, (None, "float32", "bfloat16"))
        _one_of("keep", self.keep, ("best", "last"))
        if self.adapter is not None and self.freeze is not None:
            raise ValueError(
                f"freeze must be left out with adapter={self.adapter!r}, which freezes the whole body; "
                f"got {self.freeze!r}"
            )
        if self.adapter is None and self.adapter_size is not None:
            raise ValueError("adapter_size must be left out without an adapter")

    def of(self, device: Any, width: int) -> "TuningSettings":
        """Return the settings with nothing left open, for a device and the width of hidden states."""
        return TuningSettings(
            **vars(self)
            | {
                "learning_rate": self.learning_rate or _RATES.get(self.adapter or "", _RATE * _WIDTH / width),
                "adapter_size": self.adapter_size or _SIZES[self.adapter] or None,
                "precision": self.precision or _fast_precision(torch.device(device)),
            }
        )


def _one_of(name: str, value: Any, allowed: Sequence[Any]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _fast_precision(device: torch.device) -> str:
    """Say in which precision a device multiplies fastest without losing much."""
    if device.type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    # Elsewhere bfloat16 is emulated, which is slower than float32.
    known = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return "bfloat16" if device.type == "cpu" and known is not None and known() else "float32"
