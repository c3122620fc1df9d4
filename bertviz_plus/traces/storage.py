"""What was read from a model in a file, and back: a dataclass's arrays in safetensors, the rest in JSON."""

import os
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.traces.files import building, read_arrays, write_arrays
from bertviz_plus.traces.model_info import ModelInfo

if TYPE_CHECKING:
    from typing import Self

    from bertviz_plus.traces.seq2seq import Seq2SeqTrace
    from bertviz_plus.traces.trace import Trace


class _Saved:
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write to a file: safetensors with JSON beside it, no pickle.

        An existing file is replaced only when the new one is complete.

        Examples
        --------
        >>> import tempfile
        >>> from bertviz_plus.traces.trace import Trace
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Trace(("a",), attention=np.ones((1, 1, 1, 1))).save(f"{folder}/a.trace")
        ...     Trace.load(f"{folder}/a.trace").tokens
        ('a',)
        """
        arrays, content = _parts_of(self)
        write_arrays(path, type(self).__name__, arrays, content)


class SavedRecord(_Saved):
    """A dataclass of vectors that is saved and read; its file holds nothing else."""

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Self":
        """Read a file that `save` wrote.

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            Where it is damaged, written by a later version, or holds something else.

        Examples
        --------
        >>> import tempfile
        >>> from bertviz_plus.traces.occurrences import Occurrences
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Occurrences.from_vectors(np.eye(2), word="bank").save(f"{folder}/bank.occurrences")
        ...     Occurrences.load(f"{folder}/bank.occurrences").words
        ('bank', 'bank')
        """
        _, content, arrays = read_arrays(path, (cls.__name__,), cls.__name__.lower())
        with building(path):
            record: Self = _built(cls, content, arrays)
            return record


class SavedTrace(_Saved):
    """A trace that is saved and read; its subclasses are known by name, so each reads the others' files."""

    _kinds: ClassVar[dict[str, type]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._kinds[cls.__name__] = cls

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Trace | Seq2SeqTrace":
        """Read a file that `save` wrote.

        Returns
        -------
        Trace or Seq2SeqTrace
            What was saved: the file of an encoder–decoder trace gives a `Seq2SeqTrace`, that of any other
            a `Trace`.

        Raises
        ------
        FileNotFoundError
            Where there is no such file.
        ValueError
            Where it is damaged, cut short, written by a later version, or no trace; the message names the
            path.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> from bertviz_plus.traces.trace import Trace
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "a.trace")
        ...     _ = path.write_text("not a trace")
        ...     Trace.load(path)
        Traceback (most recent call last):
        ...
        ValueError: ...a.trace is no trace, or is damaged: ...
        """
        kind, content, arrays = read_arrays(path, tuple(cls._kinds), "trace")
        with building(path):
            trace: Trace | Seq2SeqTrace = _built(cls._kinds[kind], content, arrays)
            return trace


def _parts_of(record: Any) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return a dataclass's arrays, those of its parts as "part.array", and what else it holds."""
    arrays: dict[str, NDArray[Any]] = {}
    content: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            arrays[field.name] = value
        elif isinstance(value, _Saved):
            own, content[field.name] = _parts_of(value)
            arrays |= {f"{field.name}.{name}": array for name, array in own.items()}
        elif value is not None:
            content[field.name] = asdict(value) if isinstance(value, ModelInfo) else value
    return arrays, content


def _built(kind: Any, content: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Any:
    lists = {name: tuple(value) for name, value in content.items() if isinstance(value, list)}
    parts: dict[str, Any] = content | lists | {n: array for n, array in arrays.items() if "." not in n}
    for field in fields(kind):
        if field.type is ModelInfo:
            parts[field.name] = ModelInfo(**content[field.name])
        elif isinstance(field.type, type) and issubclass(field.type, _Saved):
            prefix = f"{field.name}."
            own = {n.removeprefix(prefix): array for n, array in arrays.items() if n.startswith(prefix)}
            parts[field.name] = _built(field.type, content[field.name], own)
    return kind(**parts)
