"""Files that are written whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_file(path: str | os.PathLike[str], content: bytes, *, argument: str = "path") -> Path:
    """Write a file whole or not at all, and return its path.

    Parameters
    ----------
    path : path-like
        An existing file is replaced.
    content : bytes
    argument : str
        What the caller calls the path, for errors.

    Raises
    ------
    FileNotFoundError
        Where the folder does not exist.
    """
    target = Path(path)
    with replacing(target, argument=argument) as unfinished:
        unfinished.write_bytes(content)
    return target


@contextmanager
def replacing(path: Path, *, argument: str = "path") -> Iterator[Path]:
    """Give a path beside another, to write to, and move what was written there at the end.

    A full disk, an error or an interrupt does not cost the old file, whose permissions the new one gets.

    Raises
    ------
    FileNotFoundError
        Where the folder does not exist.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.txt")
    ...     with replacing(path) as unfinished:
    ...         _ = unfinished.write_text("whole")
    ...     path.read_text()
    'whole'
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"{argument}: there is no folder {path.parent}, so {path.name} was not written"
        )
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        if path.is_file():
            shutil.copymode(path, unfinished)
        else:
            unfinished.chmod(0o644)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
