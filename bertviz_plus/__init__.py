"""Look inside BERT-like models in a notebook: every attention head, fast, offline, and measured.

Layers and heads count from 0 everywhere; hidden layer 0 is the embeddings.
"""

import re
from importlib import import_module
from importlib.metadata import version as _version
from pathlib import Path
from typing import Any

__version__ = _version("bertviz-plus")

# Where each public name lives. It is imported when it is first asked for, so that `import bertviz_plus` costs
# neither torch nor altair.
_HOMES = {
    name: home
    for home, name in re.findall(
        r"^from (\S+) import (\w+) as \2$",
        Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
}
__all__ = tuple(sorted(_HOMES))


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'bertviz_plus' has no attribute {name!r}; it has {', '.join(__all__)}")
    home = import_module(_HOMES[name])
    # A whole file of functions is public as a module.
    value = vars(home)[name] if name in vars(home) else import_module(f"{_HOMES[name]}.{name}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
