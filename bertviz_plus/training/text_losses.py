"""How well a masked language model says each of some texts, beside the frequency of its pieces."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from bertviz_plus.training.masked_lm_loss import is_read
from bertviz_plus.training.masking import NOT_ASKED

if TYPE_CHECKING:
    from bertviz_plus.models.model import Model

Floats = NDArray[np.float64]
# As BERT was trained (Devlin et al. 2019, section 3.1).
_MASKED = 0.15


@dataclass(frozen=True, eq=False)
class MaskedTexts:
    """Texts with some pieces masked, the same ones whatever their ids are.

    Attributes
    ----------
    ids, truth, types : torch.Tensor [texts, tokens]
        What a model reads; the true ids where a piece is masked, else -100; token types.
    """

    ids: torch.Tensor
    truth: torch.Tensor
    types: torch.Tensor

    @classmethod
    def of(cls, model: "Model", texts: Sequence[str], *, seed: int = 0) -> "MaskedTexts":
        """Mask 15% of the words of each text, at least one, each with all its pieces, by [MASK].

        The models of the lab are trained on whole words: a piece masked inside of a word is none of theirs.
        """
        tokenizer = model.tokenizer
        read = tokenizer(list(texts), truncation=True, max_length=model.max_tokens)
        special = set(tokenizer.all_special_ids)
        shape = len(texts), max(map(len, read["input_ids"]))
        ids = torch.full(shape, tokenizer.pad_token_id)
        truth, types = torch.full(shape, NOT_ASKED), torch.zeros(shape, dtype=torch.long)
        for row, own in enumerate(read["input_ids"]):
            ids[row, : len(own)] = torch.tensor(own)
            types[row, : len(own)] = torch.tensor(read["token_type_ids"][row])
            pieces: dict[int, list[int]] = {}
            for place, word in enumerate(read.word_ids(row)):
                if word is not None and own[place] not in special:
                    pieces.setdefault(word, []).append(place)
            words = list(pieces.values())
            if not words:
                raise ValueError(f"texts[{row}] must hold a piece that can be masked, got {texts[row]!r:.60}")
            count = max(1, round(_MASKED * len(words)))
            chosen = np.random.default_rng((seed, row)).choice(len(words), count, replace=False)
            drawn = [place for word in chosen for place in words[word]]
            truth[row, drawn] = ids[row, drawn]
            ids[row, drawn] = tokenizer.mask_token_id
        return cls(ids, truth, types)

    @property
    def pieces(self) -> NDArray[np.intp]:
        """How many pieces of each text are masked, `[texts]`."""
        return np.asarray((self.truth != NOT_ASKED).sum(1).numpy(), np.intp)

    @torch.no_grad()
    def losses(self, hf: Any, *, batch_size: int = 128) -> Floats:
        """Return the sum over each text's masked pieces of a model's loss, in nats.

        Parameters
        ----------
        hf : transformers.BertForMaskedLM
        batch_size : int

        Returns
        -------
        ndarray [texts]
        """
        sums = []
        for start in range(0, len(self.ids), batch_size):
            some = slice(start, start + batch_size)
            ids, truth, types = (one[some].to(hf.device) for one in (self.ids, self.truth, self.types))
            logits = hf(ids, attention_mask=is_read(hf, ids).long(), token_type_ids=types).logits.double()
            each = functional.cross_entropy(
                logits.transpose(1, 2), truth, ignore_index=NOT_ASKED, reduction="none"
            )
            sums.append(each.sum(1).cpu().numpy())
        return np.concatenate(sums)

    def by_frequency(self, sequences: Iterable[Sequence[int]], vocabulary: int) -> Floats:
        """Return the same sums where each piece is said by its frequency in other texts, one added to each.

        Parameters
        ----------
        sequences : iterable of sequences of int
            Ids of those texts.
        vocabulary : int
            How many pieces there are.

        Returns
        -------
        ndarray [texts]
        """
        seen = Counter(piece for own in sequences for piece in own)
        counts = np.array([seen[piece] for piece in range(vocabulary)], float) + 1
        nats = -np.log(counts / counts.sum())
        truth = self.truth.numpy()
        return np.asarray(np.where(truth == NOT_ASKED, 0, nats[truth.clip(0)]).sum(1), float)
