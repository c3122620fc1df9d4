"""Which words of a text a masked language model is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

NOT_ASKED = -100
"""The truth where no piece was masked, which losses leave out."""


@dataclass
class Masking:
    """Masks whole words: 80% become [MASK], 10% a random piece, 10% stay (Devlin et al. 2019, section 3.1).

    The share of a sequence's words that is masked is drawn for each sequence, from `low` to `high`.
    """

    continues: torch.Tensor  # [vocabulary] bool: a piece that goes on with a word
    special: torch.Tensor  # [vocabulary] bool
    mask_id: int
    generator: torch.Generator
    low: float = 0.12
    high: float = 0.28
    _plain: torch.Tensor = field(init=False)

    def __post_init__(self) -> None:
        self._plain = (~self.special).nonzero()[:, 0]

    def __call__(self, ids: torch.Tensor, *, whole: bool = True) -> tuple[torch.Tensor, torch.Tensor]:
        """Give masked ids and, where a word was masked, the true ids; elsewhere -100. [sequences, tokens]."""
        starts = ~(self.continues[ids] & whole) & ~self.special[ids]
        word = starts.cumsum(1) - 1
        n_words = word.max(1).values + 1
        share = self.low + (self.high - self.low) * self._uniform(len(ids), 1)
        n_masked = (n_words[:, None] * share).round().clamp(min=1)
        drawn = self._uniform(len(ids), int(n_words.max()))
        drawn[torch.arange(drawn.shape[1], device=ids.device) >= n_words[:, None]] = 2
        chosen = drawn.argsort(1).argsort(1) < n_masked
        fate = self._uniform(*drawn.shape)
        of_token = word.clamp(min=0)
        asked = chosen.gather(1, of_token) & ~self.special[ids]
        how = fate.gather(1, of_token)
        random = self._plain[(self._uniform(*ids.shape) * len(self._plain)).long()]
        masked = torch.where(how < 0.8, self.mask_id, torch.where(how < 0.9, random, ids))
        return torch.where(asked, masked, ids), torch.where(asked, ids, NOT_ASKED)

    def _uniform(self, *shape: int) -> torch.Tensor:
        return torch.rand(shape, generator=self.generator, device=self._plain.device)


def masking_of(tokenizer: Any, device: str, seed: int, *, languages: int = 1) -> Masking:
    """Return the masking of a tokenizer's pieces.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerFast
    device : str
    seed : int
    languages : int, default 1
        How often the vocabulary stands one after the other, for languages whose ids are shifted.

    Returns
    -------
    Masking
    """
    pieces = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    continues = torch.tensor([piece.startswith("##") for piece in pieces])
    special = torch.zeros(len(pieces), dtype=torch.bool)
    special[tokenizer.all_special_ids] = True
    return Masking(
        continues=continues.repeat(languages).to(device),
        special=special.repeat(languages).to(device),
        mask_id=tokenizer.mask_token_id,
        generator=torch.Generator(device).manual_seed(seed),
    )


def padded(rows: Sequence[Sequence[int]], tokenizer: Any) -> torch.Tensor:
    """Return sequences of ids between [CLS] and [SEP] as one tensor, padded at their ends."""
    ids = torch.full((len(rows), max(map(len, rows)) + 2), tokenizer.pad_token_id)
    for row, sequence in zip(ids, rows, strict=True):
        row[: len(sequence) + 2] = torch.tensor(
            [tokenizer.cls_token_id, *sequence, tokenizer.sep_token_id], dtype=torch.long
        )
    return ids
