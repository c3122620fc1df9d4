"""What Python and JavaScript must agree on: colours, thresholds, sizes and words of ``design.json``.

This is the one place where Python reads that file. What stands in it stands in no other module; what Python
alone needs is a constant where it is used.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

Theme = Literal["light", "dark"]

_PATH = Path(__file__).with_name("design.json")


@dataclass(frozen=True)
class Colours:
    """Colours of one theme as the file has them, ``#rrggbb``.

    Attributes
    ----------
    paper, ink, soft, hairline, wash, focus : str
    negative, positive : str
        Signed values.
    missing : str
        Weights that are missing.
    link, unlinked : str
        Links of an alignment; a word that no link reaches.
    heads : tuple of 16 str
        By head modulo 16.
    ramp : tuple of 9 str
        Weights whose square root is 0, 1/8 ... 1.
    """

    paper: str
    ink: str
    soft: str
    hairline: str
    wash: str
    focus: str
    negative: str
    positive: str
    missing: str
    link: str
    unlinked: str
    heads: tuple[str, ...]
    ramp: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Section:
    """One part of the file, whose entries are asked for by name and type; see `section`.

    Asking for what the file does not have, or has as another type, raises `KeyError` or `TypeError` with
    the entry's whole name: as modules ask when they are imported, no wrong name waits for a reader.
    """

    name: str
    _entries: Mapping[str, Any]

    def number(self, name: str) -> float:
        """Return a number."""
        return float(self._entry(name, int, float))

    def whole(self, name: str) -> int:
        """Return a number that counts something."""
        return int(self._entry(name, int))

    def numbers(self, name: str) -> tuple[float, ...]:
        """Return a list of numbers."""
        return tuple(map(float, self._entry(name, list)))

    def limits(self, name: str) -> tuple[float, float]:
        """Return ``least`` and ``most``."""
        both = Section(f"{self.name}.{name}", self._entry(name, dict))
        return both.number("least"), both.number("most")

    def text(self, name: str) -> str:
        """Return words."""
        return str(self._entry(name, str))

    def texts(self) -> Mapping[str, str]:
        """Return all entries, each of which is words."""
        return MappingProxyType({name: self.text(name) for name in self._entries})

    def _entry(self, name: str, *types: type) -> Any:
        whole_name = f"{self.name}.{name}"
        if name not in self._entries:
            raise KeyError(f"design.json has no {whole_name}")
        value = self._entries[name]
        if not isinstance(value, types) or isinstance(value, bool):
            wanted = " or ".join(one.__name__ for one in types)
            raise TypeError(f"{whole_name} of design.json must be {wanted}, got {value!r}")
        return value


@cache
def section(name: str) -> Section:
    """Return a part of the file.

    Parameters
    ----------
    name : str
        The names that lead to it, joined by dots.

    Returns
    -------
    Section

    Raises
    ------
    KeyError
        Where the file has no such part.

    Examples
    --------
    >>> links = section("attention.links")
    >>> links.number("strongest"), links.whole("levels")
    (0.92, 16)
    >>> section("words.places").texts()["prev."]
    'token before'
    """
    entries = _read()
    for part in name.split("."):
        if not isinstance(entries, dict) or not isinstance(entries.get(part), dict):
            raise KeyError(f"design.json has no part {name}")
        entries = entries[part]
    return Section(name, entries)


@cache
def colours(theme: Theme) -> Colours:
    """Return the colours of a theme.

    Raises
    ------
    ValueError
        Where there is no such theme.

    Examples
    --------
    >>> len(colours("dark").heads), len(colours("dark").ramp)
    (16, 9)
    """
    if theme not in ("light", "dark"):
        raise ValueError(f'theme must be "light" or "dark" for a picture, got {theme!r}')
    found: dict[str, Any] = _read()["palette"][theme]
    return Colours(**{**found, "heads": tuple(found["heads"]), "ramp": tuple(found["ramp"])})


@cache
def colours_on_either() -> Colours:
    """Return colours that can be read on light and on dark paper, which shows through.

    Examples
    --------
    >>> colours_on_either().paper, len(colours_on_either().heads)
    ('transparent', 16)
    """
    found: dict[str, Any] = _read()["palette"]["either"]
    return replace(colours("light"), **{**found, "heads": tuple(found["heads"])})


@cache
def _read() -> Any:
    return json.loads(_PATH.read_text("utf-8"))
