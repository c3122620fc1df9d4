"""What of this environment keeps views from being live."""

import json
import os
import re
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from bertviz_plus.export.hosts import WIDGET_VIEW_HOSTS, host_name
from bertviz_plus.export.output import BUNDLES, bundle

# What the package asks of the packages that its views rest on.
_LEAST = {"anywidget": "0.9.18", "ipywidgets": "7.7"}
_SERVERS = ("jupyterlab", "notebook", "jupyter_server")
_EXTENSIONS = {"anywidget": "anywidget", "@jupyter-widgets/jupyterlab-manager": "jupyterlab_widgets"}


@dataclass(frozen=True)
class Remark:
    """One thing that was looked at.

    Attributes
    ----------
    kind : {"ok", "note", "wrong"}
        A note is worth knowing, and keeps no view from being live.
    says : str
    mend : str
        What to do about it.
    """

    kind: Literal["ok", "note", "wrong"]
    says: str
    mend: str = ""


def examine_environment() -> list[Remark]:
    """Look at the Python that this runs in.

    Returns
    -------
    list of Remark

    Examples
    --------
    >>> {remark.kind for remark in examine_environment()} <= {"ok", "note", "wrong"}
    True
    """
    return [_front_end(), *_packages(), *_extensions(), _host()]


def installed_version(package: str) -> str:
    """Return the version of an installed package; empty where it is absent.

    Examples
    --------
    >>> installed_version("no-such-package")
    ''
    """
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _front_end() -> Remark:
    names = ["loader.js", *(f"{name}{end}" for name in BUNDLES for end in (".js", ".css", ".drawn.js"))]
    absent = [name for name in names if not _is_built(name)]
    if not absent:
        return Remark("ok", f"bertviz_plus {version('bertviz-plus')}, its front end is built")
    return Remark(
        "wrong",
        f"the front end is not built: {', '.join(absent)} absent or empty, so no view can be made",
        "In a checkout, run `npm install && npm run build`; "
        "else `pip install --force-reinstall --no-deps bertviz-plus`.",
    )


def _is_built(name: str) -> bool:
    try:
        return bundle(name).stat().st_size > 0
    except FileNotFoundError:
        return False


def _packages() -> list[Remark]:
    remarks = []
    for package, least in _LEAST.items():
        found = installed_version(package)
        if not found:
            says = f"{package} is not installed"
        elif _numbers(found) < _numbers(least):
            says = f"{package} is {found}, and must be {least} or later"
        else:
            remarks.append(Remark("ok", f"{package} {found}"))
            continue
        remarks.append(
            Remark("wrong", f"{says}: no view can be made", f'Run `pip install -U "{package}>={least}"`.')
        )
    others = {name: installed_version(name) for name in ("jupyterlab", "notebook", "nbconvert")}
    said = [f"{name} {found}" if found else f"{name} is not installed here" for name, found in others.items()]
    remarks.append(Remark("ok" if all(others.values()) else "note", ", ".join(said)))
    old = [
        f"{name} {others[name]}"
        for name, least in (("jupyterlab", "4"), ("notebook", "7"))
        if others[name] and _numbers(others[name]) < _numbers(least)
    ]
    if old:
        remarks.append(
            Remark("note", f"views were tried in JupyterLab 4 and Notebook 7, not in {' and '.join(old)}")
        )
    return remarks


def _extensions() -> list[Remark]:
    """Look for what carries a view's state to Python and back."""
    unknown = Remark(
        "note",
        f"this is the environment of {sys.executable}; where Jupyter's server runs in another, what that one "
        "has is unknown: there, `jupyter labextension list` must name anywidget and "
        "@jupyter-widgets/jupyterlab-manager",
    )
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError:
        says = (
            "jupyter_core is not installed here: no Jupyter runs from this environment, and what its server "
            "has is unknown"
        )
        return [Remark("note", says), unknown]
    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    return [*(_extension(name, folders) for name in _EXTENSIONS), unknown]


def _extension(name: str, folders: list[Path]) -> Remark:
    package = _EXTENSIONS[name]
    restart = "in the environment that Jupyter's server runs in, and start the server again."
    # The first folder goes before the others, as in JupyterLab.
    found = next(
        (one for one in (folder / name / "package.json" for folder in folders) if one.is_file()), None
    )
    if found is None:
        if not any(map(installed_version, _SERVERS)):
            return Remark("note", f"no Jupyter server in this environment: whether it has {name} is unknown")
        return Remark(
            "wrong",
            f"JupyterLab's extension {name} is not found in {os.pathsep.join(map(str, folders))}: views are "
            "drawn, but what is done in a view does not reach Python, nor the other way",
            f"Run `pip install --force-reinstall {package}` {restart}",
        )
    there = _version_in(found)
    here = installed_version("anywidget")
    if name == "anywidget" and there and here and _numbers(there)[:2] != _numbers(here)[:2]:
        return Remark(
            "wrong",
            f"JupyterLab's extension {name} is {there} ({found.parent}), but Python has {here}: they do not "
            "meet, and what is done in a view does not reach Python",
            f'Run `pip install --force-reinstall "anywidget=={here}"` {restart}',
        )
    is_eight = _numbers(installed_version("ipywidgets")) >= (8,)
    if name != "anywidget" and there and is_eight and _numbers(there) < (5,):
        return Remark(
            "wrong",
            f"JupyterLab's extension {name} is {there} ({found.parent}), and ipywidgets 8 needs 5 or later",
            f'Run `pip install -U "{package}>=3"` {restart}',
        )
    return Remark("ok", f"JupyterLab's extension {name} {there or 'of an unknown version'}")


def _version_in(file: Path) -> str:
    try:
        about: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    found = about.get("version") if isinstance(about, dict) else None
    return found if isinstance(found, str) and re.fullmatch(r"[\w.+-]+", found) else ""


def _host() -> Remark:
    host = host_name()
    if not host:
        return Remark("note", "which host shows the notebook cannot be told from here")
    if host in WIDGET_VIEW_HOSTS:
        return Remark(
            "wrong",
            f"started from {host}, where views need the kernel: in a notebook opened again none is live",
            "Run its cells again, or give readers the page that `view.export_html(path)` writes.",
        )
    return Remark("ok", f"started from {host}")


def _numbers(found: str) -> tuple[int, ...]:
    """Return the numbers a version begins with."""
    begun = re.match(r"\d+(\.\d+)*", found)
    return tuple(map(int, begun[0].split("."))) if begun else ()
