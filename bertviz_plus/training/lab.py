"""The lab: BERTs of a few layers, pre-trained from scratch in a minute or two, to try causes out."""

from collections.abc import Iterable
from typing import Any

from bertviz_plus.data.documentation import documentation
from bertviz_plus.training.gradient_noise import gradient_noise_scale
from bertviz_plus.training.masked_lm_loss import loss_and_accuracy
from bertviz_plus.training.masking import masking_of
from bertviz_plus.training.new_embeddings import permuted, retrain_embeddings, with_embeddings
from bertviz_plus.training.pretrained import Pretrained, Recipe
from bertviz_plus.training.pretraining import train_masked_lm
from bertviz_plus.training.text_losses import MaskedTexts
from bertviz_plus.training.texts import checked_texts, corpus_of, described, parted
from bertviz_plus.training.wordpieces import wordpieces

__all__ = [
    "MaskedTexts",
    "Pretrained",
    "Recipe",
    "gradient_noise_scale",
    "permuted",
    "pretrain",
    "retrain_embeddings",
    "untrained",
    "with_embeddings",
    "wordpieces",
]


def pretrain(
    texts: Iterable[str] | None = None,
    *,
    tokenizer: Any = None,
    device: str = "cpu",
    progress: bool = True,
    **recipe: Any,
) -> Pretrained:
    """Pre-train a small BERT by masked language modelling, from random weights.

    Whole words are masked, 12 to 28% of a text's, in the way of Devlin et al. 2019; there is no next-sentence
    task. One seed gives the same weights, bit for bit, on one machine with one number of threads. Arithmetic
    is bfloat16 where torch's autocast has it so.

    Parameters
    ----------
    texts : iterable of str, optional
        At least 100; by default the sentences of `bertviz_plus.documentation`.
    tokenizer : transformers.PreTrainedTokenizerFast, optional
        Of wordpieces; by default one trained on the texts that are trained on.
    device : str, default "cpu"
    progress : bool, default True
    **recipe
        Of `Recipe`: `layers`, `width`, `heads`, `vocabulary`, `examples`, `batch_size`, `learning_rate`,
        `scaling`, `dropout`, `attention_dropout`, `languages`, `language_embeddings`, `longest`, `held_back`,
        `points`, `seed`.

    Returns
    -------
    Pretrained
        With `model`, `history`, `save`, `load`.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, what came and what is allowed.
    FloatingPointError
        When the loss is no number any more.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> texts = [f"the {one} {two} slept" for one in ("old", "red", "big") for two in ("cat", "dog")] * 20
    >>> made = bp.lab.pretrain(texts, width=16, heads=2, vocabulary=60, examples=400, progress=False)
    >>> made.model.n_layers, len(made.history)
    (2, 9)
    """
    made = Recipe.of(recipe)
    versions: dict[str, str] = {}
    if texts is None:
        read = documentation()
        texts, versions = read.texts, read.versions
    every = checked_texts(texts)
    held, kept = parted(every, made)
    tokenizer = wordpieces(kept, size=made.vocabulary) if tokenizer is None else tokenizer
    hf = made.untrained(tokenizer).to(device)
    corpus, apart = (corpus_of(own, tokenizer, made) for own in (kept, held))
    masking, asking = (
        masking_of(tokenizer, device, made.seed + number, languages=made.languages) for number in (0, 1)
    )
    history = train_masked_lm(
        hf,
        list(hf.parameters()),
        corpus,
        apart.questions(asking, device),
        masking,
        made.schedule,
        progress=progress,
    )
    return Pretrained.of(hf, tokenizer, history, made, described(every, held, versions))


def untrained(
    texts: Iterable[str], *, tokenizer: Any = None, progress: bool = True, **recipe: Any
) -> Pretrained:
    """Return the model that `pretrain` starts from with the same arguments, as a baseline.

    Parameters
    ----------
    texts, tokenizer, progress, **recipe
        As of `pretrain`; there is no progress to show.

    Returns
    -------
    Pretrained
        Its `history` is the loss at the beginning alone.
    """
    del progress
    made = Recipe.of(recipe)
    held, kept = parted(every := checked_texts(texts), made)
    tokenizer = wordpieces(kept, size=made.vocabulary) if tokenizer is None else tokenizer
    hf = made.untrained(tokenizer)
    masking = masking_of(tokenizer, "cpu", made.seed + 1, languages=made.languages)
    loss, accuracy = loss_and_accuracy(hf, corpus_of(held, tokenizer, made).questions(masking, "cpu"))
    history = [{"examples": 0, "loss": float("nan"), "held_back": loss, "accuracy": accuracy}]
    return Pretrained.of(hf, tokenizer, history, made, described(every, held))
