"""Ask a masked language model to fill the blanks of a diagnostic."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bertviz_plus.measures.predictions.sensitivity import sensitivity_differences
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.checks import count_or_none
from bertviz_plus.traces.diagnostic import MASK, Diagnostic, Question
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    import pandas as pd

    from bertviz_plus.models.model import Model
    from bertviz_plus.models.predictions.masks import Gaps

_WORKS = 'diagnose(model, diagnostic("negation"))'


def diagnose(
    model: "Model", diagnostic: Diagnostic, *, top: int = 5, ending: str = " .", progress: bool = True
) -> "pd.DataFrame":
    """Ask a masked language model the questions of a diagnostic.

    Parameters
    ----------
    model : Model
        With a masked-LM head.
    diagnostic : Diagnostic
        Its ``[MASK]`` becomes the model's own mask token.
    top : int, default 5
        How many of the model's answers count as a hit.
    ending : str, default " ."
        What follows the blank of a text that ends with it: without a full stop, a model tends to predict
        one. ``""`` for nothing.
    progress : bool, default True

    Returns
    -------
    pandas.DataFrame
        A row for each question: ``item``, ``condition``, ``kind``, ``text``, ``answer`` (the word that is
        compared), its ``probability``, ``rival`` (the most probable) and ``rival_probability``,
        ``difference`` (see `sensitivity_differences`), ``rank`` (the best of the answers', from 1; what is
        right as well is left out of the ranking), ``hit`` (rank at most `top`), ``predicted`` (the model's
        own answers, the best first) and ``probabilities`` (of the question's `words`). NaN for a word that
        is not one token of the model. Where an article depends on the answer, the ranking is that after the
        first answer's article. `diagnostic_scores` counts. ``attrs["left_out"]`` lists the words that are
        not one token.

    Raises
    ------
    TypeError, ValueError
        For a model without such a head, what is no diagnostic, and `top` that is not a whole number from 1.

    References
    ----------
    Ettinger 2019, "What BERT is not". Petroni et al. 2019, "Language Models as Knowledge Bases?", section
    4.4: other right answers are left out of the ranking.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> frame = diagnose(bp.load("bert-tiny"), bp.diagnostic("agreement"), progress=False)
    >>> list(frame.columns[:6]), len(frame)
    (['item', 'condition', 'kind', 'text', 'answer', 'probability'], 76)
    """
    import pandas as pd

    from bertviz_plus.models.predictions.head import needed_head
    from bertviz_plus.models.predictions.token_scores import token_scores

    if not isinstance(diagnostic, Diagnostic):
        raise wrong_kind("diagnostic", "a Diagnostic", diagnostic, _WORKS)
    needed_head(model, "masked-LM")
    if count_or_none(top, "top") is None:
        raise ValueError("top must be a whole number from 1 on, got None")
    asked = [_Asked(model, one, ending, place) for place, one in enumerate(diagnostic.questions)]
    reads = [(one, gaps) for one in asked for gaps in one.gaps.values()]
    scores = token_scores(model, [gaps.read for _, gaps in reads], [gaps.read_at for _, gaps in reads])
    for place, logits in tqdm(
        scores, desc="diagnose", total=len(reads), unit="question", disable=not progress, delay=1
    ):
        one, gaps = reads[place]
        one.take(model, gaps, logits[0].double().softmax(-1).numpy(), top)
    rows = [one.row(top) for one in asked]
    frame = pd.DataFrame(rows)
    differences = sensitivity_differences(diagnostic, [one.probabilities for one in asked])
    frame.insert(list(frame.columns).index("rank"), "difference", differences)
    frame.attrs["left_out"] = sorted({word for one in asked for word in one.left_out})
    return frame


class _Asked:
    """One question, its texts (one for each article), and what the model said."""

    def __init__(self, model: "Model", question: Question, ending: str, place: int) -> None:
        from bertviz_plus.models.predictions.masks import token_of

        self.question = question
        self.gaps: dict[str, Gaps] = {}
        self.tokens: dict[str, int | None] = {}
        self.of_word: dict[str, float] = {}
        self.rank: float = np.nan
        self.predicted: tuple[str, ...] = ()
        for word in dict.fromkeys((*question.words, question.answers[0])):
            text = question.with_article(word)
            if text not in self.gaps:
                self.gaps[text] = _gaps(model, text, ending, f"questions[{place}]")
            self.tokens[word] = token_of(model, self.gaps[text], word)
        first = self.gaps[self.ranked_text]
        for word in (*question.answers, *question.others):
            self.tokens.setdefault(word, token_of(model, first, word))

    @property
    def ranked_text(self) -> str:
        return self.question.with_article(self.question.answers[0])

    def take(self, model: "Model", gaps: "Gaps", probabilities: Any, top: int) -> None:
        """Keep of the probabilities of a whole vocabulary those that are asked for."""
        from bertviz_plus.models.predictions.frame import token_text

        text = next(text for text, one in self.gaps.items() if one is gaps)
        for word in self.question.words:
            token = self.tokens[word]
            if self.question.with_article(word) == text and token is not None:
                self.of_word[word] = float(probabilities[token])
        if text != self.ranked_text:
            return
        right = [self.tokens[word] for word in self.question.answers]
        others = [self.tokens[word] for word in self.question.others]
        best = max((probabilities[token] for token in right if token is not None), default=np.nan)
        apart = [token for token in {*right, *others} if token is not None]
        above = int((probabilities > best).sum() - (probabilities[apart] > best).sum())
        self.rank = above + 1 if np.isfinite(best) else np.nan
        # The first of equals, and without sorting a vocabulary.
        least = np.partition(probabilities, -top)[-top] if top < len(probabilities) else -np.inf
        likely = np.flatnonzero(probabilities >= least)
        order = likely[np.argsort(-probabilities[likely], kind="stable")][:top]
        self.predicted = tuple(token_text(model, int(token)) for token in order)

    @property
    def left_out(self) -> list[str]:
        return [word for word in self.question.words if self.tokens[word] is None]

    @property
    def probabilities(self) -> Sequence[float]:
        return [self.of_word.get(word, np.nan) for word in self.question.words]

    def row(self, top: int) -> dict[str, Any]:
        question, (own, *others) = self.question, self.probabilities
        at = int(np.nanargmax(others)) if np.isfinite(others).any() else None
        return {
            "item": question.item,
            "condition": question.condition,
            "kind": question.kind,
            "text": self.ranked_text,
            "answer": question.words[0],
            "probability": own,
            "rival": "" if at is None else question.rivals[at],
            "rival_probability": np.nan if at is None else others[at],
            "rank": self.rank,
            "hit": self.rank <= top if np.isfinite(self.rank) else None,
            "predicted": self.predicted,
            "probabilities": tuple(self.probabilities),
        }


def _gaps(model: "Model", text: str, ending: str, name: str) -> "Gaps":
    from bertviz_plus.models.passes.encoding import given
    from bertviz_plus.models.predictions.masks import find_gaps

    whole = text + ending if text.endswith(MASK) else text
    own = whole.replace(MASK, str(model.tokenizer.mask_token))
    return find_gaps(model, given(own, None, None, None), causal=False, name=name)
