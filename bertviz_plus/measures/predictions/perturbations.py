"""Small changes to a sentence, made by rule, to see whether a model minds; each says what it did.

The rules know closed classes of English words (auxiliaries, determiners, pronouns, prepositions) and the
endings of verbs. They ask no parser; where they do not find what they need, they say so.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bertviz_plus.traces.inflections import is_irregular_verb
from bertviz_plus.traces.sentence_words import text_of, words_of

# Closed classes of words, one a line.
_CLASSES = """
auxiliary: is are was were am be can could will would shall should may might must do does did has have had
determiner: a an the this that these those my your his her its our their some every each no which what two
determiner: three many several all any
preposition: in on at to from by with for about into over under after before between through of near behind
preposition: beside during without against across along around above below
joining: and or but because that who which whom whose when while if than as so though
negation: not never n't
adverb: also often always still just already only soon now then there too very today yesterday tomorrow
"""


def _class(name: str) -> frozenset[str]:
    lines = (line.split(": ") for line in _CLASSES.strip().splitlines())
    return frozenset(word for own, words in lines if own == name for word in words.split())


_AUXILIARIES, _DETERMINERS, _PREPOSITIONS = map(_class, ("auxiliary", "determiner", "preposition"))
_JOINING, _NEGATIONS, _ADVERBS = map(_class, ("joining", "negation", "adverb"))
# A subject and the same as an object, and back.
_PRONOUNS = {"i": "me", "he": "him", "she": "her", "they": "them", "we": "us", "you": "you", "it": "it"}
_OBJECTS = {"me": "I", "him": "he", "her": "she", "them": "they", "us": "we"}
_CLOSED = (
    _AUXILIARIES | _DETERMINERS | _PREPOSITIONS | _JOINING | _NEGATIONS | _ADVERBS | {*_PRONOUNS, *_OBJECTS}
)
# A short form of "not" that leaves another word behind.
_SHORT = {"can't": "can", "cannot": "can", "won't": "will", "shan't": "shall"}


class NothingToChangeError(ValueError):
    """A sentence has not what a perturbation changes; the message says what is missing."""


@dataclass(frozen=True)
class Perturbed:
    """A sentence that was changed.

    Attributes
    ----------
    text : str
    said : str
        What was done: "“not” added".
    """

    text: str
    said: str


def perturb(text: str, name: str, *, mask: str = "[MASK]") -> Perturbed:
    """Change a sentence by one of the rules.

    The kinds are those with which Ettinger 2020 ("What BERT Is Not", sections 4 to 6) and later work ask
    whether a model uses what a sentence says: negation, exchanged roles, word order, context that is cut.

    Parameters
    ----------
    text : str
        An English sentence.
    name : {"negate", "swap roles", "shuffle", "truncate", "drop subject", "drop object"}
        "negate" puts "not" behind the first auxiliary or "never" before the first full verb, or takes away
        the one that is there. "swap roles" exchanges subject and object. "shuffle" puts the words around the
        mask into another order, always the same. "truncate" keeps two words before the mask, or, without a
        mask, the first half.
    mask : str, default "[MASK]"
        The mask token, which stays.

    Returns
    -------
    Perturbed

    Raises
    ------
    NothingToChangeError
        Where the sentence has nothing to negate, no object, and so on.
    ValueError
        For a name that is none of these.

    Examples
    --------
    >>> perturb("A robin is a [MASK].", "negate")
    Perturbed(text='A robin is not a [MASK].', said='“not” added')
    >>> perturb("The owner forgot which customer the waitress had [MASK].", "swap roles").text
    'The owner forgot which waitress the customer had [MASK].'
    >>> perturb("Good morning!", "negate")
    Traceback (most recent call last):
    bertviz_plus.measures.predictions.perturbations.NothingToChangeError: nothing to negate: no verb was found
    """
    if name not in PERTURBATIONS:
        raise ValueError(f"name must be one of {', '.join(map(repr, PERTURBATIONS))}, got {name!r}")
    words, said = PERTURBATIONS[name](words_of(text, mask), mask)
    return Perturbed(text_of(words, capital=not text.lstrip()[:1].islower()), said)


def _negate(words: Sequence[str], mask: str) -> tuple[list[str], str]:
    del mask
    for place, word in enumerate(words):
        lower = word.lower()
        if lower in _NEGATIONS:
            return [*words[:place], *words[place + 1 :]], f"“{lower}” removed"
        if lower in _SHORT or lower.endswith(("n't", "n’t")):
            kept = _SHORT.get(lower.replace("’", "'"), lower[:-3])
            return [*words[:place], _like(kept, word), *words[place + 1 :]], "“not” removed"
    verb = _verb(words, "nothing to negate")
    if words[verb].lower() in _AUXILIARIES:
        return [*words[: verb + 1], "not", *words[verb + 1 :]], "“not” added"
    return [*words[:verb], "never", *words[verb:]], "“never” added"


def _swap_roles(words: Sequence[str], mask: str) -> tuple[list[str], str]:
    relative = _relative_roles(words)
    if relative:
        first, second = relative
        one, other = words[first], words[second]
        swapped = list(words)
        swapped[first], swapped[second] = other, one
        return swapped, f"{one} and {other} swapped"
    verb = _verb(words, "no roles to swap")
    subject, (start, end) = _subject(words, verb), _object(words, verb, mask, "no roles to swap")
    subjects, objects = words[slice(*subject)], words[start:end]
    swapped = [
        *words[: subject[0]],
        *_cased(objects, _OBJECTS),
        *words[subject[1] : start],
        *_cased(subjects, _PRONOUNS),
        *words[end:],
    ]
    return swapped, f"“{' '.join(subjects)}” and “{' '.join(objects)}” swapped"


def _shuffle(words: Sequence[str], mask: str) -> tuple[list[str], str]:
    free = [place for place, word in enumerate(words) if word != mask and re.match(r"\w", word)]
    moved = [words[place] for place in free]
    if len({word.lower() for word in moved}) < 2:
        raise NothingToChangeError("nothing to shuffle: fewer than two different words can move")
    # A capital marks the first word, which moves.
    if words[free[0]] != "I" and free[0] == 0 and not _is_name(words[0]):
        moved[0] = moved[0][0].lower() + moved[0][1:]
    random, shuffled = np.random.default_rng(0), list(words)
    order = list(moved)
    while order == moved:
        order = [moved[place] for place in random.permutation(len(moved))]
    for place, word in zip(free, order, strict=True):
        shuffled[place] = word
    return shuffled, f"{len(free)} words shuffled"


def _truncate(words: Sequence[str], mask: str) -> tuple[list[str], str]:
    if mask in words:
        cut, what = max(0, list(words).index(mask) - 2), "before the mask"
        kept, dropped = words[cut:], words[:cut]
    else:
        half = (len(words) + 1) // 2
        kept, dropped, what = words[:half], words[half:], "at the end"
    count = sum(bool(re.match(r"\w", word)) for word in dropped)
    if not count:
        raise NothingToChangeError(
            f"nothing to truncate: {'two words or fewer stand ' * (mask in words)}{what}"
        )
    return list(kept), f"{count} word{'s' * (count != 1)} {what} cut"


def _drop_subject(words: Sequence[str], mask: str) -> tuple[list[str], str]:
    start, end = _subject(words, _verb(words, "no subject to drop"))
    return _without(words, start, end, mask, "subject")


def _drop_object(words: Sequence[str], mask: str) -> tuple[list[str], str]:
    start, end = _object(words, _verb(words, "no object to drop"), mask, "no object to drop")
    return _without(words, start, end, mask, "object")


PERTURBATIONS: dict[str, Callable[[Sequence[str], str], tuple[list[str], str]]] = {
    "negate": _negate,
    "swap roles": _swap_roles,
    "shuffle": _shuffle,
    "truncate": _truncate,
    "drop subject": _drop_subject,
    "drop object": _drop_object,
}


def _without(words: Sequence[str], start: int, end: int, mask: str, what: str) -> tuple[list[str], str]:
    gone = words[start:end]
    if mask in gone:
        raise NothingToChangeError(f"no {what} to drop: the mask is in it")
    return [*words[:start], *words[end:]], f"{what} “{' '.join(gone)}” dropped"


def _verb(words: Sequence[str], otherwise: str) -> int:
    """Return the place of the first finite verb."""
    for place, word in enumerate(words):
        if _is_auxiliary(word) or (place and _is_full_verb(words, place)):
            return place
    raise NothingToChangeError(f"{otherwise}: no verb was found")


def _is_auxiliary(word: str) -> bool:
    return word.lower() in _AUXILIARIES or word.lower().endswith(("n't", "n’t"))


def _is_full_verb(words: Sequence[str], place: int) -> bool:
    word, before = words[place], words[place - 1].lower()
    if not word.isalpha() or word != word.lower() or word in _CLOSED:
        return False
    # What follows a determiner or a preposition is no finite verb.
    if before in _DETERMINERS | _PREPOSITIONS or not before[-1].isalpha():
        return False
    if is_irregular_verb(word) or (word.endswith("ed") and len(word) > 4):
        return True
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or before.endswith("s"):
        return False
    # "dogs" of "old dogs never barked" is none: a verb comes after it.
    after = [one.lower() for one in words[place + 1 :] if one.lower() not in _ADVERBS | _NEGATIONS]
    if after and (_is_auxiliary(after[0]) or is_irregular_verb(after[0]) or after[0].endswith("ed")):
        return False
    return not after or after[0] in _CLOSED or not after[0][0].isalpha()


def _subject(words: Sequence[str], verb: int) -> tuple[int, int]:
    start, end = 0, verb
    while end and words[end - 1].lower() in _ADVERBS | _NEGATIONS:
        end -= 1
    if not end or words[0].lower() in _PREPOSITIONS | _JOINING - _DETERMINERS or "," in words[:end]:
        raise NothingToChangeError("no subject was found before the verb")
    return start, end


def _object(words: Sequence[str], verb: int, mask: str, otherwise: str) -> tuple[int, int]:
    """Return where the noun phrase after the verb begins and ends, an "of" phrase with it."""
    for start in range(verb + 1, min(verb + 5, len(words))):
        word = words[start].lower()
        if word in _PREPOSITIONS | _JOINING - _DETERMINERS or not re.match(r"\w|\[|<", words[start]):
            break
        if word in _OBJECTS or word in _PRONOUNS:
            return start, start + 1
        if word in _DETERMINERS or _is_name(words[start]):
            return start, _phrase_end(words, start, mask)
    raise NothingToChangeError(f"{otherwise}: no object was found after the verb")


def _phrase_end(words: Sequence[str], start: int, mask: str) -> int:
    end = start + 1
    while end < len(words):
        word = words[end].lower()
        if word != "of" and (
            word in _PREPOSITIONS | _JOINING | _AUXILIARIES | _ADVERBS | _PRONOUNS.keys() | _OBJECTS.keys()
            or (word in _DETERMINERS and words[end - 1].lower() != "of")
            or (words[end] != mask and not re.match(r"\w", word))
        ):
            break
        end += 1
    return end


def _relative_roles(words: Sequence[str]) -> tuple[int, int] | None:
    """Return the two nouns of "which customer the waitress had served"."""
    lower = [word.lower() for word in words]
    for place in range(len(words) - 4):
        pronoun, article = lower[place] in ("which", "what"), lower[place + 2] in _DETERMINERS
        if pronoun and article and lower[place + 1] not in _CLOSED and lower[place + 3] not in _CLOSED:
            return place + 1, place + 3
    return None


def _cased(words: Sequence[str], pronouns: dict[str, str]) -> list[str]:
    """Write a phrase for another place: its pronoun's case, no capital that only marked the beginning."""
    first = words[0]
    if len(words) == 1 and first.lower() in pronouns:
        return [pronouns[first.lower()]]
    keeps = _is_name(first) or first == "I" or first.startswith(("[", "<"))
    return [first if keeps else first[0].lower() + first[1:], *words[1:]]


def _is_name(word: str) -> bool:
    return word[:1].isupper() and word[1:].islower() and word.lower() not in _CLOSED


def _like(word: str, other: str) -> str:
    return word.capitalize() if other[:1].isupper() else word
