"""What a model's head says: predictions, choices, scores of texts, and the logit lens."""

import numpy as np
import pytest
import torch
import transformers

import bertviz_plus as bp
from bertviz_plus.models.interventions.exchanging import exchanged
from bertviz_plus.models.passes.encoding import given
from bertviz_plus.models.predictions.head import head_of
from bertviz_plus.models.predictions.lens import lens_logits
from bertviz_plus.models.predictions.masks import find_gaps
from tests.models.architectures import ARCHITECTURES, SINGLE, tokenizer, wrapped

LANGUAGE_MODELS = [name for name in SINGLE if name != "ELECTRA"]
MASKED = "The cat sat on the [MASK] while the dog lay."
BEFORE = "The cat sat on the"

SUBJECTS = ("The cats", "A robin", "My grandmother's neighbour", "An unforgettable kingfisher", "Nobody")
VERBS = ("sat on the windowsill", "isn't mathematically inclined", "drank a cup of tea", "fell", "sings!")
TAILS = ("", " because it rained, unfortunately")
SENTENCES = [f"{subject} {verb}{tail}." for subject in SUBJECTS for verb in VERBS for tail in TAILS]


@pytest.fixture(scope="module")
def tiny():
    return bp.load("bert-tiny")


def classifier(problem_type=None, labels=3):
    config = transformers.BertConfig(
        vocab_size=80, hidden_size=24, num_hidden_layers=2, num_attention_heads=4, intermediate_size=32,
        num_labels=labels, problem_type=problem_type,
    )  # fmt: skip
    torch.manual_seed(0)
    return bp.wrap(transformers.BertForSequenceClassification(config).eval(), tokenizer())


def plain_logits(model, ids):
    with torch.no_grad():
        return model.hf(torch.tensor([ids])).logits[0]


def test_predictions_are_the_softmax_of_the_plain_model(tiny):
    ids = tiny.tokenizer("I drank a [MASK] of [MASK].")["input_ids"]
    logits = plain_logits(tiny, ids)
    frame = tiny.predict("I drank a [MASK] of [MASK].", top=None)
    for mask, place in enumerate([i for i, token in enumerate(ids) if token == tiny.tokenizer.mask_token_id]):
        of_mask = frame[frame["mask"] == mask]
        assert of_mask["probability"].sum() == pytest.approx(1, abs=1e-9)
        assert (of_mask["rank"] == np.arange(1, len(of_mask) + 1)).all()
        expected = logits[place].double().log_softmax(-1).numpy()[of_mask["token_id"].to_numpy()]
        np.testing.assert_allclose(of_mask["log_probability"], expected, rtol=1e-6, atol=1e-5)
        by_token = logits[place].numpy()[of_mask["token_id"].to_numpy()]
        np.testing.assert_allclose(of_mask["logit"], by_token, rtol=1e-6, atol=1e-5)


def test_many_texts_in_one_frame_are_each_text_alone(tiny):
    texts = ["A [MASK].", "The keys to the [MASK] are on the long [MASK] table.", ("A cat.", "The [MASK].")]
    together = tiny.predict(texts, top=3)
    for number, text in enumerate(texts):
        alone = tiny.predict(*(text if isinstance(text, tuple) else (text,)), top=3)
        of_text = together[together["text"] == number].drop(columns="text").reset_index(drop=True)
        assert of_text["answer"].tolist() == alone["answer"].tolist()
        np.testing.assert_allclose(of_text["log_probability"], alone["log_probability"], atol=1e-5)


def test_choices_keep_the_models_probability_and_share_theirs(tiny):
    text, choices = "I drank a cup of [MASK].", ["sand", "tea", "coffee"]
    frame = tiny.predict(text, choices=choices)
    every = tiny.predict(text, top=None).set_index("answer")
    assert sorted(frame["answer"]) == sorted(choices)
    for row in frame.itertuples():
        assert row.log_probability == pytest.approx(every.loc[row.answer, "log_probability"], abs=1e-5)
    assert frame["share"].sum() == pytest.approx(1)
    assert frame["log_probability"].is_monotonic_decreasing


def test_joint_answers_follow_the_chain_rule(tiny):
    text = "The [MASK] sat on the [MASK]."
    first = tiny.predict(text, choices=["cat"]).iloc[0]["log_probability"]
    second = tiny.predict("The cat sat on the [MASK].", choices=["mat"]).iloc[0]["log_probability"]
    frame = tiny.predict(text, joint=True, choices=[("cat", "mat"), ("dog", "rug")])
    found = frame.set_index("answer").loc[[("cat", "mat")], "log_probability"].iloc[0]
    assert found == pytest.approx(first + second, abs=1e-5)
    best = tiny.predict(text, joint=True, top=1).iloc[0]
    assert best["mask"] == (0, 1)
    assert best["log_probability"] >= frame["log_probability"].max()
    with pytest.raises(ValueError, match="choices must each hold 2 answers"):
        tiny.predict(text, joint=True, choices=["cat"])


@pytest.mark.parametrize("method", ["original", "within_word_l2r"])
def test_an_answer_of_several_pieces_is_the_sum_of_its_pieces(tiny, method):
    ids = tiny.tokenizer("A kingfisher is a bird.")["input_ids"]
    expected = 0.0
    for number in range(3):
        hidden = [2 + number] if method == "original" else range(2 + number, 5)
        masked = [tiny.tokenizer.mask_token_id if i in hidden else token for i, token in enumerate(ids)]
        expected += float(plain_logits(tiny, masked)[2 + number].double().log_softmax(-1)[ids[2 + number]])
    frame = tiny.predict("A [MASK] is a bird.", choices=["kingfisher"], pieces=method)
    assert frame.iloc[0]["log_probability"] == pytest.approx(expected, abs=1e-4)
    assert np.isnan(frame.iloc[0]["logit"])
    assert frame.attrs["pieces"] == method


@pytest.mark.parametrize("name", ["GPT-2", "Llama"])
def test_a_causal_model_predicts_what_comes_next(name):
    model = wrapped(name, head=True)
    ids = model.tokenizer(BEFORE)["input_ids"]
    expected = plain_logits(model, ids)[-1].double().log_softmax(-1)
    frame = model.predict(BEFORE, top=5)
    np.testing.assert_allclose(frame["log_probability"], expected.topk(5).values, atol=1e-5)
    assert frame.attrs["head"] == "causal-LM"
    pieces = model.tokenizer(f"{BEFORE} cats")["input_ids"]
    logs = plain_logits(model, pieces).double().log_softmax(-1)
    total = sum(float(logs[place - 1, pieces[place]]) for place in range(len(ids), len(pieces)))
    answer = model.predict(BEFORE, choices=["cats", "dog"]).set_index("answer").loc["cats"]
    assert answer["log_probability"] == pytest.approx(total, abs=1e-5)
    with pytest.raises(ValueError, match="causal: it predicts what comes next and cannot fill a middle"):
        model.predict(MASKED)


def test_labels_stand_in_the_same_frame():
    model = classifier()
    expected = plain_logits(model, model.tokenizer("The cat sat.")["input_ids"]).softmax(-1)
    frame = model.predict("The cat sat.").set_index("answer")
    assert set(frame.index) == {"LABEL_0", "LABEL_1", "LABEL_2"}
    np.testing.assert_allclose(
        frame.loc[[f"LABEL_{n}" for n in range(3)], "probability"], expected.detach(), atol=1e-6
    )
    assert model.predict("The cat sat.", choices=["LABEL_1"])["share"].tolist() == [1.0]
    with pytest.raises(ValueError, match="choices must be among the model's labels, LABEL_0"):
        model.predict("The cat sat.", choices=["good"])
    several = classifier("multi_label_classification").predict("The cat sat.")
    np.testing.assert_allclose(several["probability"], 1 / (1 + np.exp(-several["logit"])), atol=1e-6)


def test_a_regression_head_is_named_as_such():
    frame = classifier(labels=1).predict("The cat sat.")
    assert frame["answer"].tolist() == ["LABEL_0 (regression)"]
    assert frame["probability"].isna().all()
    assert frame.attrs["head"] == "regression"
    with pytest.raises(ValueError, match="choices must be left out: the model has a regression head"):
        classifier(labels=1).predict("The cat sat.", choices=["LABEL_0"])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda m: m.predict("A <mask>."), r"'<mask>', which is no mask .* is '\[MASK\]': 'A \[MASK\]\.'"),
        (lambda m: m.predict("A [mask]."), r"'\[mask\]', which is no mask .* is '\[MASK\]'"),
        (lambda m: m.predict("A cat."), r"text must hold the mask token '\[MASK\]'"),
        (lambda m: m.predict(["A [MASK].", "A cat."]), r"text\[1\] must hold the mask"),
        (lambda m: m.predict("A [MASK].", choices=["kingfisher"]), "'kingfisher', which is king ##fish ##er"),
        (lambda m: m.predict("A [MASK].", choices=["☃"]), "'☃' is not in the vocabulary"),
        (lambda m: m.predict("A [MASK].", choices=["tea", "tea"]), "choices must differ"),
        (lambda m: m.predict("A [MASK].", choices=[]), "choices must hold answers"),
        (lambda m: m.predict("A [MASK].", choices="tea"), "choices must be a list of answers, got str 'tea'"),
        (lambda m: m.predict("A [MASK].", choices=["tea"], pieces="l2r"), "pieces must be"),
        (lambda m: m.predict("A [MASK].", top=0), "top must be a whole number from 1"),
        (lambda m: m.score("A [MASK]."), "texts must be a whole text to score"),
        (lambda m: m.score(["A cat."], method="l2r"), "method must be"),
        (lambda m: m.score(["A cat."], by="token"), "by must be"),
        (lambda m: m.score([]), "texts must be a text or a list of texts"),
        (lambda m: m.minimal_pairs(["A cat."]), r"pairs must be a list of \(good, bad\)"),
        (lambda m: m.lens("A [MASK].", choices=["kingfisher"]), "choices must each be one token"),
    ],
)  # fmt: skip
def test_bad_input_is_said(tiny, call, said):
    with pytest.raises((TypeError, ValueError), match=said):
        call(tiny)


def test_a_model_without_a_head_says_which_heads_exist():
    for model in (bp.load(), wrapped("ELECTRA", head=True), wrapped("BART", head=True)):
        assert head_of(model) is None
        with pytest.raises(ValueError, match=r"these heads: masked-LM, causal-LM, classes, regression; and"):
            model.predict("A [MASK].")
        with pytest.raises(
            ValueError, match=r"these heads: masked-LM, causal-LM; and .* wrap a model of Auto"
        ):
            model.lens("A [MASK].")


def random_bert(tiny):
    config = transformers.BertConfig(
        vocab_size=30522, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64
    )
    torch.manual_seed(1)
    return bp.wrap(transformers.BertForMaskedLM(config).eval(), tiny.tokenizer)


def minicons_scores(model, method, monkeypatch):
    minicons = pytest.importorskip("minicons.scorer", reason="minicons is not installed")
    # minicons calls the tokenizer by a name that transformers 5 no longer has.
    kind = type(model.tokenizer)
    monkeypatch.setattr(kind, "batch_encode_plus", lambda self, *a, **k: self(*a, **k), raising=False)
    scorer = minicons.MaskedLMScorer(model.hf, device="cpu", tokenizer=model.tokenizer)
    return [
        scorer.sequence_score([text], reduction=lambda logs: logs.sum().item(), PLL_metric=method)[0]
        for text in SENTENCES
    ]


@pytest.mark.parametrize("method", ["original", "within_word_l2r"])
@pytest.mark.parametrize("kind", ["random", "bert-tiny"])
def test_pseudo_log_likelihoods_are_those_of_minicons(tiny, kind, method, monkeypatch):
    model = tiny if kind == "bert-tiny" else random_bert(tiny)
    assert len(SENTENCES) == 50
    frame = model.score(SENTENCES, method=method, progress=False)
    np.testing.assert_allclose(
        frame["log_probability"], minicons_scores(model, method, monkeypatch), atol=1e-4
    )
    assert frame.attrs["method"] == method


def test_words_sum_to_their_text(tiny):
    texts = SENTENCES[:5]
    by_word = tiny.score(texts, by="word", progress=False)
    by_text = tiny.score(texts, progress=False)
    np.testing.assert_allclose(
        by_word.groupby("text")["log_probability"].sum(), by_text["log_probability"], atol=1e-6
    )
    np.testing.assert_array_equal(by_word["surprisal"], -by_word["log_probability"])
    assert by_word.loc[by_word["text"] == 0, "form"].tolist()[:3] == ["The", "cats", "sat"]


def test_a_causal_score_is_the_chain_rule_from_the_first_known_token():
    for name in ("GPT-2", "Llama"):
        model = wrapped(name, head=True)
        ids = model.tokenizer(BEFORE)["input_ids"]
        logs = plain_logits(model, ids).double().log_softmax(-1)
        expected = sum(float(logs[place - 1, ids[place]]) for place in range(1, len(ids)))
        frame = model.score(BEFORE)
        assert frame["log_probability"][0] == pytest.approx(expected, abs=1e-5)
        first = model.score(BEFORE, by="word")["surprisal"][0]
        # Nothing precedes the first token of GPT-2; Llama's text begins with a token of its own.
        assert np.isnan(first) == (name == "GPT-2")


def test_minimal_pairs_compare_scores(tiny):
    pairs = [("The cats sleep.", "The cats sleeps."), ("A robin sang.", "A robin sung.")]
    frame = tiny.minimal_pairs(pairs)
    scores = tiny.score([text for pair in pairs for text in pair])["log_probability"].to_numpy()
    np.testing.assert_allclose(frame["difference"], scores[::2] - scores[1::2])
    assert (frame["right"] == (frame["difference"] > 0)).all()


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_the_last_layer_of_the_lens_is_what_the_model_says(name):
    model = wrapped(name, head=True)
    causal = ARCHITECTURES[name].causal
    text = BEFORE if causal else MASKED
    gaps = find_gaps(model, given(text, None, None, None), causal=causal)
    before = {key: value.clone() for key, value in model.hf.state_dict().items()}
    found = lens_logits(model, gaps)
    assert len(found) == model.n_layers + 1
    plain = plain_logits(model, list(gaps.read.input_ids))[gaps.read_at]
    np.testing.assert_allclose(found[-1], plain, atol=1e-5)
    assert float((found[0] - found[-1]).abs().max()) > 1e-4
    assert all(torch.equal(value, before[key]) for key, value in model.hf.state_dict().items())
    np.testing.assert_allclose(plain_logits(model, list(gaps.read.input_ids))[gaps.read_at], plain)


def test_the_lens_gives_a_layer_to_the_head_as_it_stands(tiny):
    """A layer of BERT goes through the head and nothing else."""
    text = "I drank a cup of [MASK]."
    hidden = tiny.trace(text, keep=("hidden_states",)).hidden_states
    frame = tiny.lens(text, choices=["tea", "coffee"])
    with torch.no_grad():
        logits = tiny.hf.cls(torch.tensor(np.array(hidden)))[:, 6]
    for answer in ("tea", "coffee"):
        token = tiny.tokenizer.convert_tokens_to_ids(answer)
        of_answer = frame[frame["answer"] == answer].sort_values("layer")
        np.testing.assert_allclose(of_answer["logit"], logits[:, token], atol=1e-4)
    np.testing.assert_allclose(
        frame[frame["layer"] == 2]["log_probability"],
        tiny.predict(text, choices=["tea", "coffee"])["log_probability"],
        atol=1e-5,
    )


def test_a_twin_leaves_the_model_alone(tiny):
    block = tiny.hf.bert.encoder.layer[0]
    twin = exchanged(tiny.hf, {block: lambda own, *given, **named: own(*given, **named)})
    ids = torch.tensor([[101, 103, 102]])
    with torch.no_grad():
        assert torch.equal(twin(ids).logits, tiny.hf(ids).logits)
    assert tiny.hf.bert.encoder.layer[0] is block
    assert "forward" not in block.__dict__
    assert twin.bert.embeddings is tiny.hf.bert.embeddings
