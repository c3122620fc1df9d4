"""Changes to a sentence, written as strings: a perturbation by its name, another word as "place=word"."""

import re
from collections.abc import Sequence

from bertviz_plus.measures.predictions.perturbations import PERTURBATIONS, Perturbed, perturb
from bertviz_plus.traces.sentence_words import word_spans

_WRITTEN = re.compile(r"(\d+)=(.*)", re.DOTALL)


def edited(text: str, edits: Sequence[str], *, mask: str = "[MASK]") -> tuple[str, tuple[str, ...]]:
    """Return a sentence after some edits, and what each did.

    Parameters
    ----------
    text : str
    edits : sequence of str
        Names as `perturb` takes them, and "place=word", which puts another word, several, or none in the
        place of one; places count the sentence's words from 0 as the edits before leave them.
    mask : str, default "[MASK]"

    Raises
    ------
    NothingToChangeError
        Where a perturbation finds nothing to change.
    ValueError
        For an edit that is none, and a place where no word stands.

    Examples
    --------
    >>> edited("A robin is a [MASK].", ["1=penguin", "negate"])
    ('A penguin is not a [MASK].', ('robin → penguin', '“not” added'))
    """
    said = []
    for edit in edits:
        written = _WRITTEN.fullmatch(edit)
        if written:
            done = _with_word(text, int(written[1]), written[2].strip(), mask)
        elif edit in PERTURBATIONS:
            done = perturb(text, edit, mask=mask)
        else:
            names = ", ".join(map(repr, PERTURBATIONS))
            raise ValueError(f'edits must be among {names}, or "place=word", got {edit!r}')
        text = done.text
        said.append(done.said)
    return text, tuple(said)


def _with_word(text: str, place: int, word: str, mask: str) -> Perturbed:
    spans = word_spans(text, mask)
    if place >= len(spans):
        raise ValueError(f"edits must name words 0..{len(spans) - 1} of {text!r}, got {place}")
    start, end = spans[place]
    before, own = text[:start], text[start:end]
    if own == mask:
        raise ValueError(f"edits must leave the mask, word {place} of {text!r}, as it is")
    if not word:
        return Perturbed(f"{before.rstrip()}{text[end:]}".lstrip(), f"{own} left out")
    return Perturbed(f"{before}{word}{text[end:]}", f"{own} → {word}")
