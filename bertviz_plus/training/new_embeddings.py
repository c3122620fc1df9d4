"""A model's body with other input embeddings: trained anew for a second language, or put in place."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from bertviz_plus.models.model import Model
from bertviz_plus.training.masking import masking_of
from bertviz_plus.training.pretrained import Pretrained
from bertviz_plus.training.pretraining import train_masked_lm
from bertviz_plus.training.texts import checked_texts, corpus_of, described, parted
from bertviz_plus.training.wordpieces import with_vocabulary, wordpieces

OF_THE_VOCABULARY = ("bert.embeddings.word_embeddings.weight", "cls.predictions.bias")
"""What a vocabulary has of its own; the output layer is tied to the first."""


def retrain_embeddings(
    trained: Pretrained,
    texts: Iterable[str],
    *,
    tokenizer: Any = None,
    examples: int | None = None,
    seed: int | None = None,
    progress: bool = True,
) -> Pretrained:
    """Train new input embeddings for texts of a second language, below and above a body that stays.

    Only what belongs to the vocabulary is trained: the embeddings of the pieces, to which the output layer is
    tied, and its bias. Positions, layers and the rest of the head are the first language's, bit for bit.

    Parameters
    ----------
    trained : Pretrained
        Not changed.
    texts : iterable of str
        At least 100, of the second language.
    tokenizer : transformers.PreTrainedTokenizerFast, optional
        By default a new one, of as many pieces at most as the first.
    examples, seed : int, optional
        Those of the first training by default.
    progress : bool, default True

    Returns
    -------
    Pretrained

    References
    ----------
    Artetxe, Ruder & Yogatama 2020, "On the Cross-lingual Transferability of Monolingual Representations",
    section 3.
    """
    own = trained.recipe
    recipe = replace(
        own,
        languages=1,
        language_embeddings=False,
        examples=own.examples if examples is None else examples,
        seed=own.seed if seed is None else seed,
    )
    every = checked_texts(texts)
    held, kept = parted(every, recipe)
    tokenizer = wordpieces(kept, size=recipe.vocabulary) if tokenizer is None else tokenizer
    start = recipe.untrained(tokenizer)
    hf: Any = with_embeddings(trained.model, tokenizer, *_of_the_vocabulary(start)).hf
    corpus, apart = (corpus_of(some, tokenizer, recipe) for some in (kept, held))
    masking, asking = (masking_of(tokenizer, "cpu", recipe.seed + number) for number in (0, 1))
    hf.requires_grad_(False)
    new = [hf.get_parameter(name).requires_grad_() for name in OF_THE_VOCABULARY]
    history = train_masked_lm(
        hf, new, corpus, apart.questions(asking, "cpu"), masking, recipe.schedule, progress=progress
    )
    hf.requires_grad_(True)
    return Pretrained.of(hf, tokenizer, history, recipe, described(every, held))


def with_embeddings(model: Model, tokenizer: Any, embeddings: torch.Tensor, bias: torch.Tensor) -> Model:
    """Return a model with another vocabulary, whose body is the same bit for bit.

    Parameters
    ----------
    model : Model
        A ``BertForMaskedLM``. Not changed.
    tokenizer : transformers.PreTrainedTokenizerFast
    embeddings : torch.Tensor [vocabulary, hidden]
    bias : torch.Tensor [vocabulary]
        Of the output layer.

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        For embeddings of another width, and a bias of another length.
    """
    old: Any = model.hf
    if embeddings.shape != (len(bias), old.config.hidden_size):
        raise ValueError(
            f"embeddings must be [vocabulary, {old.config.hidden_size}] with a bias for each piece, got "
            f"{list(embeddings.shape)} and {list(bias.shape)}"
        )
    config = deepcopy(old.config)
    config.vocab_size = len(bias)
    with torch.random.fork_rng(devices=[]):
        made = type(old)(config)
    kept = {name: tensor for name, tensor in old.state_dict().items() if name not in _tied(old)}
    made.load_state_dict({**made.state_dict(), **kept})
    with torch.no_grad():
        for name, tensor in zip(OF_THE_VOCABULARY, (embeddings, bias), strict=True):
            made.get_parameter(name).copy_(tensor)
    made.tie_weights()
    made.set_attn_implementation("eager")
    return Model(made.to(old.device).eval(), tokenizer)


def permuted(model: Model, *, seed: int = 0) -> Model:
    """Return a model that reads and says the same texts by other ids: its vocabulary is permuted.

    What embeddings that are trained anew for that vocabulary would reach at best: its losses are the first
    model's.

    Parameters
    ----------
    model : Model
        A ``BertForMaskedLM`` with a tokenizer of wordpieces. Not changed.
    seed : int, default 0

    Returns
    -------
    Model
    """
    embeddings, bias = _of_the_vocabulary(model.hf)
    special = set(model.tokenizer.all_special_ids)
    plain = np.array([place for place in range(len(bias)) if place not in special])
    old = np.arange(len(bias))
    old[plain] = np.random.default_rng(seed).permutation(plain)
    new = np.argsort(old)
    vocabulary = {piece: int(new[place]) for piece, place in model.tokenizer.get_vocab().items()}
    return with_embeddings(model, with_vocabulary(model.tokenizer, vocabulary), embeddings[old], bias[old])


def _of_the_vocabulary(hf: Any) -> tuple[torch.Tensor, torch.Tensor]:
    embeddings, bias = (hf.get_parameter(name).detach() for name in OF_THE_VOCABULARY)
    return embeddings, bias


def _tied(hf: Any) -> set[str]:
    """Names of what shares its storage with the vocabulary's own."""
    own = {hf.get_parameter(name).data_ptr() for name in OF_THE_VOCABULARY}
    return {name for name, tensor in hf.state_dict().items() if tensor.data_ptr() in own}
