"""Points by hidden layer, coloured by group: the base of the sense view and the language view."""

from typing import Any, ClassVar

import pandas as pd
import traitlets as t

from bertviz_plus.plates.senses import SensePlate
from bertviz_plus.views.base import View
from bertviz_plus.views.embedding import Embed
from bertviz_plus.views.senses.data import Payload, detail_of, points_data
from bertviz_plus.views.senses.plate import plate_data
from bertviz_plus.views.senses.texts import windows_with
from bertviz_plus.views.senses.traits import Limits, limits_of


class PointsView(View):
    """What `SenseView` and `LanguageView` share: a picture of every hidden layer, with neighbours and scores.

    Parameters
    ----------
    payload : Payload
    embed : {"auto", "all"} or list of int
        Which hidden layers travel with the view.
    **state
        Values of traits.
    """

    BUNDLE: ClassVar[str] = "senses"
    AROUND: ClassVar[int] = 98

    def __init__(self, *, payload: Payload, embed: Embed, **state: Any) -> None:
        self._payload = payload
        data = points_data(payload, embed=embed, layer=state.get("hidden_layer"))
        self._answered: tuple[int, str, int] | None = None
        super().__init__(data=data, limits=limits_of(data), **state)
        self._answer()

    @property
    def scores(self) -> pd.DataFrame:
        """The scores by layer, as `sense_scores` returns them; empty without senses."""
        return self._payload.scores

    def _limits(self) -> Limits:
        return limits_of(self.data, self.colour)

    @t.observe("colour")
    def _fit_to_colour(self, change: Any) -> None:
        """Another colouring has other labels to switch off."""
        del change
        if self._ready:
            labels = self._limits().labels
            self.set_trait("muted", [label for label in self.muted if label in labels])

    @t.observe("search")
    def _select_found(self, change: Any) -> None:
        if self._ready:
            self.set_trait(
                "selected", windows_with(self._payload.windows, change["new"]) if change["new"] else []
            )

    @t.observe("hidden_layer", "projection", "pinned")
    def _answer(self, change: Any = None) -> None:
        """Send the layer in view, and the pinned one's neighbours, where they are not embedded."""
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
                self._payload, self.projection, layer, points=not has_points, pinned=pinned
            )

    def plate(self) -> SensePlate:
        """Return what is on screen as a figure for a paper, which needs no browser."""
        near, cosines = self._neighbours()
        return SensePlate(
            plate_data(self._payload, self.data, self.colour, self.projection),
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
        source = self._payload.source
        place = source.hidden_layers.index(self.hidden_layer)
        found = self._payload.spaces[self.projection].nearest(place, [self.pinned])
        here = found.indices[self.pinned] < len(source)
        return found.indices[self.pinned][here].tolist(), found.cosines[self.pinned][here].tolist()

    def _named(self, what: str, *said: str) -> str:
        """Return what stands for the view where nothing is drawn."""
        source = self._payload.source
        layers = len(source.hidden_layers)
        now = [f"layer {self.hidden_layer}", *said]
        if self.selected:
            now.append(f"{len(self.selected):,} selected")
        return (
            f"{type(self).__name__} of {what}, "
            f"{layers} hidden layer{'s' * (layers != 1)} × {source.hidden_size} dimensions; " + ", ".join(now)
        )
