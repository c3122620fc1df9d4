"""Prose is taken from documentation strings, and what is no prose stays behind."""

import subprocess
import sys
from importlib.metadata import version

import numpy as np
import pytest

from bertviz_plus.data.documentation import PACKAGES, documentation, prose

TEXT = """Find the nearest points, e.g. Those of a grid. They are sorted [1]_ by their distance.

The method is described in [2]_ at some length. See :func:`scipy.spatial.distance.cdist` for what a
distance is. With :math:`d = 0` two points are the same one.

    An indented block is code or a quotation.

>>> nearest(points, 3)
Three points and nothing else here.

======  =====
points  three
======  =====

.. versionadded:: 1.2
   This was added some years ago, in winter.

* A bullet is an item of a list here.

Parameters
----------
points : array of shape (n, 2)
    Where the points are in the plane.
k, radius : int or None, optional
    How many of them are to be found.

    - A list of what it can be here.

Notes
-----
A tree is built when it is first needed.

References
----------
.. [1] Friedman and others wrote about it first.
"""


def test_sentences_are_kept_and_lists_code_tables_and_formulas_are_not():
    assert prose(TEXT) == [
        "Find the nearest points, e.g. Those of a grid.",
        "They are sorted by their distance.",
        "See cdist for what a distance is.",
        "Where the points are in the plane.",
        "How many of them are to be found.",
        "A tree is built when it is first needed.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "too_short.",
        "No full stop at the end of it",
        "nearest(points, k=3, radius=None) -> array of points.",
        "Take %(axis)s of the given arrays as it comes.",
        "It is x_1 + x_2 for a b c in A.",
        "",
    ],
)
def test_what_is_no_sentence_is_left_out(text):
    assert prose(text) == []


def test_every_installation_has_some_megabytes_of_it():
    read = documentation()
    assert len(read) > 25_000
    assert len(set(read.texts)) == len(read)
    assert read.versions == {name: version(name) for name in PACKAGES.values()}
    assert min(read.packages.count(name) for name in PACKAGES) > 3000
    odd = [text for text in read.texts if any(mark in text for mark in ("`", "::", "=", ">>>", "_", "%"))]
    assert odd == []
    words = np.array([len(text.split()) for text in read.texts])
    assert words.min() >= 5
    assert words.max() <= 45


@pytest.mark.slow
def test_the_order_is_that_of_packages_and_their_files():
    read = documentation(("pandas", "numpy"))
    both = documentation(("pandas",)).texts + documentation(("numpy",)).texts
    assert read.texts == tuple(dict.fromkeys(both))


def test_a_package_that_is_not_read_is_refused():
    with pytest.raises(ValueError, match="packages must be of numpy, scipy, sklearn, pandas, got 'torch'"):
        documentation(("torch",))


@pytest.mark.slow
def test_no_package_is_run_to_be_read():
    code = (
        "import sys; from bertviz_plus.data.documentation import documentation; "
        "documentation(('sklearn',)); sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
