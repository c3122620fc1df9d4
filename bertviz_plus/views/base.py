"""What every view has in common: its bundle, its keywords, its pictures and its page."""

import base64
import os
import tempfile
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets as t

from bertviz_plus.export.page import self_contained_page
from bertviz_plus.plates.plate import Plate

_STATIC = Path(__file__).parent.parent / "static"


class StateError(t.TraitError, ValueError):
    """A view was given a value that it cannot show; the view stays as it was."""


class Checked(t.TraitType[Any, Any]):
    """A trait whose every value the view checks; `Any` would let `None` pass unseen."""

    def validate(self, view: Any, value: Any) -> Any:
        """Return the value as the view keeps it, or raise `StateError`."""
        return view.check(self.name, value) if view._ready else value


def bundle(name: str) -> Path:
    """Return a file of the built front end.

    Raises
    ------
    FileNotFoundError
        In a checkout where the front end was not built.
    """
    path = _STATIC / name
    if not path.exists():
        raise FileNotFoundError(
            f"the front end is not built: {path.name} is absent. "
            "In a checkout, run `npm install && npm run build`"
        )
    return path


def write_file(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write a file whole or not at all, and return its path.

    Raises
    ------
    FileNotFoundError
        Where the folder does not exist.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"path: there is no folder {target.parent}, so {target.name} was not written")
    handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).chmod(0o644)
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return target


class View(anywidget.AnyWidget):
    """A widget whose state is in its traits alone, so that it lives on without a kernel.

    A subclass names its state in `STATE`, checks values in `_checked`, and draws itself in `plate`.
    """

    STATE: ClassVar[tuple[str, ...]] = ()
    # Those on which the meaning of the others rests: they are taken first.
    FIRST: ClassVar[tuple[str, ...]] = ()

    data = t.Dict().tag(sync=True)
    detail = t.Dict().tag(sync=True)
    error = t.Unicode("").tag(sync=True)

    def __init__(self, *, data: dict[str, Any], **state: Any) -> None:
        self.refuse_unknown(state)
        self._ready = False
        super().__init__(data=data)
        self._ready = True
        for name in self._in_order(state):
            setattr(self, name, state[name])

    @classmethod
    def refuse_unknown(cls, given: dict[str, Any], others: tuple[str, ...] = ()) -> None:
        """Raise for a keyword that the view does not have, and name the nearest."""
        allowed = (*cls.STATE, *others)
        for name in given:
            if name not in allowed:
                near = get_close_matches(name, allowed, 1)
                hint = f" Did you mean {near[0]!r}?" if near else ""
                raise TypeError(
                    f"{cls.__name__} has no keyword {name!r}.{hint} It takes {', '.join(allowed)}"
                )

    def check(self, name: str, value: Any) -> Any:
        """Return the value as the view keeps it, or raise `StateError`."""
        try:
            return self._checked(name, value)
        except ValueError as error:
            raise StateError(str(error)) from None

    def _checked(self, name: str, value: Any) -> Any:
        """Return the value as the view keeps it; a `ValueError` says what is allowed."""
        raise NotImplementedError(name)

    def plate(self) -> Plate:
        """Return what is on screen as a figure for a paper, which needs no browser."""
        raise NotImplementedError

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the front end says; what cannot be shown is refused and put back there."""
        refused = ""
        for name in self._in_order(sync_data):
            if name in self.STATE:
                try:
                    self.check(name, sync_data[name])
                except StateError as error:
                    refused = str(error)
                    self.send_state(name)
                    continue
            elif name in ("data", "detail", "error"):
                # Data flow from here to the front end only.
                self.send_state(name)
                continue
            super().set_state({name: sync_data[name]})
        self.error = refused

    def _in_order(self, state: dict[str, Any]) -> list[str]:
        return sorted(state, key=lambda name: name not in self.FIRST)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return None
        content, metadata = shown
        content["image/png"] = base64.b64encode(self.plate().fallback()).decode("ascii")
        return content, metadata

    def export_html(self, path: str | os.PathLike[str]) -> Path:
        """Write the view as one page that lives without a kernel and asks no network for anything.

        Parameters
        ----------
        path : path-like
            An existing file is replaced.

        Returns
        -------
        Path

        Raises
        ------
        FileNotFoundError
            Where the folder does not exist.
        """
        return write_file(path, self_contained_page(self).encode())

    def export_png(self, path: str | os.PathLike[str], *, width: int = 960, scale: float = 2.0) -> Path:
        """Write the view as a picture.

        Parameters
        ----------
        path : path-like
        width : int
            Of the view, in CSS pixels.
        scale : float
            Device pixels a CSS pixel.

        Returns
        -------
        Path
        """
        _check_number("width", width, 200, 10_000)
        _check_number("scale", scale, 0.25, 8)
        return write_file(path, self.plate().png(width=int(width), scale=float(scale)))

    def export_svg(
        self,
        path: str | os.PathLike[str],
        *,
        width_cm: float | None = None,
        font_size: float | None = None,
        grey: bool = False,
    ) -> Path:
        """Write the view as vectors for a paper: text is text and links are paths.

        Parameters
        ----------
        path : path-like
        width_cm : float, optional
            Width in print.
        font_size : float, optional
            Of the tokens, in points.
        grey : bool
            Without colour.

        Returns
        -------
        Path
        """
        _check_print(width_cm, font_size)
        text = self.plate().svg(width_cm=width_cm, font_size=font_size, grey=grey)
        return write_file(path, text.encode())

    def export_pdf(
        self,
        path: str | os.PathLike[str],
        *,
        width_cm: float | None = None,
        font_size: float | None = None,
        grey: bool = False,
    ) -> Path:
        """Write the view as a vector PDF; arguments as in `export_svg`."""
        _check_print(width_cm, font_size)
        return write_file(path, self.plate().pdf(width_cm=width_cm, font_size=font_size, grey=grey))


def _check_print(width_cm: float | None, font_size: float | None) -> None:
    if width_cm is not None:
        _check_number("width_cm", width_cm, 2, 200)
    if font_size is not None:
        _check_number("font_size", font_size, 2, 72)


def _check_number(name: str, value: float, least: float, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{name} must be a number from {least} to {most}, got {value!r}")
