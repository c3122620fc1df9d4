"""Weights, shares and choices in words, as they stand under a figure."""

from collections.abc import Sequence

import numpy as np


def weight_text(weight: float) -> str:
    """Write a weight with no more digits than eight bits carry.

    Examples
    --------
    >>> weight_text(0.7134), weight_text(0.0042), weight_text(0.0001), weight_text(float("nan"))
    ('0.71', '0.004', '0', 'missing')
    """
    if weight != weight:
        return "missing"
    if weight < 0.0005:
        return "0"
    return f"{weight:.3f}" if weight < 0.01 else f"{weight:.2f}"


def signed_text(value: float) -> str:
    """Write a signed number with two digits.

    Examples
    --------
    >>> signed_text(0.01234), signed_text(-3.0), signed_text(0.0), signed_text(-1.2e-9)
    ('+0.012', '−3', '0', '−1.2e−9')
    """
    if value != value:
        return "missing"
    size = float(f"{abs(value):.2g}")
    if size and size < 1e-6:
        digits, exponent = f"{size:.1e}".split("e")
        text = f"{digits.removesuffix('.0')}e−{abs(int(exponent))}"
    else:
        text = np.format_float_positional(size, trim="-")
    return "0" if not size else f"{'−' if value < 0 else '+'}{text}"


def percent(share: float) -> str:
    """Write a share with two digits.

    Examples
    --------
    >>> percent(0.512), percent(0.042), percent(0.0001), percent(0)
    ('51%', '4.2%', '<0.1%', '0%')
    """
    if 0 < share < 0.001:
        return "<0.1%"
    return f"{100 * share:.1f}%" if 0 < share < 0.0995 else f"{round(100 * share)}%"


def heads_text(heads: Sequence[int], n_heads: int, mean_of: int = 0) -> str:
    """Name the heads that are shown.

    Examples
    --------
    >>> heads_text(range(12), 12), heads_text([3], 12), heads_text([0, 5], 12)
    ('all 12 heads', 'head 3', 'heads 0, 5')
    """
    if mean_of:
        return f"mean of {mean_of} heads"
    if len(heads) == 1:
        return f"head {heads[0]}"
    if len(heads) == n_heads:
        return f"all {n_heads} heads"
    return "heads " + ", ".join(map(str, sorted(heads)))


def counted(count: int, one: str) -> str:
    """Write a number and its noun.

    Examples
    --------
    >>> counted(1, "token"), counted(20000, "link")
    ('1 token', '20,000 links')
    """
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence does.

    Examples
    --------
    >>> listed(["en", "de"]), listed(["a", "b", "c"])
    ('en and de', 'a, b and c')
    """
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]
