"""Which words made a prediction: each method against an oracle, a closed form or a property."""

import numpy as np
import pytest
import torch
import transformers

import bertviz_plus as bp
from bertviz_plus.measures.ablation.head_effects import head_effects
from bertviz_plus.measures.predictions.attribution import METHODS
from bertviz_plus.measures.predictions.explained import explained
from bertviz_plus.traces.attribution import Attribution
from tests.models.architectures import ARCHITECTURES, SINGLE, tokenizer, wrapped

TEXT = "The keys to the unforgettable cabinet [MASK] on the table."
MASKED = "The cats sat on the [MASK] while rain fell."
LANGUAGE_MODELS = [name for name in SINGLE if name != "ELECTRA"]
GRADIENTS = ["gradient_x_input", "integrated_gradients"]


@pytest.fixture(scope="module")
def tiny():
    return bp.load("bert-tiny")


@pytest.fixture(scope="module")
def keys(tiny):
    return bp.attribute(tiny, TEXT, target="are", against="is")


def classifier(kind="Bert", **changes):
    torch.manual_seed(0)
    config = getattr(transformers, f"{kind}Config")(vocab_size=80, pad_token_id=0, **changes)
    model = getattr(transformers, f"{kind}ForSequenceClassification")(config).eval()
    return bp.wrap(model, tokenizer())


BERT = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 32}
DISTILBERT = {"dim": 24, "n_layers": 2, "n_heads": 4, "hidden_dim": 32}


def test_words_are_the_tokenizers_and_pieces_are_summed(tiny, keys):
    assert keys.words == tiny.trace(TEXT).words
    assert keys.table.shape == (len(keys.words), 5)
    assert keys.words[keys.predicted] == "[MASK]"
    assert keys.heads.shape == (2, 2)
    assert not keys.left_out


def test_integrated_gradients_and_gradients_are_captums(tiny):
    attr = pytest.importorskip("captum.attr", reason="captum is not installed")
    ids = torch.tensor([tiny.tokenizer(TEXT)["input_ids"]])
    place = ids[0].tolist().index(tiny.tokenizer.mask_token_id)
    are, was = tiny.tokenizer.convert_tokens_to_ids(["are", "is"])
    embed = tiny.hf.get_input_embeddings()
    covered = torch.full_like(ids, tiny.tokenizer.mask_token_id)
    covered[:, [0, -1]] = ids[:, [0, -1]]

    def difference(embeddings):
        logits = tiny.hf(inputs_embeds=embeddings).logits[:, place]
        return logits[:, are] - logits[:, was]

    text, baseline = embed(ids).detach(), embed(covered).detach()
    theirs = {
        "integrated_gradients": attr.IntegratedGradients(difference).attribute(
            text, baseline, n_steps=20, method="gausslegendre"
        ),
        "gradient_x_input": attr.InputXGradient(difference).attribute(text.requires_grad_()),
    }
    ours = bp.attribute(tiny, TEXT, target="are", against="is", methods=GRADIENTS, steps=20)
    pieces = explained(tiny, TEXT, None, "are", "is", "logit", None).pieces
    for method, values in theirs.items():
        by_token = values.detach().sum(-1)[0].double().numpy()
        expected = [by_token[of_word].sum() for of_word in pieces]
        np.testing.assert_allclose(ours.table[method], expected, atol=1e-4)
        special = ours.special[ours.methods.index(method)]
        assert special == pytest.approx(by_token.sum() - sum(expected), abs=1e-4)


@pytest.mark.parametrize("name", LANGUAGE_MODELS)
def test_integrated_gradients_sum_to_what_they_explain(name):
    model = wrapped(name, head=True)
    text = MASKED.split(" [", maxsplit=1)[0] if ARCHITECTURES[name].causal else MASKED
    found = bp.attribute(model, text, methods=["integrated_gradients"], steps=64)
    assert found.completeness_error < 1e-3 * max(1, abs(found.value - found.baseline_value))
    assert found.special == pytest.approx(0, abs=1e-6)


def test_more_steps_miss_less(tiny):
    found = [
        bp.attribute(tiny, TEXT, target="are", methods=["integrated_gradients"], steps=n) for n in (2, 64)
    ]
    errors = [one.completeness_error for one in found]
    assert errors[1] < 1e-3 < errors[0]


def test_occlusion_is_the_plain_models_fall(tiny):
    found = bp.attribute(tiny, TEXT, target="are", methods=["occlusion"])
    ids = tiny.tokenizer(TEXT)["input_ids"]
    place, are = ids.index(tiny.tokenizer.mask_token_id), tiny.tokenizer.convert_tokens_to_ids("are")

    def value(pieces):
        with torch.no_grad():
            given = [tiny.tokenizer.mask_token_id if i in pieces else token for i, token in enumerate(ids)]
            return float(tiny.hf(torch.tensor([given])).logits[0, place].double().log_softmax(-1)[are])

    pieces = explained(tiny, TEXT, None, "are", None, "logit", None).pieces
    expected = [value([]) - value(of_word) for of_word in pieces]
    assert found.value == pytest.approx(value([]), abs=1e-5)
    np.testing.assert_allclose(found.table["occlusion"], expected, atol=1e-5)
    assert found.table["occlusion"].iloc[found.predicted] == 0


def head_removed(model, layer, head, width):
    """The plain model with the columns of the output projection that read one head set to zero."""
    projection = model.hf.bert.encoder.layer[layer].attention.output.dense.weight
    kept = projection.detach().clone()
    with torch.no_grad():
        projection[:, head * width : (head + 1) * width] = 0
    return kept, projection


def test_a_head_switched_off_is_a_head_removed():
    model = bp.load("bert-tiny")
    # In single precision a logit of about 10 is rounded to 1e-6, as much as the bar.
    model.hf.double()
    what = explained(model, TEXT, None, "are", "is", "logit", None)
    keys = bp.attribute(model, TEXT, target="are", against="is")
    for layer, head in np.ndindex(2, 2):
        kept, projection = head_removed(model, layer, head, 64)
        try:
            removed = what.values([what.read])[0]
        finally:
            with torch.no_grad():
                projection.copy_(kept)
        assert keys.heads[layer, head] == pytest.approx(keys.value - removed, abs=1e-6)


@pytest.mark.parametrize("name", [name for name in LANGUAGE_MODELS if ARCHITECTURES[name].follows_interface])
def test_a_pass_that_starts_at_a_layer_is_the_whole_pass(name):
    """Each head's effect is that of a pass through all layers."""
    model = wrapped(name, head=True)
    text = MASKED.split(" [", maxsplit=1)[0] if ARCHITECTURES[name].causal else MASKED
    what = explained(model, text, None, None, None, "logit", None)
    value = float(what.values([what.read])[0])
    effects = head_effects(what, value)

    def without(_kind, layer, weights):
        return weights * torch.tensor([layer != 2, True, True, True])[None, :, None, None]

    whole = value - float(what.tensor([what.read], change=without)[0][0])
    assert effects[2, 0] == pytest.approx(whole, abs=1e-5)
    assert np.abs(effects).max() > 1e-5


def test_attention_is_a_share_and_rollout_that_of_the_trace(tiny, keys):
    rolled = bp.rollout(tiny.trace(TEXT))[-1]
    what = explained(tiny, TEXT, None, "are", "is", "logit", None)
    expected = [rolled[what.place, of_word].sum() for of_word in what.pieces]
    np.testing.assert_allclose(keys.table["rollout"], expected, atol=1e-6)
    for method in ("rollout", "attention_norms"):
        place = keys.methods.index(method)
        assert keys.scores[place].min() >= 0
        assert keys.scores[place].sum() + keys.special[place] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("kind", "size"), [("Bert", BERT), ("DistilBert", DISTILBERT)])
def test_a_classifier_is_read_at_its_first_token(kind, size):
    model = classifier(kind, num_labels=3, **size)
    found = bp.attribute(model, "The cats sat on the mat.", target="LABEL_1", against="LABEL_2")
    assert found.methods == METHODS[:5]
    assert found.predicted is None
    assert found.completeness_error < 1e-3
    rolled = bp.rollout(model.trace("The cats sat on the mat."))[-1, 0]
    assert found.table["rollout"].iloc[0] == pytest.approx(rolled[1], abs=1e-6)
    assert bp.attribute(model, "The cats sat.", methods=["occlusion"]).target in {
        f"LABEL_{n}" for n in range(3)
    }


def test_a_regression_head_explains_its_value():
    model = classifier(num_labels=1, **BERT)
    found = bp.attribute(model, "The cats sat.", methods=["occlusion"])
    assert found.of == "value"
    assert found.value == pytest.approx(model.predict("The cats sat.")["logit"][0], abs=1e-6)


def test_what_an_architecture_cannot_give_is_left_out_and_said():
    model = wrapped("MPNet", head=True)
    found = bp.attribute(model, MASKED)
    assert set(found.left_out) == {"attention_norms", "heads"}
    assert found.methods == ("rollout", *METHODS[2:5])
    assert "without heads: attention of MPNet" in repr(found)
    with pytest.raises(ValueError, match="cannot be changed"):
        bp.attribute(model, MASKED, methods=["heads"])


def test_it_saves_and_loads(keys, tmp_path):
    keys.save(tmp_path / "keys.attribution")
    read = Attribution.load(tmp_path / "keys.attribution")
    assert read.table.equals(keys.table)
    np.testing.assert_array_equal(read.heads, keys.heads)
    assert (read.words, read.target, read.against, read.model) == (
        keys.words, "are", "is", keys.model,
    )  # fmt: skip
    assert read.completeness_error == keys.completeness_error
    with pytest.raises(ValueError, match="read-only"):
        keys.scores[0, 0] = 1


def test_agreement_is_spearmans_over_the_words_that_all_score(keys):
    from scipy.stats import spearmanr

    kept = [word for word in range(len(keys.words)) if word != keys.predicted]
    expected = spearmanr(keys.table["occlusion"].iloc[kept], keys.table["rollout"].iloc[kept]).statistic
    assert keys.agreement.loc["occlusion", "rollout"] == pytest.approx(expected)
    assert np.allclose(np.diag(keys.agreement), 1)


def test_curves_begin_and_end_where_the_text_does(tiny, keys):
    curves = bp.faithfulness(tiny, keys, orders=5, progress=False)
    for deletion, insertion in (
        (curves.deletion, curves.insertion),
        (curves.random_deletion, curves.random_insertion),
    ):
        np.testing.assert_allclose(deletion[:, 0], keys.value, atol=1e-4)
        np.testing.assert_allclose(deletion[:, -1], keys.baseline_value, atol=1e-4)
        np.testing.assert_allclose(insertion[:, 0], keys.baseline_value, atol=1e-4)
        np.testing.assert_allclose(insertion[:, -1], keys.value, atol=1e-4)
    again = bp.faithfulness(tiny, keys, orders=5, progress=False)
    np.testing.assert_array_equal(curves.random_deletion, again.random_deletion)
    assert list(curves.table.index) == [*keys.methods, "random"]
    assert len(curves.curves) == 2 * 6 * len(curves.counts)


def test_the_first_word_deleted_is_that_which_occlusion_names(tiny, keys):
    """Occlusion is the fall of one covered word, so its curve falls most at the first step."""
    curves = bp.faithfulness(tiny, keys, points=100, orders=20, progress=False)
    first = curves.deletion[keys.methods.index("occlusion"), 1]
    assert first <= min(curves.deletion[:, 1].min(), curves.random_deletion[:, 1].min()) + 1e-5
    assert first == pytest.approx(keys.value - keys.table["occlusion"].max(), abs=1e-4)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"text": "No mask."}, "must hold the mask token"),
        ({"text": "A [MASK] and a [MASK]."}, "text must hold one mask, the one to explain, got 2"),
        ({"text": "A <mask>."}, "its mask is '\\[MASK\\]'"),
        ({"target": "kingfisher"}, "target must be one token of the model, got 'kingfisher', which is king"),
        ({"target": "☃"}, "'☃' is not in the vocabulary"),
        ({"target": 3}, "target must be a word"),
        ({"target": "are", "against": "are"}, "against must be another answer"),
        ({"methods": ["lime"]}, "methods must be .* got 'lime'"),
        ({"methods": []}, "methods must be"),
        ({"of": "probability"}, "of must be"),
        ({"baseline": "kingfisher"}, "baseline must be a token of the vocabulary"),
        ({"steps": 0}, "steps must be"),
    ],
)
def test_bad_input_is_said(tiny, arguments, said):
    with pytest.raises((TypeError, ValueError), match=said):
        bp.attribute(tiny, **{"text": TEXT} | arguments)


def test_a_model_without_a_head_or_of_another_text_is_refused(tiny, keys):
    with pytest.raises(ValueError, match="one of these heads"):
        bp.attribute(bp.load(), "A cat.")
    with pytest.raises(ValueError, match="target must be one of the model's labels, LABEL_0"):
        bp.attribute(classifier(num_labels=3, **BERT), "A cat.", target="good")
    with pytest.raises(TypeError, match="attribution must be an Attribution, got None"):
        bp.faithfulness(tiny, None)
    with pytest.raises(ValueError, match="target must be one token of the model, got 'are'"):
        bp.faithfulness(wrapped("BERT", head=True), keys)


def test_the_bundled_masked_model_finds_the_subject():
    """The number of the verb comes from the subject, not from the noun beside it."""
    model = bp.load("distilbert-mlm")
    text = "The keys to the cabinet [MASK] on the table."
    found = bp.attribute(model, text, target="are", against="is", methods=["occlusion"])
    assert found.table["occlusion"].idxmax() == "keys"
    assert found.table["occlusion"]["keys"] > 3 * abs(found.table["occlusion"]["cabinet"])
