"""The traits of the masked-word view: what each may be, given what was asked and who answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bertviz_plus.design import section
from bertviz_plus.measures.predictions.edits import edited
from bertviz_plus.traces.asked import Asked
from bertviz_plus.views.traits import THEME, Allowed, Trait, one_of, pixels, table

_NO_MODEL = "this view has no model to ask: MaskedView(model, text) has"


@dataclass(frozen=True)
class Limits:
    """What a view's data allow.

    Attributes
    ----------
    asked : Asked
        Answers to the sentence in view.
    methods : tuple of str
        Of attribution.
    asker : object or None
        Asks the model; `None` where there is none.
    """

    asked: Asked
    methods: tuple[str, ...]
    asker: Any = None

    def stored(self) -> str:
        """Name the edits that were asked."""
        return ", ".join(str(list(one.edits)) for one in self.asked.answers)


def _check_text(name: str, value: Any, limits: Limits) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a sentence, got {value!r}")
    if value == limits.asked.text:
        return value
    if limits.asker is None:
        raise ValueError(f"{name} must be {limits.asked.text!r}, got {value!r}: {_NO_MODEL}")
    limits.asker.check_text(value)
    return value


def _check_edits(name: str, value: Any, limits: Limits) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(f"{name} must be a list of strings, got {value!r}")
    edits = list(value)
    if not all(isinstance(one, str) for one in edits):
        raise ValueError(f"{name} must be a list of strings, got {value!r}")
    if limits.asked.answer(edits) is not None:
        return edits
    text, _ = edited(limits.asked.text, edits, mask=limits.asked.mask)
    if limits.asker is None:
        raise ValueError(f"{name} must be one of {limits.stored()}, got {edits}: {_NO_MODEL}")
    limits.asker.check_text(text)
    return edits


def _check_target(name: str, value: Any, limits: Limits) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a word that the model can predict, got {value!r}")
    if not value:
        return value
    if limits.asker is None:
        known = sorted({one.target for one in limits.asked.answers if one.target})
        if value in known:
            return value
        raise ValueError(f"{name} must be empty or one of {known}, got {value!r}: {_NO_MODEL}")
    limits.asker.check_target(limits.asked.text, value)
    return value


TRAITS = table(
    Trait(
        "text",
        lambda limits: limits.asked.text,
        Allowed("str", _check_text),
        "The sentence, with the mask token where the model is to predict. Another one takes back all edits.",
        first=True,
    ),
    Trait(
        "edits",
        [],
        Allowed("list of str", _check_edits),
        'What is done to the sentence, in this order: "negate", "swap roles", "shuffle", "truncate", '
        '"drop subject", "drop object", and "1=penguin", which puts another word in the place of word 1.',
    ),
    Trait(
        "target",
        "",
        Allowed("str", _check_target),
        "The prediction that attributions explain; empty for the likeliest.",
    ),
    Trait(
        "method",
        lambda limits: (*limits.methods, "")[0],
        one_of(among=lambda limits: limits.methods, where="these data", kind="str"),
        "How it is measured how much a word mattered.",
    ),
    THEME,
    Trait("height", section("masked").whole("height"), pixels(200), "Of the figure at most, in pixels."),
)
