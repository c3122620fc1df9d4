"""Imports between the rooms of the package run one way, and files of one room form no circle."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "bertviz_plus"
# Each may import from those before it; those that stand together may not import each other.
ORDER = (
    ("traces",),
    ("data",),
    ("models",),
    ("measures",),
    ("training",),
    ("plates", "charts"),
    ("export",),
    ("views",),
    ("findings",),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
# A trace that was saved opens, and a view lives, where there is no torch.
WITHOUT_TORCH = {"design", "traces", "plates", "charts", "export", "views"}
# `Model.view` and `Differences.view` are conveniences, and import when they are called.
EXCEPTIONS = {("models.model", "views.attention"), ("measures.comparison.differences", "views.attention")}
# Notebooks name views by their public names, which stand in the package's own table alone.
BY_PUBLIC_NAME = {"export.notebook", "views.freeze"}
FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path) for path in FILES}


def imports_of(path: Path) -> Iterator[str]:
    """Every module that a file imports, within functions too, except for types alone."""
    for node in _nodes(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)):
            yield child
            yield from _nodes(child)


def own_imports(path: Path) -> set[str]:
    """The modules of this package that a file imports."""
    names = {name.removeprefix("bertviz_plus.") for name in imports_of(path)}
    return names & MODULES - {"", module_of(path)}


@pytest.mark.parametrize("path", [path for path in FILES if "." in module_of(path)], ids=module_of)
def test_a_room_imports_from_rooms_before_it(path: Path) -> None:
    name = module_of(path)
    own = RANK[name.split(".")[0]]
    wrong = {
        other
        for other in own_imports(path)
        if other.split(".")[0] in RANK
        and (RANK[other.split(".")[0]] > own or (RANK[other.split(".")[0]] == own and not _same(name, other)))
        and (name, other) not in EXCEPTIONS
    }
    assert wrong == set()


def _same(one: str, other: str) -> bool:
    return one.split(".", maxsplit=1)[0] == other.split(".", maxsplit=1)[0]


def test_files_import_each_other_in_no_circle_within_functions_either() -> None:
    files = {
        module_of(path): {other for other in own_imports(path) if (module_of(path), other) not in EXCEPTIONS}
        for path in FILES
        if module_of(path)
    }
    try:
        tuple(TopologicalSorter(files).static_order())
    except CycleError as error:
        raise AssertionError(f"a circle: {' -> '.join(error.args[1])}") from None


def test_no_other_room_goes_by_the_public_names() -> None:
    assert {module_of(path) for path in FILES if "bertviz_plus" in imports_of(path)} == BY_PUBLIC_NAME


def test_what_every_room_reads_imports_none() -> None:
    assert own_imports(PACKAGE / "design.py") == set()


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_what_opens_and_draws_a_trace_imports_no_torch(path: Path) -> None:
    if module_of(path).split(".")[0] in WITHOUT_TORCH:
        assert not {"torch", "transformers"} & {name.split(".")[0] for name in imports_of(path)}
