"""What can be asked of a model with a head: predictions, scores of texts, what each layer would say."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from bertviz_plus.models.passes.encoding import Given, given
from bertviz_plus.models.passes.streaming import checked_item
from bertviz_plus.models.predictions.hiding import PseudoLikelihood
from bertviz_plus.traces.checks import count_or_none

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
        from bertviz_plus.models.predictions.predicting import predicted

        many = not isinstance(text, str) and isinstance(text, Sequence)
        if many and pair is not None:
            raise ValueError("pair must be left out for a list of texts, which holds pairs as tuples")
        texts = _checked(text) if many else [(given(text, pair, None, None), "text")]
        frame = predicted(self, texts, top=top, choices=choices, joint=joint, pieces=pieces)
        return frame if many else frame.drop(columns="text")

    def score(
        self: Any,
        texts: "str | Sequence[Any]",
        *,
        method: "PseudoLikelihood | Literal['left_to_right'] | None" = None,
        by: Literal["text", "word"] = "text",
        batch_size: int | None = None,
        progress: bool = True,
    ) -> "pd.DataFrame":
        """Return how likely texts are to a language model.

        A causal model predicts each token from those before it, and the sum is the text's log-probability. A
        masked one predicts each token while it is hidden, and the sum is a pseudo-log-likelihood.

        Parameters
        ----------
        texts : str, or list
            Texts, or pairs of texts as tuples.
        method : {"within_word_l2r", "original"}, optional
            For a masked language model, whether the pieces to the right in the same word are hidden with a
            token (Kauf & Ivanova 2023, the default), or all the others stay visible (Salazar et al. 2020).
            For a causal one ``"left_to_right"`` is the only method.
        by : {"text", "word"}, default "text"
            What a row is.
        batch_size : int, optional
            The most texts, or copies of one with a token hidden, in one pass.
        progress : bool, default True

        Returns
        -------
        pandas.DataFrame
            By text: ``text``, the number of ``words`` and of ``tokens`` that were scored, their summed
            ``log_probability`` in nats, and the mean ``per_token``. By word: ``text`` (which), ``word``
            (which, from 0), ``form``, ``pieces``, ``log_probability`` and ``surprisal``, which is its
            negative, in nats. Special tokens are not scored, nor is the first token of a causal model without
            a token that begins a text (NaN by word). ``attrs["method"]`` names the method.

        Raises
        ------
        TypeError, ValueError
            For a model without a language-model head, a text with a mask, a method that is not one.

        References
        ----------
        Salazar et al. 2020, "Masked Language Model Scoring", equation 1. Kauf & Ivanova 2023, "A Better Way
        to Do Masked Language Model Scoring", section 2.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> model = bp.load("bert-tiny")
        >>> model.score("A kingfisher sat.", by="word")[["form", "pieces"]].values.tolist()
        [['A', 1], ['kingfisher', 3], ['sat', 1], ['.', 1]]
        """
        from bertviz_plus.models.predictions.scoring import text_scores

        checked = _checked([texts] if isinstance(texts, str) else texts, name="texts")
        return text_scores(
            self,
            checked,
            method=method,
            by=by,
            batch_size=count_or_none(batch_size, "batch_size"),
            progress=progress,
        )

    def minimal_pairs(
        self: Any,
        pairs: "Sequence[tuple[str, str]]",
        *,
        method: "PseudoLikelihood | Literal['left_to_right'] | None" = None,
        progress: bool = True,
    ) -> "pd.DataFrame":
        """Return which text of each pair a language model finds more likely.

        Parameters
        ----------
        pairs : list of (str, str)
            A good text and a bad one.
        method, progress
            As in `score`.

        Returns
        -------
        pandas.DataFrame
            ``good``, ``bad``, their log-probabilities, ``difference`` (good less bad, in nats), ``right``
            (whether the good one is more likely; its mean is the accuracy). ``attrs["method"]`` names the
            method.

        Raises
        ------
        TypeError, ValueError
            As `score`; for what is not a list of pairs.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> frame = bp.load("bert-tiny").minimal_pairs([("The cats sleep.", "The cats sleeps.")])
        >>> bool(frame["right"][0]), frame.attrs["method"]
        (True, 'within_word_l2r')
        """
        from bertviz_plus.models.predictions.scoring import pair_scores

        return pair_scores(self, pairs, method=method, progress=progress)

    def lens(
        self: Any,
        text: str,
        pair: str | None = None,
        *,
        top: int | None = 1,
        choices: "Sequence[str] | None" = None,
    ) -> "pd.DataFrame":
        """Return what a language model would predict if it ended after each layer: the logit lens.

        Each hidden layer is given to the model's own head, in place of the last.

        Parameters
        ----------
        text, pair : str
            As in `predict`.
        top : int or None, default 1
            How many answers of each layer; all where None.
        choices : list of str, optional
            Answers to follow through the layers, each one token.

        Returns
        -------
        pandas.DataFrame
            The columns of `predict` after ``layer``: a hidden layer from 0, the embeddings, to the last,
            which gives what the model predicts.

        Raises
        ------
        TypeError, ValueError
            As `predict`; for an architecture whose head reads more than the last hidden layer.

        References
        ----------
        nostalgebraist 2020, "interpreting GPT: the logit lens".

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> frame = bp.load("bert-tiny").lens("I drank a cup of [MASK].")
        >>> frame["layer"].tolist(), frame["answer"].iloc[-1]
        ([0, 1, 2], 'drink')
        """
        from bertviz_plus.models.predictions.lens import lens_rows

        return lens_rows(self, given(text, pair, None, None), top=top, choices=choices)


def _checked(texts: Any, name: str = "text") -> list[tuple[Given, str]]:
    if not isinstance(texts, Sequence) or not texts:
        raise TypeError(f"{name} must be a text or a list of texts, got {texts!r:.80}")
    return [
        (checked_item(item, place, words=False), name if len(texts) == 1 else f"{name}[{place}]")
        for place, item in enumerate(texts)
    ]
