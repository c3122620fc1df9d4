"""What a model was asked and answered: predictions, the words that moved them, and the layer lens."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.files import building, read_arrays, write_arrays
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.traces.sentence_words import words_of

Task = Literal["mask", "next", "label"]
Floats = NDArray[np.float32]
_PER_CHOICE = ("probabilities", "ranks_before", "probabilities_before")
_OF_FIRST = ("ranks_of_first", "probabilities_of_first")
_FROM_0 = ("ranks_before", "ranks_of_first")


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer:
    """What a model says of one sentence. Compared by identity, its arrays read-only.

    Attributes
    ----------
    text : str
    edits : tuple of str
        How it came from the first sentence of an `Asked`; none for that one itself.
    said : tuple of str
        What each edit did: "“not” added".
    choices : tuple of str
        The likeliest tokens or labels, the likeliest first.
    probabilities : ndarray [choices], float32
    ranks_before, probabilities_before : ndarray [choices]
        Of the same in the first sentence; ranks count from 0.
    ranks_of_first, probabilities_of_first : ndarray [choices of the first]
        Of the first sentence's choices in this one.
    lens : ndarray [hidden layers, choices], float32, or None
        The probability that the model's own head gives each choice at each hidden layer, 0 the embeddings.
    lens_first : tuple of str
        The likeliest at each hidden layer.
    lens_first_probabilities : ndarray [hidden layers], float32, or None
    target : str
        What the attributions explain.
    attributions : dict of str to ndarray [words], float32
        By method: how much each word of the sentence mattered, signed.
    faithfulness : dict of str to (float, float)
        By method: the mean fall of the log-probability, in nats, as words are masked, those that matter most
        first; and the same in random order.

    Raises
    ------
    ValueError
        For arrays of another shape.
    """

    text: str
    choices: tuple[str, ...]
    probabilities: Floats
    ranks_before: NDArray[np.int32]
    probabilities_before: Floats
    ranks_of_first: NDArray[np.int32]
    probabilities_of_first: Floats
    edits: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    lens: Floats | None = None
    lens_first: tuple[str, ...] = ()
    lens_first_probabilities: Floats | None = None
    target: str = ""
    attributions: Mapping[str, Floats] = field(default_factory=dict)
    faithfulness: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = len(self.choices)
        for name in ("edits", "said", "choices", "lens_first"):
            self._set(name, tuple(getattr(self, name)))
        for name in _PER_CHOICE:
            self._set_array(name, (count,))
        for name in _OF_FIRST:
            self._set_array(name, (len(self.ranks_of_first),))
        if self.lens is not None:
            self._set_array("lens", (len(self.lens_first), count))
            self._set_array("lens_first_probabilities", (len(self.lens_first),))
        given = {name: _read_only(array, np.float32) for name, array in self.attributions.items()}
        self._set("attributions", given)
        for name, array in given.items():
            if array.ndim != 1:
                raise ValueError(
                    f"attributions[{name!r}] must have one number a word, got {list(array.shape)}"
                )
        self._set("faithfulness", {name: (float(a), float(b)) for name, (a, b) in self.faithfulness.items()})

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _set_array(self, name: str, shape: tuple[int, ...]) -> None:
        own = _read_only(getattr(self, name), np.int32 if name in _FROM_0 else np.float32)
        if own.shape != shape:
            raise ValueError(f"{name} must have the shape {list(shape)}, got {list(own.shape)}")
        self._set(name, own)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        names = (*_PER_CHOICE, *_OF_FIRST, "lens", "lens_first_probabilities")
        own = {name: array for name in names if (array := getattr(self, name)) is not None}
        return own | {f"attributions.{name}": array for name, array in self.attributions.items()}

    def _content(self) -> dict[str, Any]:
        names = ("text", "edits", "said", "choices", "lens_first", "target", "faithfulness")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """A sentence that a model was asked, with the changes to it that were asked as well: see `MaskedView`.

    Frozen; compared by identity.

    Attributes
    ----------
    answers : tuple of Answer
        The first is of the sentence itself, the others of what edits made of it.
    task : {"mask", "next", "label"}
        What is predicted: the word at the mask, the next token, or the label of the sentence.
    mask : str
        The model's mask token; empty where it has none.
    model : ModelInfo

    Raises
    ------
    ValueError
        For no answer, a first one with edits, and two answers to the same edits.

    Examples
    --------
    >>> first = Answer(
    ...     text="A robin is a [MASK].",
    ...     choices=("bird", "fish"),
    ...     probabilities=[0.5, 0.2],
    ...     ranks_before=[0, 1],
    ...     probabilities_before=[0.5, 0.2],
    ...     ranks_of_first=[0, 1],
    ...     probabilities_of_first=[0.5, 0.2],
    ... )
    >>> Asked(answers=(first,), task="mask", mask="[MASK]")
    Asked: 'A robin is a [MASK].' → bird 0.50, fish 0.20; 0 edits
    """

    answers: tuple[Answer, ...]
    task: Task = "mask"
    mask: str = ""
    model: ModelInfo = field(default_factory=ModelInfo)

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", tuple(self.answers))
        if self.task not in get_args(Task):
            raise ValueError(f"task must be one of {get_args(Task)}, got {self.task!r}")
        if not self.answers or self.first.edits:
            raise ValueError("answers must begin with that of the sentence itself, which has no edits")
        if len(self._by_edits) != len(self.answers):
            raise ValueError("answers must have different edits, got two of the same")
        for one in self.answers:
            count = len(words_of(one.text, self.mask))
            for name, array in one.attributions.items():
                if len(array) != count:
                    raise ValueError(
                        f"attributions[{name!r}] must have a number for each of the {count} words of "
                        f"{one.text!r}, got {len(array)}"
                    )

    @property
    def first(self) -> Answer:
        """The answer to the sentence itself."""
        return self.answers[0]

    @property
    def text(self) -> str:
        """The sentence itself."""
        return self.first.text

    @cached_property
    def _by_edits(self) -> dict[tuple[str, ...], Answer]:
        return {one.edits: one for one in self.answers}

    def answer(self, edits: Sequence[str] = ()) -> Answer | None:
        """Return the answer to the sentence after some edits; `None` where that was not asked."""
        return self._by_edits.get(tuple(edits))

    def with_answers(self, *answers: Answer) -> "Asked":
        """Return the same with more answers; one replaces that with the same edits."""
        return replace(self, answers=tuple((self._by_edits | {one.edits: one for one in answers}).values()))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write everything to one file: safetensors, with JSON for what is not an array."""
        arrays = {
            f"{place}.{name}": array
            for place, one in enumerate(self.answers)
            for name, array in one._arrays().items()
        }
        content = {
            "answers": [one._content() for one in self.answers],
            "task": self.task,
            "mask": self.mask,
            "model": asdict(self.model),
        }
        write_arrays(path, "Asked", arrays, content)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Asked":
        """Read a file that `save` wrote.

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            Where it is damaged, written by a later version, or holds something else.
        """
        _, content, arrays = read_arrays(path, ("Asked",), "asked")
        with building(path):
            answers = []
            for place, about in enumerate(content["answers"]):
                prefix = f"{place}."
                own = {n.removeprefix(prefix): array for n, array in arrays.items() if n.startswith(prefix)}
                said = {n.split(".", 1)[1]: own.pop(n) for n in list(own) if n.startswith("attributions.")}
                parts: dict[str, Any] = {**about, **own, "attributions": said}
                answers.append(Answer(**parts))
            model = ModelInfo(**content["model"])
            return cls(answers=tuple(answers), task=content["task"], mask=content["mask"], model=model)

    def __repr__(self) -> str:
        shown = zip(self.first.choices[:3], self.first.probabilities.tolist(), strict=False)
        likely = ", ".join(f"{choice} {probability:.2f}" for choice, probability in shown)
        edits = len(self.answers) - 1
        return f"Asked: {self.text!r} → {likely}; {edits} edit{'s' * (edits != 1)}"


def _read_only(array: Any, dtype: Any) -> NDArray[Any]:
    own = np.array(array, dtype)
    own.flags.writeable = False
    return own
