"""What can be asked of a model with a head: predictions, scores of texts, what each layer would say."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bertviz_plus.models.encoding import given
from bertviz_plus.models.hiding import PseudoLikelihood
from bertviz_plus.models.streaming import checked_item

if TYPE_CHECKING:
    import pandas as pd


class Asking:
    """The questions of `Model` to its head."""

    def predict(
        self: Any,
        text: "str | Sequence[Any]",
        pair: str | None = None,
        *,
        top: int | None = 10,
        choices: Sequence[Any] | None = None,
        joint: bool = False,
        pieces: PseudoLikelihood | None = None,
    ) -> "pd.DataFrame":
        """Return what a model predicts: for each mask, for what comes next, or as class of the text.

        Parameters
        ----------
        text : str, or list
            For a masked language model with its mask token, such as ``[MASK]``, at every place to predict;
            for a causal one what comes before. A list of texts, or of pairs as tuples, gives one frame.
        pair : str, optional
            As in `trace`.
        top : int or None, default 10
            How many answers, the best ones; all where None.
        choices : list, optional
            Answers to choose from, or labels of a classifier. All of them are given, whatever `top`.
        joint : bool, default False
            Answer several masks together, filled in from left to right: an answer is a tuple, its
            log-probability the sum over masks, each given those before it, and `choices` are tuples too.
            Without `choices` the best are searched with a beam of `top`, at least 20. Otherwise each mask is
            answered while the others stay masked.
        pieces : {"within_word_l2r", "original"}, optional
            How `choices` of several tokens are scored in a masked language model: the sum of their
            log-probabilities, each with the pieces after it in the word masked too (Kauf & Ivanova 2023), or
            with all the others visible (Salazar et al. 2020). Refused by default. A causal model needs no
            such method: each piece is predicted from those before it.

        Returns
        -------
        pandas.DataFrame
            From the most probable answer down: ``mask`` (which, from 0; a tuple where `joint`; 0 for what
            comes next and for classes), ``rank`` from 1, ``answer``, ``probability`` (of all answers that
            the model has, also where `choices` are given), ``log_probability`` in nats, ``logit`` (where
            `joint` their sum; NaN for an answer of several pieces), ``token_id`` (or class; -1 for several
            pieces). With `choices` also ``share``, the share of an answer among them. For a list of texts
            the first column, ``text``, counts them. A regression head gives its value as ``logit``, named
            "(regression)", without probability. ``attrs["head"]`` names the head, ``attrs["pieces"]`` the
            method.

        Raises
        ------
        TypeError, ValueError
            For a model without such a head, a text without a mask or with that of another model, a causal
            model that is asked to fill a middle, a choice that is not one token of the vocabulary.

        References
        ----------
        Salazar et al. 2020, "Masked Language Model Scoring", equation 1. Kauf & Ivanova 2023, "A Better Way
        to Do Masked Language Model Scoring", section 2.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> model = bp.load("bert-tiny")
        >>> frame = model.predict("I drank a cup of [MASK].", choices=["tea", "coffee", "sand"])
        >>> list(frame.columns)
        ['mask', 'rank', 'answer', 'probability', 'log_probability', 'logit', 'token_id', 'share']
        >>> frame["answer"].tolist()
        ['tea', 'coffee', 'sand']
        """
        from bertviz_plus.models.predicting import predicted

        many = not isinstance(text, str) and isinstance(text, Sequence)
        if many and pair is not None:
            raise ValueError("pair must be left out for a list of texts, which holds pairs as tuples")
        texts = (
            [(checked_item(item, place, words=False), f"text[{place}]") for place, item in enumerate(text)]
            if many
            else [(given(text, pair, None, None), "text")]
        )
        frame = predicted(self, texts, top=top, choices=choices, joint=joint, pieces=pieces)
        return frame if many else frame.drop(columns="text")
