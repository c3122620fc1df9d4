"""The tasks that come with the package."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from bertviz_plus.data.task import Task
from bertviz_plus.data.treebank import treebank

_FOLDER = Path(__file__).parent
_NAMES = ("sentiment", "topic", "entailment", "pos")


class Tasks(Mapping[str, Task]):
    """The bundled tasks by their names, read when they are first asked for.

    ``"sentiment"`` (two labels) and ``"topic"`` (six) of English sentences, with German and French test sets
    in `other_languages`; ``"entailment"`` of pairs; ``"pos"``, the part of speech of each word of the bundled
    treebank. ``data/README.md`` says how they were written and labelled.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> list(bp.tasks)
    ['sentiment', 'topic', 'entailment', 'pos']
    >>> bp.tasks["sentiment"].label_names, list(bp.tasks["sentiment"].other_languages)
    (('negative', 'positive'), ['de', 'fr'])
    """

    def __getitem__(self, name: str) -> Task:
        """Return a task.

        Raises
        ------
        KeyError
            For another name, with the nearest.
        """
        if name in _NAMES:
            return _read(name)
        near = get_close_matches(str(name).casefold(), _NAMES, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise KeyError(f"task must be one of {', '.join(_NAMES)}, got {name!r}.{hint}")

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)

    def __repr__(self) -> str:
        return "\n".join(repr(task) for task in self.values())


@cache
def _read(name: str) -> Task:
    return Task.from_parses(treebank(), name) if name == "pos" else Task.from_file(_FOLDER / f"{name}.jsonl")


tasks = Tasks()
