"""Two sentences and the links between their words, at every layer and by every method."""

import os
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import traitlets as t

from bertviz_plus.measures.alignment.methods import METHODS, checked_method
from bertviz_plus.plates.alignment import AlignmentPlate
from bertviz_plus.traces.alignments import Alignments
from bertviz_plus.traces.links import Alignment, Gold, Link
from bertviz_plus.traces.writing import write_file
from bertviz_plus.views.alignment.data import alignment_data, detail_of, prepare, wire_name
from bertviz_plus.views.alignment.packing import FULL
from bertviz_plus.views.alignment.plate import plate_data
from bertviz_plus.views.alignment.traits import TRAITS, Limits, gold_of
from bertviz_plus.views.base import View
from bertviz_plus.views.embedding import Embed, checked_embed
from bertviz_plus.views.traits import Traits, checked


class AlignmentView(View):
    """Sentences and their translations, with links between the words that mean the same.

    Links can be drawn by hand too: so gold is made in the notebook.

    Parameters
    ----------
    alignments : Alignments
        What ``bertviz_plus.alignments(model, pairs)`` made, or `Alignments.from_words` where only links
        from elsewhere are shown, or links are to be drawn.
    methods : list of str, optional
        Of `bertviz_plus.measures.alignment.methods.METHODS`; all by default. Links that pairs were given
        (`SentencePair.with_given`) stand beside them under their names.
    embed : {"auto", "all"} or list of int, default "auto"
        Which pairs are embedded with their links. "auto" embeds as many as fit in 2 MB, from the one in view
        on; the kernel sends others when they are looked at. Of one pair that alone is more, the surest links
        are embedded, and the view says how many are not; `alignment_of` has them all.
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
        For anything but alignments, and for an unknown keyword.

    Examples
    --------
    >>> mine = Alignments.from_words([("The house", "Das Haus")])
    >>> view = AlignmentView(mine, drawing=True)
    >>> view.drawn = {0: "0-0 1?1"}
    >>> view.to_pharaoh()
    '0-0 1?1'
    >>> view
    AlignmentView of 1 pair; no model has read it, 1 pair drawn
    """

    BUNDLE: ClassVar[str] = "alignment"
    AROUND: ClassVar[int] = 91
    TRAITS: ClassVar[Traits] = TRAITS

    def __init__(
        self,
        alignments: Alignments,
        *,
        methods: Sequence[str] | None = None,
        embed: Embed = "auto",
        progress: bool = True,
        **state: Any,
    ) -> None:
        if not isinstance(alignments, Alignments):
            raise TypeError(
                f"alignments must be Alignments, got {type(alignments).__name__}; "
                "bertviz_plus.alignments(model, pairs) makes them; AlignmentView.of(model, source, target)"
            )
        self.refuse_unknown(state)
        embed = checked_embed(embed, range(len(alignments)), "pairs")
        self._payload = prepare(alignments, _checked_methods(methods), progress=progress)
        names = (*self._payload.methods, *self._payload.given)
        best = alignments.best_layer if alignments.best_layer in alignments.hidden_layers else None
        self._allowed = Limits(alignments.hidden_layers, best, names, alignments.pairs)
        first = checked(TRAITS, "pair", state.get("pair", 0), self._allowed)
        data = alignment_data(self._payload, embed=embed, pair=first)
        super().__init__(data=data, limits=self._allowed, **state)
        self._answer()

    @classmethod
    def of(
        cls,
        model: Any,
        source: Any,
        target: Any,
        *,
        gold: Any = None,
        languages: tuple[str, str] | None = None,
        **state: Any,
    ) -> "AlignmentView":
        """Read a sentence and its translation, or several, and show their links.

        Parameters
        ----------
        model : Model
            One that has read both languages.
        source, target : str, list of str, or a list of these
            A string is cut into words at white space; a list of strings is the words of one sentence, unless
            each of them holds several words. Lists of words for several sentences are lists of lists.
        gold : optional
            The true links, as `Gold.of` takes them; for several pairs a list.
        languages : tuple of (str, str), optional
            Such as ``("en", "de")``.
        **state
            Keywords of the view.

        Returns
        -------
        AlignmentView

        Raises
        ------
        TypeError, ValueError
            Naming what cannot be read.

        Examples
        --------
        >>> import bertviz_plus as bp
        >>> multi = bp.load("multilingual-e5-small")
        >>> view = AlignmentView.of(multi, "The house", "Das Haus", gold="0-0 1-1")
        >>> view.alignment_of().to_pharaoh()
        '0-0 1-1'
        """
        from bertviz_plus.models.vectors.aligning import alignments

        cls.refuse_unknown(state)
        several = _is_several(source, "source"), _is_several(target, "target")
        if several[0] != several[1]:
            one, many = ("target", "source") if several[0] else ("source", "target")
            raise ValueError(
                f"source and target must both be one sentence or both several, got one {one}, several {many}"
            )
        if not several[0]:
            pairs, golds = [(source, target)], None if gold is None else [gold]
        else:
            if len(source) != len(target):
                raise ValueError(
                    f"source and target must be as many, got {len(source)} and {len(target)} sentences"
                )
            pairs, golds = list(zip(source, target, strict=True)), gold
        progress = bool(state.get("progress", True))
        return cls(alignments(model, pairs, gold=golds, languages=languages, progress=progress), **state)

    @property
    def alignments(self) -> Alignments:
        """What the view draws."""
        return self._payload.alignments

    @property
    def links(self) -> dict[int, Gold]:
        """The links drawn by hand, of each pair that was touched."""
        return {int(place): gold_of(links) for place, links in self.drawn.items()}

    def links_of(self, pair: int | None = None) -> Gold | None:
        """Return the links drawn in a pair, or where it was not touched its gold.

        Parameters
        ----------
        pair : int, optional
            The one in view without it.
        """
        place = self._place(pair)
        return self.links.get(place, self.alignments[place].gold)

    def drawn_gold(self) -> list[Gold | None]:
        """Return `links_of` each pair: what `Alignments.with_gold` takes."""
        drawn = self.links
        return [drawn.get(place, pair.gold) for place, pair in enumerate(self.alignments)]

    def alignment_of(self, pair: int | None = None, *, threshold: float | None = None) -> Alignment:
        """Return the links of the method in view at the layer in view.

        Parameters
        ----------
        pair : int, optional
            The one in view without it.
        threshold : float, optional
            Of confidence, from which on a link counts; the view's own without it.
        """
        place = self._place(pair)
        least = self.threshold
        if threshold is not None:
            least = checked(TRAITS, "threshold", threshold, self._allowed)
        return self._alignment(place, least)

    def to_pharaoh(
        self, path: str | os.PathLike[str] | None = None, *, index_base: int = 0, possible: str = "?"
    ) -> str:
        r"""Write the links drawn by hand, a line for each pair, and return them.

        Parameters
        ----------
        path : path-like, optional
            A file to write them to as well.
        index_base : {0, 1}
            What the first word is called.
        possible : {"?", "p"}
            What stands between the words of a link that one may draw.

        Returns
        -------
        str
            Of a pair that was not touched its gold, or an empty line.

        Raises
        ------
        ValueError
            Where nothing is drawn, there is no gold, and a file is asked for; none is written.

        Examples
        --------
        >>> mine = Alignments.from_words([("a b", "x y"), ("a", "x")])
        >>> AlignmentView(mine, drawn={0: "0-0 1?0"}).to_pharaoh(possible="p")
        '0-0 1p0\n'
        """
        if index_base not in (0, 1):
            raise ValueError(f"index_base must be 0 or 1, got {index_base!r}")
        if possible not in ("?", "p"):
            raise ValueError(f'possible must be "?" or "p", got {possible!r}')
        lines = [
            "" if gold is None else gold.to_pharaoh(index_base=index_base, possible=possible)
            for gold in self.drawn_gold()
        ]
        if path is not None:
            if not any(lines):
                raise ValueError(
                    "nothing is drawn yet, so nothing was written: press Draw in the view and drag from word "
                    'to word, or set view.drawn = {0: "0-0 1?2"}, and call to_pharaoh again'
                )
            write_file(path, "".join(f"{line}\n" for line in lines).encode())
        return "\n".join(lines)

    def _limits(self) -> Limits:
        return self._allowed

    def _place(self, pair: int | None) -> int:
        """Return the number of a pair; the one in view without it."""
        return self.pair if pair is None else checked(TRAITS, "pair", pair, self._allowed)

    @t.observe("pair", "hidden_layer", "show_similarity")
    def _answer(self, change: Any = None) -> None:
        """Send the pair in view where it is not embedded."""
        del change
        if not self._ready or not self._payload.methods:
            return
        key = str(self.pair)
        wants_similarity = self.show_similarity and key not in self.data["similarity"]
        if self.pair in self.data["embedded"] and not wants_similarity:
            return
        here = self.detail
        if here.get("pair") == self.pair and (
            not wants_similarity or self.hidden_layer in here["similarity_layers"]
        ):
            return
        self.detail = detail_of(
            self._payload, self.pair, similarity=self.show_similarity, layer=self.hidden_layer
        )

    def _alignment(self, place: int, threshold: float) -> Alignment:
        pair, method = self.alignments[place], self.method
        layer = None
        if method in self._payload.methods:
            layer = self.hidden_layer
            found = self._payload.links_of(place).at(
                self.alignments.hidden_layers.index(layer),
                self._payload.methods.index(method),
                len(self._payload.methods),
            )
            links = [Link(int(i), int(j), int(sure) / FULL) for i, j, sure in found]
        else:
            given = (one for name, one in pair.given.items() if wire_name(name) == method)
            # A file need not hold every pair.
            links = [Link(i, j) for i, j in sorted(next(given, Alignment((), (), ())).pairs)]
        kept = tuple(link for link in links if link.confidence >= threshold)
        return Alignment(pair.source, pair.target, kept, method or None, layer)

    def plate(self) -> AlignmentPlate:
        """Return what is on screen as a figure for a paper, which needs no browser."""
        return AlignmentPlate(
            plate_data(self._payload, self),
            show_gold=self.show_gold,
            show_similarity=self.show_similarity,
            theme="dark" if self.theme == "dark" else "light",
            height=self.height,
        )

    def __repr__(self) -> str:
        count = len(self.alignments)
        read = self.data["title"] or "a model"
        said = (
            [f"{read}, layer {self.hidden_layer}, {self.method}"]
            if self._payload.methods
            else [f"no model has read {'it' if count == 1 else 'them'}"]
        )
        if count > 1:
            said.insert(0, f"pair {self.pair}")
        if self.drawn:
            said.append(f"{len(self.drawn)} pair{'s' * (len(self.drawn) != 1)} drawn")
        languages = f" {'–'.join(self.alignments.languages)}" if self.alignments.languages else ""
        return f"AlignmentView of {count:,} pair{'s' * (count != 1)}{languages}; {', '.join(said)}"


def _checked_methods(methods: Any) -> list[str] | None:
    if methods is None:
        return None
    if isinstance(methods, str) or not isinstance(methods, Iterable):
        raise ValueError(f"methods must be a list of some of {', '.join(METHODS)}; got {methods!r}")
    return list(dict.fromkeys(map(checked_method, methods)))


def _is_several(sentences: Any, name: str) -> bool:
    """Whether these are several sentences, and not the words of one."""
    if isinstance(sentences, str) or not isinstance(sentences, list | tuple) or not sentences:
        return False
    nested = [not isinstance(one, str) for one in sentences]
    if any(nested):
        return True
    # A word may have a tab or a space of another kind in it.
    spaced = sum(" " in one.strip() for one in sentences)
    if 2 * spaced > len(sentences) > spaced:
        raise ValueError(
            f"{name} must be words of one sentence or sentences, and most but not all of its strings hold "
            "several words: give a list of words for each sentence"
        )
    return spaced == len(sentences) > 1
