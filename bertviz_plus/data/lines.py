"""The lines of a text file, numbered, so that an error can name the one that does not fit."""

from collections.abc import Iterator
from pathlib import Path


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Give the lines that are not empty, numbered from 1; only line feeds end a line.

    Raises
    ------
    FileNotFoundError, ValueError
        For a file that is missing, and for one that is not UTF-8, with the line.
    """
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            yield number, line.rstrip("\r")


def read_text(path: Path) -> str:
    """Return a file's text.

    Raises
    ------
    FileNotFoundError, ValueError
        For a file that is missing, and for one that is not UTF-8, with the line.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{path} is missing") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ValueError(f"{path}, line {line}: the text is not UTF-8 ({error.reason})") from error
