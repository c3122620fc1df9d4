"""The alignment plate: what an alignment view shows, as a figure for a paper."""

from typing import Literal

from bertviz_plus.plates.alignment_caption import caption_of, legend_of
from bertviz_plus.plates.alignment_data import AlignmentData
from bertviz_plus.plates.alignment_layout import USUAL_HEIGHT, lay_out
from bertviz_plus.plates.alignment_links import draw_pair
from bertviz_plus.plates.alignment_map import draw_map, map_height
from bertviz_plus.plates.alignment_matrix import draw_matrix
from bertviz_plus.plates.caption import draw_caption, draw_legend
from bertviz_plus.plates.plate import Plate
from bertviz_plus.plates.scene import Scene

_LEAST_HEIGHT = 160
# The legend, between the sentences and the map.
_LEGEND = 30.0


class AlignmentPlate(Plate):
    """A figure of what an alignment view shows.

    Parameters
    ----------
    data : AlignmentData
        One pair, its links at one layer by one method.
    show_gold : bool, default True
        Tell agreed, missed and extra links apart, where there is gold.
    show_similarity : bool, default False
        Draw the cosines of all words instead of lines.
    theme : {"light", "dark"}
    height : float, default 380
        Of the sentences in a PNG at most, in CSS pixels; the map comes on top of that.

    Raises
    ------
    ValueError
        Where a value is not allowed.
    """

    def __init__(
        self,
        data: AlignmentData,
        *,
        show_gold: bool = True,
        show_similarity: bool = False,
        theme: Literal["light", "dark"] = "light",
        height: float = USUAL_HEIGHT,
    ) -> None:
        super().__init__(theme, height, least_height=_LEAST_HEIGHT)
        self._data = data
        self._gold = bool(show_gold) and data.gold is not None
        self._similarity = bool(show_similarity) and data.similarity is not None
        self._below = _LEGEND + map_height(len(data.values))
        self._height += self._below

    def _describe(self) -> tuple[str, str]:
        data = self._data
        linked = "; ".join(f"{data.source[i]}–{data.target[j]}" for i, j, _ in data.links)
        where = f"layer {data.hidden_layer}, {data.method}" if data.hidden_layers else data.method
        about = ", ".join(part for part in (data.title, where) if part)
        title = f"Word alignment: {' '.join(data.source)} | {' '.join(data.target)}"
        return title, f"{about}: {linked}".removeprefix(": ")

    def _draw(self, scene: Scene, room: float) -> bool:
        data, links = self._data, 0
        room -= self._below
        if self._similarity:
            bottom, counts, words = draw_matrix(scene, data, room, gold=self._gold)
        else:
            layout = lay_out(data, scene.width, room)
            # A little more is better than to leave out a band.
            counts, words, links = draw_pair(scene, data, layout, room + 1, gold=self._gold)
            bottom = min(layout.bottom, room + 1)
        legend = legend_of(scene, data, counts, gold=self._gold, cosines=self._similarity)
        bottom = draw_legend(scene, bottom + 2, legend)
        bottom = draw_map(scene, data, bottom + 4)
        said = caption_of(data, words=words, links=links, cosines=self._similarity)
        scene.height = draw_caption(scene, bottom, [*said])
        return bool(words)
