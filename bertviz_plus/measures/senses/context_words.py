"""Which words of the context set one group of sentences apart from the others."""

import re
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

# English articles, pronouns, prepositions, conjunctions, auxiliaries, numerals, quantifiers and the like.
_FUNCTION_WORDS = """
    a about above after again against all also although always am among an and another any are as at away
    be because been before being below between both but by can could did do does doing down during each
    either else ever every few for from further had has have having he her here hers herself him himself his
    how however i if in into is it it's its itself just least less may me might mine more most much must my
    myself neither never no nobody none nor not nothing now of off often on once one only onto or other
    others our ours ourselves out over own perhaps quite rather same shall she should since so some somebody
    something still such than that the their theirs them themselves then there these they this those though
    through thus to too toward towards under until up upon us very was we were what when where whether which
    while who whom whose why will with within without would yet you your yours yourself yourselves didn't
    enough half lot lots many several far last first second third next one two three four five six seven eight
    nine ten eleven twelve twenty thirty forty fifty hundred thousand million
    don't doesn't hadn't hasn't haven't isn't wasn't weren't won't wouldn't couldn't shouldn't can't
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")


def context_words(
    texts: Sequence[str],
    spans: Sequence[tuple[int, int]],
    labels: Sequence[Hashable],
    *,
    most: int = 8,
    least_texts: int = 2,
    prior: Mapping[str, float] | None = None,
    leave_out: Collection[str] | None = None,
) -> dict[Hashable, tuple[tuple[str, float], ...]]:
    """Return the context words that set each group's texts apart, strongest first.

    Parameters
    ----------
    texts : sequence of str
    spans : sequence of (start, end)
        Characters of the target in each text. The target itself is no context, wherever it stands.
    labels : sequence
        Group of each text.
    most : int, default 8
        At most so many words a group.
    least_texts : int, default 2
        A word must stand in so many of the group's texts: what one text repeats is not typical.
    prior : mapping of str to float, optional
        Pseudo-counts of words, folded; by default the counts of all texts together.

    leave_out : collection of str, optional
        Words to pass over, folded; by default English function words. The prior
        draws what is frequent everywhere towards 0, but among few sentences "was" can stand first by
        chance.

    Returns
    -------
    dict
        From each group, in the order of first appearance, to ``(word, z)``: the log-odds ratio against
        the other groups in standard deviations (natural logarithms); only words above 0. Words are
        casefolded runs of letters and digits, so a language written without spaces gives whole phrases.

    Raises
    ------
    ValueError
        Where texts, spans and labels are not equally many.

    References
    ----------
    Monroe, Colaresi & Quinn 2008, "Fightin' Words", section 3.5.1, equations 16, 20 and 22.

    Examples
    --------
    >>> texts = ["the bank of the river", "a bank by the river"]
    >>> texts += ["a bank lent the money", "the bank has money"]
    >>> spans = [(t.index("bank"), t.index("bank") + 4) for t in texts]
    >>> found = context_words(texts, spans, ["water", "water", "finance", "finance"], most=1)
    >>> [(label, words[0][0]) for label, words in found.items()]
    [('water', 'river'), ('finance', 'money')]
    """
    if not len(texts) == len(spans) == len(labels):
        raise ValueError(
            "texts, spans and labels must have one entry for each text, "
            f"got {len(texts)}, {len(spans)} and {len(labels)}"
        )
    passed_over = FUNCTION_WORDS if leave_out is None else frozenset(leave_out)
    targets = {text[start:end].casefold() for text, (start, end) in zip(texts, spans, strict=True)}
    groups: dict[Hashable, Counter[str]] = {label: Counter() for label in labels}
    in_texts: dict[Hashable, Counter[str]] = {label: Counter() for label in labels}
    # A text that comes twice, or holds the target twice, counts once in each group.
    distinct = {(text, label): span for text, span, label in zip(texts, spans, labels, strict=True)}
    for (text, label), (start, end) in distinct.items():
        around = f"{text[:start]} {text[end:]}"
        words = [word for word in _WORD.findall(around.casefold()) if word not in targets]
        groups[label].update(words)
        in_texts[label].update(set(words))
    every: Counter[str] = Counter()
    for counts in groups.values():
        every.update(counts)
    vocabulary = sorted(every)
    total = np.array([every[word] for word in vocabulary], float)
    pseudo = total if prior is None else np.array([prior.get(word, 0.01) for word in vocabulary], float)
    found: dict[Hashable, tuple[tuple[str, float], ...]] = {}
    for label, counts in groups.items():
        own = np.array([counts[word] for word in vocabulary], float)
        scores = log_odds(own, total - own, pseudo)
        order = sorted(range(len(vocabulary)), key=lambda place: (-scores[place], vocabulary[place]))
        chosen = [
            (vocabulary[place], float(scores[place]))
            for place in order
            if scores[place] > 0
            and vocabulary[place] not in passed_over
            and in_texts[label][vocabulary[place]] >= least_texts
        ]
        found[label] = tuple(chosen[:most])
    return found


def log_odds(
    counts: NDArray[np.floating], other: NDArray[np.floating], prior: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return the log-odds ratio of each word with an informative Dirichlet prior, in standard deviations.

    Parameters
    ----------
    counts, other : ndarray [words]
        How often each word stands in the one corpus and in the other.
    prior : ndarray [words]
        Pseudo-counts, above 0.

    Returns
    -------
    ndarray [words], float64
        Positive where a word belongs to the first corpus.

    References
    ----------
    Monroe, Colaresi & Quinn 2008, equations 16, 20 and 22.

    Examples
    --------
    >>> log_odds(np.array([5, 1]), np.array([1, 5]), np.array([1, 1])).round(2).tolist()
    [2.69, -2.69]
    """
    own, against, pseudo = (np.asarray(values, float) for values in (counts, other, prior))
    extra = pseudo.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log((own + pseudo) / (own.sum() + extra - own - pseudo))
        odds_against = np.log((against + pseudo) / (against.sum() + extra - against - pseudo))
        deviations = np.sqrt(1 / (own + pseudo) + 1 / (against + pseudo))
        scores = (odds - odds_against) / deviations
    return np.asarray(np.nan_to_num(scores, nan=0.0, posinf=0.0, neginf=0.0), float)
