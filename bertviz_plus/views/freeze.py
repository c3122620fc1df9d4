"""Notebooks whose views are not live made live from what they have stored."""

import base64
import binascii
import copy
import json
import os
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import bertviz_plus
from bertviz_plus.export.drawn import DrawnOutput
from bertviz_plus.export.notebook import (
    VIEWS,
    WIDGET_STATE,
    WIDGET_VIEW,
    Notebook,
    ShownView,
    class_of,
    model_id_in,
    outputs_of,
    reachable,
    read_notebook,
    shown_views,
    stored_models,
)
from bertviz_plus.export.output import StoredView, bundle_version, live_html, picture_html
from bertviz_plus.traces.writing import write_file
from bertviz_plus.views.base import View

_HEIGHTS = range(50, 10_001)
_USUAL_HEIGHT = 480


@dataclass(frozen=True)
class NotMended:
    """An output that is as it was.

    Attributes
    ----------
    cell : int
        From 1; cells of text count too.
    view : str
        Its class.
    why : str
    """

    cell: int
    view: str
    why: str


@dataclass(frozen=True, repr=False)
class FrozenNotebook:
    """What `freeze_notebook` did.

    Attributes
    ----------
    live : int
        Outputs that were made live.
    pictures : int
        Outputs of which only a picture was left, which say so now.
    unchanged : int
        Outputs that were live already, or were made to be pictures.
    not_mended : tuple of NotMended
    """

    live: int
    pictures: int
    unchanged: int
    not_mended: tuple[NotMended, ...] = field(default=())

    def __repr__(self) -> str:
        made = f"FrozenNotebook: {self.live} made live, {self.pictures} left as a picture, "
        made += f"{self.unchanged} unchanged, {len(self.not_mended)} not mended"
        return made + "".join(f"\n  cell {one.cell}, {one.view}: {one.why}" for one in self.not_mended)


def freeze_notebook(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> FrozenNotebook:
    """Make the views of a saved notebook live without a kernel, from what the notebook has stored.

    For notebooks saved by older versions, as widgets with their state, and for outputs that were cut off.
    Nothing in the notebook is run: each view is drawn by the front end that is installed here, whatever
    code the notebook brought. Where only a picture is left it stays, with a line that says so. The stored
    widget models of this package's views are removed; those of other widgets stay, and so does a view
    within one.

    Parameters
    ----------
    source : path-like
        A notebook of format 4.
    target : path-like
        Where to write the result; it may be `source`. An existing file is replaced.

    Returns
    -------
    FrozenNotebook
        How many views were made live, how many are pictures, and which could not be mended.

    Raises
    ------
    TypeError, ValueError, FileNotFoundError
        For a source that is no notebook, or a target whose folder does not exist.

    Notes
    -----
    To Jupyter the result is a new notebook: ``jupyter trust`` it, or its readers see pictures.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "lesson.ipynb")
    ...     _ = path.write_text(json.dumps(notebook))
    ...     freeze_notebook(path, path)
    FrozenNotebook: 0 made live, 0 left as a picture, 0 unchanged, 0 not mended
    """
    if not isinstance(target, str | os.PathLike):
        raise TypeError(f"target must be the path of a notebook to write, got {type(target).__name__}")
    notebook = read_notebook(source, "source")
    if os.path.isdir(target):  # noqa: PTH112
        raise ValueError(f"target must be the path of a notebook to write, got {target}: it is a folder")
    live = pictures = unchanged = 0
    not_mended = []
    for shown in shown_views(notebook):
        if not shown.model_id and shown.drawn and (shown.drawn.is_live or shown.drawn.is_picture):
            unchanged += 1
            continue
        try:
            html = _live_html_of(shown)
            live += 1
        except ValueError as error:
            if shown.is_inside or not shown.picture:
                not_mended.append(NotMended(shown.cell, shown.name, str(error)))
                continue
            html = _picture_html_of(shown)
            pictures += 1
        shown.data.pop(WIDGET_VIEW, None)
        shown.data["text/html"] = html.splitlines(keepends=True)
    _drop_models(notebook)
    write_file(target, _text_of(notebook).encode(), argument="target")
    return FrozenNotebook(live, pictures, unchanged, tuple(not_mended))


def _live_html_of(shown: ShownView) -> str:
    """Return HTML that draws the view, or raise a `ValueError` that says why there is none."""
    if shown.is_inside:
        raise ValueError("it is within another widget: show it alone, run the cell and save")
    reasons = []
    if shown.model is not None:
        try:
            return live_html(_from_model(shown, shown.model), shown.picture)
        except ValueError as error:
            reasons.append(str(error))
    if shown.drawn is not None and shown.drawn.stored is not None:
        try:
            return live_html(_from_output(shown, shown.drawn), shown.picture)
        except ValueError as error:
            reasons.append(str(error))
    elif shown.drawn is not None:
        reasons.append(shown.drawn.problem)
    raise ValueError("; ".join(reasons) or "neither its state nor a picture was saved: run the cell and save")


def _picture_html_of(shown: ShownView) -> str:
    view_id = shown.drawn.view_id if shown.drawn else ""
    return picture_html(view_id or _new_id(), shown.text or shown.name, _USUAL_HEIGHT, shown.picture)


def _from_model(shown: ShownView, model: dict[str, Any]) -> StoredView:
    state = _with_buffers(model)
    view_id = state.get("view_id")
    revision = state.get("revision")
    return _stored_view(
        shown,
        class_of(model),
        view_id if isinstance(view_id, str) and view_id else _new_id(),
        revision if isinstance(revision, int) else 0,
        state,
    )


def _from_output(shown: ShownView, drawn: DrawnOutput) -> StoredView:
    stored = drawn.stored or {}
    return _stored_view(shown, shown.name, stored["id"], stored["revision"], drawn.state())


def _stored_view(
    shown: ShownView, name: str, view_id: str, revision: int, state: dict[str, Any]
) -> StoredView:
    if name not in VIEWS:
        raise ValueError(f"this version has no view {name}")
    view: type[View] = getattr(bertviz_plus, name)
    absent = [one for one in (*view.STATE, "data") if one not in state]
    if absent:
        raise ValueError(f"its stored state lacks {', '.join(absent)}")
    if not isinstance(state["data"], dict) or not state["data"]:
        raise ValueError("its stored state has no data")
    for tensor in _tensors(state["data"]):
        _check_tensor(tensor)
    height = state["height"]
    if not isinstance(height, int) or height not in _HEIGHTS:
        raise ValueError(f"its stored height is {height!r}")
    try:
        drawn_height = view.height_of(state)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"its stored state does not fit together: {error!r}") from error
    detail = state.get("detail")
    return StoredView(
        bundle=view.BUNDLE,
        id=view_id,
        version=bundle_version(view.BUNDLE),
        revision=revision,
        title=shown.text or name,
        height=drawn_height,
        upward=view.STATE,
        state={
            **{one: state[one] for one in (*view.STATE, "data")},
            "detail": detail if isinstance(detail, dict) else {},
            "error": "",
        },
    )


def _with_buffers(model: dict[str, Any]) -> dict[str, Any]:
    """Return a stored model's state with the bytes in their places."""
    state: dict[str, Any] = copy.deepcopy(model["state"])
    try:
        for buffer in model.get("buffers") or []:
            place: Any = state
            *steps, last = buffer["path"]
            for step in steps:
                place = place[step]
            place[last] = _decoded(buffer["data"], buffer["encoding"])
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError("its stored state is damaged") from error
    return state


def _decoded(data: str, encoding: str) -> bytes:
    if encoding == "hex":
        return bytes.fromhex(data)
    if encoding != "base64":
        raise ValueError(f"encoding must be 'base64' or 'hex', got {encoding!r}")
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def _tensors(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "codec" in value:
            yield value
        else:
            for one in value.values():
                yield from _tensors(one)
    elif isinstance(value, list):
        for one in value:
            yield from _tensors(one)


def _check_tensor(tensor: dict[str, Any]) -> None:
    """Raise where bytes are cut off or absent."""
    try:
        packed = tensor["buffer"]
        content = zlib.decompress(packed) if tensor["codec"] == "zlib" else memoryview(packed)
        # Texts have no shape.
        if "shape" in tensor:
            np.frombuffer(content, np.dtype(tensor["dtype"])).reshape(tensor["shape"])
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        raise ValueError("its stored data are cut off or were changed") from error


def _drop_models(notebook: Notebook) -> None:
    """Remove the models that nothing but this package's views needs."""
    models = stored_models(notebook)
    own = {name for name, model in models.items() if class_of(model)}
    if not own:
        return
    shown = set(map(model_id_in, outputs_of(notebook))) & models.keys()
    widgets = notebook["metadata"]["widgets"]
    if not shown:
        del widgets[WIDGET_STATE]
        if not widgets:
            del notebook["metadata"]["widgets"]
        return
    own_alone = reachable(models, own)
    kept = reachable(models, shown | (models.keys() - own_alone))
    state = widgets[WIDGET_STATE]["state"]
    for name in own_alone - kept:
        del state[name]


def _text_of(notebook: Notebook) -> str:
    """Return a notebook as Jupyter writes it."""
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half an emoji cannot be written as UTF-8, but escaped.
        text = json.dumps(notebook, indent=1)
    return f"{text}\n"


def _new_id() -> str:
    return uuid.uuid4().hex
