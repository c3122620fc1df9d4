"""A model that is asked one sentence after the other: what a `MaskedView` shows, made answer by answer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.predictions.attribution import attribute
from bertviz_plus.measures.predictions.edits import edited
from bertviz_plus.measures.predictions.faithfulness import faithfulness
from bertviz_plus.measures.predictions.perturbations import PERTURBATIONS, NothingToChangeError
from bertviz_plus.traces.asked import Answer, Asked, Task
from bertviz_plus.traces.attribution import Attribution
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.traces.sentence_words import word_spans

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model
    from bertviz_plus.models.predictions.masks import Gaps

_TASKS: dict[str, Task] = {"masked-LM": "mask", "causal-LM": "next", "classes": "label"}
# Of attribution; the first is shown at first, and those after the cheap ones are worked out when asked for.
_METHODS = ("occlusion", "gradient_x_input", "rollout", "attention_norms", "integrated_gradients")
_CHEAP = 4
# How many answers are shown.
_TOP = 10
# Of the curves by which a method is tried: few, as somebody waits.
_POINTS, _ORDERS = 5, 5
# Sentences whose probabilities are kept, and attributions.
_KEPT = 16

Change = Callable[[Asked], Asked]


class Reading(NamedTuple):
    """What a model says of a sentence: probabilities ``[hidden layers, vocabulary]``, or the last's alone."""

    probabilities: NDArray[np.float32]
    choices: tuple[str, ...]
    places: NDArray[np.intp]


class Asker:
    """Asks a model about a sentence and what edits make of it.

    Parameters
    ----------
    model : Model
        With a language-model head, or one that classifies texts.

    Attributes
    ----------
    task : {"mask", "next", "label"}
    mask : str
        The mask token where `task` is "mask", else empty.
    methods : tuple of str
        Of attribution.

    Raises
    ------
    ValueError
        For a model with another head, or none.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> asker = Asker(bp.load("bert-tiny"))
    >>> asked = asker.first("A robin is a [MASK].")
    >>> asker.answer(asked, ["negate"]).text
    'A robin is not a [MASK].'
    """

    def __init__(self, model: "Model") -> None:
        from bertviz_plus.models.predictions.head import needed_head

        self._model = model
        self.task = _TASKS[needed_head(model, "masked-LM", "causal-LM", "classes")]
        self.mask = str(model.tokenizer.mask_token) if self.task == "mask" else ""
        self.methods: tuple[str, ...] = _METHODS
        self._read = lru_cache(_KEPT)(self._reading)
        self._attribution = lru_cache(_KEPT)(self._attributed_by)

    def check_text(self, text: str) -> None:
        """Refuse a sentence that the model cannot be asked: no mask or several, that of another model."""
        from bertviz_plus.models.passes.encoding import Given

        if self.task == "label":
            self._model._encode(Given(text), truncation=True, name="text")
        else:
            self._gaps(text)

    def _gaps(self, text: str) -> "Gaps":
        from bertviz_plus.models.passes.encoding import Given
        from bertviz_plus.models.predictions.masks import find_gaps

        gaps = find_gaps(self._model, Given(text), causal=self.task == "next")
        if len(gaps.places) > 1:
            raise ValueError(f"text must have one {self.mask}, got {len(gaps.places)}: {text!r}")
        return gaps

    def first(self, text: str) -> Asked:
        """Ask a sentence itself."""
        self.check_text(text)
        reading = self._read(text)
        answer = self._answer(text, reading, reading, (), ())
        return Asked(answers=(answer,), task=self.task, mask=self.mask, model=self._model.info)

    def answer(self, asked: Asked, edits: Sequence[str]) -> Answer:
        """Ask what edits make of a sentence."""
        text, said = edited(asked.text, edits, mask=self.mask)
        self.check_text(text)
        return self._answer(text, self._read(text), self._read(asked.text), tuple(edits), said)

    def _answer(
        self, text: str, reading: Reading, before: Reading, edits: tuple[str, ...], said: tuple[str, ...]
    ) -> Answer:
        from bertviz_plus.models.predictions.frame import token_text

        last, first = reading.probabilities[-1], before.probabilities[-1]
        has_lens = len(reading.probabilities) > 1
        likeliest = reading.probabilities.argmax(axis=1)
        return Answer(
            text=text,
            edits=edits,
            said=said,
            choices=reading.choices,
            probabilities=last[reading.places],
            ranks_before=_ranks(first, reading.places),
            probabilities_before=first[reading.places],
            ranks_of_first=_ranks(last, before.places),
            probabilities_of_first=last[before.places],
            lens=reading.probabilities[:, reading.places] if has_lens else None,
            lens_first=tuple(token_text(self._model, int(one)) for one in likeliest) if has_lens else (),
            lens_first_probabilities=reading.probabilities.max(axis=1) if has_lens else None,
            target=reading.choices[0],
        )

    def _reading(self, text: str) -> Reading:
        from bertviz_plus.models.predictions.frame import answers_of
        from bertviz_plus.models.predictions.lens import lens_logits
        from bertviz_plus.models.predictions.token_scores import token_scores

        if self.task == "label":
            return self._label_reading(text)
        gaps = self._gaps(text)
        try:
            logits = lens_logits(self._model, gaps)[:, 0]
        except ValueError:
            # The head reads more than the last hidden layer: no lens.
            ((_, logits),) = token_scores(self._model, [gaps.read], [gaps.read_at])
        found = answers_of(self._model, logits[-1], _TOP)
        names = [str(one.text) for one in found]
        # A token that begins a word and one that goes on may read alike.
        spelled = self._model.tokenizer.convert_ids_to_tokens([one.token_id for one in found])
        choices = tuple(
            name if names.index(name) == place else spelled[place] for place, name in enumerate(names)
        )
        probabilities = logits.softmax(-1).cpu().numpy()
        return Reading(probabilities, choices, np.array([one.token_id for one in found]))

    def _label_reading(self, text: str) -> Reading:
        frame = self._model.predict(text, top=_TOP)
        found = self._model.predict(text, top=None).sort_values("token_id")
        probabilities = found["probability"].to_numpy(np.float32)[np.newaxis]
        return Reading(probabilities, tuple(frame["answer"]), frame["token_id"].to_numpy())

    def check_target(self, text: str, target: str) -> None:
        """Refuse what the model cannot predict in a sentence."""
        from bertviz_plus.models.predictions.masks import piece_of

        if self.task == "label":
            self._model.predict(text, choices=[target])
        else:
            piece_of(self._model, self._gaps(text), 0, target, "target must")

    def ask(self, text: str, target: str = "", *, progress: bool = True) -> Asked:
        """Ask a sentence, what each perturbation makes of it, and which words mattered.

        Those of the sentence itself are for `target`, or the likeliest answer where that is empty.
        """
        asked = self.first(text)
        asked = self._attributed((), text, target, _METHODS)(asked)
        self.methods = tuple(asked.first.attributions)
        pieces = [*self.missing(asked, (), target, self.methods[:_CHEAP])]
        for piece in tqdm(pieces, desc="asking", disable=not progress, delay=1, leave=False):
            asked = piece()(asked)
        return asked

    def missing(
        self, asked: Asked, edits: Sequence[str], target: str, methods: Sequence[str]
    ) -> Iterator[Callable[[], Change]]:
        """Yield what is to be found out yet: which words mattered in what is shown, then perturbations."""
        for own in dict.fromkeys((tuple(edits), ())):
            answer = asked.answer(own)
            if answer is None:
                continue
            wanted = target or answer.choices[0]
            known = answer.attributions if answer.target == wanted else {}
            lacking = [name for name in methods if name not in known]
            if lacking:
                yield partial(self._attributed, own, answer.text, target, lacking)
            if known and all(name in answer.faithfulness for name in methods):
                continue
            yield partial(self._faithful, own, answer.text, wanted, methods)
        for name in PERTURBATIONS:
            if asked.answer((name,)) is None and self._applies(asked.text, name):
                yield partial(self._perturbed, asked, name, methods)

    def _perturbed(self, asked: Asked, name: str, methods: Sequence[str]) -> Change:
        answer = self.answer(asked, (name,))
        found = self._words_mattered(answer.text, answer.target, methods)
        answer = replace(answer, attributions=found)
        return lambda now: now if now.answer((name,)) else now.with_answers(answer)

    def _attributed(self, edits: tuple[str, ...], text: str, target: str, methods: Sequence[str]) -> Change:
        choices = self._read(text).choices
        wanted = target or choices[0]
        found = self._words_mattered(text, wanted, methods)

        def change(now: Asked) -> Asked:
            answer = now.answer(edits)
            if answer is None or answer.text != text:
                return now
            known = answer.attributions if answer.target == wanted else {}
            faithful = answer.faithfulness if answer.target == wanted else {}
            about: dict[str, Any] = {
                "target": wanted,
                "attributions": {**known, **found},
                "faithfulness": faithful,
            }
            return now.with_answers(replace(answer, **about))

        return change

    def _faithful(self, edits: tuple[str, ...], text: str, target: str, methods: Sequence[str]) -> Change:
        parts = [one for name in methods if (one := self._attribution(text, target, name)) is not None]
        found: dict[str, tuple[float, float]] = {}
        if parts:
            together = replace(
                parts[0],
                methods=tuple(one.methods[0] for one in parts),
                scores=np.concatenate([one.scores for one in parts]),
                special=np.concatenate([one.special for one in parts]),
            )
            tried = faithfulness(self._model, together, points=_POINTS, orders=_ORDERS, progress=False)
            falls = tried.table["deletion"]
            found = {name: (falls[name], falls["random"]) for name in together.methods}

        def change(now: Asked) -> Asked:
            answer = now.answer(edits)
            if answer is None or answer.text != text or answer.target != target:
                return now
            return now.with_answers(replace(answer, faithfulness={**answer.faithfulness, **found}))

        return change

    def _words_mattered(
        self, text: str, target: str, methods: Sequence[str]
    ) -> dict[str, NDArray[np.float32]]:
        """Return how much each word of a sentence mattered, by those methods that the model can give."""
        made = {name: self._attribution(text, target, name) for name in methods}
        return {
            name: _by_word(text, self.mask, one.words, one.scores[0]) for name, one in made.items() if one
        }

    def _attributed_by(self, text: str, target: str, method: str) -> Attribution | None:
        try:
            return attribute(self._model, text, target=target, methods=[method])
        except ValueError:
            # The model cannot give it, or the target is a part of a word.
            return None

    def _applies(self, text: str, name: str) -> bool:
        try:
            changed, _ = edited(text, [name], mask=self.mask)
            self.check_text(changed)
        except (NothingToChangeError, ValueError):
            return False
        return True


def _ranks(probabilities: NDArray[np.float32], places: NDArray[np.intp]) -> NDArray[np.int32]:
    return np.array([(probabilities > probabilities[place]).sum() for place in places], np.int32)


def _by_word(text: str, mask: str, units: Sequence[str], scores: NDArray[np.float64]) -> NDArray[np.float32]:
    """Sum scores of a tokenizer's words over the words that a reader sees, which may hold several."""
    spans = word_spans(text, mask)
    sums, at, word = np.zeros(len(spans), np.float32), 0, 0
    for unit, score in zip(units, scores.tolist(), strict=True):
        start = text.find(unit.strip(), at)
        at = at if start < 0 else start
        while word < len(spans) - 1 and spans[word][1] <= at:
            word += 1
        sums[word] += score
        at += len(unit.strip()) if start >= 0 else 0
    return sums
