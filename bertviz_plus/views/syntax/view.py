"""One sentence between its gold tree and the tree of a head, of a probe or of a fixed distance."""

from typing import Any, ClassVar

import traitlets as t

from bertviz_plus.design import section
from bertviz_plus.plates.syntax import SyntaxPlate
from bertviz_plus.plates.syntax_data import SyntaxData
from bertviz_plus.plates.wording import counted
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.parses_read import ParsesRead
from bertviz_plus.traces.text_direction import sentence_from_right
from bertviz_plus.views.base import View
from bertviz_plus.views.embedding import Embed, checked_embed
from bertviz_plus.views.syntax.data import Payload, packed_sentence, syntax_data
from bertviz_plus.views.syntax.traits import OFFSETS, TRAITS, Limits
from bertviz_plus.views.traits import Traits, checked

_SAID = section("words.syntax").texts()


class SyntaxView(View):
    """A parsed sentence with its gold tree above it, and below it the tree that a model's head makes.

    Links that both trees have are solid on both sides; a link of gold alone is a hollow tube, one that gold
    lacks is dashed and crossed.

    Parameters
    ----------
    read : ParsesRead
        What ``bertviz_plus.syntax(model, parses)`` made.
    embed : {"auto", "all"} or list of int, default "auto"
        Which sentences are embedded with their trees. "auto" embeds as many as fit in 2 MB, from the one in
        view on; the kernel sends others when they are looked at.
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
        For anything but parsed sentences that a model has read, and for an unknown keyword.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> dogs = bp.Parse(("The", "dogs", "bark"), (1, 2, -1), ("det", "nsubj", "root"))
    >>> view = SyntaxView.of(bp.load(), bp.Parses((dogs,)), layer=0, head=2)
    >>> view
    SyntaxView of 1 sentence; all-MiniLM-L6-v2, layer 0, head 2
    """

    BUNDLE: ClassVar[str] = "syntax"
    AROUND: ClassVar[int] = 122
    TRAITS: ClassVar[Traits] = TRAITS

    def __init__(self, read: ParsesRead, *, embed: Embed = "auto", **state: Any) -> None:
        if not isinstance(read, ParsesRead):
            raise wrong_kind(
                "read", "ParsesRead, which bertviz_plus.syntax returns", read, "SyntaxView.of(model, parses)"
            )
        if not len(read):
            raise ValueError("read must hold at least one sentence, got none")
        self.refuse_unknown(state)
        embed = checked_embed(embed, range(len(read)), "sentences")
        self._payload = Payload(read)
        self._allowed = Limits.of(read)
        first = checked(TRAITS, "sentence", state.get("sentence", 0), self._allowed)
        data = syntax_data(self._payload, embed=embed, sentence=first)
        super().__init__(data=data, limits=self._allowed, **state)
        self._answer()

    @classmethod
    def of(cls, model: Any, parses: Any, *, progress: bool = True, **state: Any) -> "SyntaxView":
        """Read parsed sentences with a model and show the trees of its heads.

        Parameters
        ----------
        model : Model
        parses : Parses
            As `bertviz_plus.read_conllu` gives them.
        progress : bool, default True
            Show a progress bar.
        **state
            Keywords of the view.

        Returns
        -------
        SyntaxView

        Raises
        ------
        TypeError, ValueError
            Naming what cannot be read.
        """
        from bertviz_plus.measures.syntax.words import syntax

        cls.refuse_unknown(state)
        return cls(syntax(model, parses, progress=progress), **state)

    @property
    def read(self) -> ParsesRead:
        """What the view draws."""
        return self._payload.read

    def _limits(self) -> Limits:
        return self._allowed

    @t.observe("sentence")
    def _answer(self, change: Any = None) -> None:
        """Send the sentence in view where it is not embedded."""
        del change
        if not self._ready or str(self.sentence) in self.data["embedded"]:
            return
        if self.detail.get("sentence") != self.sentence:
            self.detail = {"sentence": self.sentence, **packed_sentence(self._payload, self.sentence)}

    def plate(self) -> SyntaxPlate:
        """Return what is on screen as a figure for a paper, which needs no browser."""
        return SyntaxPlate(
            self._plate_data(), theme="dark" if self.theme == "dark" else "light", height=self.height
        )

    def _plate_data(self) -> SyntaxData:
        payload, place = self._payload, self.sentence
        parse, many = self.read.parses[place], len(self.read) > 1
        found, tree = payload.found, self._tree
        edges, chain = int(found[0]), payload.tree_of("offset", 0, 0, OFFSETS.index(1))
        name = f"sentence {place:,} of 0–{len(self.read) - 1:,}" if many else ""
        return SyntaxData(
            title=self.data["title"],
            name=f"{name or 'sentence'} ({parse.id})" if parse.id else name,
            words=parse.words,
            upos=parse.upos,
            relations=parse.relations,
            gold=payload.heads_of(0, place),
            other=payload.heads_of(tree, place),
            dropped=frozenset(payload.dropped(place)),
            rtl=sentence_from_right(parse.words),
            source=self._source_text + self._spanning,
            best=self._best,
            uuas=(int(found[tree]), edges) if many else None,
            chain=(int(found[chain]), edges) if many else None,
        )

    @property
    def _tree(self) -> int:
        layers = self.read.layers
        step = layers.index(self.layer)
        if self.source == "probe":
            step = self.read.probed_layers.index(self.hidden_layer)
        return self._payload.tree_of(self.source, step, self.head, OFFSETS.index(self.offset))

    @property
    def _source_text(self) -> str:
        if self.source == "probe":
            return f"hidden layer {self.hidden_layer}, {_SAID['probe']}"
        if self.source == "offset":
            way = "after" if self.offset > 0 else "before"
            return f"{_SAID['offset']} {counted(abs(self.offset), 'word')} {way} it"
        whose = f"head {self.head}" if self.source == "head" else f"mean of {self._allowed.heads} heads"
        return f"layer {self.layer}, {whose}"

    @property
    def _spanning(self) -> str:
        return _SAID["spanning"] if self.source in ("head", "mean") else ""

    @property
    def _best(self) -> str:
        """Say where no other tree of the kind finds more: the figure was chosen on these sentences."""
        probed = self.source == "probe"
        layers = len(self.read.probed_layers if probed else self.read.layers)
        first = self._payload.tree_of(self.source, 0, 0, 0)
        count = layers * (self._allowed.heads if self.source == "head" else 1)
        found = self._payload.found
        if self.source == "offset" or count < 2 or found[self._tree] < found[first : first + count].max():
            return ""
        return f"best of {count} {'heads' if self.source == 'head' else 'layers'} {_SAID['best']}"

    def __repr__(self) -> str:
        which = f"sentence {self.sentence}, " if len(self.read) > 1 else ""
        model = self.data["title"] or "a model"
        return f"SyntaxView of {counted(len(self.read), 'sentence')}; {which}{model}, {self._source_text}"
