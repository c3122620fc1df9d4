"""Sentences and what no model answered to them, for the tests of the masked-word view."""

import numpy as np

from bertviz_plus.measures.predictions.edits import edited
from bertviz_plus.measures.predictions.perturbations import PERTURBATIONS
from bertviz_plus.traces.asked import Answer, Asked
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.sentence_words import words_of
from bertviz_plus.views.masked.data import refusals

ROBIN = "A robin is not a [MASK]."
LAYERS = 7
_WORDS = """
bird fish threat man person woman robot flower child lion penguin king dog cat tree name thing it sparrow girl
pet problem hero friend ghost
"""
VOCABULARY = tuple(_WORDS.split())
METHODS = ("occlusion", "gradient_x_input", "rollout")


def answer_of(first: str, edits: tuple[str, ...], seed: int, mask: str) -> tuple[Answer, np.ndarray]:
    """An answer that depends on its sentence and edits alone, and the probabilities of all words."""
    text, said = edited(first, edits, mask=mask)
    random = np.random.default_rng([seed, *map(ord, " ".join(edits))])
    logits = np.linspace(3, -3, len(VOCABULARY)) + random.normal(0, 1.2 * bool(edits), len(VOCABULARY))
    lens = np.exp(
        logits * np.linspace(0, 1, LAYERS)[:, np.newaxis] + random.normal(0, 0.3, (LAYERS, len(VOCABULARY)))
    )
    lens[-1] = np.exp(logits)
    lens /= lens.sum(axis=1, keepdims=True)
    chosen = np.argsort(-lens[-1], kind="stable")[:10]
    words = words_of(text, mask)
    attributions = {name: random.normal(size=len(words)) for name in METHODS}
    attributions["rollout"] = abs(attributions["rollout"])
    answer = Answer(
        text=text,
        edits=edits,
        said=said,
        choices=tuple(VOCABULARY[k] for k in chosen),
        probabilities=lens[-1, chosen],
        ranks_before=np.arange(10),
        probabilities_before=lens[-1, chosen],
        ranks_of_first=np.arange(10),
        probabilities_of_first=lens[-1, chosen],
        lens=lens[:, chosen],
        lens_first=tuple(VOCABULARY[k] for k in lens.argmax(axis=1)),
        lens_first_probabilities=lens.max(axis=1),
        target=VOCABULARY[chosen[0]],
        attributions=attributions,
        faithfulness={"occlusion": (0.31, 0.12)},
    )
    return answer, lens[-1]


def asked_of(text: str = ROBIN, *, mask: str = "[MASK]", seed: int = 0, **given: object) -> Asked:
    """A sentence with every perturbation that it has something for."""
    first, before = answer_of(text, (), seed, mask)
    places = [VOCABULARY.index(choice) for choice in first.choices]
    answers = [first]
    for name in PERTURBATIONS:
        if name in refusals(text, mask):
            continue
        own, after = answer_of(text, (name,), seed, mask)
        chosen = [VOCABULARY.index(choice) for choice in own.choices]
        parts = {field: getattr(own, field) for field in own.__dataclass_fields__}
        parts |= {
            "ranks_before": np.argsort(np.argsort(-before))[chosen],
            "probabilities_before": before[chosen],
            "ranks_of_first": np.argsort(np.argsort(-after))[places],
            "probabilities_of_first": after[places],
        }
        answers.append(Answer(**parts))
    return Asked(answers=tuple(answers), mask=mask, model=ModelInfo(id="folder/tiny"), **given)
