"""A masked language model out of an encoder: low-rank changes of its body and a head of its own.

``python -m bertviz_plus.training.masked_lm TEXTS… --out adapter.safetensors`` trains one on the bundled
DistilBERT, which comes without a masked-LM head.
"""

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from bertviz_plus.models.loading.adapters import masked_lm
from bertviz_plus.models.loading.load import load
from bertviz_plus.traces.progress import tqdm
from bertviz_plus.training.low_rank import stored, with_low_rank
from bertviz_plus.training.masked_lm_loss import (
    Questions,
    hidden_states,
    is_read,
    loss_and_accuracy,
    masked_lm_loss,
)
from bertviz_plus.training.masking import NOT_ASKED, Masking, masking_of, padded

LINEAR = (
    "attention.q_lin",
    "attention.k_lin",
    "attention.v_lin",
    "attention.out_lin",
    "ffn.lin1",
    "ffn.lin2",
)
HEAD = (
    "vocab_transform.weight",
    "vocab_transform.bias",
    "vocab_layer_norm.weight",
    "vocab_layer_norm.bias",
    "vocab_projector.bias",
)


@dataclass(frozen=True)
class Settings:
    """How an adapter is trained.

    Attributes
    ----------
    rank, first_layer : int
        Of the low-rank changes, and the first attention layer that has them.
    epochs : int
        Passes over the texts, with words masked anew in each.
    batch_tokens : int
        Tokens of a batch, padding among them.
    body_rate, head_rate : float
        AdamW's highest learning rates.
    dropout : float
        Of the whole model and of what enters a low-rank change. A few passes do not overfit: 0.
    longest : int
        Tokens of a sequence, [CLS] and [SEP] among them.
    held_back : float
        Share of the sequences that is not trained on and chooses the epoch.
    seed : int
    """

    rank: int = 30
    first_layer: int = 1
    epochs: int = 3
    batch_tokens: int = 2048
    body_rate: float = 8e-4
    head_rate: float = 8e-4
    dropout: float = 0.0
    longest: int = 72
    held_back: float = 0.02
    seed: int = 0


def start_head(model: Any, batches: Sequence[torch.Tensor], masking: Masking) -> None:
    """Start the head at the ridge regression from the last hidden state to the masked piece's embedding.

    The output bias starts at the log of each piece's share of the texts.

    Parameters
    ----------
    model : transformers.DistilBertForMaskedLM
        Changed in place.
    batches : sequence of torch.Tensor [sequences, tokens]
    masking : Masking
    """
    embeddings = model.distilbert.embeddings.word_embeddings.weight.detach()
    hidden, wanted = [], []
    counts = torch.full((len(embeddings),), 0.3, device=embeddings.device)
    with torch.no_grad():
        for ids in batches:
            masked, truth = masking(ids)
            asked = truth != NOT_ASKED
            hidden.append(hidden_states(model, masked)[asked].float())
            wanted.append(truth[asked])
            counts += torch.bincount(ids[is_read(model, ids)], minlength=len(embeddings))
        x, y = torch.cat(hidden).double(), embeddings[torch.cat(wanted)].double()
        mean = y.mean(0)
        ridge = 50 * torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
        weights = torch.linalg.solve(x.T @ x + ridge, x.T @ (y - mean))
        # The regression shrinks what it predicts; four times that is where the softmax begins to be sure.
        model.vocab_transform.weight.copy_(4 * weights.T)
        model.vocab_transform.bias.copy_(mean)
        model.vocab_projector.bias.copy_(counts.log() - counts.sum().log())


def train(
    body: Any, tokenizer: Any, sequences: Sequence[Sequence[int]], settings: Settings, device: str = "cpu"
) -> tuple[dict[str, torch.Tensor], list[dict[str, float]]]:
    """Train low-rank changes and a masked-LM head on sequences of token ids.

    Parameters
    ----------
    body : transformers.DistilBertModel
        Not changed.
    tokenizer : transformers.PreTrainedTokenizerFast
    sequences : sequence of sequences of int
        Without special tokens; longer ones are cut.
    settings : Settings
    device : str

    Returns
    -------
    adapter : dict of str to torch.Tensor
        For `bertviz_plus.models.loading.adapters.merge`, of the epoch whose loss on what was held back is
        the lowest.
    history : list of dict
        Per epoch: loss in nats per masked piece, in training and held back, and held-back accuracy.

    Raises
    ------
    ValueError
        With fewer than 100 sequences.
    FloatingPointError
        When the loss is no number any more.
    """
    if len(sequences) < 100:
        raise ValueError(f"sequences must be at least 100, got {len(sequences)}")
    torch.manual_seed(settings.seed)
    order = np.random.default_rng(settings.seed)
    model = masked_lm(body).to(device)
    # Short sequences: the fused kernel's backward pass is several times slower than plain attention on a CPU.
    model.set_attn_implementation("eager")
    shuffled = [sequences[i] for i in order.permutation(len(sequences))]
    n_held = max(1, round(settings.held_back * len(shuffled)))
    held, kept = shuffled[:n_held], shuffled[n_held:]
    masking = masking_of(tokenizer, device, settings.seed)
    batches = list(_batches(kept, tokenizer, settings, device))
    start_head(model, batches[:: max(1, len(batches) // 200)], masking)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = settings.dropout
    changes = with_low_rank(model, _linear_maps(model, settings), settings.rank, settings.dropout)
    head = [model.get_parameter(name).requires_grad_() for name in HEAD]
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for c in changes.values() for p in (c.down, c.up)], "lr": settings.body_rate},
            {"params": head, "lr": settings.head_rate, "weight_decay": 0.01},
        ],
        betas=(0.9, 0.98),
        weight_decay=0.0,
    )
    n_steps = settings.epochs * len(batches)
    warm_up = min(200, n_steps // 10 + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm_up, max(0.0, (n_steps - step) / (n_steps - warm_up)))
    )
    trained = [p for group in optimizer.param_groups for p in group["params"]]
    asked_of_held = _asked(held, tokenizer, settings, device)
    history: list[dict[str, float]] = []
    best: dict[str, torch.Tensor] = {}
    with tqdm(total=n_steps, desc="Masked-LM adapter", unit="batch") as bar:
        for epoch in range(settings.epochs):
            model.train()
            total, pieces = 0.0, 0
            for index in order.permutation(len(batches)):
                masked, truth = masking(batches[index])
                loss: Any = masked_lm_loss(model, masked, truth)
                loss.backward()
                nn.utils.clip_grad_norm_(trained, 1.0)
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
                schedule.step()
                n = int((truth != NOT_ASKED).sum())
                total, pieces = total + float(loss.detach()) * n, pieces + n
                bar.update()
            if not math.isfinite(total):
                raise FloatingPointError(f"the loss is no number any more in epoch {epoch}")
            model.eval()
            held_loss, accuracy = loss_and_accuracy(model, asked_of_held)
            history.append({"loss": total / pieces, "held_back": held_loss, "accuracy": accuracy})
            bar.set_postfix(history[-1])
            if held_loss == min(line["held_back"] for line in history):
                best = {
                    name: tensor.half().cpu().contiguous()
                    for name, tensor in {**stored(changes), **_head_of(model)}.items()
                }
    return best, history


def _asked(held: Sequence[Sequence[int]], tokenizer: Any, settings: Settings, device: str) -> list[Questions]:
    """Mask once for all epochs, so that they can be compared."""
    masking = masking_of(tokenizer, device, settings.seed + 1)
    return [Questions(*masking(ids)) for ids in _batches(held, tokenizer, settings, device)]


def _batches(
    sequences: Sequence[Sequence[int]], tokenizer: Any, settings: Settings, device: str
) -> Iterator[torch.Tensor]:
    """Sequences of like lengths together, so that little is padding."""
    rows: list[Sequence[int]] = []
    for sequence in sorted((one[: settings.longest - 2] for one in sequences if len(one)), key=len):
        if rows and (len(rows) + 1) * (len(sequence) + 2) > settings.batch_tokens:
            yield padded(rows, tokenizer).to(device)
            rows = []
        rows.append(sequence)
    if rows:
        yield padded(rows, tokenizer).to(device)


def _linear_maps(model: Any, settings: Settings) -> list[str]:
    layers = range(settings.first_layer, model.config.n_layers)
    return [f"distilbert.transformer.layer.{layer}.{name}" for layer in layers for name in LINEAR]


def _head_of(model: Any) -> dict[str, torch.Tensor]:
    return {name: model.get_parameter(name).detach() for name in HEAD}


def read_sequences(paths: Sequence[Path], tokenizer: Any) -> list[Sequence[int]]:
    """Read texts as token ids without special tokens.

    Parameters
    ----------
    paths : sequence of pathlib.Path
        Text files, a text per line; or ``.npz`` files with `ids`, those of all sequences one after the other,
        and `lengths`.
    tokenizer : transformers.PreTrainedTokenizerFast

    Returns
    -------
    list of sequences of int
    """
    sequences: list[Sequence[int]] = []
    for path in paths:
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                ends = np.cumsum(arrays["lengths"], dtype=np.int64)[:-1]
                special = (tokenizer.cls_token_id, tokenizer.sep_token_id)
                sequences += [
                    [i for i in ids.tolist() if i not in special]
                    for ids in np.split(arrays["ids"].astype(np.int64), ends)
                ]
        else:
            lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
            sequences += tokenizer(lines, add_special_tokens=False)["input_ids"]
    return sequences


def main() -> None:
    """Train an adapter from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", nargs="+", type=Path, help="text files, or .npz files of token ids")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    for name, value in vars(Settings()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    given = vars(parser.parse_args())
    paths, out, device = given.pop("texts"), given.pop("out"), given.pop("device")
    settings = Settings(**given)
    tagger = load("distilbert-tagger")
    sequences = read_sequences(paths, tagger.tokenizer)
    n_tokens = sum(map(len, sequences))
    print(f"{len(sequences)} sequences, {n_tokens} tokens, {settings}, on {device}", flush=True)
    adapter, history = train(tagger.hf.base_model, tagger.tokenizer, sequences, settings, device)
    for epoch, line in enumerate(history):
        print(f"epoch {epoch}: " + ", ".join(f"{name} {value:.3f}" for name, value in line.items()))
    told = {**vars(settings), "tokens": n_tokens, **history[-1]}
    save_file(adapter, out, metadata={name: str(value) for name, value in told.items()})
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
