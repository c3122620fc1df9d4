"""Does a sentence lie nearest to its translation, and does it say its language? By layer, centred or not.

Centring takes from each vector the mean of its language (Libovický, Rosa and Fraser 2019, "How
language-neutral is multilingual BERT?"). What that changes is what languages keep apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.intervals import check_resamples, interval
from bertviz_plus.measures.probes.linear_probe import linear_probe
from bertviz_plus.traces.argument_kinds import kind_of
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

Vectors = Mapping[str, NDArray[np.floating[Any]]]


def language_vectors(
    model: "Model",
    sentences: Mapping[str, Sequence[str]],
    *,
    pooling: Sequence[str] = ("mean", "first"),
    progress: bool = True,
) -> dict[str, dict[str, NDArray[np.float32]]]:
    """Read parallel sentences of several languages.

    Parameters
    ----------
    model : Model
    sentences : dict of str to sequence of str
        For each language its sentences; those at one place translate each other.
    pooling : sequence of {"mean", "first"}
    progress : bool, default True

    Returns
    -------
    dict of str to dict of str to ndarray [hidden layers, sentences, hidden]
        For each pooling and language.

    Raises
    ------
    TypeError, ValueError
        Naming the language and the sentence.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> texts = {"en": ["A cat.", "Two dogs."], "de": ["Eine Katze.", "Zwei Hunde."]}
    >>> language_vectors(bp.load(), texts, pooling=["mean"], progress=False)["mean"]["de"].shape
    (7, 2, 384)
    """
    from bertviz_plus.models.vectors.sentences import sentence_vectors

    if not isinstance(sentences, Mapping) or not sentences:
        raise TypeError(
            "sentences must be a dict of each language's sentences, such as {'en': [...], 'de': [...]}, "
            f"got {sentences!r:.40}; parallel_sentences().texts() is one"
        )
    texts = {language: _texts(one, f"sentences[{language!r}]") for language, one in sentences.items()}
    counts = {language: len(one) for language, one in texts.items()}
    if len(set(counts.values())) != 1:
        raise ValueError(f"sentences must be as many in each language, got {counts}")
    joined = [text for one in texts.values() for text in one]
    read = sentence_vectors(model, joined, pooling=pooling, progress=progress)
    n = next(iter(counts.values()))
    return {
        name: {language: one[:, at * n : (at + 1) * n] for at, language in enumerate(texts)}
        for name, one in read.items()
    }


def sentence_retrieval(
    vectors: Vectors, *, pairs: Sequence[tuple[str, str]] | None = None, resamples: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Say how often the nearest sentence of another language is the translation (precision at 1).

    Parameters
    ----------
    vectors : dict of str to ndarray [hidden layers, sentences, hidden]
        For each language, as `language_vectors` gives them; sentences at one place translate each other.
    pairs : sequence of (str, str), optional
        From which language to which; by default every two, both ways.
    resamples, seed : int
        Of the bootstrap over sentences.

    Returns
    -------
    DataFrame
        One row for each hidden layer and for not centred and centred: ``hidden_layer``, ``centred``,
        ``value`` (mean over pairs), its 95% interval ``low`` and ``high``, and ``chance``, 1/sentences.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> meaning = rng.normal(size=(1, 20, 8))
    >>> apart = {"en": meaning, "de": meaning + 9 * rng.normal(size=8)}
    >>> sentence_retrieval(apart, resamples=10)["value"].tolist()[1]
    1.0
    """
    check_resamples(resamples)
    by_centring = [translations_found(vectors, centred=centred, pairs=pairs) for centred in (False, True)]
    layers, n = by_centring[0].shape
    drawn = np.random.default_rng(seed).integers(0, n, (resamples, n))
    rows = []
    for layer in range(layers):
        for centred, every in zip((False, True), by_centring, strict=True):
            found = every[layer]
            low, high = interval(found[drawn].mean(axis=1))
            rows.append((layer, centred, float(found.mean()), low, high, 1 / n))
    return pd.DataFrame(rows, columns=["hidden_layer", "centred", "value", "low", "high", "chance"])


def translations_found(
    vectors: Vectors, *, centred: bool, pairs: Sequence[tuple[str, str]] | None = None
) -> NDArray[np.float64]:
    """Say of each sentence how often its translation is the nearest sentence of another language, by cosine.

    Parameters
    ----------
    vectors : dict of str to ndarray [hidden layers, sentences, hidden]
        For each language; sentences at one place translate each other.
    centred : bool
        Whether the mean of each language is taken away first.
    pairs : sequence of (str, str), optional
        From which language to which; by default every two, both ways.

    Returns
    -------
    ndarray [hidden layers, sentences]
        The share of the pairs.

    Raises
    ------
    ValueError
        For vectors that do not fit together, and a pair of languages that are not there.

    Examples
    --------
    >>> translations_found({"en": np.eye(3)[np.newaxis], "de": np.eye(3)[np.newaxis]}, centred=False)
    array([[1., 1., 1.]])
    """
    arrays = _checked(vectors)
    names = list(arrays)
    wanted = [(a, b) for a in names for b in names if a != b] if pairs is None else list(pairs)
    wrong = next((one for one in wanted if isinstance(one, str) or len(one) != 2), None)
    if wrong is not None or not wanted:
        raise ValueError(
            "pairs must be (from, to) for at least one pair of languages, got "
            f"{'none' if wrong is None else repr(wrong)}"
        )
    unknown = [name for pair in wanted for name in pair if name not in arrays]
    if unknown:
        raise ValueError(f"pairs must name languages among {', '.join(names)}, got {unknown[0]!r}")
    layers, n, _ = next(iter(arrays.values())).shape
    found = np.empty((layers, n))
    for layer in range(layers):
        units = {name: _units(_centre(one[layer], centred)) for name, one in arrays.items()}
        nearest = [(units[a] @ units[b].T).argmax(axis=1) == np.arange(n) for a, b in wanted]
        found[layer] = np.mean(nearest, axis=0)
    return found


def language_probe(
    vectors: Vectors,
    *,
    hidden_layers: Sequence[int] | None = None,
    folds: int = 5,
    components: int | None = 50,
    resamples: int = 1000,
    seed: int = 0,
    progress: bool = True,
) -> pd.DataFrame:
    """Say how well a linear probe tells the language of a sentence.

    Half of the sentences, drawn by the seed, give each language's mean and nothing else; the probe lives on
    the other half. Logistic regression on standardised vectors, cross-validated by sentence: all translations
    of a sentence are in one fold, so that no fold is helped by what a sentence means.

    Parameters
    ----------
    vectors : dict of str to ndarray [hidden layers, sentences, hidden]
        For each language; at least four sentences.
    hidden_layers : sequence of int, optional
        Which; all by default.
    folds : int, default 5
    components : int, optional
        Principal components, of the training folds, that the probe reads; `None` for the vectors themselves.
    resamples, seed : int
        Of the bootstrap over sentences; the seed also draws the halves and the folds.
    progress : bool, default True

    Returns
    -------
    DataFrame
        One row for each hidden layer and for not centred and centred: ``hidden_layer``, ``centred``,
        ``value`` (accuracy), its 95% interval ``low`` and ``high``, and ``majority``, the share
        of the most frequent language.

    Notes
    -----
    Were a language centred by the very vectors that train the probe, all languages would have one mean there,
    and no linear probe could do better than chance whatever the model: hence the halves. Centring knows each
    sentence's language: it asks what is left of language besides its mean, not whether an unlabelled
    sentence could be recognised. The fewer sentences a mean is taken over, the more is left.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> apart = {"en": rng.normal(size=(1, 60, 4)), "de": rng.normal(size=(1, 60, 4)) + 9}
    >>> language_probe(apart, components=None, resamples=10, progress=False)["value"].tolist()[0]
    1.0
    """
    arrays = _checked(vectors)
    check_resamples(resamples)
    layers, n, _ = next(iter(arrays.values())).shape
    if n < 4:
        raise ValueError(f"vectors must hold at least four sentences of each language, got {n}")
    if not isinstance(folds, int | np.integer) or not 2 <= folds <= n // 2:
        raise ValueError(f"folds must be 2..{n // 2} for {n} sentences, half of them probed, got {folds!r}")
    if components is not None and (not isinstance(components, int | np.integer) or components < 1):
        raise ValueError(f"components must be a whole number from 1 on, or None, got {components!r}")
    wanted = range(layers) if hidden_layers is None else list(hidden_layers)
    wrong = [layer for layer in wanted if not 0 <= layer < layers]
    if wrong:
        raise ValueError(f"hidden_layers must be in 0..{layers - 1}, got {wrong[0]}")
    rng = np.random.default_rng(seed)
    order = rng.permutation(n)
    for_means, probed = order[: n // 2], order[n // 2 :]
    fold_of = np.arange(len(probed)) % folds
    drawn = rng.integers(0, len(probed), (resamples, len(probed)))
    rows = []
    for layer in tqdm(wanted, disable=not progress, unit=" layers"):
        for centred in (False, True):
            everything = np.stack(
                [one[layer, probed] - one[layer, for_means].mean(axis=0) * centred for one in arrays.values()]
            )
            right = np.zeros(everything.shape[:2], bool)
            for fold in range(folds):
                test = fold_of == fold
                right[:, test] = _told(everything[:, ~test], everything[:, test], components)
            by_sentence = right.mean(axis=0)
            low, high = interval(by_sentence[drawn].mean(axis=1))
            rows.append((layer, centred, float(by_sentence.mean()), low, high, 1 / len(arrays)))
    return pd.DataFrame(rows, columns=["hidden_layer", "centred", "value", "low", "high", "majority"])


def _told(
    training: NDArray[np.float64], test: NDArray[np.float64], components: int | None
) -> NDArray[np.bool_]:
    """Train a probe on ``[languages, sentences, hidden]`` and say which tests it tells right."""
    languages, _, size = training.shape
    own = np.arange(languages)[:, np.newaxis]
    rows = training.reshape(-1, size)
    # The first token of hidden layer 0 is the same everywhere: nothing can be told, and all is called one.
    if np.ptp(rows, axis=0).max() <= 1e-6 * np.abs(rows).max():
        return np.broadcast_to(own == 0, test.shape[:2]).copy()
    probe = linear_probe(rows, np.repeat(np.arange(languages), training.shape[1]), components=components)
    told = probe.predict(test.reshape(-1, size)).reshape(test.shape[:2])
    return np.asarray(told == own)


def language_neutrality(retrieval: pd.DataFrame, probe: pd.DataFrame) -> pd.DataFrame:
    """Say how much centring each language moves retrieval and probe, layer by layer.

    Parameters
    ----------
    retrieval, probe : DataFrame
        What `sentence_retrieval` and `language_probe` gave.

    Returns
    -------
    DataFrame
        Indexed by hidden layer: ``retrieval`` and ``probe``, centred minus not centred. A layer that is
        neutral already moves little; one where each language has its own region gains in retrieval and loses
        in the probe.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"hidden_layer": [0, 0], "centred": [False, True], "value": [0.25, 0.75]}
    ... )
    >>> language_neutrality(table, table).loc[0, "retrieval"]
    np.float64(0.5)
    """
    moved = {}
    for name, table, maker in (
        ("retrieval", retrieval, "sentence_retrieval"),
        ("probe", probe, "language_probe"),
    ):
        needed = {"hidden_layer", "centred", "value"}
        if not isinstance(table, pd.DataFrame) or not needed <= set(table.columns):
            raise TypeError(
                f"{name} must be the table that {maker} gives, with {', '.join(sorted(needed))}; "
                f"got {type(table).__name__}"
            )
        by_layer = table.pivot(index="hidden_layer", columns="centred", values="value")
        moved[name] = by_layer[True] - by_layer[False]
    return pd.DataFrame(moved)


def _texts(texts: Any, name: str) -> list[str]:
    if isinstance(texts, str) or not isinstance(texts, Iterable):
        raise TypeError(f"{name} must be a list of sentences, got {texts!r:.40}")
    listed = list(texts)
    for place, text in enumerate(listed):
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"{name}[{place}] must be a string that is not empty, got {text!r:.40}")
    if not listed:
        raise ValueError(f"{name} must hold at least one sentence, got none")
    return listed


def _checked(vectors: Any) -> dict[str, NDArray[np.float64]]:
    if not isinstance(vectors, Mapping) or len(vectors) < 2:
        got = (
            f"{', '.join(map(str, vectors)) or 'none'} alone"
            if isinstance(vectors, Mapping)
            else kind_of(vectors)
        )
        raise ValueError(
            "vectors must be a dict of at least two languages, each [hidden layers, sentences, hidden], "
            f"got {got}; language_vectors(model, sentences)['mean'] is one"
        )
    arrays = {name: np.asarray(one, np.float64) for name, one in vectors.items()}
    shapes = {name: one.shape for name, one in arrays.items()}
    if len(set(shapes.values())) != 1 or any(len(shape) != 3 for shape in shapes.values()):
        raise ValueError(f"vectors must have one shape [hidden layers, sentences, hidden], got {shapes}")
    if any(not np.isfinite(one).all() for one in arrays.values()):
        raise ValueError("vectors must be finite numbers")
    if next(iter(shapes.values()))[1] < 2:
        raise ValueError("vectors must hold at least two sentences of each language")
    return arrays


def _centre(vectors: NDArray[np.float64], centred: bool) -> NDArray[np.float64]:
    return vectors - vectors.mean(axis=0) if centred else vectors


def _units(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    units: NDArray[np.float64] = vectors / np.where(norms > 0, norms, 1)
    return units
