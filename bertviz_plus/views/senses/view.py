"""A word's occurrences as points that part by sense, hidden layer by hidden layer."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from bertviz_plus.traces.occurrences import Occurrences
from bertviz_plus.views.embedding import Embed, checked_embed
from bertviz_plus.views.senses.occurrences import prepare
from bertviz_plus.views.senses.points import PointsView
from bertviz_plus.views.senses.traits import TRAITS
from bertviz_plus.views.traits import Traits


class SenseView(PointsView):
    """A word's occurrences, layer by layer: the picture, how faithful it is, and the scores beside it.

    Parameters
    ----------
    occurrences : Occurrences
        Of one word or several.
    columns : DataFrame or dict, optional
        What else may colour: names and values, one for each occurrence.
    projection : {"pca", "tsne", "umap"}, a list of them, or array_like, optional
        Pictures; the first is shown. PCA is always there. t-SNE and UMAP need
        ``pip install "bertviz-plus[projections]"``; with it, t-SNE is what is shown of up to some hundred
        occurrences, unless you say otherwise. An array [occurrences, 2] or [layers, occurrences, 2]
        holds points of your own.
    scores : DataFrame or False, optional
        What `sense_scores` returned; computed without it, where there are senses. False for none.
    by_form : bool, optional
        Take the mean vector of each written form away ("spring", "springs"): what two dimensions show first
        is the form, not the sense. By default where several forms occur; the caption says so, and gives the
        scores with the forms' means left in beside those without. *Picture* in the menu *View*, or
        ``projection="pca with forms"``, puts the means back.
    embed : {"auto", "all"} or list of int, default "auto"
        Which hidden layers are embedded. "auto" embeds as many as fit in 2 MB; the kernel sends others when
        they are looked at.
    progress : bool, default True
        Show a bar when it takes more than a second.
    **state
        Any of the attributes below.

    Attributes
    ----------
    {traits}

    Raises
    ------
    ValueError
        {refused}
    TypeError
        For an unknown keyword, or anything but occurrences.

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

    TRAITS: ClassVar[Traits] = TRAITS

    def __init__(
        self,
        occurrences: Occurrences,
        *,
        columns: Any = None,
        projection: Any = None,
        scores: pd.DataFrame | bool | None = None,
        by_form: bool | None = None,
        embed: Embed = "auto",
        progress: bool = True,
        **state: Any,
    ) -> None:
        if not isinstance(occurrences, Occurrences):
            raise TypeError(
                f"occurrences must be Occurrences, got {type(occurrences).__name__}; "
                "bertviz_plus.occurrences(model, word, texts) and Occurrences.from_vectors make them"
            )
        self.refuse_unknown(state)
        # Checked before anything is computed.
        embed = checked_embed(embed, occurrences.hidden_layers, "layers")
        if by_form not in (None, True, False):
            raise ValueError(f"by_form must be True, False or None, got {by_form!r}")
        self._occurrences = occurrences
        payload = prepare(
            occurrences,
            columns=columns,
            projection=projection,
            scores=scores,
            by_form=by_form,
            progress=progress,
        )
        super().__init__(payload=payload, embed=embed, **state)

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
        from bertviz_plus.models.model_kind import check_model
        from bertviz_plus.models.vectors.occurrences import occurrences

        check_model(model, 'SenseView.of(model, "bat", ["A bat flew.", "A cricket bat."])')
        progress = bool(state.get("progress", True))
        found = occurrences(
            model, word, texts, senses=senses, inflections=inflections, limit=limit, progress=progress
        )
        return cls(found, **state)

    @property
    def occurrences(self) -> Occurrences:
        """What the view draws."""
        return self._occurrences

    @property
    def scores_with_forms(self) -> pd.DataFrame:
        """The scores where the means of written forms are kept; empty where `scores` are those already."""
        return self._payload.scores_with_forms

    def selected_frame(self) -> pd.DataFrame:
        """Return the selected occurrences as rows, under their numbers.

        Returns
        -------
        DataFrame
            The columns of `Occurrences.to_frame`, and the label of each other colouring.
        """
        frame = self.occurrences.to_frame()
        for group in self._payload.groups:
            if group.name not in ("sense", "word"):
                labels = np.array([*group.labels, None], object)
                frame[group.name] = labels[group.codes]
        places: list[int] = self.selected
        return frame.iloc[places]

    def __repr__(self) -> str:
        count = len(self.occurrences)
        what = f"{self.occurrences.word!r}: {count:,} occurrence{'s' * (count != 1)}"
        return self._named(what, *([f"colour {self.colour}"] if self.colour else []))
