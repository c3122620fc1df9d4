"""Finding 5: attention to a separator is a no-op."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from bertviz_plus.findings.baselines import UNTRAINED_TWIN, Baseline
from bertviz_plus.findings.comparison import Comparison
from bertviz_plus.findings.experiment import Experiment, Need
from bertviz_plus.findings.measured import Measured
from bertviz_plus.findings.separator_sample import SeparatorSample
from bertviz_plus.findings.study import Data, Study
from bertviz_plus.findings.tables import described
from bertviz_plus.findings.text_sample import take_texts
from bertviz_plus.measures.heads.attention_by_key import KINDS, attention_by_key
from bertviz_plus.measures.heads.scaled_attention import scaled_attention
from bertviz_plus.measures.heads.separator_effects import SeparatorEffects, separator_effects

# Half of the way from "as much as a word" to "nothing": what does more is nearer to a word than to a no-op.
# The papers give curves and no threshold. Without training, a separator's value is a random projection, whose
# length strays from a word's by about 1 / sqrt(2 width), the same in every text: 13% where 32 wide, and up to
# 3 times that in the layer that is chosen.
_HALF = 0.50
# How many texts gradients and scaled attention are measured on, which take several passes each.
_BESIDE = 24

NO_DIFFERENCE = Baseline("no difference", "is attention that does as much as any other", lambda _: 0.0)
UNCHANGED = Measured(
    name="taken away",
    gloss=(
        "By what share the last hidden states move less where weight is taken from separators than where the "
        "same weight is taken from the word that has most, in one layer."
    ),
    unit="share by which taking attention from separators changes less than from a word",
    ends=("as much", "nothing"),
    margin=_HALF,
    fewest=20,
    score=lambda sample, _: sample.tallies,
    baselines=(NO_DIFFERENCE, UNTRAINED_TWIN),
)
EMPTY = Measured(
    name="adds little",
    gloss=(
        "By what share the norms of what separators add (Kobayashi) are a smaller part of all norms than "
        "their attention is of all attention, in the same layer."
    ),
    unit="share of attention to separators that adds nothing",
    ends=("none of it", "all of it"),
    margin=_HALF,
    fewest=20,
    score=lambda sample, _: sample.empty,
    baselines=(NO_DIFFERENCE, UNTRAINED_TWIN),
)
ATTENDED = Measured(
    name="attended",
    gloss="Share of attention that goes to separators, mean over heads and tokens, in the same layer.",
    unit="share of attention that goes to separators",
    ends=("none", "all"),
    # Even attention gives a separator .05 in a text of 20 tokens: twice that.
    margin=0.05,
    fewest=20,
    score=lambda sample, _: sample.attended,
    baselines=(
        Baseline(
            "even attention",
            "gives all tokens the same weight",
            lambda study: float(study.sample.effects.even.mean()),
        ),
        UNTRAINED_TWIN,
    ),
)


class NoOp(Experiment):
    """Finding 5: attention to a separator does nothing.

    In the attention layer that is chosen on the other half of the texts: does the output change less where
    weight is taken from separators than where the same weight is taken from a word; is what separators add
    smaller than their attention; and do they get more attention than an even spread gives?

    Data are a list of texts, or `SeparatorEffects`; by default sentences of the package. `details` has a row
    for each layer; for texts also the gradient by kind of token (`attention_by_key`) and the rank correlation
    of weights and values' norms. A note says what scaling attention to separators changes. `show()` draws
    attention and norm-weighted share by layer.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> import numpy as np
    >>> from bertviz_plus.measures.heads.separator_effects import SeparatorEffects
    >>> ones = np.ones((2, 24))
    >>> effects = SeparatorEffects(ones * 0.9, ones * 0.05, ones * 0.1, ones * 0.01, ones)
    >>> bp.primer["no-op"].run(data=effects, resamples=100, progress=False).verdict
    'holds'
    """

    key = "no-op"
    items = "texts"
    reading = "SeparatorEffects"
    measures = (UNCHANGED, EMPTY, ATTENDED)
    needs = (
        Need(
            "attention of {architecture} cannot be changed; it takes one stack that follows transformers' "
            "AttentionInterface",
            lambda study: (
                study.data.reading is not None
                or (study.model.records_attention and not study.model.is_encoder_decoder)
            ),
        ),
        Need("the tokenizer puts no separator into a text", lambda study: study.reading.attention.size > 0),
    )

    def take(self, data: Any, options: Mapping[str, Any]) -> Data:
        """Bring texts into one form."""
        del options
        if isinstance(data, SeparatorEffects):
            return Data(None, {"name": "effects", "texts": data.attention.shape[1]}, data)
        taken = take_texts(data, fewer=4)
        if taken.reading is not None:
            raise TypeError("data must be a list of texts, or SeparatorEffects; traces cannot be changed")
        return taken

    def read(self, model: Any, study: Study) -> SeparatorEffects:
        """Measure what separators do in every text."""
        return separator_effects(model, study.data.content, progress=study.progress)

    def sample(self, study: Study) -> SeparatorSample:
        """Take all texts."""
        return SeparatorSample.of(study.reading, study.seed)

    def details(self, study: Study) -> pd.DataFrame:
        """Return each layer's shares, changes and gradients, mean over texts."""
        effects = study.reading
        names = ("attention", "norms", "even", "changed", "beside")
        table = pd.DataFrame(
            {"layer": range(len(effects.attention))}
            | {name: getattr(effects, name).mean(axis=1) for name in names}
        )
        if not effects.texts:
            return table
        by_key = attention_by_key(study.model, _some(effects), seed=study.seed, progress=study.progress)
        for kind in KINDS:
            table[f"gradient_{kind}"] = by_key.groupby("kind")["gradient"].get_group(kind).to_numpy()
        table["rank_correlation"] = by_key.groupby("layer")["rank_correlation"].first().to_numpy()
        table.attrs |= by_key.attrs
        return table

    def view(self, study: Study, details: pd.DataFrame) -> Any:
        """Return a chart of attention to separators and what it adds, by layer."""
        from bertviz_plus.charts.heads import heads_by_layer

        del study
        table = details.assign(head=0)
        table.attrs = {"baseline": {"attention": float(details["even"].mean())}}
        return heads_by_layer(table, ["attention", "norms"])

    def notes(
        self, study: Study, comparisons: Sequence[Comparison], details: pd.DataFrame
    ) -> tuple[str, ...]:
        """Say where separators get most attention, and what part of the norms that is."""
        del comparisons
        most = details.iloc[int(details["attention"].to_numpy().argmax())]
        said = (
            f"Separators get most attention in layer {int(most['layer'])}: {described(most['attention'])} "
            f"of it, and {described(most['norms'])} of the norms of what is added."
        )
        if not study.reading.texts:
            return (said,)
        times = most["gradient_separator"] / most["gradient_word"]
        gradient = (
            f"There the gradient of the {details.attrs['gradient_of']} with respect to attention to "
            f"separators is {described(times)} times that to words. A token's attention and the norm of its "
            f"value have a rank correlation of {described(most['rank_correlation'])}."
        )
        return said, gradient, _scaled(study)


def _some(effects: SeparatorEffects) -> tuple[str, ...]:
    return effects.texts[:: -(-len(effects.texts) // _BESIDE)]


def _scaled(study: Study) -> str:
    """Say what changes where attention to separators, or to as many words, is scaled in all layers."""
    to, by, seed = study.reading.separator, (0.5, 0.0), study.seed
    table = scaled_attention(
        study.model, _some(study.reading), to=to, by=by, beside=True, seed=seed, progress=study.progress
    )
    measure = table["measure"].iloc[-1]
    own, beside = (
        " and ".join(
            f"{described(one.value, 3)} ({described(one.low, 3)} to {described(one.high, 3)})"
            for one in rows.itertuples()
        )
        for _, rows in table[table["measure"] == measure].groupby("to", sort=False)
    )
    lost = measure == "loss_change"
    what = "the loss changes by" if lost else "the cosine of last hidden states with unchanged ones is"
    unit = " nats" * lost
    return f"With {to} scaled by .5 and 0 in all layers, {what} {own}{unit}; as many words, {beside}{unit}."
