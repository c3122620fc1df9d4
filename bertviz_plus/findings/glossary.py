"""What the short names on a result card stand for, for somebody who meets them for the first time."""

import re

from bertviz_plus.findings.tables import escaped

TERMS = {
    "1-NN": "one nearest neighbour: each point gets the label of the point nearest to it",
    "AER": "alignment error rate: 0 is best, 1 is worst",
    "ARI": "adjusted Rand index: how far two groupings agree; 0 as by chance, 1 wholly",
    "F1": "the harmonic mean of precision and recall",
    "k-means": "an algorithm that puts points into k groups around k centres",
    "P@1": "precision at 1: the share of cases whose nearest neighbour is the right one",
    "TF-IDF": "counts of words in which rare words weigh more",
    "UUAS": "undirected unlabelled attachment score: the share of a gold tree's links that are found",
}
_ANY = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, TERMS))})(?!\w)")


def explained(text: str) -> str:
    """Return markup of a text in which every short name carries what it stands for.

    Examples
    --------
    >>> explained("AER < 1")
    '<abbr title="alignment error rate: 0 is best, 1 is worst">AER</abbr> &lt; 1'
    """
    parts, end = [], 0
    for found in _ANY.finditer(text):
        parts.append(escaped(text[end : found.start()]))
        parts.append(f'<abbr title="{escaped(TERMS[found[0]])}">{escaped(found[0])}</abbr>')
        end = found.end()
    return "".join([*parts, escaped(text[end:])])
