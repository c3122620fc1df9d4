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
# `Model.view` is a convenience, and imports when it is called.
EXCEPTIONS = {("models.model", "views.attention")}
FILES = sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path) for path in FILES}


def imports_of(path: Path, *, types: bool, loading: bool = False) -> Iterator[str]:
    """Every module that a file imports, within functions too; for types alone only where wanted."""
    for node in _nodes(ast.parse(path.read_text()), types=types, loading=loading):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _nodes(node: ast.AST, *, types: bool, loading: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        guarded = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
        later = loading and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        if (types or not guarded) and not later:
            yield child
            yield from _nodes(child, types=types, loading=loading)


def own_imports(path: Path, *, loading: bool = False) -> set[str]:
    """The modules of this package that a file imports; where wanted, those alone that loading it imports."""
    names = {name.removeprefix("bertviz_plus.") for name in imports_of(path, types=False, loading=loading)}
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
        and not any((name, target) == exception for exception in EXCEPTIONS for target in (other,))
    }
    assert wrong == set()


def _same(one: str, other: str) -> bool:
    return one.split(".", maxsplit=1)[0] == other.split(".", maxsplit=1)[0]


@pytest.mark.parametrize("room", [room for rooms in ORDER for room in rooms if (PACKAGE / room).exists()])
def test_loading_the_files_of_a_room_goes_in_no_circle(room: str) -> None:
    files = [path for path in FILES if module_of(path).split(".")[0] == room]
    try:
        tuple(
            TopologicalSorter(
                {module_of(path): own_imports(path, loading=True) for path in files}
            ).static_order()
        )
    except CycleError as error:
        raise AssertionError(f"a circle: {' -> '.join(error.args[1])}") from None


def test_what_every_room_reads_imports_none() -> None:
    assert own_imports(PACKAGE / "design.py") == set()


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_what_opens_and_draws_a_trace_imports_no_torch(path: Path) -> None:
    if module_of(path).split(".")[0] in WITHOUT_TORCH:
        assert not {"torch", "transformers"} & {name.split(".")[0] for name in imports_of(path, types=False)}
