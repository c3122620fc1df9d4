"""One sentence with a mask: what a model predicts, before and after a change, and the words that mattered."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import traitlets as t

from bertviz_plus.plates.masked import MaskedPlate, word_widths
from bertviz_plus.plates.masked_layout import columns_height, place_lens, place_sentence
from bertviz_plus.traces.argument_kinds import wrong_kind
from bertviz_plus.traces.asked import Answer, Asked
from bertviz_plus.views.base import View
from bertviz_plus.views.later import Later
from bertviz_plus.views.masked.data import masked_data, methods_of, packed_asked
from bertviz_plus.views.masked.traits import TRAITS, Limits
from bertviz_plus.views.traits import Traits

# Of the figure's parts on the screen, in a notebook's usual column.
_COLUMN, _CHIPS, _METHODS, _ABOVE, _LENS, _LINE = 960.0, 26.0, 26.0, 10.0, 25.0, 17
_WORKS = 'MaskedView(model, "A robin is a [MASK].")'


class MaskedView(View):
    """A sentence to change by hand or by button, what a model predicts before and after, and why.

    Under each word stands how much it mattered for the prediction, signed; below, the ten likeliest answers
    before and after the change, and what the model's own head reads from each hidden layer. It takes masked
    language models; causal ones, which predict what comes next; and classifiers, which predict a label.

    Parameters
    ----------
    asked : Model or Asked
        A model to ask, or what one was asked before: `MaskedView.asked`, which is saved and loaded.
    text : str, optional
        The sentence, with a model.
    progress : bool, default True
        Show a progress bar while the model is asked for the first time.
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
        For anything but a model with a sentence, or an `Asked` without one; and for an unknown keyword.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> view = MaskedView(bp.load("bert-tiny"), "A robin is a [MASK].", progress=False)
    >>> view.edits = ["negate"]
    >>> view
    MaskedView of 'A robin is not a [MASK].' (“not” added); bert-tiny, occlusion
    """

    BUNDLE: ClassVar[str] = "masked"
    AROUND: ClassVar[int] = 81
    TRAITS: ClassVar[Traits] = TRAITS

    def __init__(self, asked: Any, text: str | None = None, *, progress: bool = True, **state: Any) -> None:
        self.refuse_unknown(state)
        asker = None
        if not isinstance(asked, Asked):
            if not hasattr(asked, "hf") or not isinstance(text, str):
                what = asked if not hasattr(asked, "hf") else text
                name, kind = (
                    ("asked", "a Model or what one was Asked") if what is asked else ("text", "a sentence")
                )
                raise wrong_kind(name, kind, what, _WORKS)
            from bertviz_plus.measures.predictions.questions import Asker

            asker = Asker(asked)
            # A view is saved as it is first shown, so that what it is to explain cannot wait.
            target = state.get("target", "")
            asked = asker.ask(text, target if isinstance(target, str) else "", progress=progress)
        elif text is not None:
            raise wrong_kind("text", "left out beside what was asked", text, "MaskedView(asked)")
        self._asker, self._asked, self._later = asker, asked, Later()
        self._methods = asker.methods if asker else methods_of(asked)
        super().__init__(data=masked_data(asked, self._methods), limits=self._limits(), **state)

    @classmethod
    def height_of(cls, state: Mapping[str, Any]) -> int:
        """Return the height of a view with these values of its traits: a short sentence takes less."""
        answers = state["data"]["asked"]["answers"]
        own = next((one for one in answers if list(one["edits"]) == list(state["edits"])), answers[0])
        place, words = own["mask"], list(own["words"])
        if place >= 0:
            words[place] = own["choices"][0]
        widths = word_widths(words, [k == place for k in range(len(words))])
        _, figure = place_sentence(widths, own["glued"], _COLUMN)
        figure += _CHIPS + _METHODS * bool(own["methods"]) + columns_height(len(own["choices"])) + _ABOVE
        if own["lens_first"]:
            figure += _LENS + place_lens(_COLUMN, len(own["lens_first"]), len(own["choices"])).height
        caption = _LINE * bool(own["edits"])
        return int(min(figure, state["height"])) + cls.AROUND + caption

    @property
    def asked(self) -> Asked:
        """All answers to the sentence in view."""
        return self._asked

    @property
    def answer(self) -> Answer:
        """The answer to the sentence as it stands, after its edits."""
        found = self._asked.answer(self.edits)
        return self._asked.first if found is None else found

    def _limits(self) -> Limits:
        return Limits(self._asked, self._methods, self._asker)

    @t.observe("text")
    def _ask_anew(self, change: Any) -> None:
        if not self._ready or self._asker is None or change["new"] == self._asked.text:
            return
        self._asked = self._asker.first(change["new"])
        self._ready = False
        self.set_trait("edits", [])
        self.set_trait("target", "")
        self._ready = True
        self._answer()

    @t.observe("edits", "target", "method")
    def _answer(self, change: Any = None) -> None:
        """Send the answer that is missing, and work out the rest beside."""
        del change
        if not self._ready or self._asker is None:
            return
        if self._asked.answer(self.edits) is None:
            self._asked = self._asked.with_answers(self._asker.answer(self._asked, self.edits))
        self._publish()
        methods = [self.method] if self.method else []
        self._later.do(self._asker.missing(self._asked, self.edits, self.target, methods), self._put)

    def _put(self, change: Callable[[Asked], Asked]) -> None:
        """Keep what came later."""
        self._asked = change(self._asked)
        self._publish()

    def _publish(self) -> None:
        self.detail = {"asked": packed_asked(self._asked, self._methods)}

    def plate(self) -> MaskedPlate:
        """Return what is on screen as a figure for a paper, which needs no browser."""
        return MaskedPlate(
            self._asked,
            self.answer,
            method=self.method,
            theme="dark" if self.theme == "dark" else "light",
            height=self.height,
        )

    def __repr__(self) -> str:
        said = f" ({', '.join(self.answer.said)})" if self.answer.said else ""
        method = f", {self.method}" if self.method else ""
        return f"MaskedView of {self.answer.text!r}{said}; {self._asked.model.title or 'a model'}{method}"
