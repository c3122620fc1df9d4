"""What a view's traits may be. Each trait is written once, in the table of its view, with a check from here.

From a table follow the traits that travel, the order in which they are taken, every check with the words of
its error, and the "Attributes" of the view's docstring.
"""

import textwrap
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Real
from typing import Any, NamedTuple

from bertviz_plus.traces.checks import whole_number

# What a table's checks look up: a dataclass of the view's own, made of its data and what is in view.
Limits = Any


class Allowed(NamedTuple):
    """Which values a trait may have.

    Attributes
    ----------
    kind : str
        As a docstring names it: ``int``, ``{"mean", "sum"}``.
    check : callable
        Takes the trait's name, a value and the limits, and returns the value as the view keeps it, or raises
        `ValueError` naming the trait, what came and what is allowed.
    """

    kind: str
    check: Callable[[str, Any, Limits], Any]


@dataclass(frozen=True)
class Trait:
    """One trait of a view.

    Attributes
    ----------
    name : str
    default : object
        The value at first, or a function of the view's limits that returns it.
    allowed : Allowed
    about : str
        Its documentation.
    first : bool
        Applied before the others, which depend on it.
    """

    name: str
    default: Any
    allowed: Allowed
    about: str = ""
    first: bool = False

    def at_first(self, limits: Limits) -> Any:
        """Return the value of a new view."""
        return self.default(limits) if callable(self.default) else copy(self.default)


Traits = dict[str, Trait]


def table(*traits: Trait) -> Traits:
    """Return traits by name, in their order."""
    return {trait.name: trait for trait in traits}


def checked(traits: Traits, name: str, value: Any, limits: Limits) -> Any:
    """Return a trait's value as the view keeps it.

    Raises
    ------
    ValueError
        It names the trait, what came and what is allowed.

    Examples
    --------
    >>> sizes = table(Trait("height", 300, pixels(120), "Of the figure."))
    >>> checked(sizes, "height", 20, None)
    Traceback (most recent call last):
    ValueError: height must be 120..4000 pixels, got 20
    """
    return traits[name].allowed.check(name, value, limits)


_REFUSED = (
    "For a value that cannot be shown: it names what came and what is allowed, and the view stays as it was."
)


def documented(docstring: str | None, traits: Traits) -> str | None:
    """Write the traits into a docstring, in place of ``{traits}``, and ``{refused}``: what else they do.

    Examples
    --------
    >>> sides = table(Trait("side", "from", one_of("from", "to"), "Whose tokens."))
    >>> print(documented("{traits}", sides))
    side : {"from", "to"}
            Whose tokens.
    """
    if docstring is None:
        return None
    entries = []
    for trait in traits.values():
        about = textwrap.wrap(trait.about, 100, break_long_words=False, break_on_hyphens=False)
        entries += [f"{trait.name} : {trait.allowed.kind}", *(f"    {line}" for line in about)]
    refused = "\n        ".join(textwrap.wrap(_REFUSED, 100))
    return docstring.replace("{traits}", "\n    ".join(entries)).replace("{refused}", refused)


def hint(name: str, allowed: Iterable[str]) -> str:
    """Return a question that names the nearest of some names; empty where none is near.

    Examples
    --------
    >>> hint("Layer", ["hidden_layer", "height"])
    " Did you mean 'hidden_layer'?"
    """
    near = get_close_matches(name.lower(), list(allowed), 1, cutoff=0.5)
    return f" Did you mean {near[0]!r}?" if near else ""


# --- What a trait may be -----------------------------------------------------------------------------


def one_of(
    *names: str,
    among: Callable[[Limits], Sequence[str]] | None = None,
    where: Callable[[Limits], str] | str = "",
    why: Callable[[str, Limits], str] | str = "",
    read: Callable[[str], str] = str,
    kind: str = "",
) -> Allowed:
    """Return the check of a string that is one of some.

    Parameters
    ----------
    *names : str
        Those that a view can have at all; any without them.
    among : callable, optional
        Those that this view has; where it has none, the empty string.
    where : str or callable
        What `among` depends on: "this trace".
    why : str or callable
        What to say of a string that only this view does not have.
    read : callable
        Brings a string into the form in which the names are written.
    kind : str
        For the docstring; by default the names.
    """

    def check(name: str, value: Any, limits: Limits) -> str:
        given = read(value) if isinstance(value, str) else None
        here = tuple(among(limits)) if among else names
        known = not names or given in names
        if given is not None and known and given in (here or ("",)):
            return given
        allowed = here if known else names
        several = "one of " if len(allowed) > 1 else ""
        place = f" for {_said(where, limits)}" if known and where else ""
        reason = (why(given or "", limits) if callable(why) else why) if known else ""
        said = f": {reason}" if reason else ""
        raise ValueError(f"{name} must be {several}{quoted(allowed)}{place}, got {value!r}{said}")

    return Allowed(kind or "{" + ", ".join(f'"{name}"' for name in names) + "}", check)


def number_among(
    numbers: Callable[[Limits], Sequence[int]],
    where: Callable[[Limits], str] | str,
    why: Callable[[Limits], str] = lambda limits: "",  # noqa: ARG005
) -> Allowed:
    """Return the check of a whole number that is one of those that a view has.

    Parameters
    ----------
    numbers : callable
        Which, by limits.
    where : str or callable
        What they depend on.
    why : callable
        What else to say of others, by limits.
    """

    def check(name: str, value: Any, limits: Limits) -> int:
        number, here = whole_number(value), numbers(limits)
        if number is None or number not in here:
            reason = f": {why(limits)}" if why(limits) else ""
            raise ValueError(
                f"{name} must be {spanned(here)} for {_said(where, limits)}, got {value!r}{reason}"
            )
        return number

    return Allowed("int", check)


def numbers_below(
    count: Callable[[Limits], int],
    where: Callable[[Limits], str] | str,
    of: Callable[[Limits], str] | str = "numbers",
    *,
    least: int = 0,
) -> Allowed:
    """Return the check of a list of whole numbers from 0, kept in order and each once.

    Parameters
    ----------
    count : callable
        How many there are, by limits.
    where : str or callable
        What that depends on.
    of : str or callable
        What the list holds.
    least : int, default 0
        How many the list must hold.
    """

    def check(name: str, value: Any, limits: Limits) -> list[int]:
        return whole_numbers(name, value, count(limits), _said(where, limits), _said(of, limits), least=least)

    return Allowed("list of int", check)


def or_mean(allowed: Allowed) -> Allowed:
    """Return a check that also takes "mean", for the mean over all that could be chosen.

    Examples
    --------
    >>> one = or_mean(number_among(lambda _: range(3), "this trace"))
    >>> one.kind, one.check("layer", "mean", None), one.check("layer", 2, None)
    ('int or "mean"', 'mean', 2)
    """

    def check(name: str, value: Any, limits: Limits) -> Any:
        if isinstance(value, str) and value == "mean":
            return value
        try:
            return allowed.check(name, value, limits)
        except ValueError as error:
            # A misspelt name, not a wrong number.
            raise ValueError(f'{error}; or "mean"' if isinstance(value, str) else str(error)) from None

    return Allowed(f'{allowed.kind} or "mean"', check)


def pixels(least: int, most: int = 4000) -> Allowed:
    """Return the check of a height."""

    def check(name: str, value: Any, limits: Limits) -> int:
        del limits
        number = whole_number(value)
        if number is None or not least <= number <= most:
            raise ValueError(f"{name} must be {least}..{most} pixels, got {value!r}")
        return number

    return Allowed("int", check)


def share(what: str) -> Allowed:
    """Return the check of a number from 0 to 1; `what` it is, for the error."""

    def check(name: str, value: Any, limits: Limits) -> float:
        del limits
        if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= 1:
            raise ValueError(f"{name} must be {what} from 0 to 1, got {value!r}")
        return float(value)

    return Allowed("float", check)


def _flag(name: str, value: Any, limits: Limits) -> bool:
    del limits
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return value


def _text(name: str, value: Any, limits: Limits) -> str:
    del limits
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a string, got {value!r}")
    return value


FLAG = Allowed("bool", _flag)
TEXT = Allowed("str", _text)
THEME = Trait("theme", "auto", one_of("auto", "light", "dark"), '"auto" follows the notebook.')


def _said(words: Callable[[Limits], str] | str, limits: Limits) -> str:
    return words(limits) if callable(words) else words


# --- Numbers and names, read and said ----------------------------------------------------------------


def whole_numbers(
    name: str, value: Any, count: int, where: str, of: str = "numbers", *, least: int = 0
) -> list[int]:
    """Return whole numbers from 0 in order, each once.

    Parameters
    ----------
    name : str
        What the caller calls the list.
    value : int or iterable of int
    count : int
        How many numbers there are.
    where, of, least
        As in `numbers_below`.

    Raises
    ------
    ValueError
        Naming what came and what is allowed.

    Examples
    --------
    >>> whole_numbers("heads", (3, 1, 1), 4, "this trace")
    [1, 3]
    """
    given = [value] if whole_number(value) is not None else value
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise ValueError(f"{name} must be a list of {of}, got {value!r}")
    found = set()
    for one in given:
        number = whole_number(one)
        if number is None:
            raise ValueError(f"{name} must be a list of whole numbers, got {one!r} in it")
        if not 0 <= number < count:
            raise ValueError(f"{name} must be within 0..{count - 1} for {where}, got {number}")
        found.add(number)
    if len(found) < least:
        raise ValueError(f"{name} must name at least {least} of 0..{count - 1} for {where}, got {value!r}")
    return sorted(found)


def spanned(numbers: Sequence[int]) -> str:
    """Say which numbers: first and last where none is left out.

    Examples
    --------
    >>> spanned(range(6)), spanned([0]), spanned([4, 9])
    ('0..5', '0', 'one of 4, 9')
    """
    if len(numbers) < 2:
        return str(numbers[0]) if numbers else "none"
    if tuple(numbers) == tuple(range(numbers[0], numbers[0] + len(numbers))):
        return f"{numbers[0]}..{numbers[-1]}"
    return f"one of {', '.join(map(str, numbers))}"


def quoted(names: Iterable[str]) -> str:
    """List names in quotes; the empty name where there are none.

    Examples
    --------
    >>> print(quoted(["inter", "ot"]), quoted([]))
    'inter', 'ot' ''
    """
    return ", ".join(map(repr, names)) or "''"
