"""English sentences with their dependency trees: the package's own."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from bertviz_plus.data.read_conllu import read_conllu
from bertviz_plus.traces.parses import Parses

_BUNDLED = Path(__file__).with_name("treebank.conllu")


def treebank() -> Parses:
    """Return the parsed sentences that come with the package: 100 in English, in Universal Dependencies, CC0.

    Two annotations were made independently, and every difference was settled. Of 1,204 words without
    punctuation, both gave 99.3% the same head and 98.8% the same head and relation. The sentences are short
    and clear (13.96 words on average), and both annotations follow one habit of analysis: the figures say
    less about harder text. The file keeps both annotations, and the README beside it says how differences
    were settled.

    Returns
    -------
    Parses

    Examples
    --------
    >>> treebank()
    Parses (bertviz_plus treebank): 100 sentences of 8 to 25 words, 1,396 words in all, 44 relations
    >>> treebank()[0].words[:5]
    ('The', 'city', 'council', 'approved', 'the')
    """
    return _bundled()


@lru_cache(maxsize=1)
def _bundled() -> Parses:
    return replace(read_conllu(_BUNDLED), name="bertviz_plus treebank")
