"""A notebook's file, and which of its outputs show views of this package."""

import base64
import binascii
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bertviz_plus
from bertviz_plus.export.drawn import DrawnOutput, drawn_output, printable

Notebook = dict[str, Any]
Models = dict[str, dict[str, Any]]

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
VIEWS = tuple(sorted(name for name in set(dir(bertviz_plus)) if name.endswith("View")))

_NAMED = re.compile(rf"\b({'|'.join(VIEWS)}) of ")
_REFERENCE = re.compile(r"IPY_MODEL_([0-9A-Za-z_-]+)")
_IMAGE = re.compile(r'src="data:image/png;base64,([^"]*)"')
_LONGEST_LINE = 48


@dataclass(frozen=True, eq=False)
class ShownView:
    """An output that shows a view of this package.

    Attributes
    ----------
    cell : int
        From 1; cells of text count too.
    line : str
        The cell's last line.
    name : str
        The view's class.
    text : str
        What stands for the view where nothing is drawn.
    data : dict
        The output's own, by type.
    drawn : DrawnOutput or None
    model_id : str
        Of the widget that the output refers to; empty where it refers to none.
    model : dict or None
        The widget model of the view that the notebook has stored.
    is_inside : bool
        The output refers to another widget, which contains the view.
    container : dict or None
        The model of that widget, where it is stored.
    picture : bytes
        A PNG; empty where there is none.
    """

    cell: int
    line: str
    name: str
    text: str
    data: dict[str, Any]
    drawn: DrawnOutput | None
    model_id: str
    model: dict[str, Any] | None
    is_inside: bool
    container: dict[str, Any] | None
    picture: bytes


def read_notebook(path: str | os.PathLike[str], argument: str = "notebook") -> Notebook:
    """Read a notebook's file; nothing in it is run.

    Parameters
    ----------
    path : path-like
    argument : str
        What the caller calls it, for errors.

    Raises
    ------
    TypeError, FileNotFoundError, ValueError
        They name the argument, what came and what is allowed.

    Examples
    --------
    >>> read_notebook("absent.ipynb")
    Traceback (most recent call last):
    FileNotFoundError: notebook must be a Jupyter notebook of format 4, got absent.ipynb: ...
    """
    wanted = f"{argument} must be a Jupyter notebook of format 4, got"
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"{argument} must be the path of a notebook, got {type(path).__name__}")
    file = Path(path)
    if "\0" in str(file):
        raise ValueError(f"{wanted} {str(file)!r}: a path holds no zero byte")
    if file.is_dir():
        raise ValueError(f"{wanted} {file}: it is a folder")
    if not file.exists():
        raise FileNotFoundError(f"{wanted} {file}: there is no such file")
    if not file.is_file():
        raise ValueError(f"{wanted} {file}: it is not a regular file")
    content = file.read_bytes()
    if not content.strip():
        raise ValueError(f"{wanted} {file}: it is empty")
    try:
        notebook = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{wanted} {file}: it is not JSON ({error})") from error
    problem = _problem_of(notebook)
    if problem:
        raise ValueError(f"{wanted} {file}: {problem}")
    return dict(notebook)


def _problem_of(notebook: Any) -> str:
    if not isinstance(notebook, dict) or not isinstance(notebook.get("nbformat"), int):
        return "it is JSON of something else"
    if notebook["nbformat"] != 4:
        return (
            f"its format is {notebook['nbformat']}; "
            "`jupyter nbconvert --to notebook FILE` writes one of format 4"
        )
    if not isinstance(notebook.get("cells"), list):
        return "it has no list of cells"
    if not isinstance(notebook.get("metadata", {}), dict):
        return "its metadata are malformed"
    for number, cell in enumerate(notebook["cells"], start=1):
        outputs = cell.get("outputs", []) if isinstance(cell, dict) else None
        if not isinstance(outputs, list) or not all(map(_is_output, outputs)):
            return f"cell {number} is malformed"
    return ""


def _is_output(output: Any) -> bool:
    return isinstance(output, dict) and isinstance(output.get("data", {}), dict)


def stored_models(notebook: Notebook) -> Models:
    """Return the widget models that a notebook has stored, by their ids.

    Examples
    --------
    >>> stored_models({"metadata": {"widgets": {WIDGET_STATE: {"state": {"a": {"state": {}}}}}}})
    {'a': {'state': {}}}
    """
    place: Any = notebook.get("metadata")
    for step in ("widgets", WIDGET_STATE, "state"):
        place = place.get(step) if isinstance(place, dict) else None
    models = place if isinstance(place, dict) else {}
    return {
        name: model
        for name, model in models.items()
        if isinstance(model, dict) and isinstance(model.get("state"), dict)
    }


def class_of(model: dict[str, Any]) -> str:
    """Return the class of a view of this package; empty for another widget.

    Examples
    --------
    >>> class_of({"state": {"_anywidget_id": "bertviz_plus.views.senses.SenseView"}})
    'SenseView'
    >>> class_of({"state": {"_anywidget_id": "altair.jupyter.JupyterChart"}})
    ''
    """
    name = model["state"].get("_anywidget_id")
    is_own = isinstance(name, str) and name.startswith("bertviz_plus.")
    return name.rpartition(".")[2] if is_own else ""


def references(model: dict[str, Any]) -> set[str]:
    """Return the ids of the models that a model refers to.

    Examples
    --------
    >>> references({"state": {"children": ["IPY_MODEL_1f"], "layout": "IPY_MODEL_2e"}}) == {"1f", "2e"}
    True
    """
    return set(_REFERENCE.findall(json.dumps(model["state"])))


def reachable(models: Models, starts: set[str]) -> set[str]:
    """Return the ids of models that can be reached from some, themselves included."""
    found: set[str] = set()
    left = starts & models.keys()
    while left:
        found |= left
        left = {other for one in left for other in references(models[one])} & models.keys() - found
    return found


def shown_views(notebook: Notebook) -> list[ShownView]:
    """Return the outputs that show a view of this package, in order.

    Parameters
    ----------
    notebook : dict
        As `read_notebook` returns it.
    """
    models = stored_models(notebook)
    found = []
    for number, cell in enumerate(notebook["cells"], start=1):
        for output in cell.get("outputs", []):
            shown = _shown_view(output.get("data", {}), models, number, last_line(cell))
            if shown is not None:
                found.append(shown)
    return found


def outputs_of(notebook: Notebook) -> Iterator[dict[str, Any]]:
    """Give the data of every output."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            yield output.get("data", {})


def model_id_in(data: dict[str, Any]) -> str:
    """Return the id of the widget that an output refers to; empty where it refers to none."""
    reference = data.get(WIDGET_VIEW)
    found = reference.get("model_id") if isinstance(reference, dict) else None
    return found if isinstance(found, str) else ""


def last_line(cell: dict[str, Any]) -> str:
    r"""Return a cell's last line, shortened, as a terminal may show it.

    Examples
    --------
    >>> last_line({"source": ["view = 1\n", "view  \n", ""]})
    'view'
    """
    lines = [line.strip() for line in text_of(cell.get("source")).splitlines() if line.strip()]
    line = printable(lines[-1]) if lines else ""
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…"


def text_of(value: Any) -> str:
    r"""Return a text that a notebook stores whole or in lines.

    Examples
    --------
    >>> text_of(["a\n", "b"]), text_of(None)
    ('a\nb', '')
    """
    lines = value if isinstance(value, list) else [value]
    return "".join(line for line in lines if isinstance(line, str))


def _shown_view(data: dict[str, Any], models: Models, cell: int, line: str) -> ShownView | None:
    text, model_id = text_of(data.get("text/plain")), model_id_in(data)
    html = text_of(data.get("text/html"))
    drawn = drawn_output(html)
    model = _model_of(model_id, drawn, models)
    said = _NAMED.search(text)
    is_inside = False
    if model is not None:
        name = class_of(model)
    elif drawn is not None:
        name = _name_in(text) or _name_in(html) or "a view"
    elif model_id in models:
        inside = sorted(filter(None, (class_of(models[one]) for one in reachable(models, {model_id}))))
        if not inside:
            return None
        is_inside, name = True, inside[0]
    elif said and (model_id or said.start() == 0):
        # A container's text names what is in it.
        is_inside, name = said.start() > 0, said[1]
    else:
        return None
    container = models.get(model_id) if is_inside else None
    within = _IMAGE.search(html)
    picture = _png(text_of(data.get("image/png"))) or _png(within[1] if within else "")
    return ShownView(cell, line, name, text, data, drawn, model_id, model, is_inside, container, picture)


def _model_of(model_id: str, drawn: DrawnOutput | None, models: Models) -> dict[str, Any] | None:
    named = models.get(model_id)
    if named is not None:
        return named if class_of(named) else None
    if drawn is None or not drawn.view_id:
        return None
    same = (one for one in models.values() if class_of(one) and one["state"].get("view_id") == drawn.view_id)
    return next(same, None)


def _name_in(text: str) -> str:
    found = _NAMED.search(text)
    return found[1] if found else ""


def _png(text: str) -> bytes:
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
    is_whole = content.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in content[-12:]
    return content if is_whole else b""
