"""What is public is there, and what needs no model needs no torch."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import bertviz_plus

PACKAGE = Path(bertviz_plus.__file__).parent
WITHOUT_MODELS = sorted(
    f"bertviz_plus.{path.parent.name}.{path.stem}"
    for folder in ("charts", "export", "measures", "plates", "traces", "views")
    for path in (PACKAGE / folder).glob("[!_]*.py")
)


@pytest.mark.parametrize("name", bertviz_plus.__all__)
def test_every_public_name_is_there_and_documented(name):
    assert getattr(bertviz_plus, name).__doc__


def test_a_name_that_is_not_public_is_refused_with_those_that_are():
    with pytest.raises(AttributeError, match=r"no attribute 'lode'; it has .*load"):
        assert bertviz_plus.lode


def test_every_name_lives_where_the_package_says():
    for name, home in bertviz_plus._HOMES.items():
        module = import_module(f"bertviz_plus.{home}")
        assert getattr(bertviz_plus, name) is (module if name == home else getattr(module, name))


def test_all_but_models_is_imported_where_there_is_neither_torch_nor_transformers():
    code = "import sys, importlib\nsys.modules.update(torch=None, transformers=None, altair=None)\n"
    code += f"for name in {WITHOUT_MODELS!r}: importlib.import_module(name)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
