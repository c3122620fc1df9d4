"""Many texts, one stream of traces: in order, in constant memory, about equally long texts in one pass."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from typing import Any, TypeVar

from bertviz_plus.models.passes.encoding import Encoded, Given, given
from bertviz_plus.traces.progress import tqdm

Traced = TypeVar("Traced")

# A stretch of the stream is looked at together, and its traces wait until all are done. The first is short,
# so that the first trace comes soon.
_FIRST_TEXTS = 8
_MOST_TEXTS = 128
_MOST_NUMBERS = 2**26
# What one pass may keep on the model's device.
_MOST_TEXTS_IN_PASS = 32
_MOST_NUMBERS_IN_PASS = 2**24


def with_progress(made: Iterator[Traced], texts: Iterable[Any], *, progress: bool) -> Iterator[Traced]:
    """Pass traces on and count them on a progress bar."""
    total = len(texts) if isinstance(texts, Sized) else None
    with tqdm(total=total, disable=not progress, unit=" texts") as bar:
        for trace in made:
            bar.update()
            yield trace


def checked_item(item: Any, place: int, *, words: bool, pair_is_target: bool = False) -> Given:
    """Check one item of a stream: a text or a tuple of two, as strings or, with `words`, as lists of words.

    Raises
    ------
    TypeError, ValueError
        With the item's place.
    """
    is_pair = isinstance(item, tuple) and len(item) == 2 and (not words or not isinstance(item[0], str))
    first, second = item if is_pair else (item, None)
    try:
        if words:
            return given(words=first, pair_words=second, pair_is_target=pair_is_target)
        return given(text=first, pair=second, pair_is_target=pair_is_target)
    except (TypeError, ValueError) as error:
        raise type(error)(f"texts[{place}]: {error}") from error


def in_stretches(
    encoded: Iterator[Encoded],
    run: Callable[[Sequence[Encoded]], list[Traced]],
    numbers_of: Callable[[int], int],
    *,
    batch_size: int | None,
) -> Iterator[Traced]:
    """Trace a stream of encoded texts.

    Parameters
    ----------
    encoded : iterator of Encoded
    run : callable
        Traces a batch.
    numbers_of : callable
        How many numbers the trace of a text of so many tokens holds.
    batch_size : int or None
        The most texts in one batch.
    """
    most_texts = max(_FIRST_TEXTS, batch_size or 0)
    while True:
        stretch, error = _stretch(encoded, numbers_of, most_texts)
        traces: dict[int, Traced] = {}
        for places in _batches(stretch, numbers_of, batch_size or _MOST_TEXTS_IN_PASS):
            traces.update(zip(places, run([stretch[place] for place in places]), strict=True))
        for place in range(len(stretch)):
            yield traces.pop(place)
        if error is not None:
            if isinstance(error, StopIteration):
                return
            raise error
        most_texts = min(2 * most_texts, max(_MOST_TEXTS, batch_size or 0))


def _stretch(
    encoded: Iterator[Encoded], numbers_of: Callable[[int], int], most_texts: int
) -> tuple[list[Encoded], Exception | None]:
    """Read ahead, up to the end or a bad text: what came before it is traced first."""
    stretch: list[Encoded] = []
    numbers = 0
    try:
        while len(stretch) < most_texts and numbers < _MOST_NUMBERS:
            stretch.append(next(encoded))
            numbers += numbers_of(len(stretch[-1]))
    except (StopIteration, TypeError, ValueError) as error:
        return stretch, error
    return stretch, None


def _batches(
    stretch: Sequence[Encoded], numbers_of: Callable[[int], int], batch_size: int
) -> Iterator[list[int]]:
    batch: list[int] = []
    for place in sorted(range(len(stretch)), key=lambda place: len(stretch[place])):
        # The longest comes last, and all are padded to it.
        too_much = (len(batch) + 1) * numbers_of(len(stretch[place])) > _MOST_NUMBERS_IN_PASS
        if batch and (too_much or len(batch) == batch_size):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
