"""Words of parsed sentences, hidden in turn, with labels that their parse gives them."""

from bertviz_plus.measures.predictions.erased_knowledge import HiddenWord
from bertviz_plus.traces.diagnostic import MASK
from bertviz_plus.traces.joining import join_words, word_starts
from bertviz_plus.traces.parses import Parses
from bertviz_plus.traces.probe_task import word_labels


def hidden_words(parses: Parses) -> tuple[list[HiddenWord], dict[str, list[str]]]:
    """Hide each word of each sentence that has a part of speech and a relation, without punctuation.

    Returns
    -------
    words : list of HiddenWord
    labels : dict of str to list of str
        Its part of speech, its relation to its head, and whether the head stands left or right of it; none
        where the parses do not know them.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> words, labels = hidden_words(bp.treebank())
    >>> words[1].text[:32], words[1].word, [own[1] for own in labels.values()]
    ('The [MASK] council approved the ', 'city', ['NOUN', 'compound', 'right'])
    """
    words: list[HiddenWord] = []
    labels: dict[str, list[str]] = {
        name: [] for name in ("part of speech", "relation to its head", "side of its head")
    }
    try:
        parts, relations = (word_labels(parses, name) for name in ("pos", "dependency"))
    except ValueError:
        return words, labels
    for sentence, (one, *every) in enumerate(zip(parses, parts, relations, strict=True)):
        text = join_words(one.words)
        rows = zip(one.words, word_starts(one.words), one.heads, *every, strict=True)
        for place, (word, start, head, part, relation) in enumerate(rows):
            if part in (None, "PUNCT") or relation is None:
                continue
            words.append(HiddenWord(text[:start] + MASK + text[start + len(word) :], word, sentence))
            side = "none" if head < 0 else "left" if head < place else "right"
            for own, label in zip(labels.values(), (part, relation, side), strict=True):
                own.append(label)
    return words, labels
