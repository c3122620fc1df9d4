"""What a language-model head says at chosen places of many texts, several texts in a pass."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from torch import Tensor

from bertviz_plus.models.passes.forward import Readable
from bertviz_plus.models.passes.gathering import in_batches
from bertviz_plus.models.passes.head_pass import head_pass
from bertviz_plus.models.predictions.head import logits_of

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model


def token_scores(
    model: "Model",
    texts: Sequence[Readable],
    at: Sequence[Sequence[int]],
    *,
    batch_size: int | None = None,
) -> Iterator[tuple[int, Tensor]]:
    """Yield the scores of all tokens of the vocabulary at chosen places of each text.

    Parameters
    ----------
    model : Model
        With a language-model head.
    texts : sequence of Readable
    at : sequence of sequence of int
        For each text positions, at least one. A causal model's scores at a position are for the next token.
    batch_size : int, optional
        The most texts in one pass; by default as many as fit a moderate amount of memory.

    Yields
    ------
    text : int
        Its place in `texts`; texts of about the same length come together.
    scores : torch.Tensor [positions, vocabulary], float32
        Logits.
    """
    lengths = [len(text) for text in texts]
    for batch in in_batches(lengths, batch_size if model._reads_batches else 1):
        most = max(len(at[place]) for place in batch)
        filled = [[*at[place], *[at[place][0]] * (most - len(at[place]))] for place in batch]
        outputs, _ = head_pass(model, [texts[place] for place in batch], at=filled)
        for place, scores in zip(batch, logits_of(outputs), strict=True):
            yield place, scores[: len(at[place])].float()
