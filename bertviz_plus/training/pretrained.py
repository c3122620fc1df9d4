"""A small model that was pre-trained from scratch: how, on what, and how its loss fell."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self

import pandas as pd
import torch
from transformers import BertConfig, BertForMaskedLM

from bertviz_plus.models.loading.weights import from_folder
from bertviz_plus.models.model import Model
from bertviz_plus.traces.model_info import ModelInfo
from bertviz_plus.training.pretraining import MOST_TOGETHER, Schedule
from bertviz_plus.training.wordpieces import shifted

_RECORD = "pretrained.json"
# The batch size that `learning_rate` is meant for.
_AT_BATCH_SIZE = 32
LANGUAGES = ("English", "Fake-English")


@dataclass(frozen=True)
class Recipe:
    """How a small BERT is pre-trained.

    Attributes
    ----------
    layers, width, heads : int
        Attention layers, size of a hidden state, heads of each layer.
    vocabulary : int
        Wordpieces at most.
    examples : int
        Texts to train on, those that come again among them.
    batch_size : int
        At most 1024.
    learning_rate : float
        AdamW's highest at a batch size of 32.
    scaling : {"sqrt", "linear", "none"}
        How the learning rate grows with the batch size: by its square root (You et al. 2020, as for Adam and
        LAMB), in proportion (Goyal et al. 2017), or not.
    dropout, attention_dropout : float
        Of what layers give on, and of attention weights.
    languages : int
        With 2, every second text is read as Fake-English: with ids of its own (K et al. 2020).
    language_embeddings : bool
        Whether the model is told which language it reads, by an embedding that is added to each token's.
    longest : int
        Tokens of a text, [CLS] and [SEP] among them; longer ones are cut.
    held_back : int
        Texts that are not trained on, and whose loss the history has; a tenth of all at most.
    points : int
        How often that loss is taken.
    seed : int
        Of everything that is drawn.

    Examples
    --------
    >>> Recipe(batch_size=128).rate, Recipe(batch_size=128, scaling="linear").rate
    (0.003, 0.006)
    """

    layers: int = 2
    width: int = 128
    heads: int = 4
    vocabulary: int = 4096
    examples: int = 100_000
    batch_size: int = 32
    learning_rate: float = 1.5e-3
    scaling: Literal["sqrt", "linear", "none"] = "sqrt"
    dropout: float = 0.0
    attention_dropout: float = 0.0
    languages: int = 1
    language_embeddings: bool = False
    longest: int = 48
    held_back: int = 500
    points: int = 9
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least, most in (
            ("layers", 1, 24),
            ("heads", 1, self.width),
            ("vocabulary", 50, 100_000),
            ("examples", 1, 10**9),
            ("batch_size", 1, MOST_TOGETHER),
            ("languages", 1, len(LANGUAGES)),
            ("longest", 4, 512),
            ("held_back", 1, 10**6),
            ("points", 2, 1000),
            ("seed", 0, 2**31),
        ):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise ValueError(f"{name} must be a whole number from {least} to {most}, got {value!r}")
        if self.width < 1 or self.width % self.heads:
            raise ValueError(f"width must be a multiple of heads={self.heads}, got {self.width!r}")
        for name in ("dropout", "attention_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} must be from 0 up to below 1, got {getattr(self, name)!r}")
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate must be above 0, got {self.learning_rate!r}")
        if self.scaling not in ("sqrt", "linear", "none"):
            raise ValueError(f"scaling must be 'sqrt', 'linear' or 'none', got {self.scaling!r}")
        if self.language_embeddings and self.languages == 1:
            raise ValueError("language_embeddings need languages=2, got languages=1")

    @classmethod
    def of(cls, given: dict[str, Any], **fixed: Any) -> Self:
        """Take settings by their names; an unknown one is named in the error."""
        known = [one.name for one in fields(cls) if one.name not in fixed]
        for name in given:
            if name not in known:
                raise TypeError(f"what can be set is {', '.join(known)}; got {name!r}")
        return cls(**given, **fixed)

    @property
    def rate(self) -> float:
        """The highest learning rate at this batch size."""
        power = {"sqrt": 0.5, "linear": 1.0, "none": 0.0}[self.scaling]
        return float(self.learning_rate * (self.batch_size / _AT_BATCH_SIZE) ** power)

    @property
    def schedule(self) -> Schedule:
        """What the training loop needs of it."""
        return Schedule(self.examples, self.batch_size, self.rate, self.points, self.seed)

    def untrained(self, tokenizer: Any) -> Any:
        """Return the model at its start, made on the processor: a seed means the same weights everywhere."""
        config = BertConfig(
            vocab_size=self.languages * len(tokenizer),
            hidden_size=self.width,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            intermediate_size=4 * self.width,
            hidden_dropout_prob=self.dropout,
            attention_probs_dropout_prob=self.attention_dropout,
            # As spread for each width as BERT's .02 is for 768: smaller weights learn too slowly.
            initializer_range=0.02 * (768 / self.width) ** 0.5,
            max_position_embeddings=self.longest,
            # Twins with and without language embeddings start from the same weights.
            type_vocab_size=self.languages,
            pad_token_id=tokenizer.pad_token_id,
        )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            model: Any = BertForMaskedLM(config)
        # Short texts: the fused kernel is slower than plain attention on a CPU.
        model.set_attn_implementation("eager")
        return model.eval()


@dataclass(frozen=True, eq=False)
class Pretrained:
    """A small BERT that was trained from scratch.

    Attributes
    ----------
    models : mapping of str to Model
        By language: the one model with the tokenizer of each, ``"English"`` alone or with ``"Fake-English"``.
    history : pandas.DataFrame
        A row for each point: `examples` seen, `loss` on them since the last point, `held_back` loss, both in
        nats per masked piece, and `accuracy` on what was held back.
    recipe : Recipe
    read : dict
        What it was trained on: number and SHA-256 of the texts, versions of the packages they are from.
    """

    models: MappingProxyType[str, Model]
    history: pd.DataFrame
    recipe: Recipe
    read: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, hf: Any, tokenizer: Any, history: list[dict[str, float]], recipe: Recipe, read: dict[str, Any]
    ) -> Self:
        """Wrap a model with the tokenizer of each language that it reads."""
        info = ModelInfo(
            id=f"lab {recipe.layers}x{recipe.width}, seed {recipe.seed}",
            weights_hash=weights_hash(hf),
            source=f"pre-trained from scratch on {recipe.examples:,} examples",
            versions=dict(read.get("versions", {})),
        )
        tokenizers = [tokenizer, *_others(tokenizer, recipe)]
        models = {
            name: Model(hf, own, info if number == 0 else replace(info, id=f"{info.id}, {name}"))
            for number, (name, own) in enumerate(zip(LANGUAGES, tokenizers, strict=False))
        }
        return cls(MappingProxyType(models), pd.DataFrame(history), recipe, read)

    @property
    def model(self) -> Model:
        """The model as it reads English, ready to be traced."""
        return self.models[LANGUAGES[0]]

    @property
    def loss(self) -> float:
        """The loss at the end on what was held back, in nats per masked piece."""
        return float(self.history["held_back"].iloc[-1])

    def save(self, folder: str | Path) -> Path:
        """Write the model as transformers does (`bp.load` reads it), with its history and recipe beside it.

        Parameters
        ----------
        folder : str or path
            Made where it is not there.

        Returns
        -------
        pathlib.Path
        """
        place = Path(folder)
        self.model.hf.save_pretrained(place)
        self.model.tokenizer.save_pretrained(place)
        history = self.history.astype(object).where(self.history.notna(), None).to_dict("records")
        record = {"recipe": asdict(self.recipe), "read": self.read, "history": history}
        (place / _RECORD).write_text(json.dumps(record, indent=1), "utf-8")
        return place

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        FileNotFoundError
            Where the folder holds no such record.
        """
        path = Path(folder) / _RECORD
        if not path.is_file():
            raise FileNotFoundError(f"folder must be one that save() wrote; {path} is not there")
        record = json.loads(path.read_text("utf-8"))
        hf, tokenizer = from_folder(Path(folder), str(folder), torch.float32)
        hf.set_attn_implementation("eager")
        return cls.of(hf, tokenizer, record["history"], Recipe(**record["recipe"]), record["read"])

    def __repr__(self) -> str:
        own, held = self.recipe, self.read["held_back"]
        return (
            f"Pretrained: {own.layers} layers × {own.heads} heads, width {own.width}, "
            f"{len(self.model.tokenizer):,} pieces; {own.examples:,} examples, batch size {own.batch_size}, "
            f"seed {own.seed}\n  loss {self.loss:.3f} nats per masked piece on {held:,} texts held back"
        )


def _others(tokenizer: Any, recipe: Recipe) -> list[Any]:
    return [
        shifted(tokenizer, by=number * len(tokenizer), language=number * recipe.language_embeddings)
        for number in range(1, recipe.languages)
    ]


def weights_hash(hf: torch.nn.Module) -> str:
    """Return the SHA-256 of a model's weights, in the order of their names."""
    digest = hashlib.sha256()
    for name, tensor in sorted(hf.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
