"""The loop that trains a masked language model on sequences of ids, whatever of it is to be trained."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from bertviz_plus.traces.progress import tqdm
from bertviz_plus.training.masked_lm_loss import Questions, loss_and_accuracy, masked_lm_loss
from bertviz_plus.training.masking import NOT_ASKED, Masking, padded

MOST_TOGETHER = 1024
"""Examples that are sorted by their lengths together, so that little of a batch is padding."""
_WARM_UP = 0.06


@dataclass(frozen=True)
class Corpus:
    """Sequences of token ids, without special tokens, and the language of each.

    Attributes
    ----------
    sequences : sequence of sequences of int
    languages : ndarray [sequences] of int
        The token type that each is read with.
    tokenizer : transformers.PreTrainedTokenizerFast
        Which says what the special tokens are.
    """

    sequences: Sequence[Sequence[int]]
    languages: Sequence[int]
    tokenizer: Any

    def __len__(self) -> int:
        return len(self.sequences)

    def masked(self, places: Sequence[int], masking: Masking, device: str) -> Questions:
        """Return some sequences with words masked."""
        ids = padded([self.sequences[place] for place in places], self.tokenizer).to(device)
        types = torch.tensor([self.languages[place] for place in places], device=device)
        return Questions(*masking(ids), {"token_type_ids": types[:, None].expand_as(ids)})

    def questions(self, masking: Masking, device: str, batch_size: int = 128) -> list[Questions]:
        """Mask all sequences once, so that losses on them can be compared."""
        order = sorted(range(len(self)), key=lambda place: len(self.sequences[place]))
        starts = range(0, len(order), batch_size)
        return [self.masked(order[start : start + batch_size], masking, device) for start in starts]


@dataclass(frozen=True)
class Schedule:
    """How long to train, and how fast.

    Attributes
    ----------
    examples : int
        Sequences to train on, those that come again among them.
    batch_size : int
    learning_rate : float
        AdamW's highest, after a warm-up of 6% of the examples; it falls to 0 at the end.
    points : int
        How often what was held back is scored, the beginning and the end among them.
    seed : int
        Of the order of examples, of the masks and of dropout.
    """

    examples: int
    batch_size: int
    learning_rate: float
    points: int
    seed: int


def train_masked_lm(
    model: Any,
    parameters: Sequence[nn.Parameter],
    corpus: Corpus,
    held_back: Sequence[Questions],
    masking: Masking,
    schedule: Schedule,
    *,
    progress: bool = True,
) -> list[dict[str, float]]:
    """Train some parameters of a masked language model.

    Every batch size sees the same examples in the same order.

    Parameters
    ----------
    model : transformers.BertForMaskedLM
        Changed in place; in evaluation mode at the end.
    parameters : sequence of torch.nn.Parameter
        What is trained. Nothing else changes.
    corpus : Corpus
    held_back : sequence of Questions
        From `Corpus.questions`.
    masking : Masking
    schedule : Schedule
    progress : bool, default True

    Returns
    -------
    list of dict
        For each point, `examples` seen, `loss` on them since the last point (NaN at the beginning), and
        `held_back` loss and `accuracy`; losses in nats per masked piece.

    Raises
    ------
    FloatingPointError
        When the loss is no number any more; the message says after how many examples.
    """
    device = str(parameters[0].device)
    optimizer = torch.optim.AdamW(
        _decayed(parameters), lr=schedule.learning_rate, betas=(0.9, 0.98), fused=True
    )
    total, seen = schedule.examples, 0
    points = np.linspace(0, total, schedule.points).round().tolist()
    history: list[dict[str, float]] = []
    losses = pieces = 0.0
    # Dropout draws from torch's own generator, which is given back as it was.
    with (
        torch.random.fork_rng(devices=[device] if device.startswith("cuda") else []),
        tqdm(total=total, desc="Masked LM", unit=" examples", delay=1, disable=not progress) as bar,
    ):
        torch.manual_seed(schedule.seed)
        for places in (None, *_batches(corpus, schedule)):
            if places is not None:
                # At the middle of the batch: at its end, the last one would train nothing.
                rate = schedule.learning_rate * _share_of_rate((seen + len(places) / 2) / total)
                for group in optimizer.param_groups:
                    group["lr"] = rate
                asked = corpus.masked(places, masking, device)
                model.train()
                loss: Any = masked_lm_loss(model, asked.masked, asked.truth, **asked.more)
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, 1.0)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                n, seen = int((asked.truth != NOT_ASKED).sum()), seen + len(places)
                losses, pieces = losses + float(loss.detach()) * n, pieces + n
                bar.update(len(places))
                if not math.isfinite(losses):
                    raise FloatingPointError(
                        f"the loss is no number any more after {seen} of {total} examples; try a lower "
                        f"learning_rate than {schedule.learning_rate}"
                    )
            if seen >= points[len(history)]:
                model.eval()
                held, accuracy = loss_and_accuracy(model, held_back)
                mean = losses / pieces if pieces else float("nan")
                history.append({"examples": seen, "loss": mean, "held_back": held, "accuracy": accuracy})
                bar.set_postfix(loss=f"{held:.2f}")
                losses = pieces = 0.0
    return history


def _decayed(parameters: Sequence[nn.Parameter]) -> list[dict[str, Any]]:
    """Weight decay for matrices alone, as Devlin et al. 2019."""
    matrices = [one for one in parameters if one.dim() > 1]
    others = [one for one in parameters if one.dim() < 2]
    return [{"params": own, "weight_decay": decay} for own, decay in ((matrices, 0.01), (others, 0.0)) if own]


def _share_of_rate(done: float) -> float:
    return min(done / _WARM_UP, max(0.0, (1 - done) / (1 - _WARM_UP)))


def _batches(corpus: Corpus, schedule: Schedule) -> Iterator[list[int]]:
    """Pass over the corpus until the examples are reached, in an order that only the seed decides."""
    random = np.random.default_rng(schedule.seed)
    left, waiting = schedule.examples, list[int]()
    while left > 0:
        n = min(left, MOST_TOGETHER)
        while len(waiting) < n:
            waiting += random.permutation(len(corpus)).tolist()
        window, waiting = waiting[:n], waiting[n:]
        window.sort(key=lambda place: len(corpus.sequences[place]))
        batches = [window[i : i + schedule.batch_size] for i in range(0, n, schedule.batch_size)]
        # Its own generator: how many batches there are must not change the order of examples.
        for place in np.random.default_rng((schedule.seed, left)).permutation(len(batches)):
            yield batches[place]
        left -= n
