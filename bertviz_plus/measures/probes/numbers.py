"""What vectors know of numbers: their value, their sum, which is the largest (Wallace et al. 2019)."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bertviz_plus.measures.probes.number_vectors import digits, number_vectors, told
from bertviz_plus.traces.progress import tqdm

if TYPE_CHECKING:
    import pandas as pd

    from bertviz_plus.models.model import Model

_LIST = 5
_PAIRS = 4000
_LISTS = {"train": 10_000, "test": 1000}
_STEPS, _BATCH, _RATE = 400, 128, 5e-3
# Half of the lists are of numbers that lie near each other.
_NEAR = 20
Floats = NDArray[np.float64]
Wholes = NDArray[np.intp]
Mask = NDArray[np.bool_]
Loss = Callable[[Any, Any], Any]
Rows = list[dict[str, object]]


def number_probes(
    model: "Model",
    *,
    highest: int = 999,
    hidden_layers: Sequence[int] | None = None,
    seed: int = 0,
    progress: bool = True,
) -> "pd.DataFrame":
    """Decode numbers, add two, and find the largest of five from the vectors of their last wordpieces.

    Each task is learnt by a small network (two hidden layers of 100) on four fifths of the numbers, and
    tested on the others; a linear probe decodes each number from four fifths of the others. A sum, and a
    list, hold numbers of one part alone.

    Parameters
    ----------
    model : Model
    highest : int, default 999
        Numbers from 0 on; the paper has 99, 999 and 9999.
    hidden_layers : sequence of int, optional
        By default the embeddings and the last.
    seed : int, default 0
        Of the split, the lists and the networks.
    progress : bool, default True

    Returns
    -------
    pandas.DataFrame
        ``vectors`` ("hidden layer 0", …, "characters": the digits by place, "random": as many numbers as
        the model's vectors), ``task`` ("decode", "decode, linear", "add", "largest"), ``pieces`` (of the
        numbers decoded; "all" otherwise), ``n`` test items, ``error`` (root of the mean squared error, in
        the unit of the numbers; NaN for "largest") and ``accuracy`` ("largest" only; 0.2 by chance).

    Raises
    ------
    ValueError
        For fewer than 20 numbers.

    References
    ----------
    Wallace et al. 2019, "Do NLP Models Know Numbers?", section 3. Theirs reads lists with a recurrent
    network and trains on 100,000 of them; here each number gets a score, of which the greatest wins, and
    lists are 10,000. Half of them are of neighbours.

    Examples
    --------
    >>> import bertviz_plus as bp
    >>> frame = number_probes(bp.load("bert-tiny"), highest=29, hidden_layers=[0], progress=False)
    >>> frame["vectors"].unique().tolist(), frame["task"].unique().tolist()
    (['hidden layer 0', 'characters', 'random'], ['decode', 'decode, linear', 'add', 'largest'])
    """
    import pandas as pd

    if not isinstance(highest, int) or isinstance(highest, bool) or highest < 19:
        raise ValueError(f"highest must be a whole number from 19 on, got {highest!r}")
    numbers = np.arange(highest + 1)
    layers = [0, model.n_layers] if hidden_layers is None else list(hidden_layers)
    read = number_vectors(model, numbers.tolist(), hidden_layers=layers, progress=progress)
    random = np.random.default_rng(seed)
    spaces = {
        f"hidden layer {layer}": own for layer, own in zip(read.hidden_layers, read.vectors, strict=True)
    }
    spaces |= {"characters": digits(numbers), "random": random.normal(size=read.vectors.shape[1:])}
    order = random.permutation(len(numbers))
    held = np.zeros(len(numbers), bool)
    held[order[: len(numbers) // 5]] = True
    rows = []
    with tqdm(total=4 * len(spaces), desc="numbers", delay=1, unit=" tasks", disable=not progress) as bar:
        for name, vectors in spaces.items():
            for task in (_decode, _decode_linearly, _add, _largest):
                rows += [{"vectors": name} | row for row in task(vectors, numbers, held, read.pieces, seed)]
                bar.update()
    return pd.DataFrame(rows)


def _decode(vectors: Floats, numbers: Wholes, held: Mask, pieces: Wholes, seed: int) -> Rows:
    wrong = _fitted(vectors[~held], numbers[~held], vectors[held], seed) - numbers[held]
    return _by_pieces("decode", pieces[held], wrong)


def _decode_linearly(vectors: Floats, numbers: Wholes, held: Mask, pieces: Wholes, seed: int) -> Rows:
    del held
    return _by_pieces("decode, linear", pieces, told(vectors, numbers, seed=seed) - numbers)


def _by_pieces(task: str, pieces: Wholes, wrong: Floats) -> Rows:
    every = [("all", np.ones(len(wrong), bool)), *((str(n), pieces == n) for n in np.unique(pieces))]
    return [_row(task, name, wrong[own]) for name, own in every]


def _add(vectors: Floats, numbers: Wholes, held: Mask, pieces: Wholes, seed: int) -> Rows:
    del pieces
    random = np.random.default_rng(seed)
    pairs = [
        random.choice(np.flatnonzero(part), (n, 2)) for part, n in ((~held, _PAIRS), (held, _PAIRS // 4))
    ]
    read = [vectors[own].reshape(len(own), -1) for own in pairs]
    sums = [numbers[own].sum(axis=1) for own in pairs]
    return [_row("add", "all", _fitted(read[0], sums[0], read[1], seed) - sums[1])]


def _largest(vectors: Floats, numbers: Wholes, held: Mask, pieces: Wholes, seed: int) -> Rows:
    import torch
    from torch import nn

    del pieces
    lists = {
        part: _lists(np.flatnonzero(own), _LISTS[part], seed)
        for part, own in (("train", ~held), ("test", held))
    }
    scaled = torch.as_tensor(
        (vectors - vectors[~held].mean(0)) / (vectors[~held].std(0) + 1e-8), dtype=torch.float32
    )
    train = torch.as_tensor(lists["train"])
    answers = torch.as_tensor(numbers[lists["train"]].argmax(axis=1))

    def loss(network: Any, batch: Any) -> Any:
        return nn.functional.cross_entropy(network(scaled[train[batch]])[..., 0], answers[batch])

    network = _trained(vectors.shape[1], len(train), loss, seed)
    with torch.no_grad():
        said = network(scaled[torch.as_tensor(lists["test"])])[..., 0].argmax(-1).numpy()
    right = said == numbers[lists["test"]].argmax(axis=1)
    return [
        {
            "task": "largest",
            "pieces": "all",
            "n": len(right),
            "error": np.nan,
            "accuracy": float(right.mean()),
        }
    ]


def _lists(places: NDArray[np.intp], n: int, seed: int) -> NDArray[np.intp]:
    """Draw lists of different numbers: half from all, half from neighbours."""
    random = np.random.default_rng(seed)
    size = min(_LIST, len(places))
    near = min(_NEAR, len(places))
    starts = random.integers(len(places) - near + 1, size=n)
    starts[: n // 2] = 0
    widths = np.full(n, near)
    widths[: n // 2] = len(places)
    drawn = [
        start + random.choice(width, size, replace=False) for start, width in zip(starts, widths, strict=True)
    ]
    return np.asarray(places[np.array(drawn)])


def _fitted(read: Floats, values: Wholes, asked: Floats, seed: int) -> Floats:
    """Return what a network that was fitted to some values says of other vectors."""
    import torch
    from torch import nn

    centre, scale = read.mean(axis=0), read.std(axis=0) + 1e-8
    x, y = (torch.as_tensor((own - centre) / scale, dtype=torch.float32) for own in (read, asked))
    middle, spread = values.mean(), values.std()
    wanted = torch.as_tensor((values - middle) / spread, dtype=torch.float32)

    def loss(network: Any, batch: Any) -> Any:
        return nn.functional.mse_loss(network(x[batch])[:, 0], wanted[batch])

    network = _trained(read.shape[1], len(x), loss, seed)
    with torch.no_grad():
        return np.asarray(network(y)[:, 0].double().numpy() * spread + middle)


def _trained(width: int, n: int, loss: Loss, seed: int) -> Any:
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        sizes = (width, 100, 100, 1)
        parts: list[nn.Module] = []
        for before, after in pairwise(sizes):
            parts += [nn.Linear(before, after), nn.ReLU()]
        network = nn.Sequential(*parts[:-1])
        optimiser = torch.optim.Adam(network.parameters(), lr=_RATE)
        for _ in range(_STEPS):
            optimiser.zero_grad()
            loss(network, torch.randint(n, (min(_BATCH, n),))).backward()
            optimiser.step()
    return network


def _row(task: str, pieces: str, wrong: Floats) -> dict[str, object]:
    error = float(np.sqrt(np.square(wrong).mean()))
    return {"task": task, "pieces": pieces, "n": len(wrong), "error": error, "accuracy": np.nan}
