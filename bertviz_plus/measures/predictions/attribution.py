"""Which words made a prediction: attention, gradients, occlusion, and heads switched off."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.predictions.explained import Explained, explained
from bertviz_plus.models.model_kind import check_model
from bertviz_plus.traces.attribution import Attribution
from bertviz_plus.traces.checks import count_or_none

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model
    from bertviz_plus.traces.trace import Trace

METHODS = ("attention_norms", "rollout", "gradient_x_input", "integrated_gradients", "occlusion", "heads")
# Of words rather than tokens.
_BY_WORD = ("occlusion",)
_WORKS = 'attribute(model, "The keys to the cabinet [MASK] on the table.", target="are")'
STEPS = 32


def attribute(
    model: "Model",
    text: str,
    pair: str | None = None,
    *,
    target: str | int | None = None,
    against: str | int | None = None,
    of: Literal["log_probability", "logit"] = "log_probability",
    methods: Literal["all"] | Sequence[str] = "all",
    baseline: str | None = None,
    steps: int = STEPS,
) -> Attribution:
    r"""Return how much each word mattered to a prediction, by several methods.

    Parameters
    ----------
    model : Model
        With the head of a language model, or one for whole texts (classes, regression).
    text, pair : str
        For a masked language model with one mask, for a causal one what comes before the prediction.
    target : str, optional
        Which answer: a word that is one token, or a label (or its number). By default what the model
        predicts.
    against : str, optional
        Another answer: what is explained is then the difference of the two logits.
    of : {"log_probability", "logit"}, default "log_probability"
        What of the target, in nats; left aside with `against` and by a regression head, whose value it is.
    methods : "all", or list
        ``"attention_norms"``: the share of each word in what the head reads, by the norm of what each token
        adds in a layer, the mean over layers (Kobayashi et al. 2020). ``"rollout"``: attention multiplied
        through the layers (Abnar & Zuidema 2020). Both say how much, not which way. ``"gradient_x_input"``:
        the gradient of a word's embedding times the embedding. ``"integrated_gradients"``: its mean along
        the straight path from the baseline (Sundararajan et al. 2017); sums to the value less the baseline's.
        ``"occlusion"``: by how much the value falls where the word is covered (Li et al. 2016).
        ``"heads"``: by how much it falls where a head is switched off (Michel et al. 2019), not of words but
        in `Attribution.heads`. Of ``"all"``, those that an architecture cannot give are left out, and
        `Attribution.left_out` says why.
    baseline : str, optional
        The token that covers a word, and where the path starts: every word covered, special tokens as they
        are. The mask by default, or where there is none the padding token.
    steps : int, default 32
        Points on the path, of a Gauss–Legendre quadrature.

    Returns
    -------
    Attribution
        A word's tokens are summed.

    Raises
    ------
    TypeError, ValueError
        For a model without a head, a text without a mask or with several, a target that is not one token of
        the vocabulary, a method that the model cannot give.

    References
    ----------
    Sundararajan et al. 2017, "Axiomatic Attribution for Deep Networks". Li et al. 2016, "Understanding Neural
    Networks through Representation Erasure". Michel et al. 2019, "Are Sixteen Heads Really Better than One?".
    Kobayashi et al. 2020, "Attention is Not Only a Weight". Abnar & Zuidema 2020, "Quantifying Attention Flow
    in Transformers".

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> model = bp.load("bert-tiny")
    >>> found = bp.attribute(model, "The keys [MASK] on the table.", target="are", against="is")
    >>> found.table.shape, found.heads.shape, found.of
    ((7, 5), (2, 2), 'logit difference')
    >>> found.completeness_error < 0.05
    True
    """
    check_model(model, _WORKS)
    wanted = _checked_methods(methods)
    steps = count_or_none(steps, "steps") or STEPS
    what = explained(model, text, pair, target, against, of, baseline)
    if not what.pieces:
        raise ValueError(f"text must hold a word, got {text!r}")
    value, covered = what.values([what.read, what.covered(what.covered_words)])
    by_name = _makers(what, float(value), steps)
    found: dict[str, tuple[NDArray[np.float64], float]] = {}
    left_out: dict[str, str] = {}
    heads = None
    for name in wanted:
        try:
            scores = by_name[name]()
        except ValueError as error:
            if methods != "all":
                raise
            left_out[name] = str(error)
            continue
        if name == "heads":
            heads = scores
        elif name in _BY_WORD:
            found[name] = scores, 0.0
        else:
            of_words = np.array([scores[pieces].sum() for pieces in what.pieces])
            found[name] = of_words, float(scores.sum() - of_words.sum())
    return Attribution(
        words=what.words,
        methods=tuple(found),
        scores=np.array([scores for scores, _ in found.values()]).reshape(len(found), len(what.words)),
        special=np.array([special for _, special in found.values()]),
        text=what.encoded.described.text or text,
        pair=pair,
        value=float(value),
        baseline_value=float(covered),
        target=what.names[0],
        against=what.names[1],
        of=what.of,
        baseline=str(model.tokenizer.convert_ids_to_tokens(what.baseline)),
        steps=steps,
        predicted=what.predicted,
        heads=heads,
        left_out=left_out,
        model=model.info,
    )


def _makers(what: Explained, value: float, steps: int) -> dict[str, Callable[[], NDArray[np.float64]]]:
    from bertviz_plus.measures.ablation.head_effects import head_effects
    from bertviz_plus.measures.heads.rollout import mixed, rolled_out
    from bertviz_plus.measures.heads.value_norms import norms_of
    from bertviz_plus.measures.predictions import attribution_methods as by

    shared: dict[str, Any] = {}

    def read_from() -> NDArray[np.float64]:
        if "read" not in shared:
            shared["read"] = by.read_from(what)
        read: NDArray[np.float64] = shared["read"]
        return read

    def norms() -> Any:
        if "norms" not in shared:
            shared["norms"] = norms_of(what.model, what.read)
        return shared["norms"]

    def rollout() -> NDArray[np.float64]:
        if what.model.records_attention:
            attention = norms()["attention"]
        else:
            request = what.model._request(("attention",), None, "float32")
            (trace,) = what.model._traces(request, [what.encoded])
            attention = cast("Trace", trace).attention
        n = len(what.read)
        reached = rolled_out(mixed(np.asarray(attention, np.float64)[..., :n, :n], residual=True))[-1]
        return np.asarray(read_from() @ reached)

    return {
        "attention_norms": lambda: by.attention_norms(norms()["summed"], read_from()),
        "rollout": rollout,
        "gradient_x_input": lambda: by.gradient_x_input(what),
        "integrated_gradients": lambda: by.integrated_gradients(what, steps),
        "occlusion": lambda: by.occlusion(what, value),
        "heads": lambda: head_effects(what, value),
    }


def _checked_methods(methods: Any) -> tuple[str, ...]:
    if isinstance(methods, str) and methods == "all":
        return METHODS
    given = [methods] if isinstance(methods, str) else methods
    if not isinstance(given, Sequence) or not given:
        raise TypeError(f'methods must be "all" or a list of {", ".join(METHODS)}, got {methods!r}')
    unknown = next((name for name in given if name not in METHODS), None)
    if unknown is not None:
        raise ValueError(f'methods must be "all" or a list of {", ".join(METHODS)}, got {unknown!r}')
    return tuple(dict.fromkeys(given))
