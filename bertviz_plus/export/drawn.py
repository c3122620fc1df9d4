"""What the HTML of an output has stored of a view, whole or damaged."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from bertviz_plus.export.output import fingerprint
from bertviz_plus.export.packed import unpack

_OUTPUT = re.compile(r'<div data-bertviz-plus="([^"]*)"(?: data-view="([^"]*)")?')
_PACKED = re.compile(r'<script type="text/plain" data-packed>([^<]*)</script>')
_CHANGES = re.compile(r'<script type="text/plain" data-changes>([^<]*)</script>')
_LOADER = re.compile(r"\s*<script>.+?</script>\s*</div>\s*</div>", re.DOTALL)


@dataclass(frozen=True, eq=False)
class DrawnOutput:
    """HTML that draws a view, or what is left of it.

    Attributes
    ----------
    view_id : str
    is_picture : bool
        It was made to be a picture where Python has no model of the view.
    stored : dict or None
        What is packed in it; None where that cannot be read.
    problem : str
        Why it does not draw the view; empty where it does.
    changes : dict
        Traits that were changed between the display and the save.
    lost_changes : bool
        Whether there were changes that cannot be read.
    """

    view_id: str
    is_picture: bool
    stored: dict[str, Any] | None = None
    problem: str = ""
    changes: dict[str, Any] | None = None
    lost_changes: bool = False

    @property
    def is_live(self) -> bool:
        """Whether it draws the view without Python."""
        return not self.is_picture and not self.problem

    def state(self) -> dict[str, Any]:
        """Return the state that it draws."""
        if self.stored is None:
            return {}
        allowed = {*self.stored["upward"], "detail", "data"}
        changes = {name: value for name, value in (self.changes or {}).items() if name in allowed}
        return {**self.stored["state"], **changes}


def drawn_output(html: str) -> DrawnOutput | None:
    """Read the HTML of an output; nothing in it is run.

    Parameters
    ----------
    html : str
        Of any output.

    Returns
    -------
    DrawnOutput or None
        None where it shows no view of this package.

    Examples
    --------
    >>> drawn_output("<table></table>") is None
    True
    >>> drawn_output('<div data-bertviz-plus="" data-view="a"').problem
    'its data are cut off'
    """
    begun = _OUTPUT.search(html)
    if begun is None:
        return None
    view_id = unescape(begun[2] or "")
    if begun[1] == "picture":
        return DrawnOutput(view_id, is_picture=True)
    packed = _PACKED.search(html)
    if packed is None:
        return DrawnOutput(view_id, is_picture=False, problem="its data are cut off")
    try:
        stored = unpack(packed[1])
    except ValueError:
        return DrawnOutput(view_id, is_picture=False, problem="its data are cut off or were changed")
    problem = _problem_in(stored)
    if problem:
        return DrawnOutput(view_id, is_picture=False, problem=problem)
    changed = _CHANGES.match(html, packed.end())
    end = changed.end() if changed else packed.end()
    problem = "" if _LOADER.match(html, end) else "its script is cut off"
    changes: Any = {}
    try:
        changes = unpack(changed[1]) if changed and changed[1].strip() else {}
    except ValueError:
        changes = None
    lost = not isinstance(changes, dict)
    return DrawnOutput(view_id, False, stored, problem, {} if lost else changes, lost)


def _problem_in(stored: Any) -> str:
    kinds = {"revision": int, "upward": list, "state": dict}
    kinds |= dict.fromkeys(("id", "version", "css", "code"), str)
    if not isinstance(stored, dict) or not all(
        isinstance(stored.get(name), kind) for name, kind in kinds.items()
    ):
        return "its data are not those of a view"
    if not all(isinstance(name, str) for name in stored["upward"]):
        return "its data are not those of a view"
    if not stored["version"].endswith(fingerprint(stored["code"], stored["css"])):
        return f"the front end in it is not that of version {printable(stored['version'])}: it was changed"
    return ""


def printable(text: str) -> str:
    r"""Return a text that does nothing to a terminal.

    Examples
    --------
    >>> printable("0.1\x1b[2J")
    '0.1�[2J'
    """
    return "".join(sign if sign.isprintable() else "�" for sign in text)
