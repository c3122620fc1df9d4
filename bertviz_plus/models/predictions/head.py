"""Which head a model has, and so what can be asked of it."""

from typing import TYPE_CHECKING, Any, Literal, get_args

from torch import Tensor

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

Head = Literal["masked-LM", "causal-LM", "classes", "regression"]
_HEADS = {
    "masked-LM": "AutoModelForMaskedLM",
    "causal-LM": "AutoModelForCausalLM",
    "classes": "AutoModelForSequenceClassification",
    "regression": "AutoModelForSequenceClassification",
}


def has_language_model_head(model: "Model") -> bool:
    """Whether a model gives a score to each entry of its vocabulary at each token."""
    hf: Any = model.hf
    return not model.is_encoder_decoder and hf.get_output_embeddings() is not None


def head_of(model: "Model") -> Head | None:
    """Return which head a model has: one of a language model, or one for whole texts; `None` for any other.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> head_of(bp.load("bert-tiny")), head_of(bp.load())
    ('masked-LM', None)
    """
    if has_language_model_head(model):
        return "causal-LM" if model._trial.causal["encoder"] else "masked-LM"
    kinds = [kind.__name__ for kind in type(model.hf).__mro__]
    if model.is_encoder_decoder or not any(name.endswith("ForSequenceClassification") for name in kinds):
        return None
    config: Any = model.hf.config
    stated = getattr(config, "problem_type", None)
    return (
        "regression" if stated == "regression" or (stated is None and config.num_labels == 1) else "classes"
    )


def needed_head(model: "Model", *allowed: Head) -> Head:
    """Return a model's head, if it is one of those that are allowed; any by default.

    Raises
    ------
    ValueError
        Where it has another or none, with what to load instead.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> needed_head(bp.load(), "masked-LM")
    Traceback (most recent call last):
    ...
    ValueError: model must have a masked-LM head and all-MiniLM-L6-v2 (BertModel) has none. Load one
        that has, such as bp.load("distilbert-mlm"), or wrap a model of AutoModelForMaskedLM
    """
    allowed = allowed or get_args(Head)
    head = head_of(model)
    if head in allowed:
        return head
    kinds = " or ".join(dict.fromkeys(_HEADS[kind] for kind in allowed))
    wanted = f"a {allowed[0]} head" if len(allowed) == 1 else f"one of these heads: {', '.join(allowed)};"
    bundled = 'such as bp.load("distilbert-mlm"), ' if "masked-LM" in allowed else ""
    name = " ".join(filter(None, (model.info.id, f"({type(model.hf).__name__})")))
    raise ValueError(
        f"model must have {wanted} and {name} has {'none' if head is None else f'a {head} head'}. "
        f"Load one that has, {bundled}or wrap a model of {kinds}"
    )


def logits_of(outputs: Any) -> Tensor:
    """Return the scores that a head gave, ``[texts, tokens, vocabulary]`` or ``[texts, classes]``."""
    # BertForPreTraining has two heads.
    logits: Tensor = outputs.logits if "logits" in outputs else outputs.prediction_logits
    return logits
