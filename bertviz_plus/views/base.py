"""What every view has in common: its bundle, its keywords, its pictures and its page."""

import base64
import inspect
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets as t
from ipywidgets.widgets import widget as ipywidgets_widget

from bertviz_plus.export.hosts import needs_widget_view
from bertviz_plus.export.notebook import WIDGET_VIEW
from bertviz_plus.export.options import options
from bertviz_plus.export.output import bundle, bundle_version, output_html
from bertviz_plus.export.page import self_contained_page
from bertviz_plus.plates.plate import Plate
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.writing import write_file
from bertviz_plus.views.traits import Limits, Traits, checked, documented, hint


class StateError(t.TraitError, ValueError):
    """A view was given a value that it cannot show; the view stays as it was."""


class Checked(t.TraitType[Any, Any]):
    """A trait whose every value the view checks; `Any` would let `None` pass unseen."""

    def validate(self, view: Any, value: Any) -> Any:
        """Return the value as the view keeps it, or raise `StateError`."""
        return view.check(self.name, value) if view._ready else value


class View(anywidget.AnyWidget):
    """A widget whose state is in its traits alone, so that it lives on without a kernel.

    A subclass names its front end in `BUNDLE` and its traits in `TRAITS`, says in `_limits` what its data
    allow, and draws itself in `plate`. ``{traits}`` in its docstring becomes their documentation, and
    ``{refused}`` what happens to a value that none of them may have.
    """

    BUNDLE: ClassVar[str] = ""
    # How much higher the view is than its figure, in a notebook's usual column.
    AROUND: ClassVar[int] = 0
    TRAITS: ClassVar[Traits] = {}
    # Names of the traits, in the table's order.
    STATE: ClassVar[tuple[str, ...]] = ()

    data = t.Dict().tag(sync=True)
    detail = t.Dict().tag(sync=True)
    error = t.Unicode("").tag(sync=True)
    # By these the view that an output has drawn and this widget know one another.
    view_id = t.Unicode().tag(sync=True)
    version = t.Unicode().tag(sync=True)
    revision = t.Int(0).tag(sync=True)

    # ipywidgets 7 would display the widget's view, whatever the bundle says.
    _ipython_display_ = None

    def __init_subclass__(cls, **options: Any) -> None:
        if "BUNDLE" in vars(cls):
            # anywidget reads the files when the class is made.
            cls._esm, cls._css = bundle(f"{cls.BUNDLE}.js"), bundle(f"{cls.BUNDLE}.css")
        super().__init_subclass__(**options)
        if "TRAITS" not in vars(cls):
            return
        cls.STATE = tuple(cls.TRAITS)
        cls.__doc__ = documented(cls.__doc__, cls.TRAITS)
        for name in cls.TRAITS:
            trait = Checked().tag(sync=True)
            setattr(cls, name, trait)
            # What traitlets does for a trait in a class's body.
            trait.class_init(cls, name)

    def __init__(self, *, data: dict[str, Any], limits: Limits, **state: Any) -> None:
        self.refuse_unknown(state)
        self._ready = False
        super().__init__(data=data, **{name: one.at_first(limits) for name, one in self.TRAITS.items()})
        self._ready = True
        for name in self._in_order(state):
            setattr(self, name, state[name])

    @t.default("view_id")
    def _new_id(self) -> str:
        return uuid.uuid4().hex

    @t.default("version")
    def _own_version(self) -> str:
        return bundle_version(self.BUNDLE)

    @t.observe("data")
    def _count_revision(self, change: Any) -> None:
        del change
        self.revision += 1

    @property
    def drawn_height(self) -> int:
        """Height of the whole view in a notebook's usual column, in pixels."""
        return self.height_of({name: getattr(self, name) for name in ("data", *self.STATE)})

    @classmethod
    def height_of(cls, state: Mapping[str, Any]) -> int:
        """Return the height of a view with these values of its traits."""
        return int(state["height"]) + cls.AROUND

    def __setattr__(self, name: str, value: Any) -> None:
        # A misspelt trait would pass unseen.
        if not name.startswith("_") and not hasattr(type(self), name):
            raise AttributeError(
                f"{type(self).__name__} has no attribute {name!r}.{hint(name, self.STATE)} "
                f"Its traits are {', '.join(self.STATE)}"
            )
        super().__setattr__(name, value)

    @classmethod
    def refuse_unknown(cls, given: dict[str, Any]) -> None:
        """Raise for a keyword that the view does not have, and name the nearest."""
        own = inspect.signature(cls.__init__).parameters.values()
        allowed = (*cls.STATE, *(one.name for one in own if one.kind is one.KEYWORD_ONLY))
        for name in given:
            if name not in allowed:
                raise TypeError(
                    f"{cls.__name__} has no keyword {name!r}.{hint(name, allowed)} "
                    f"It takes {', '.join(allowed)}"
                )

    def check(self, name: str, value: Any) -> Any:
        """Return the value as the view keeps it, or raise `StateError`."""
        try:
            return checked(self.TRAITS, name, value, self._limits())
        except ValueError as error:
            raise StateError(str(error)) from None

    def _limits(self) -> Limits:
        """Return what the data allow, as the checks of `TRAITS` look it up."""
        raise NotImplementedError

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
            elif name in ("data", "detail", "error", "view_id", "version", "revision"):
                # Data flow from here to the front end only.
                self.send_state(name)
                continue
            super().set_state({name: sync_data[name]})
            # A value of Python's may be on its way to the page, which would show that one for good.
            if not getattr(ipywidgets_widget, "JUPYTER_WIDGETS_ECHO", False):
                self.send_state(name)
        self.error = refused

    def _in_order(self, state: dict[str, Any]) -> list[str]:
        return sorted(state, key=lambda name: name not in self.TRAITS or not self.TRAITS[name].first)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return None
        content, metadata = shown
        picture = self.plate().fallback()
        content["image/png"] = base64.b64encode(picture).decode("ascii")
        if not needs_widget_view():
            # A widget-view whose model is not there is an error text, which hides all else.
            del content[WIDGET_VIEW]
            content["text/html"] = output_html(self, picture, options.saved)
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
        _check_ending(path, "html")
        return write_file(path, self_contained_page(self, self.plate().fallback()).encode())

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
        _check_ending(path, "png")
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
        _check_ending(path, "svg")
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
        _check_ending(path, "pdf")
        _check_print(width_cm, font_size)
        return write_file(path, self.plate().pdf(width_cm=width_cm, font_size=font_size, grey=grey))


def _check_ending(path: str | os.PathLike[str], kind: str) -> None:
    """Refuse a path whose ending promises another kind of file; one without an ending may stay without."""
    if not isinstance(path, str | os.PathLike):
        raise wrong_kind("path", "a string or a path", path, f'view.export_{kind}("figure.{kind}")')
    target = Path(path)
    ending = target.suffix.lower()
    if ending in ("", f".{kind}") or (kind, ending) == ("html", ".htm"):
        return
    named = target.with_suffix(f".{kind}")
    other = ending.removeprefix(".").replace("htm", "html").replace("htmll", "html")
    instead = f', or view.export_{other}("{target}")' if other in ("png", "svg", "pdf", "html") else ""
    raise ValueError(
        f"path must end in .{kind}, for export_{kind} writes {kind.upper()}, got {str(path)!r}. "
        f'This works: view.export_{kind}("{named}"){instead}'
    )


def _check_print(width_cm: float | None, font_size: float | None) -> None:
    if width_cm is not None:
        _check_number("width_cm", width_cm, 2, 200)
    if font_size is not None:
        _check_number("font_size", font_size, 2, 72)


def _check_number(name: str, value: float, least: float, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{name} must be a number from {least} to {most}, got {value!r}")
