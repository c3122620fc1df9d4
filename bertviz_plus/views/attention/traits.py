"""The traits of the attention view: what each may be, given a trace and what of it is in view."""

from dataclasses import dataclass
from typing import Any

from bertviz_plus.design import section
from bertviz_plus.traces.units import unit_starts
from bertviz_plus.views.attention.switches import OFF
from bertviz_plus.views.traits import (
    FLAG,
    THEME,
    Allowed,
    Trait,
    number_among,
    numbers_below,
    one_of,
    or_mean,
    pixels,
    share,
    table,
    whole_numbers,
)

_TRACE = "this trace"
_HEIGHTS = tuple(map(int, section("attention").limits("heights")))


@dataclass(frozen=True)
class Limits:
    """What the view's data allow, for the kind, the units and the side in view."""

    kinds: tuple[str, ...]
    kind: str
    layers: tuple[int, ...]
    heads: int
    tokens: int
    ends: tuple[int, int]
    statistics: tuple[str, ...]
    quantities: tuple[str, ...]
    units: tuple[str, ...]
    segments: tuple[str, ...]
    switches: tuple[int, int] | None


def _pair(name: str, value: Any, limits: Limits) -> list[int]:
    """Check a source and a target, or neither."""
    given = list(value) if isinstance(value, list | tuple) else None
    if given is None or len(given) not in (0, 2):
        raise ValueError(f"{name} must be a source and a target, such as [3, 7], or [], got {value!r}")
    ends = zip(("source", "target"), given, limits.ends, strict=False)
    return [whole_numbers(f"{name}'s {end}", one, size, _TRACE)[0] for end, one, size in ends]


TRAITS = table(
    Trait("mode", "heads", one_of("heads", "overview", "matrix", "neuron"), "How to look."),
    Trait(
        "layer",
        lambda limits: limits.layers[0],
        or_mean(
            number_among(
                lambda limits: limits.layers, lambda limits: f"this {len(limits.layers)}-layer trace"
            )
        ),
        'From 0; "mean" for the mean over layers.',
    ),
    Trait(
        "heads",
        lambda limits: list(range(limits.heads)),
        or_mean(numbers_below(lambda limits: limits.heads, _TRACE, least=1)),
        'From 0; all of them at first. "matrix" shows their mean, "neuron" the first. "mean" draws the mean '
        "over all heads as one.",
    ),
    Trait(
        "side",
        "from",
        one_of("from", "to"),
        "Whose tokens are selected: those that attend, or those that are attended to.",
        first=True,
    ),
    Trait(
        "selected_tokens",
        [],
        numbers_below(lambda limits: limits.tokens, _TRACE),
        "Tokens (or words, as `units` says) of `side`, from 0.",
    ),
    Trait("combine", "mean", one_of("mean", "sum"), "How to combine several selected tokens."),
    Trait(
        "threshold",
        0.0,
        share("a weight"),
        "Weights under it are hidden; the view says how much that is.",
    ),
    Trait(
        "units",
        "tokens",
        one_of(
            "tokens",
            "words",
            among=lambda limits: limits.units,
            where=_TRACE,
            why="its tokenizer gives no alignment with words",
        ),
        "Words are merged by Clark's rule: sum over a target word's pieces, mean over a source word's.",
        first=True,
    ),
    Trait("hide_special", False, FLAG, "Leave out ``[CLS]``, ``[SEP]`` and the like."),
    Trait(
        "segments",
        "all",
        one_of(
            "all",
            "a→a",
            "a→b",
            "b→a",
            "b→b",
            among=lambda limits: limits.segments,
            where=_TRACE,
            why="it is of one text, not of a pair",
            read=lambda given: given.replace("->", "→").lower(),
        ),
        "For a pair of texts.",
    ),
    Trait(
        "attention_kind",
        lambda limits: limits.kind,
        one_of(among=lambda limits: limits.kinds, where=_TRACE, kind='{"encoder", "decoder", "cross"}'),
        "Which attention of an encoder–decoder model is shown.",
        first=True,
    ),
    Trait(
        "pair",
        [],
        Allowed("list of int", _pair),
        "A source and a target, as `selected_tokens` counts: the overview then maps the weight of that one "
        "pair in every head. Empty for none.",
    ),
    Trait(
        "quantity",
        "weight",
        one_of(
            "weight",
            "norm",
            "rollout",
            "gradient",
            "other",
            "difference",
            among=lambda limits: limits.quantities,
            where=_TRACE,
            why='norms need a trace with keep=("attention", "output_norms"), rollout one with all layers, in '
            "a view made with quantity=, a gradient one made with "
            "gradient=attention_gradient(model, text), another model's weights and the difference one made "
            "with other=other_model.trace(text)",
        ),
        "What is drawn in the place of the weights: the size of what a head adds, ‖αf(x)‖, as a share of "
        "its row; what reaches a token through all layers so far, of all heads together; by how much an "
        "output grows for each unit of weight; or another model's weight, and how much more it is than this "
        "one's. What has a sign is blue below zero and orange above, and `threshold` hides nothing of it.",
        first=True,
    ),
    Trait(
        "statistic",
        lambda limits: next(iter(limits.statistics[1:]), ""),
        one_of(
            among=lambda limits: limits.statistics,
            where="this view",
            why="a view with statistics= has the numbers that its texts define (norm_to_sep: "
            'head_statistics(norms=True)), one with relations= has "relation"',
            kind="str",
        ),
        'What the overview shows of `statistics` and `relations`: "pattern", a column of the table, '
        '"relation", or "" for the maps.',
    ),
    Trait(
        "off",
        [],
        OFF,
        "Heads that are switched off, each as [layer, head]: what they give is 0. Later layers and the "
        "prediction follow, the last change first; without a kernel the answer without one head is stored.",
    ),
    THEME,
    Trait("height", 484, pixels(*_HEIGHTS), "Of the figure, in pixels; a hand drags its lower edge."),
)


def about_of(data: dict[str, Any], kind: str, quantity: str = "weight") -> dict[str, Any]:
    """Return what is packed of a kind of attention, or of what is drawn in its place."""
    other = data.get("quantities", {}).get(quantity, data)
    about: dict[str, Any] = other["kinds"][kind]
    return about


def limits_of(
    data: dict[str, Any], kind: str, units: str = "tokens", side: str = "from", quantity: str = "weight"
) -> Limits:
    """Return what may be shown of a kind of attention."""
    about = about_of(data, kind, quantity)
    texts = [data["texts"][about[end]] for end in ("from", "to")]
    rows, columns = (len(starts_of(one)) if units == "words" else len(one["tokens"]) for one in texts)
    has_words = all(one["word_ids"] is not None for one in texts)
    return Limits(
        kinds=tuple(data["kinds"]),
        kind=kind,
        layers=tuple(about["layers"]),
        heads=about["heads"],
        tokens=columns if side == "to" else rows,
        ends=(rows, columns),
        quantities=("weight", *data.get("quantities", ())),
        statistics=("", *(data.get("statistics") or {}).get("columns", ())),
        units=("tokens", "words") if has_words else ("tokens",),
        segments=("all", "a→a", "a→b", "b→a", "b→b") if about["pair"] else ("all",),
        switches=tuple(data["switches"]["shape"]) if "switches" in data else None,
    )


def starts_of(text: dict[str, Any]) -> tuple[int, ...]:
    """Return the first token of each word; special tokens are words of their own."""
    if text["word_ids"] is None:
        return tuple(range(len(text["tokens"])))
    return unit_starts(text["word_ids"])
