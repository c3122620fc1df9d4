"""What kind of map a head draws: vertical, diagonal, both, block, or none of these.

Kovaleva et al. 2019, "Revealing the Dark Secrets of BERT" (section 4.1), told the classes apart with a
network that was trained on about 400 maps labelled by hand. This is a rule instead, on the numbers of
`bertviz_plus.measures.heads.numbers`, averaged over texts.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

HeadClass = Literal["vertical", "diagonal", "vertical+diagonal", "block", "heterogeneous"]
HEAD_CLASSES: tuple[HeadClass, ...] = get_args(HeadClass)

# A head has a class where it gives half of what even attention leaves over; it is of two kinds where each has
# this much of it.
CLEAR = 0.5
BOTH = 0.2


def head_classes(vertical: ArrayLike, diagonal: ArrayLike, block: ArrayLike) -> NDArray[np.object_]:
    """Name the class of each head.

    In this order: vertical and diagonal together at least .5 makes a head ``vertical+diagonal`` where each
    has .2 or more, else the larger of the two; block at least .5 makes it ``block``; what is left is
    ``heterogeneous``.

    Parameters
    ----------
    vertical, diagonal, block : array_like [...]
        Shares beyond even attention, 0 to 1 (`head_numbers`). Undefined ones (NaN) count as 0.

    Returns
    -------
    ndarray [...] of str

    Examples
    --------
    >>> head_classes([0.9, 0.0, 0.4, 0.0, 0.1], [0.0, 0.8, 0.3, 0.1, 0.1], [0.0, 0.0, 0.0, 0.9, 0.2]).tolist()
    ['vertical', 'diagonal', 'vertical+diagonal', 'block', 'heterogeneous']
    """
    v, d, b = (np.nan_to_num(np.asarray(one, float)) for one in (vertical, diagonal, block))
    simple = v + d >= CLEAR
    both = simple & (v >= BOTH) & (d >= BOTH)
    # With two of the three, a sum of .5 may be .31 and .19: the larger names the head.
    found = np.select(
        [both, simple & (v >= d), simple, b >= CLEAR],
        ["vertical+diagonal", "vertical", "diagonal", "block"],
        "heterogeneous",
    )
    return np.asarray(found, object)
