"""How much of its data does a view carry from the start? The rest is sent when it is looked at."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, cast

from bertviz_plus.traces.checks import whole_number
from bertviz_plus.views.traits import spanned

# What a notebook and Colab take without complaint.
BUDGET = 2_000_000

Embed = Literal["auto", "all"] | Sequence[int]


def checked_embed(embed: Any, numbers: Sequence[int], of: str) -> Embed:
    """Return which layers or pairs to embed.

    Parameters
    ----------
    embed : {"auto", "all"} or list of int
    numbers : sequence of int
        Those that there are.
    of : str
        What they number: "layers".

    Raises
    ------
    ValueError
        Naming what came and what is allowed.

    Examples
    --------
    >>> checked_embed((2, 0), range(3), "layers")
    [2, 0]
    >>> checked_embed([9], range(3), "layers")
    Traceback (most recent call last):
    ValueError: embed must be "auto", "all" or a list of layers, each 0..2, got 9
    """
    if isinstance(embed, str) and embed in ("auto", "all"):
        return cast("Embed", embed)
    allowed = f'embed must be "auto", "all" or a list of {of}'
    if isinstance(embed, str) or not isinstance(embed, Iterable):
        raise ValueError(f"{allowed}, got {embed!r}")
    kept = []
    for one in embed:
        number = whole_number(one)
        if number is None or number not in numbers:
            raise ValueError(f"{allowed}, each {spanned(numbers)}, got {one!r}")
        kept.append(number)
    return kept
