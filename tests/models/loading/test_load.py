"""`load` takes names and folders, says of everything else what is wrong, and never opens a pickle."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertForMaskedLM, logging

from bertviz_plus.models.loading.bundled import file_sha256
from bertviz_plus.models.loading.load import load
from tests.models.needed import need


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "copy"))


def edit_config(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_folder_is_loaded_with_its_head_and_says_where_it_came_from(saved: Path) -> None:
    for name in (saved, str(saved)):
        model = load(name)
        assert isinstance(model.hf, BertForMaskedLM)
        assert not model.hf.training
        assert model.info.id == "tiny"
        assert model.info.source == f"folder {saved.resolve()}"
        assert model.info.weights_hash == file_sha256(saved / "model.safetensors")
        assert model.trace("the cat sat").attention.shape == (2, 2, 3, 3)


def test_weights_in_several_files_have_one_hash(saved: Path, tmp_path: Path) -> None:
    model = load(saved)
    model.hf.save_pretrained(tmp_path, max_shard_size="2KB")
    model.tokenizer.save_pretrained(tmp_path)
    assert len(list(tmp_path.glob("model-*.safetensors"))) > 1
    again = load(tmp_path)
    assert again.info.weights_hash is not None
    assert len(again.info.weights_hash) == 64
    assert all(torch.equal(a, b) for a, b in zip(model.hf.parameters(), again.hf.parameters(), strict=True))


def test_without_architectures_there_is_no_head(copy: Path) -> None:
    edit_config(copy, architectures=None)
    # The pooler was never saved: it is the one thing that is missing.
    with pytest.warns(UserWarning, match=r"2 weights of BertModel are not in the file.*pooler"):
        assert type(load(copy).hf).__name__ == "BertModel"


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", torch.float32])
def test_precision_and_device_are_what_was_asked_for(saved: Path, dtype: str | torch.dtype) -> None:
    model = load(saved, dtype=dtype, device=torch.device("cpu"))
    assert str(model.hf.dtype).removeprefix("torch.") == str(dtype).removeprefix("torch.")


def test_a_bundled_name_may_be_written_in_any_case() -> None:
    assert need("bert-tiny").info.id == load("BERT-Tiny").info.id == "bert-tiny"


def test_nothing_is_printed_and_transformers_logging_is_left_as_it_was(
    saved: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    load(saved)
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == (level, bars)


def test_a_pickle_is_refused_with_the_way_to_convert_it(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(FileNotFoundError, match=r"(?s)pytorch_model\.bin only.*pickle.*save_pretrained"):
        load(copy)


def test_a_model_with_code_of_its_own_is_refused_with_what_to_do(copy: Path) -> None:
    edit_config(copy, model_type="brand-new", auto_map={"AutoModel": "modeling.BrandNew"})
    (copy / "modeling.py").write_text("raise SystemExit('this must never run')")
    with pytest.raises(ValueError, match=r"(?s)brings code of its own.*trust_remote_code=True.*bp\.wrap"):
        load(copy)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_type": "brand-new"}, "must name a model_type that transformers .* knows, got 'brand-new'"),
        ({"model_type": None}, "must name a model_type that transformers .* knows, got None"),
        (
            {"model_type": "vit", "architectures": ["ViTModel"]},
            "must be a model that reads text; ViTModel reads pixel_values",
        ),
    ],
)
def test_a_folder_that_holds_no_text_model_is_refused(
    copy: Path, changes: dict[str, Any], message: str
) -> None:
    edit_config(copy, **changes)
    with pytest.raises(ValueError, match=message):
        load(copy)


def test_a_folder_without_a_config_or_with_a_broken_one_is_refused(copy: Path) -> None:
    (copy / "config.json").write_text("{")
    with pytest.raises(ValueError, match=r"config\.json cannot be read"):
        load(copy)
    (copy / "config.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"it has no config\.json, only"):
        load(copy)


def test_a_folder_without_a_tokenizer_is_refused_with_what_to_do(copy: Path) -> None:
    for path in copy.glob("*token*"):
        path.unlink()
    with pytest.raises(ValueError, match=r"tokenizer cannot be loaded.*bp\.wrap"):
        load(copy)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"name": 5}, TypeError, r"name must be .*, got int; .* bp\.wrap"),
        ({"name": "  "}, ValueError, "name must be a bundled model, a folder or a hub id, got '  '"),
        ({"name": "no such/name!"}, ValueError, "got 'no such/name!'. Bundled models: all-MiniLM-L6-v2"),
        ({"name": "./nowhere"}, FileNotFoundError, "the folder './nowhere' does not exist"),
        ({"name": Path("bert-tiny")}, FileNotFoundError, "the folder 'bert-tiny' does not exist"),
        ({"device": "abacus"}, ValueError, "device must be 'cpu'.*, got 'abacus'"),
        ({"device": "cuda:99"}, ValueError, "device must be 'cpu'.*, got 'cuda:99'"),
        ({"dtype": "int8"}, ValueError, "dtype must be one of 'float32', 'float16', 'bfloat16', got 'int8'"),
        ({"revision": "main"}, ValueError, "revision must be left out for a bundled model, got 'main'"),
        ({"revision": 3}, TypeError, "revision must be a branch, tag or commit as a string, got 3"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    arguments: dict[str, Any], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        load(**arguments)
