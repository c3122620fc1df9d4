"""A word's occurrences as points that part by sense, hidden layer by hidden layer."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, cast

import numpy as np
import pandas as pd
import traitlets as t

from bertviz_plus.figures.senses import SenseFigure
from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.views.base import Checked, View, bundle
from bertviz_plus.views.senses_data import Embed, detail_of, prepare, sense_data
from bertviz_plus.views.senses_near import find_nearest
from bertviz_plus.views.senses_sheet import sheet_of
from bertviz_plus.views.senses_state import Facts, checked, facts_of
from bertviz_plus.views.senses_texts import windows_with


class SenseView(View):
    """A word's occurrences, layer by layer: the picture, how faithful it is, and the scores beside it.

    Parameters
    ----------
    occurrences : Occurrences
        Of one word or several.
    columns : DataFrame or dict, optional
        What else may colour: names and values, one for each occurrence.
    projection : {"pca", "tsne", "umap"}, a list of them, or array_like, default "pca"
        Pictures; the first is shown. PCA is always there. t-SNE and UMAP need
        ``pip install "bertviz_plus[projections]"``. An array [occurrences, 2] or [layers, occurrences, 2]
        holds points of your own.
    scores : DataFrame or False, optional
        What `sense_scores` returned; computed without it, where there are senses. False for none.
    embed : {"auto", "all"} or list of int, default "auto"
        Which hidden layers travel with the view. "auto" sends as many as fit in 2 MB; the kernel sends
        others when they are looked at.
    progress : bool, default True
        Show a bar when it takes more than a second.
    **state
        Any of the attributes below.

    Attributes
    ----------
    hidden_layer : int
        0 is the embeddings. At first the one with the best score, or the last.
    colour : str
        "sense", "word" (where there are several), "cluster", or a column's name.
    selected : list of int
        Occurrences, by number: the lasso and the search set it.
    pinned : int
        The occurrence whose neighbours are listed; -1 for none.
    muted : list of str
        Labels of the colouring that are switched off.
    search : str
        Selects the occurrences whose sentence, as far as it is shown, holds it.
    projection : str
    theme : {"auto", "light", "dark"}
        "auto" follows the notebook.
    height : int
        Of the figure, in pixels.

    Raises
    ------
    ValueError
        For a value that cannot be shown: it names what came and what is allowed, and the view stays as it
        was.
    TypeError
        For an unknown keyword, or something else than occurrences.

    Notes
    -----
    The picture: vectors are brought to length 1 and centred; each layer's picture has the same spread, and
    is turned or mirrored to match the layer before (orthogonal Procrustes). Scores, neighbours and cosines
    are of the full space.

    Examples
    --------
    >>> vectors = np.random.default_rng(0).normal(size=(3, 20, 8))
    >>> bank = Occurrences.from_vectors(vectors, senses=["river", "money"] * 10, word="bank")
    >>> view = SenseView(bank, hidden_layer=2)
    >>> view.selected = [0, 4]
    >>> view.selected_frame()["sense"].tolist()
    ['river', 'river']
    >>> view
    SenseView of 'bank': 20 occurrences, 3 hidden layers × 8 dimensions; layer 2, colour sense, 2 selected
    """

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
    height = Checked(456).tag(sync=True)

    def __init__(
        self,
        occurrences: Occurrences,
        *,
        columns: Any = None,
        projection: Any = "pca",
        scores: pd.DataFrame | bool | None = None,
        embed: Embed = "auto",
        progress: bool = True,
        **state: Any,
    ) -> None:
        if not isinstance(occurrences, Occurrences):
            raise TypeError(
                f"occurrences must be Occurrences, got {type(occurrences).__name__}; "
                "bertviz_plus.occurrences(model, word, texts) and Occurrences.from_vectors make them"
            )
        self.refuse_unknown(state, ("columns", "projection", "scores", "embed", "progress"))
        embed = _checked_embed(embed, occurrences)
        self._prepared = prepare(
            occurrences, columns=columns, projection=projection, scores=scores, progress=progress
        )
        data = sense_data(self._prepared, embed=embed, layer=state.get("hidden_layer"))
        self._starting = {
            "hidden_layer": self._prepared.best_layer,
            "colour": data["groups"][0]["name"] if data["groups"] else "",
            "projection": next(iter(data["projections"])),
        }
        self._answered: tuple[int, str, int] | None = None
        super().__init__(data=data, **state)
        self._answer()

    @classmethod
    def of(
        cls,
        model: Any,
        word: str | Sequence[str],
        texts: Iterable[str],
        senses: Sequence[str | None] | None = None,
        *,
        inflections: bool = False,
        limit: int | None = None,
        **state: Any,
    ) -> "SenseView":
        """Find a word in texts and show it, in one step.

        Parameters
        ----------
        model : Model
        word : str or sequence of str
        texts : iterable of str
        senses : sequence of str, optional
            One for each text.
        inflections : bool, default False
        limit : int, optional
            As in `bertviz_plus.occurrences`.
        **state
            Keywords of the view.

        Returns
        -------
        SenseView
        """
        from bertviz_plus.models.occurrences import occurrences

        progress = bool(state.get("progress", True))
        found = occurrences(
            model, word, texts, senses=senses, inflections=inflections, limit=limit, progress=progress
        )
        return cls(found, **state)

    @property
    def occurrences(self) -> Occurrences:
        """What the view draws."""
        return self._prepared.occurrences

    @property
    def scores(self) -> pd.DataFrame:
        """The scores by layer, as `sense_scores` returns them; empty without senses."""
        return self._prepared.scores

    def selected_frame(self) -> pd.DataFrame:
        """Return the selected occurrences as rows, under their numbers.

        Returns
        -------
        DataFrame
            The columns of `Occurrences.to_frame`, and the label of each other colouring.
        """
        frame = self.occurrences.to_frame()
        for group in self._prepared.groups:
            if group.name not in ("sense", "word"):
                labels = np.array([*group.labels, None], object)
                frame[group.name] = labels[group.codes]
        return frame.iloc[self.selected]

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
        layer, near = self.hidden_layer, self.data["neighbours"]
        has_points = layer in self.data["projections"][self.projection]["layers"]
        has_neighbours = self.pinned < 0 or (near is not None and layer in near["layers"])
        if has_points and has_neighbours:
            return
        pinned = -1 if has_neighbours else self.pinned
        wanted = (layer, self.projection, pinned)
        if wanted != self._answered:
            self._answered = wanted
            self.detail = detail_of(self._prepared, self.projection, layer, pinned=pinned)

    def figure(self) -> SenseFigure:
        """Return what is on screen as a figure that needs no browser."""
        near, cosines = self._neighbours()
        return SenseFigure(
            sheet_of(self._prepared, self.data, self.colour, self.projection),
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
        """Return the pinned occurrence's nearest, and their cosines."""
        if self.pinned < 0:
            return [], []
        vectors = np.asarray(self.occurrences.at(self.hidden_layer), np.float32)
        found = find_nearest(vectors, np.array([self.pinned]))
        here = found.indices[self.pinned] < len(vectors)
        return found.indices[self.pinned][here].tolist(), found.cosines[self.pinned][here].tolist()

    def __repr__(self) -> str:
        occurrences = self.occurrences
        layers = len(occurrences.hidden_layers)
        said = [f"layer {self.hidden_layer}"]
        if self.colour:
            said.append(f"colour {self.colour}")
        if self.selected:
            said.append(f"{len(self.selected):,} selected")
        return (
            f"SenseView of {occurrences.word!r}: {len(occurrences):,} "
            f"occurrence{'s' * (len(occurrences) != 1)}, "
            f"{layers} hidden layer{'s' * (layers != 1)} × {occurrences.hidden_size} dimensions; "
            + ", ".join(said)
        )


def _checked_embed(embed: Any, occurrences: Occurrences) -> Embed:
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
