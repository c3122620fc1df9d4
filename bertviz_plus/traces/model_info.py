"""Which model something was read from."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ModelInfo:
    """Which model a trace was read from. What is not known is `None`.

    Attributes
    ----------
    id, revision : str or None
        Name on the hub or of a bundled model, and its version there.
    weights_hash : str or None
        SHA-256 of the weights file.
    source : str or None
        Where the weights came from, in words.
    versions : dict of str to str
        Packages that took part, ``{"transformers": "5.23.0"}``.
    architecture : str or None
        The class, such as ``BertModel``.
    layers, heads : int or None
        How many the whole model has.
    changed : tuple of str
        The interventions that were in force, the outermost first.

    Examples
    --------
    >>> ModelInfo(id="bert-base-uncased", layers=12, heads=12).layers
    12
    """

    id: str | None = None
    revision: str | None = None
    weights_hash: str | None = None
    source: str | None = None
    versions: dict[str, str] = field(default_factory=dict, hash=False)
    architecture: str | None = None
    layers: int | None = None
    heads: int | None = None
    changed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # JSON gives a list.
        object.__setattr__(self, "changed", tuple(self.changed))

    @property
    def title(self) -> str:
        """The short name: the last part of the id, else the architecture; empty where neither is known.

        Of a model that was changed it says so.

        Examples
        --------
        >>> ModelInfo(id="google-bert/bert-base-uncased").title, ModelInfo(architecture="BertModel").title
        ('bert-base-uncased', 'BertModel')
        """
        known = self.id or self.architecture or ""
        name = known.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
        return f"{name} (changed)".lstrip() if self.changed else name
