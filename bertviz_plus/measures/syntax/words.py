"""What heads make of parsed sentences: whom each word attends to most, and the tree of each head."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.syntax.trees import maximum_spanning_trees
from bertviz_plus.traces.parse import LEFT_OUT, ROOT, Parse
from bertviz_plus.traces.parses import Parses, check_parses
from bertviz_plus.traces.parses_read import ParsesRead
from bertviz_plus.traces.seq2seq import Seq2SeqTrace
from bertviz_plus.traces.trace import Trace

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


def syntax(
    model: "Model", parses: Parses, *, batch_size: int | None = None, progress: bool = True
) -> ParsesRead:
    """Read parsed sentences and keep the trees that a model's heads make of them.

    The model reads each sentence as its words, and attention between words is what `Trace.to_words` makes
    it: the sum over a target word's pieces, the mean over a source word's. Special tokens and the word itself
    are left out. The tree of a head is the maximum spanning tree in which a word's attention to another is
    the weight of having it as its head, with the gold root as root; it leaves out punctuation.

    Parameters
    ----------
    model : Model
        Of an encoder–decoder, the encoder is read.
    parses : Parses
        As `bertviz_plus.read_conllu` or `bertviz_plus.treebank` gives them.
    batch_size : int, optional
        The most sentences in one pass.
    progress : bool, default True
        Show a progress bar.

    Returns
    -------
    ParsesRead

    Raises
    ------
    ValueError
        Where there are no sentences, or the tokenizer does not tell which word a token belongs to.

    References
    ----------
    Clark et al. 2019, "What Does BERT Look At?", section 4; Htut et al. 2019, "Do Attention Heads in BERT
    Track Syntactic Dependencies?", section 3.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> one = Parse(("Dogs", "bark", "loudly", "."), (1, -1, 1, 1), upos=("_", "_", "_", "PUNCT"))
    >>> read = syntax(bp.load(), Parses((one,)), progress=False)
    >>> read.trees.shape, read.gold.tolist()
    ((6, 12, 4), [1, -1, 1, -2])
    """
    from bertviz_plus.models.model_kind import check_model

    works = 'syntax(model, read_conllu("en.conllu"))'
    check_model(model, works)
    check_parses(parses, "parses", works)
    texts = [one.words for one in parses]
    traces = model.traces(
        [list(words) for words in texts],
        words=True,
        keep=("attention",),
        batch_size=batch_size,
        progress=progress,
    )
    columns = [_heads_read(trace, one) for trace, one in zip(traces, parses, strict=True)]
    trees, layer_trees, attended, attended_by = (
        np.concatenate(part, axis=-1) for part in zip(*columns, strict=True)
    )
    return ParsesRead(parses, trees, layer_trees, attended, attended_by, model=model.info)


def word_attention(trace: Trace) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return a trace's attention between words alone, without special tokens.

    Parameters
    ----------
    trace : Trace
        With attention and words.

    Returns
    -------
    attention : ndarray [layers, heads, words there, words there]
        Rows sum to less than 1: what goes to special tokens is left out. A missing weight (NaN) is 0.
    places : ndarray [words there] of int
        Places of these words among `trace.words`; what has no token is not among them.

    Examples
    --------
    >>> trace = Trace(("[CLS]", "cat", "s"), words=("cats", "", "sit"), word_ids=(-1, 0, 0),
    ...               is_special=(True, False, False), attention=np.full((1, 1, 3, 3), 1 / 3))
    >>> attention, places = word_attention(trace)
    >>> attention.round(2).tolist(), places.tolist()
    ([[[[0.67...]]]], [0])
    """
    merged = trace.to_words()
    units = np.flatnonzero(np.array(merged.word_ids or (), int) >= 0)
    attention = np.asarray(merged.attention)[..., units[:, np.newaxis], units]
    return np.nan_to_num(attention, nan=0, posinf=0, neginf=0), np.array(merged.word_ids, np.intp)[units]


def _heads_read(trace: Trace | Seq2SeqTrace, parse: Parse) -> tuple[NDArray[np.int16], ...]:
    """Return trees, layer trees, attended and attended_by of one sentence."""
    attention, places = word_attention(trace.encoder if isinstance(trace, Seq2SeqTrace) else trace)
    shape = (*attention.shape[:2], len(parse))
    attended, attended_by, trees = (np.full(shape, LEFT_OUT, np.int16) for _ in range(3))
    layer_trees = np.full((shape[0], len(parse)), LEFT_OUT, np.int16)
    attended[..., places] = _strongest(attention, places)
    attended_by[..., places] = _strongest(attention.swapaxes(-1, -2), places)
    linked = ~np.array(parse.punctuation)[places]
    own = places[linked]
    if len(own):
        kept = np.isin(np.arange(len(parse)), own)
        root = int(np.searchsorted(own, np.flatnonzero(parse.heads_among(kept) == ROOT)[0]))
        among = attention[..., linked, :][..., linked]
        trees[..., own] = _named(maximum_spanning_trees(among, root), own)
        layer_trees[..., own] = _named(maximum_spanning_trees(among.mean(axis=1), root), own)
    return trees, layer_trees, attended, attended_by


def _strongest(attention: NDArray[np.float32], places: NDArray[np.intp]) -> NDArray[np.int16]:
    """Return the place of the other word with the greatest weight in each row; -1 where all are 0."""
    if len(places) < 2:
        return np.full(attention.shape[:-1], ROOT, np.int16)
    n = len(places)
    others = np.where(np.eye(n, dtype=bool), -1, attention)
    return np.where(others.max(axis=-1) > 0, places[others.argmax(axis=-1)], ROOT).astype(np.int16)


def _named(heads: NDArray[np.int16], places: NDArray[np.intp]) -> NDArray[np.int16]:
    """Turn numbers among some words into their places in the sentence."""
    return np.where(heads == ROOT, ROOT, places[heads]).astype(np.int16)
