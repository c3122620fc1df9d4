"""The traits of the syntax view: what each may be, given its sentences and trees."""

from dataclasses import dataclass

import numpy as np

from bertviz_plus.design import section
from bertviz_plus.traces.parses_read import ParsesRead
from bertviz_plus.views.traits import THEME, Trait, number_among, one_of, pixels, table

OFFSETS = (-4, -3, -2, -1, 1, 2, 3, 4)
# Where no probe has been fitted.
NO_LAYER = -1
SOURCES = ("head", "mean", "probe", "offset")
_UNPROBED = "it has no probe's trees; ParsesRead.with_probe_trees adds them"


@dataclass(frozen=True)
class Limits:
    """What a view's data allow, and which trees find most of gold's links."""

    sentences: int
    layers: tuple[int, ...]
    heads: int
    probed_layers: tuple[int, ...]
    best: tuple[int, int]
    best_probed: int

    @classmethod
    def of(cls, read: ParsesRead) -> "Limits":
        """Return what some data allow."""
        found = np.nan_to_num(read.uuas())
        layer, head = (int(one) for one in np.unravel_index(int(found.argmax()), found.shape))
        probed = NO_LAYER
        if read.probed_layers:
            probed = read.probed_layers[int(np.nan_to_num(read.uuas("probe_trees")).argmax())]
        shape = len(read), read.layers, found.shape[1], read.probed_layers
        return cls(*shape, best=(read.layers[layer], head), best_probed=probed)

    @property
    def sources(self) -> tuple[str, ...]:
        """Which trees there are to set beside gold."""
        return tuple(name for name in SOURCES if name != "probe" or self.probed_layers)


TRAITS = table(
    Trait("sentence", 0, number_among(lambda limits: range(limits.sentences), "these data"), "From 0."),
    Trait(
        "source",
        "head",
        one_of(*SOURCES, among=lambda limits: limits.sources, where="these data", why=_UNPROBED),
        "What is drawn below: the maximum spanning tree of one head's attention or of the mean over a "
        "layer's heads, a probe's tree, or every word linked to the one at a fixed distance.",
    ),
    Trait(
        "layer",
        lambda limits: limits.best[0],
        number_among(lambda limits: limits.layers, "these data"),
        "Attention layer of a head. At first that of the head with the highest UUAS.",
    ),
    Trait(
        "head",
        lambda limits: limits.best[1],
        number_among(lambda limits: range(limits.heads), "these data"),
        "At first the one with the highest UUAS.",
    ),
    Trait(
        "hidden_layer",
        lambda limits: limits.best_probed,
        number_among(
            lambda limits: limits.probed_layers or (NO_LAYER,),
            "these data",
            lambda limits: "" if limits.probed_layers else _UNPROBED,
        ),
        "That the probe reads; 0 is the embeddings. At first the one with the highest UUAS; -1 where there "
        "is no probe.",
    ),
    Trait(
        "offset",
        1,
        number_among(lambda _: OFFSETS, "an offset"),
        "How many words on each word's head stands, among those that trees link; 1 and -1 are the chain.",
    ),
    THEME,
    Trait(
        "height",
        section("syntax").whole("height"),
        pixels(160),
        "Of the figure at most, in pixels; a longer sentence scrolls.",
    ),
)
