"""Which of a notebook's views are live, and why the others are not; ``python -m bertviz_plus doctor``."""

import io
import os
import sys
import warnings
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bertviz_plus.export.drawn import printable
from bertviz_plus.export.environment import Remark, examine_environment
from bertviz_plus.export.notebook import (
    Notebook,
    ShownView,
    read_notebook,
    shown_views,
    stored_models,
)
from bertviz_plus.export.output import BUNDLES, bundle_version

_RUN = "Run the cell and save."
_SET_LIVE = f'{_RUN} If `bertviz_plus.options.saved` is "picture", set it to "live" first.'
_FREEZE = "Run `bertviz_plus.freeze_notebook(SOURCE, TARGET)`, or run the cell and save."
_EMBED = 'Make the view with `embed="all"`, run the cell and save.'
_LISTED = 6


def run(notebook: str | None) -> int:
    """Print what was found; return 0 where nothing is wrong, 1 where something is, 2 for no notebook."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A console that lacks a letter shows another.
        sys.stdout.reconfigure(errors="replace")
    try:
        about_notebook = None if notebook is None else examine_notebook(notebook)
    except (OSError, ValueError) as error:
        print(f"doctor: {printable(str(error))}", file=sys.stderr)
        return 2
    remarks = examine_environment()
    _print("This environment", remarks)
    if about_notebook is not None:
        _print(f"\n{printable(str(notebook))}", about_notebook)
        remarks += about_notebook
    wrong = sum(remark.kind == "wrong" for remark in remarks)
    print("\nNothing is wrong." if not wrong else f"\n{wrong} thing{' is' if wrong == 1 else 's are'} wrong.")
    return 1 if wrong else 0


def examine_notebook(path: str | os.PathLike[str]) -> list[Remark]:
    """Look at a notebook's outputs; nothing in it is run.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    list of Remark
        Cells are counted from 1, those of text too.

    Raises
    ------
    TypeError, FileNotFoundError, ValueError
        For what is no notebook of format 4.
    """
    notebook = read_notebook(path)
    shown = shown_views(notebook)
    size = Path(path).stat().st_size
    remarks = [remark for view in shown for remark in _remarks_on(view)]
    if not shown:
        remarks.append(Remark("note", "no output shows a view: run its cells and save"))
    elif any(view.drawn is not None and view.drawn.is_live for view in shown):
        remarks.append(_trust(Path(path)))
    remarks.append(_size(notebook, shown, size))
    return remarks


def _print(title: str, remarks: Iterable[Remark]) -> None:
    print(title)
    for remark in remarks:
        print(f"  {remark.kind:5}  {remark.says}")
        if remark.mend:
            print(f"         {remark.mend}")


def _remarks_on(view: ShownView) -> list[Remark]:
    where = f"cell {view.cell} ({view.line}): {view.name}"
    if view.model_id:
        return [_of_widget(view, where)]
    drawn = view.drawn
    if drawn is None:
        left = "a picture only" if view.picture else "a line of text only, without even the picture"
        return [Remark("wrong", f"{where}, {left}", _RUN)]
    if drawn.is_picture:
        return [Remark("wrong", f"{where}, a picture only", _SET_LIVE)]
    if drawn.problem:
        can_be_mended = view.model is not None or drawn.stored is not None
        rest = "" if can_be_mended else ", and only its picture is left" if view.picture else ""
        return [Remark("wrong", f"{where}: {drawn.problem}{rest}", _FREEZE if can_be_mended else _RUN)]
    return [*_of_live(view, where)]


def _of_widget(view: ShownView, where: str) -> Remark:
    if view.is_inside:
        advice = "Show the view itself, as the last line of a cell of its own; run it and save."
        if view.container is not None:
            return Remark(
                "wrong",
                f"{where}, within another widget, with its state: live only in a trusted notebook, until a "
                "save drops the state, and not in pages that are read offline",
                advice,
            )
        return Remark(
            "wrong",
            f'{where}, within another widget whose model is not stored: it reads "model not found"',
            advice,
        )
    if view.model is None:
        hidden = "view" if view.drawn and view.drawn.is_live else "picture" if view.picture else ""
        return Remark(
            "wrong",
            f'{where}: a widget whose model is not stored; it reads "model not found"'
            + (f", and hides the {hidden} that is there" if hidden else ""),
            f"Run `bertviz_plus.freeze_notebook(SOURCE, TARGET)` for the {hidden}, or run the cell and save."
            if hidden
            else _RUN,
        )
    return Remark(
        "wrong",
        f"{where}, saved by an older version as a widget with its state: live only in a trusted notebook, "
        "until a save drops the state, and not in pages that are read offline",
        _FREEZE,
    )


def _of_live(view: ShownView, where: str) -> Iterable[Remark]:
    drawn = view.drawn
    if drawn is None or drawn.stored is None:
        return
    absent = _not_embedded(drawn.state().get("data"))
    yield (
        Remark("wrong", f"{where}, live but for what needs the kernel: {'; '.join(absent)}", _EMBED)
        if absent
        else Remark("ok", f"{where}, live")
    )
    made_by = drawn.stored["version"]
    if made_by not in _installed_front_ends():
        yield Remark(
            "note",
            f"{where} was made by version {printable(made_by)}, and {version('bertviz-plus')} with another "
            "front end is installed: it is drawn as it was made, and joins Python after the cell has run",
        )
    if drawn.lost_changes:
        yield Remark(
            "wrong",
            f"{where} shows the state of its display: what was changed later is cut off or was changed",
            _RUN,
        )


def _installed_front_ends() -> set[str]:
    try:
        return {bundle_version(name) for name in BUNDLES}
    except FileNotFoundError:
        return set()


def _not_embedded(data: Any) -> list[str]:
    """Say what a view's data leave to the kernel; a stored state may hold anything."""
    looks: tuple[Callable[[Any], list[str]], ...] = (_absent_attention, _absent_points, _absent_pairs)
    for look in looks:
        try:
            return look(data)
        except (AttributeError, KeyError, TypeError):
            continue
    return []


def _absent_attention(data: Any) -> list[str]:
    kinds = data["kinds"].items()
    said = []
    for name, about in kinds:
        absent = [layer for layer in about["layers"] if str(layer) not in about["embedded"]]
        if absent:
            said.append(f"{_listed('layer', absent)} of {len(about['layers'])} ({name})")
    return said


def _absent_points(data: Any) -> list[str]:
    layers = data["hidden_layers"]
    said = []
    for what, places in (("projection", data["projections"]), ("neighbours in", data["neighbours"])):
        for name, about in places.items():
            absent = [layer for layer in layers if layer not in about["layers"]]
            if absent:
                said.append(
                    f"{_listed('hidden layer', absent)} of {len(layers)} ({what} {printable(str(name))})"
                )
    spaces = {one["space"] for one in data["projections"].values()}
    said += [
        f"the neighbours in {printable(str(name))}" for name in sorted(spaces - data["neighbours"].keys())
    ]
    return said


def _absent_pairs(data: Any) -> list[str]:
    count = len(data["pairs"])
    absent = [place for place in range(count) if place not in data["embedded"]]
    said = [f"{_listed('pair', absent)} of {count}"] if absent else []
    bare = [place for place in range(count) if str(place) not in data["similarity"]]
    if data["hidden_layers"] and bare:
        said.append(f"the similarities of {_listed('pair', bare)} of {count}")
    return said


def _listed(what: str, numbers: list[Any]) -> str:
    named = [printable(str(number)) for number in numbers]
    if len(named) == 1:
        return f"{what} {named[0]}"
    if len(named) > _LISTED:
        return f"{len(named)} {what}s"
    return f"{what}s {', '.join(named[:-1])} and {named[-1]}"


def _trust(path: Path) -> Remark:
    trusted = _is_trusted(path)
    if trusted is None:
        return Remark(
            "note", "whether you trust the notebook is unknown: nbformat and jupyter_core are not installed"
        )
    if trusted:
        return Remark("ok", "you trust the notebook: JupyterLab and Notebook run the scripts of its outputs")
    return Remark(
        "wrong",
        "you do not trust the notebook: JupyterLab and Notebook show pictures in place of its views",
        f"If you know where it comes from, run `jupyter trust {_quoted(path)}` and open it again; "
        "or run its cells.",
    )


def _is_trusted(path: Path) -> bool | None:
    try:
        from jupyter_core.paths import jupyter_data_dir

        # Not typed for strict use.
        nbformat: Any = import_module("nbformat")
        signing: Any = import_module("nbformat.sign")
    except ImportError:
        return None
    folder = Path(jupyter_data_dir())
    # A notary writes what it does not find; who never signed trusts nothing.
    if not all((folder / name).is_file() for name in ("notebook_secret", "nbsignatures.db")):
        return False
    notary = signing.NotebookNotary(data_dir=str(folder))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
        return bool(notary.check_signature(notebook))
    except (AttributeError, KeyError, TypeError, ValueError):
        # What cannot be signed is not trusted.
        return False
    finally:
        notary.store.close()


def _size(notebook: Notebook, shown: list[ShownView], size: int) -> Remark:
    models = len(stored_models(notebook))
    also = f", with {models} stored widget model{'s' * (models != 1)}" if models else ""
    views = f"{len(shown)} view{'s' * (len(shown) != 1)}"
    return Remark("ok", f"{size / 1e6:.2f} MB: {views}{also}")


def _quoted(path: Path) -> str:
    return f'"{printable(str(path))}"'
