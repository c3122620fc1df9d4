"""The wheel and the source distribution carry the built front end, and need no Node."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.browser.attention_view import wait_until_drawn
from tests.browser.network import Watched

ROOT = Path(__file__).parents[2]
VIEWS = sorted(path.stem for path in (ROOT / "js" / "views").glob("*.js"))
FRONT_END = {
    *(f"bertviz_plus/static/{view}.{kind}" for view in VIEWS for kind in ("css", "drawn.js", "js")),
    "bertviz_plus/static/loader.js",
}
DATA = {
    path.relative_to(ROOT).as_posix()
    for folder in ("data", "data/recorded")
    for path in (ROOT / "bertviz_plus" / folder).iterdir()
    if path.is_file()
}

SHOW_A_VIEW = """
import sys
import numpy as np
import bertviz_plus as bp

weights = np.random.default_rng(0).dirichlet(np.ones(6), size=(3, 4, 6))
trace = bp.Trace.from_attention(weights, ["[CLS]", "the", "cat", "sat", "down", "[SEP]"])
bp.AttentionView(trace).export_html(sys.argv[1])
print(bp.__file__)
"""


def without_node() -> dict[str, str]:
    """An environment whose PATH has no Node in it."""
    folders = [
        folder
        for folder in os.environ["PATH"].split(os.pathsep)
        if not any((Path(folder) / name).exists() for name in ("node", "npm"))
    ]
    return {**os.environ, "PATH": os.pathsep.join(folders)}


def build(source: Path, kind: str, into: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", str(into), str(source)],
        check=True,
        capture_output=True,
        text=True,
        env=without_node(),
    )
    (made,) = into.iterdir()
    return made


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, "sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, as for somebody who has nothing else."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return build(source, "wheel", tmp_path_factory.mktemp("wheel"))


def test_the_source_distribution_carries_what_it_is_built_from_and_the_front_end(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names >= FRONT_END
    assert {"js/views/attention.js", "package-lock.json", "pyproject.toml", "LICENSE"} <= names
    assert not [name for name in names if name.startswith(("node_modules/", ".venv/", "build/"))]


def test_the_wheel_carries_the_front_end_and_nothing_but_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        front_end = archive.read("bertviz_plus/static/attention.js")
    assert names >= FRONT_END | DATA | {"bertviz_plus/design.json", "bertviz_plus/py.typed"}
    assert "bertviz_plus/data/senses.jsonl" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"bertviz_plus"}
    assert front_end == (ROOT / "bertviz_plus/static/attention.js").read_bytes()


@pytest.mark.browser
def test_an_installed_wheel_shows_a_view_where_there_is_no_node(
    wheel: Path, tmp_path: Path, watch: Watched
) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run(
        [sys.executable, "-m", "pip", f"--python={python}", "install", "--quiet", "--no-deps", str(wheel)],
        check=True,
    )
    (packages,) = environment.glob("lib/python*/site-packages")
    # torch and the rest are lent, not installed again. The editable copy of this package is not:
    # that is itself a .pth file, and those are not followed from one to the next.
    (packages / "lent.pth").write_text(sysconfig.get_paths()["purelib"])

    page_file = tmp_path / "view.html"
    done = subprocess.run(
        [python, "-c", SHOW_A_VIEW, str(page_file)],
        check=True,
        capture_output=True,
        text=True,
        env=without_node(),
        cwd=tmp_path,
    )
    assert Path(done.stdout.strip()).is_relative_to(packages)

    page = watch.page()
    page.goto(page_file.as_uri())
    wait_until_drawn(page)
