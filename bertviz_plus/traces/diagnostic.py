"""A diagnostic: sentences with a blank, and what should and should not fill it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from bertviz_plus.traces.spoilt_sentences import PERTURBATIONS, Perturbation, drawn
from bertviz_plus.traces.storage import SavedRecord

if TYPE_CHECKING:
    import pandas as pd

MASK = "[MASK]"
"""The blank, whatever the mask token of the model that is asked."""
_ARTICLE = re.compile(r"\(a\|an\)")


class Question(NamedTuple):
    """A sentence with a blank.

    Attributes
    ----------
    text : str
        With one ``[MASK]``. An article that depends on the answer stands as ``(a|an)``.
    answers : tuple of str
        The words that should fill it; any of them counts. The first is compared with the rivals.
    rivals : tuple of str
        Words that should not.
    item : str
        Questions of one item are compared with each other.
    condition : str
        Which of its item's questions it is, such as "affirmative".
    kind : str
        What its item is counted under, such as "plain".
    target : str
        The word that is asked for in every condition of the item, where that is not the first answer.
    others : tuple of str
        Right as well, and left out of the ranking.
    cloze : float, optional
        How often people gave the target, 0 … 1.
    """

    text: str
    answers: tuple[str, ...]
    rivals: tuple[str, ...] = ()
    item: str = ""
    condition: str = ""
    kind: str = ""
    target: str = ""
    others: tuple[str, ...] = ()
    cloze: float | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words whose probabilities are asked for: the target, or first answer, and the rivals."""
        return (self.target or self.answers[0], *self.rivals)

    def with_article(self, word: str) -> str:
        """Return the text with the article that a word takes: "an" before a, e, i, o and u.

        Examples
        --------
        >>> Question("An ant is (a|an) [MASK]", ("insect",)).with_article("insect")
        'An ant is an [MASK]'
        """
        return _ARTICLE.sub("an" if word[:1].casefold() in tuple("aeiou") else "a", self.text)


@dataclass(frozen=True, eq=False, repr=False)
class Diagnostic(SavedRecord):
    """Sentences with a blank, and what should and should not fill it.

    Frozen, compared by identity.

    Attributes
    ----------
    name : str
    questions : tuple of Question
        Each as a `Question`, or a tuple of its fields in their order.

    Raises
    ------
    ValueError
        Naming the question, for a text without one ``[MASK]``, or with several; one without answers; an
        answer that is a rival too; and for no questions.

    Examples
    --------
    >>> diagnostic = Diagnostic("birds", [("A robin is a [MASK].", ["bird"], ["tree"])])
    >>> diagnostic, diagnostic.questions[0].answers
    (Diagnostic birds: 1 question, ('bird',))
    """

    name: str
    questions: tuple[Question, ...]

    def __post_init__(self) -> None:
        given: Any = self.questions
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise TypeError(f"questions must be a sequence of Question, got {given!r:.60}")
        checked = tuple(_checked(one, place) for place, one in enumerate(given))
        if not checked:
            raise ValueError(f"diagnostic {self.name!r} must hold one question at least, got none")
        object.__setattr__(self, "questions", checked)

    def perturbed(self, how: Perturbation, *, seed: int = 0) -> "Diagnostic":
        """Return the questions with their sentences spoilt before the blank.

        Parameters
        ----------
        how : {"shuffle", "truncate", "shuffle_truncate", "no_object", "no_subject", "no_arguments"}
            Words of the sentence before the last in another order (of the only sentence, where there is
            one); of the last sentence only the two words before the blank; both; and for "which X the Y
            had": "which one the Y had", "which X the other had", "which one the other had".
        seed : int, default 0
            Of the order. Sentences of the same words get the same order.

        Raises
        ------
        ValueError
            For another perturbation.

        References
        ----------
        Ettinger 2019, "What BERT is not", sections 9.1 and 9.2, and the code beside it.

        Examples
        --------
        >>> diagnostic = Diagnostic("roles", [("I know which cat the dog had [MASK]", ["chased"])])
        >>> diagnostic.perturbed("no_object").questions[0].text
        'I know which one the dog had [MASK]'
        """
        if how not in PERTURBATIONS:
            raise ValueError(f"how must be one of {', '.join(PERTURBATIONS)}, got {how!r}")
        spoilt = [one._replace(text=PERTURBATIONS[how](one.text, drawn(seed))) for one in self.questions]
        return replace(self, name=f"{self.name}, {how}", questions=tuple(spoilt))

    def where(self, keep: Callable[[Question], bool]) -> "Diagnostic":
        """Return some questions.

        Examples
        --------
        >>> two = Diagnostic("x", [("A [MASK]", ["b"], (), "0", "plain"), ("C [MASK]", ["d"])])
        >>> two.where(lambda question: question.condition == "plain")
        Diagnostic x: 1 question, plain
        """
        return replace(self, questions=tuple(one for one in self.questions if keep(one)))

    def to_frame(self) -> "pd.DataFrame":
        """Return a row for each question."""
        import pandas as pd

        return pd.DataFrame(self.questions, columns=list(Question._fields))

    def __len__(self) -> int:
        return len(self.questions)

    def __repr__(self) -> str:
        conditions = ", ".join(dict.fromkeys(one.condition for one in self.questions if one.condition))
        number = f"{len(self):,} question{'s' * (len(self) > 1)}"
        return f"Diagnostic {self.name}: {number}{', ' * bool(conditions)}{conditions}"


def _checked(given: Any, place: int) -> Question:
    where = f"questions[{place}]"
    try:
        question = Question(*given)
    except TypeError as error:
        raise TypeError(f"{where} must be a Question, or a tuple of its fields, got {given!r:.60}") from error
    for name in ("answers", "rivals", "others"):
        words = getattr(question, name)
        if isinstance(words, str) or not isinstance(words, Iterable):
            raise TypeError(f"{where}: {name} must be a sequence of words, got {words!r:.60}")
        own: dict[str, Any] = {name: tuple(words)}
        if not all(isinstance(word, str) and word.strip() for word in own[name]):
            raise ValueError(f"{where}: {name} must be words that are not empty, got {words!r:.60}")
        question = question._replace(**own)
    if not isinstance(question.text, str) or question.text.count(MASK) != 1:
        raise ValueError(f"{where}: text must hold one {MASK}, got {question.text!r:.80}")
    if not question.answers:
        raise ValueError(f"{where}: answers must hold one word at least, got none")
    both = next((word for word in question.rivals if word in question.answers), None)
    if both is not None:
        raise ValueError(f"{where}: {both!r} must be an answer or a rival, and is both")
    return question
