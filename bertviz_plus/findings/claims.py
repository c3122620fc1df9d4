"""The 23 claims of *A Primer in BERTology* (Rogers, Kovaleva & Rumshisky 2020), in our own words: data.

Published figures were read in the authors' own code, data or paper ("code") or in a summary ("2nd"). They
were measured on the papers' data and models, and are there for comparison, not to be reached.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Mark = Literal["code", "2nd"]
MARKS = {
    "code": "read in the authors' own code, data or paper",
    "2nd": "as somebody else's summary reports it",
}


@dataclass(frozen=True)
class Published:
    """A figure that a paper, or its code, reports.

    Attributes
    ----------
    value : float
        In the unit of the paper.
    measure : str
        What was measured, on which data.
    model : str
        On which model.
    source : str
        The paper.
    mark : {"code", "2nd"}
        How it is known: read in the authors' own code, data or paper; or in somebody's summary.
    unit : str
        What follows the value, such as "%".

    Examples
    --------
    >>> print(Published(71.1, "all-words F1", "BERT-base", "Coenen et al. 2019", "code", "%"))
    71.1% (all-words F1; BERT-base; Coenen et al. 2019; read in the authors' own code, data or paper)
    """

    value: float
    measure: str
    model: str
    source: str
    mark: Mark
    unit: str = ""

    def __post_init__(self) -> None:
        if self.mark not in get_args(Mark):
            raise ValueError(
                f"mark must be one of {', '.join(get_args(Mark))}, got {self.mark!r}: a remembered figure is "
                "never shown as published"
            )

    @property
    def written(self) -> str:
        """The value with its unit."""
        return f"{self.value:g}{self.unit}"

    def __str__(self) -> str:
        return f"{self.written} ({self.measure}; {self.model}; {self.source}; {MARKS[self.mark]})"


@dataclass(frozen=True)
class Claim:
    """One of the Primer's claims, as data.

    Attributes
    ----------
    number : int
        1 … 23.
    key : str
        Its short name.
    sentence : str
        What is claimed, of the models of the papers.
    papers : tuple of str
        Who claims it.
    published : tuple of Published
        What the papers or their code report.

    Examples
    --------
    >>> CLAIMS[1].key, CLAIMS[1].papers
    ('numbers', ('Wallace et al. 2019',))
    """

    number: int
    key: str
    sentence: str
    papers: tuple[str, ...]
    published: tuple[Published, ...] = ()


_COARSE = "CoarseWSD-20, 1-NN accuracy, sum of the last 4 layers"
_LOUREIRO = "Loureiro et al. 2021"
_UUAS = "UUAS of a structural probe, English Penn Treebank"
_HEWITT = "Hewitt & Manning 2019"
_CLARK = "Clark et al. 2019"
_OLMPICS = "oLMpics, zero-shot accuracy"
_AWESOME = "Dou & Neubig 2021"
_AER = {
    "softmax, not tuned": {"de": 17.4, "fr": 5.6, "ro": 27.9, "ja": 45.6, "zh": 18.1},
    "SimAlign's itermax": {"de": 18.8, "fr": 7.6, "ro": 27.2, "ja": 46.6, "zh": 21.6},
}

CLAIMS: tuple[Claim, ...] = (
    Claim(
        1,
        "senses",
        "The vectors that BERT gives a word in context form clusters that correspond to its senses.",
        ("Wiedemann et al. 2019", "Coenen et al. 2019"),
        (
            Published(93.97, f"{_COARSE}, mean of words", "bert-base-uncased", _LOUREIRO, "code", "%"),
            Published(95.71, f"{_COARSE}, over all items", "bert-base-uncased", _LOUREIRO, "code", "%"),
            Published(95.78, f"{_COARSE}, mean of words", "bert-large-uncased", _LOUREIRO, "code", "%"),
            Published(96.66, f"{_COARSE}, over all items", "bert-large-uncased", _LOUREIRO, "code", "%"),
            *(
                Published(value, "all-words sense F1", model, "Coenen et al. 2019", "code", "%")
                for model, value in (("BERT-base", 71.1), ("ELMo", 70.1), ("most frequent sense", 64.8))
            ),
        ),
    ),
    Claim(
        2,
        "numbers",
        "BERT is poor at numbers, partly because its tokenizer cuts them into pieces that do not follow "
        "their digits.",
        ("Wallace et al. 2019",),
    ),
    Claim(
        3,
        "multi-step",
        "BERT holds facts about things, but does not chain them into an inference of several steps.",
        ("Talmor et al. 2019", "Richardson & Sabharwal 2019"),
        (
            Published(0.986, f"{_OLMPICS}, age comparison", "roberta-large", "Talmor et al. 2019", "code"),
            Published(
                0.28, f"{_OLMPICS}, multi-hop composition", "roberta-large", "Talmor et al. 2019", "code"
            ),
            Published(0.136, f"{_OLMPICS}, always/never", "roberta-large", "Talmor et al. 2019", "code"),
        ),
    ),
    Claim(
        4,
        "patterns",
        "Most heads attend in a few simple ways: to the token before or after, to [CLS], [SEP] or "
        "punctuation.",
        ("Kovaleva et al. 2019", "Clark et al. 2019"),
        (
            Published(3.89, "entropy of [CLS] in the last layer, nats", "bert-base-uncased", _CLARK, "2nd"),
            Published(32, "heterogeneous heads on MRPC", "BERT-base", "Kovaleva et al. 2019", "2nd", "%"),
            Published(61, "heterogeneous heads on QQP", "BERT-base", "Kovaleva et al. 2019", "2nd", "%"),
        ),
    ),
    Claim(
        5,
        "no-op",
        "A head that finds nothing to do attends to [SEP]: changing that attention hardly changes what the "
        "model says.",
        ("Clark et al. 2019", "Kobayashi et al. 2020"),
    ),
    Claim(
        6,
        "unlearning",
        "Fine-tuning changes the last layers most, and may mainly teach the model what not to attend to.",
        ("Kovaleva et al. 2019",),
    ),
    Claim(
        7,
        "syntax-layers",
        "Syntax is easiest to read from the middle layers.",
        ("Hewitt & Manning 2019", "Goldberg 2019"),
        (
            Published(79.8, f"{_UUAS}, layer 7", "BERT-base", _HEWITT, "2nd", "%"),
            Published(82.5, f"{_UUAS}, layer 15", "BERT-large", _HEWITT, "2nd", "%"),
            Published(48.9, _UUAS, "linear chain", _HEWITT, "2nd", "%"),
        ),
    ),
    Claim(
        8,
        "syntax-heads",
        "Single heads follow single grammatical relations, but no head gives a whole parse tree.",
        ("Clark et al. 2019", "Htut et al. 2019"),
        (
            Published(86.8, "dobj, head 7-9; best fixed offset 40.0%", "BERT-base", _CLARK, "code", "%"),
            Published(94.3, "det, head 7-10; best fixed offset 51.7%", "BERT-base", _CLARK, "code", "%"),
            Published(
                34.7, "all relations, best head; best fixed offset 26.7%", "BERT-base", _CLARK, "code", "%"
            ),
        ),
    ),
    Claim(
        9,
        "transfer",
        "The middle layers give the features that carry over best to other tasks.",
        ("Liu et al. 2019a",),
    ),
    Claim(
        10,
        "semantics",
        "What the model knows of meaning is spread over all layers, where syntax is in a few.",
        ("Tenney et al. 2019",),
    ),
    Claim(
        11,
        "negation",
        "BERT predicts the same word with and without a negation, and hardly minds malformed input.",
        ("Ettinger 2019",),
        (
            Published(18, "NEG-SIMP, affirmative, top 5, of 18 items", "bert-base", "Ettinger 2019", "code"),
            Published(17, "CPRAG, top 5, of 34 items", "bert-base", "Ettinger 2019", "code"),
            Published(24, "ROLE, top 5, of 88 items", "bert-base", "Ettinger 2019", "code"),
        ),
    ),
    Claim(
        12,
        "task-layers",
        "The final layers are the most specific to the task that the model was trained on.",
        ("Liu et al. 2019a", "Kovaleva et al. 2019"),
    ),
    Claim(
        13,
        "knowledge",
        "That something can be read from BERT's vectors does not mean that the model uses it.",
        ("Petroni et al. 2019", "Elazar et al. 2021"),
        (
            Published(9.8, "LAMA Google-RE, P@1", "BERT-base", "Petroni et al. 2019", "code", "%"),
            Published(31.1, "LAMA T-REx, P@1", "BERT-base", "Petroni et al. 2019", "code", "%"),
            Published(15.6, "LAMA ConceptNet, P@1", "BERT-base", "Petroni et al. 2019", "code", "%"),
        ),
    ),
    Claim(
        14,
        "flatness",
        "Pre-training leads fine-tuning to wider and flatter minima of the loss than a random start does.",
        ("Hao et al. 2019", "Li et al. 2018"),
    ),
    Claim(
        15,
        "heads-and-layers",
        "Many heads can be removed at little cost; the number of layers matters more than that of heads.",
        ("Michel et al. 2019", "Voita et al. 2019", "Sajjad et al. 2020"),
        (
            Published(40, "heads that can be pruned on MNLI", "BERT-base", "Michel et al. 2019", "2nd", "%"),
            Published(60, "heads that can be pruned on SST-2", "BERT-base", "Michel et al. 2019", "2nd", "%"),
        ),
    ),
    Claim(
        16,
        "batch-size",
        "Training with larger batches helps, at the same number of examples.",
        ("You et al. 2019", "Liu et al. 2019b"),
    ),
    Claim(
        17,
        "adapters",
        "Small modules trained inside a frozen BERT do nearly as well as fine-tuning all of it.",
        ("Houlsby et al. 2019", "Hu et al. 2021"),
        (
            Published(
                0.4,
                "GLUE points lost with 3.6% of the parameters",
                "BERT-large",
                "Houlsby et al. 2019",
                "code",
            ),
        ),
    ),
    Claim(
        18,
        "redundancy",
        "Heads, of one layer above all, behave alike; training with attention dropout may be why.",
        ("Clark et al. 2019",),
    ),
    Claim(
        19,
        "compression",
        "BERT can be made much smaller and faster with little loss.",
        ("Sanh et al. 2019", "Jiao et al. 2020"),
        (
            Published(79.5, "GLUE", "BERT-base", "Sanh et al. 2019", "code"),
            Published(77.0, "GLUE; 40% smaller, 60% faster", "DistilBERT", "Sanh et al. 2019", "code"),
        ),
    ),
    Claim(
        20,
        "alignment",
        "Multilingual BERT's vectors align the words of a sentence and its translation well.",
        ("Libovický et al. 2019", "Jalili Sabet et al. 2020", "Dou & Neubig 2021"),
        tuple(
            Published(
                rate,
                f"alignment error rate (AER, less is better), {method}, {language}-en",
                "multilingual BERT",
                _AWESOME,
                "code",
                "%",
            )
            for method, rates in _AER.items()
            for language, rate in rates.items()
        ),
    ),
    Claim(
        21,
        "language-id",
        "Telling a multilingual model during pre-training which language it reads does not help.",
        ("K et al. 2020",),
    ),
    Claim(
        22,
        "embeddings-only",
        "A model of one language reads another once its input embeddings alone are trained anew.",
        ("Artetxe et al. 2019",),
        (
            Published(71.1, "XNLI, mean of languages", "joint training", "Artetxe et al. 2019", "code"),
            Published(
                67.8, "XNLI, mean of languages", "embeddings transferred", "Artetxe et al. 2019", "code"
            ),
            Published(
                70.0, "XNLI, mean of languages", "with positions and noise", "Artetxe et al. 2019", "code"
            ),
        ),
    ),
    Claim(
        23,
        "freezing",
        "Freezing the bottom layers while fine-tuning helps the model to carry over to other languages.",
        ("Wu & Dredze 2019",),
        (
            Published(6, "best number of frozen layers, sentence tasks", "mBERT", "Wu & Dredze 2019", "2nd"),
            Published(3, "best number of frozen layers, word tasks", "mBERT", "Wu & Dredze 2019", "2nd"),
        ),
    ),
)
