"""Points by hidden layer, coloured by group: what the sense view and the language view have in common."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

import pandas as pd
import traitlets as t

from bertviz_plus.design import section
from bertviz_plus.export.output import bundle
from bertviz_plus.plates.senses import SensePlate
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.views.base import Checked, View
from bertviz_plus.views.points_data import Embed, Prepared, detail_of, points_data
from bertviz_plus.views.senses_plate import plate_data
from bertviz_plus.views.senses_state import Facts, checked, facts_of
from bertviz_plus.views.senses_texts import windows_with


class PointsView(View):
    """A picture of every hidden layer, with neighbours and scores of the full space beside it.

    Parameters
    ----------
    prepared : Prepared
    embed : {"auto", "all"} or list of int
        Which hidden layers travel with the view.
    **state
        Values of traits.
    """

    BUNDLE: ClassVar[str] = "senses"
    AROUND: ClassVar[int] = 98
    STATE: ClassVar[tuple[str, ...]] = (
        "hidden_layer",
        "colour",
        "selected",
        "pinned",
        "muted",
        "search",
        "projection",
        "theme",
        "height",
    )
    # A search selects, a colouring has labels of its own: what is said of those comes after.
    FIRST: ClassVar[tuple[str, ...]] = ("colour", "search")

    # anywidget reads the files when the class is made.
    _esm = bundle("senses.js")
    _css = bundle("senses.css")

    hidden_layer = Checked(0).tag(sync=True)
    colour = Checked("").tag(sync=True)
    selected = Checked().tag(sync=True)
    pinned = Checked(-1).tag(sync=True)
    muted = Checked().tag(sync=True)
    search = Checked("").tag(sync=True)
    projection = Checked("pca").tag(sync=True)
    theme = Checked("auto").tag(sync=True)
    height = Checked(section("senses").whole("height")).tag(sync=True)

    def __init__(self, *, prepared: Prepared, embed: Embed, **state: Any) -> None:
        self._prepared = prepared
        data = points_data(prepared, embed=embed, layer=state.get("hidden_layer"))
        self._starting = {
            "hidden_layer": prepared.best_layer,
            "colour": prepared.groups[0].name if prepared.groups else "",
            "projection": next(iter(data["projections"])),
        }
        self._answered: tuple[int, str, int] | None = None
        super().__init__(data=data, **state)
        self._answer()

    @property
    def occurrences(self) -> Occurrences:
        """What the view draws."""
        return self._prepared.occurrences

    @property
    def scores(self) -> pd.DataFrame:
        """The scores by layer, as `sense_scores` returns them; empty without senses."""
        return self._prepared.scores

    @t.default("hidden_layer")
    def _first_layer(self) -> Any:
        return self._starting["hidden_layer"]

    @t.default("colour")
    def _first_colour(self) -> Any:
        return self._starting["colour"]

    @t.default("projection")
    def _first_projection(self) -> Any:
        return self._starting["projection"]

    @t.default("selected")
    def _nothing_selected(self) -> list[int]:
        return []

    @t.default("muted")
    def _nothing_muted(self) -> list[str]:
        return []

    def _checked(self, name: str, value: Any) -> Any:
        return checked(name, value, self._facts())

    def _facts(self) -> Facts:
        return facts_of(self.data, self.colour)

    @t.observe("colour")
    def _fit_to_colour(self, change: Any) -> None:
        """Another colouring has other labels to switch off."""
        del change
        if self._ready:
            labels = self._facts().labels
            self.muted = [label for label in self.muted if label in labels]

    @t.observe("search")
    def _select_found(self, change: Any) -> None:
        if self._ready:
            self.selected = windows_with(self._prepared.windows, change["new"]) if change["new"] else []

    @t.observe("hidden_layer", "projection", "pinned")
    def _answer(self, change: Any = None) -> None:
        """Send the layer in view, and the pinned one's neighbours, where they did not go along."""
        del change
        if not self._ready:
            return
        layer, about = self.hidden_layer, self.data["projections"][self.projection]
        near = self.data["neighbours"].get(about["space"])
        has_points = layer in about["layers"]
        has_neighbours = self.pinned < 0 or (near is not None and layer in near["layers"])
        if has_points and has_neighbours:
            return
        pinned = -1 if has_neighbours else self.pinned
        wanted = (layer, self.projection, pinned)
        if wanted != self._answered:
            self._answered = wanted
            self.detail = detail_of(
                self._prepared, self.projection, layer, points=not has_points, pinned=pinned
            )

    def plate(self) -> SensePlate:
        """Return what is on screen as a figure for a paper, which needs no browser."""
        near, cosines = self._neighbours()
        return SensePlate(
            plate_data(self._prepared, self.data, self.colour, self.projection),
            hidden_layer=self.hidden_layer,
            selected=tuple(self.selected),
            pinned=self.pinned,
            nearest=near,
            cosines=cosines,
            muted=tuple(self.muted),
            search=self.search,
            theme="dark" if self.theme == "dark" else "light",
            height=self.height,
        )

    def _neighbours(self) -> tuple[list[int], list[float]]:
        """Return the pinned point's nearest, and their cosines."""
        if self.pinned < 0:
            return [], []
        place = self.occurrences.hidden_layers.index(self.hidden_layer)
        found = self._prepared.spaces[self.projection].nearest(place, [self.pinned])
        here = found.indices[self.pinned] < len(self.occurrences)
        return found.indices[self.pinned][here].tolist(), found.cosines[self.pinned][here].tolist()

    def _named(self, what: str, *said: str) -> str:
        """Return what stands for the view where nothing is drawn."""
        layers = len(self.occurrences.hidden_layers)
        now = [f"layer {self.hidden_layer}", *said]
        if self.selected:
            now.append(f"{len(self.selected):,} selected")
        return (
            f"{type(self).__name__} of {what}, "
            f"{layers} hidden layer{'s' * (layers != 1)} × {self.occurrences.hidden_size} dimensions; "
            + ", ".join(now)
        )


def checked_embed(embed: Any, occurrences: Occurrences) -> Embed:
    """Return which layers are to travel, or raise `ValueError`."""
    if isinstance(embed, str) and embed in ("auto", "all"):
        return cast("Embed", embed)
    layers = occurrences.hidden_layers
    if isinstance(embed, str) or not isinstance(embed, Iterable):
        raise ValueError(f'embed must be "auto", "all" or a list of layer numbers, got {embed!r}')
    numbers = list(embed)
    for one in numbers:
        if one not in layers:
            raise ValueError(
                f'embed must be "auto", "all" or a list of layer numbers, of {", ".join(map(str, layers))}, '
                f"got {one!r}"
            )
    return [int(number) for number in numbers]
