"""What does each layer know? A linear probe at every hidden layer, with everything that makes it honest."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bertviz_plus.measures.probes.layer_probe_result import LayerProbes, Mixed
from bertviz_plus.measures.probes.linear_probe import (
    STRENGTHS,
    best_strength,
    linear_probe,
    right_answers,
    search_strength,
)
from bertviz_plus.measures.probes.online_code import online_code
from bertviz_plus.measures.probes.probe_split import Split, check_task
from bertviz_plus.measures.probes.scalar_mix import (
    centre_of_gravity,
    divergence,
    expected_layer,
    fit_mix,
    jackknife_interval,
    standardised,
    without_each_group,
)
from bertviz_plus.measures.tallies import Tallies
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.probe_task import ProbeTask
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.traces.word_vectors import WordVectors

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

_WORKS = 'probe_layers(model, ProbeTask.from_parses(parses, "pos"))'


def probe_layers(
    model: "Model | WordVectors",
    task: ProbeTask,
    *,
    untrained: "bool | WordVectors" = True,
    codes: bool = True,
    mix: bool = True,
    strengths: Sequence[float] = STRENGTHS,
    resamples: int = 1000,
    seed: int = 0,
    progress: bool = True,
) -> LayerProbes:
    """Probe every hidden layer for a task, beside its baselines.

    Three tenths of the texts are for the test. Of the others a fifth says how strong the penalty of a probe
    must be; the probe is then fitted on all of them. The control task (Hewitt & Liang 2019) gives every word
    type a label of its own, drawn at random as often as the true labels come: a probe that does well on it
    has memorised words. Selectivity is the accuracy less that of the control task.

    Parameters
    ----------
    model : Model or WordVectors
        Or the vectors of the task's spans, as `span_vectors` reads them.
    task : ProbeTask
        From `ProbeTask.from_parses`, or `ProbeTask.of` for any ``(text, span, label)``.
    untrained : bool or WordVectors, default True
        Whether an untrained twin is probed too; or its vectors.
    codes : bool, default True
        Whether the length of the online code is measured.
    mix : bool, default True
        Whether all layers are mixed: centre of gravity and expected layer.
    strengths : sequence of float
        Inverse strengths of the penalty that are tried.
    resamples : int, default 1000
        Of the bootstrap over the test's texts.
    seed : int, default 0
        Of the split, the control task, the twin and the bootstrap.
    progress : bool, default True

    Returns
    -------
    LayerProbes
        `table` has a row for each layer.

    Raises
    ------
    TypeError, ValueError
        For a task with one label, with fewer items to train on than labels, or with too few texts to split.

    References
    ----------
    Liu et al. 2019, "Linguistic Knowledge and Transferability of Contextual Representations"; Hewitt & Liang
    2019, "Designing and Interpreting Probes with Control Tasks".

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> texts = [f"{who} {what}." for who in ("Cats", "Dogs", "Birds") for what in ("sleep", "run", "eat")]
    >>> items = [(text, (0, text.index(" ")), "noun") for text in texts]
    >>> items += [(text, (text.index(" ") + 1, len(text) - 1), "verb") for text in texts]
    >>> probed = probe_layers(bp.load("bert-tiny"), ProbeTask.of(items), resamples=10, progress=False)
    >>> probed.table["hidden_layer"].tolist(), probed.provenance["test items"]
    ([0, 1, 2], 6)
    """
    if not isinstance(task, ProbeTask):
        raise wrong_kind("task", "a ProbeTask", task, _WORKS)
    check_task(task)
    split = Split.of(task, seed)
    readings = _read(model, task, untrained, seed, progress=progress)
    own, twin = readings[0], readings[1] if len(readings) > 1 else None
    split = split.only(own.is_read)
    rows, right, searches = [], [], []
    test_texts = split.texts[split.test]
    layers = own.hidden_layers
    with tqdm(total=len(layers), unit=" layers", desc=task.name, disable=not progress) as bar:
        for layer in layers:
            probed = _probed(own.at(layer), split, split.labels, strengths)
            right.append(probed.right)
            tallies = Tallies.of_shares(probed.right, sentences=test_texts)
            low, high = tallies.interval(resamples, seed)
            control = split.control(seed)
            memorised = _fitted(own.at(layer), split, control, probed.strength).mean()
            row: dict[str, Any] = {"hidden_layer": layer, "accuracy": tallies.value, "low": low, "high": high}
            row |= {
                "majority": split.majority,
                "control": memorised,
                "selectivity": tallies.value - memorised,
            }
            if twin is not None:
                rival = _probed(twin.at(layer), split, split.labels, strengths)
                row["untrained"] = rival.right.mean()
            if codes:
                code = online_code(
                    own.at(layer), split.labels, split.shuffled(seed), strength=probed.strength
                )
                row |= {"nats": code.nats, "compression": code.compression}
            row["strength"] = probed.strength
            rows.append(row)
            searches += [
                {"hidden_layer": layer, "strength": strength, "nats": nats}
                for strength, nats in probed.search.items()
            ]
            bar.update()
    table = pd.DataFrame(rows)
    mixed = None
    if mix and len(layers) > 1:
        best = int(table["accuracy"].to_numpy().argmax())
        strength = float(table["strength"][best])
        mixed = mix_layers(own.vectors, split, strength=strength, resamples=resamples, seed=seed)
    provenance = {
        "task": task.name,
        "labels": sorted(set(task.labels)),
        "train items": int(split.train.sum()),
        "dev items": int(split.dev.sum()),
        "test items": int(split.test.sum()),
        "dropped items": int((~own.is_read).sum()),
        "seed": seed,
        "resamples": resamples,
    }
    return LayerProbes(task.name, table, pd.DataFrame(searches), mixed, provenance, own.model)


class _Probed:
    def __init__(self, right: NDArray[np.bool_], search: dict[float, float]) -> None:
        self.right, self.search, self.strength = right, search, best_strength(search)


def _probed(
    vectors: NDArray[np.float32], split: Split, labels: NDArray[Any], strengths: Sequence[float]
) -> _Probed:
    search = search_strength(vectors[split.train], labels[split.train], split.dev[split.train], strengths)
    return _Probed(_fitted(vectors, split, labels, best_strength(search)), search)


def _fitted(
    vectors: NDArray[np.float32], split: Split, labels: NDArray[Any], strength: float
) -> NDArray[np.bool_]:
    """Say which test items a probe gets right."""
    train, test = split.train, split.test
    if len(set(labels[train].tolist())) < 2:
        return np.asarray(labels[test] == labels[train][0])
    probe = linear_probe(vectors[train], labels[train], strength=strength, tolerance=1e-3)
    return right_answers(probe, vectors[test], labels[test])


def mix_layers(
    vectors: NDArray[np.float32], split: Split, *, strength: float, resamples: int, seed: int
) -> Mixed:
    """Mix all layers, and those up to each: what `LayerProbes.mix` holds."""
    train, test = np.flatnonzero(split.train), np.flatnonzero(split.test)
    layers = standardised(vectors, train)
    names, codes = np.unique(split.labels, return_inverse=True)
    del names
    learnt, asked = layers[:, train], layers[:, test]
    mixes = [fit_mix(learnt[: top + 1], codes[train], strength=strength) for top in range(len(layers))]
    right = np.stack(
        [one.predict(asked[: top + 1]) == codes[test] for top, one in enumerate(mixes)], axis=1
    ).astype(float)
    whole = mixes[-1]
    without = without_each_group(learnt, codes[train], split.texts[train], strength=strength)
    every = np.concatenate([right, np.ones((len(right), 1))], axis=1)
    tallies = Tallies(every, _expected, np.zeros(len(right), np.intp), split.texts[test])
    return Mixed(
        weights=whole.weights.tolist(),
        centre=whole.centre,
        centre_interval=jackknife_interval(whole.centre, [centre_of_gravity(one.weights) for one in without]),
        divergence=whole.divergence,
        divergence_interval=jackknife_interval(
            whole.divergence, [divergence(one.weights) for one in without]
        ),
        cumulative=right.mean(axis=0).tolist(),
        expected_layer=expected_layer(right.mean(axis=0)),
        expected_interval=tallies.interval(resamples, seed),
        strength=strength,
    )


def _expected(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    rows = np.atleast_2d(sums)
    found = np.array([expected_layer(row[:-1] / row[-1]) if row[-1] else np.nan for row in rows])
    return found if sums.ndim > 1 else found[0]


def _read(
    model: "Model | WordVectors",
    task: ProbeTask,
    untrained: "bool | WordVectors",
    seed: int,
    *,
    progress: bool,
) -> list[WordVectors]:
    readings = []
    if isinstance(model, WordVectors):
        readings.append(model)
    else:
        readers = [model]
        if untrained is True:
            from bertviz_plus.models.untrained import untrained_twin

            readers.append(untrained_twin(model, seed=seed))
        from bertviz_plus.models.vectors.span_vectors import span_vectors

        spans = task.spans_by_text()
        readings += [span_vectors(one, task.texts, spans, progress=progress) for one in readers]
    if isinstance(untrained, WordVectors):
        readings.append(untrained)
    for reading in readings:
        if len(reading.is_read) != len(task):
            raise ValueError(
                f"vectors must be those of the task's {len(task)} items, got {len(reading.is_read)}"
            )
    return readings
