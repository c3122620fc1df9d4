"""What the masked-word view draws from: every answer to one sentence, as text and small tensors."""

from typing import Any

import numpy as np

from bertviz_plus.measures.predictions.edits import edited
from bertviz_plus.measures.predictions.perturbations import PERTURBATIONS, NothingToChangeError
from bertviz_plus.traces.asked import Answer, Asked
from bertviz_plus.traces.sentence_words import word_spans
from bertviz_plus.views.wire import encode

METHODS = {
    "occlusion": "by how much the log-probability falls, in nats, where the word is masked",
    "gradient_x_input": "the gradient of the log-probability at the word's embedding, times the embedding",
    "integrated_gradients": "the same, averaged on the way from a sentence of masks to this one",
    "rollout": "attention multiplied through the layers: how much, not which way",
    "attention_norms": "the share of the word in what the head reads, by norms: how much, not which way",
}
"""Methods of attribution in their order, and what each measures."""


def methods_of(asked: Asked) -> tuple[str, ...]:
    """Return the methods by which words were measured, in the order of `METHODS`, then others."""
    found = {name for one in asked.answers for name in one.attributions}
    return (*(name for name in METHODS if name in found), *sorted(found - METHODS.keys()))


def masked_data(asked: Asked, methods: tuple[str, ...]) -> dict[str, Any]:
    """Pack what was asked for the front end: JSON with bytes in it, read by `js/views/masked/store.js`."""
    return {
        "version": 1,
        "title": asked.model.title,
        "task": asked.task,
        "mask": asked.mask,
        "buttons": list(PERTURBATIONS),
        "methods": {name: METHODS.get(name, "") for name in methods},
        "asked": packed_asked(asked, methods),
    }


def packed_asked(asked: Asked, methods: tuple[str, ...]) -> dict[str, Any]:
    """Pack all answers to one sentence."""
    return {"text": asked.text, "answers": [_packed(one, asked.mask, methods) for one in asked.answers]}


def _packed(answer: Answer, mask: str, methods: tuple[str, ...]) -> dict[str, Any]:
    text = answer.text
    spans = word_spans(text, mask)
    words = [text[start:end] for start, end in spans]
    own = [name for name in methods if name in answer.attributions]
    attributions = [answer.attributions[name] for name in own]
    lens, first = answer.lens, answer.lens_first_probabilities
    numbers = (
        "probabilities",
        "ranks_before",
        "probabilities_before",
        "ranks_of_first",
        "probabilities_of_first",
    )
    return {
        "text": text,
        "edits": list(answer.edits),
        "said": list(answer.said),
        "words": words,
        "glued": [k > 0 and spans[k - 1][1] == start for k, (start, _) in enumerate(spans)],
        "mask": words.index(mask) if mask in words else -1,
        "choices": list(answer.choices),
        "lens_first": list(answer.lens_first),
        "target": answer.target,
        "methods": own,
        "faithfulness": {name: list(pair) for name, pair in answer.faithfulness.items()},
        "refused": refusals(text, mask),
        **{
            name: encode(getattr(answer, name), "int32" if name.startswith("ranks") else "float32")
            for name in numbers
        },
        "lens": encode(np.zeros((0, len(answer.choices))) if lens is None else lens, "float32"),
        "lens_first_probabilities": encode([] if first is None else first, "float32"),
        "attributions": encode(np.reshape(attributions, (len(own), len(words))), "float32"),
    }


def refusals(text: str, mask: str) -> dict[str, str]:
    """Return for each perturbation that has nothing to change in a sentence what is missing."""
    found = {}
    for name in PERTURBATIONS:
        try:
            edited(text, [name], mask=mask)
        except NothingToChangeError as error:
            found[name] = str(error)
    return found
