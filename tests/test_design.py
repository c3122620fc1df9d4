"""``design.json`` is read in one place, by name and type, and no colour stands anywhere else."""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from bertviz_plus.design import Section, colours, section

PACKAGE = Path(__file__).parents[1] / "bertviz_plus"
FILES = sorted(PACKAGE.rglob("*.py"))
HEX = re.compile(r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b|\b[0-9a-f]{6}\b", re.IGNORECASE)


def texts_of(source: str) -> Iterator[str]:
    """Every text of a file, but its docstrings."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_colour_stands_in_a_module(path):
    assert [found for text in texts_of(path.read_text()) for found in HEX.findall(text)] == []


@pytest.mark.parametrize("text", ["#fff", "#2678f2", "2678f2 862404", "border:1px solid #DFE3E8"])
def test_a_colour_would_be_found(text):
    assert any(HEX.search(one) for one in texts_of(f"COLOUR = {text!r}"))


def test_the_file_is_read_in_one_place():
    readers = [
        path.name for path in FILES if any(text == "design.json" for text in texts_of(path.read_text()))
    ]
    assert readers == ["design.py"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_those_of_the_file(theme):
    written = json.loads((PACKAGE / "design.json").read_text("utf-8"))["palette"][theme]
    found = colours(theme)
    assert {name: getattr(found, name) for name in written} == {
        name: tuple(one) if isinstance(one, list) else one for name, one in written.items()
    }
    with pytest.raises(FrozenInstanceError):
        found.ink = found.paper
    assert colours(theme) is found


def test_an_entry_is_asked_for_by_name_and_type():
    part = Section(
        "a.part", {"few": 3, "some": 0.5, "room": {"least": 1, "most": 2.5}, "said": "yes", "on": True}
    )
    assert (part.whole("few"), part.number("few"), part.number("some")) == (3, 3.0, 0.5)
    assert part.limits("room") == (1.0, 2.5)
    assert part.text("said") == "yes"
    with pytest.raises(KeyError, match=r"design\.json has no a\.part\.none"):
        part.number("none")
    for ask, name in ((part.whole, "some"), (part.number, "said"), (part.number, "on"), (part.text, "few")):
        with pytest.raises(TypeError, match=rf"a\.part\.{name} of design\.json must be"):
            ask(name)
    with pytest.raises(KeyError, match=r"design\.json has no part attention\.nothing"):
        section("attention.nothing")
    with pytest.raises(TypeError):
        section("words.places").texts()["self"] = "other"
