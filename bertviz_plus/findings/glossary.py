"""What the short names on a result card stand for, for somebody who meets them for the first time."""

import re

from bertviz_plus.findings.tables import escaped

BASELINES = {
    "layer 0": "is the embeddings: nothing is read from the context yet",
    "an untrained twin": "has the same architecture and random weights",
    "a bag of the words around": "counts them (TF-IDF), and needs no model",
    "most frequent sense": "is always guessed",
    "shuffled senses": "are dealt out at random",
    "the diagonal": "links words at the same place, and needs no model",
    "words spelled the same": "are linked, which needs no model",
    "words that look alike and stand at about the same place": "are linked, which needs no model",
    "majority": "is the most frequent language, always guessed",
    "chance": "is a sentence drawn at random",
    "the sentence spelled most alike": "is found by its letters (TF-IDF), which needs no model",
}
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
