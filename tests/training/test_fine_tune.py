"""Fine-tuning trains what it says and nothing else; one seed gives one result, with a break or without."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from transformers import AlbertConfig, AlbertModel

import bertviz_plus as bp
from bertviz_plus.training.running import DivergedError


def few(name, train=24, dev=8, test=8):
    """The first examples of a bundled task, of each label some."""
    whole = bp.tasks[name]
    every = ((whole.train, train), (whole.dev, dev), (whole.test, test))
    sets = [examples.take(np.linspace(0, len(examples) - 1, n).astype(int)) for examples, n in every]
    return bp.Task(name, *sets, label_names=whole.label_names)


@pytest.fixture(scope="module")
def model():
    return bp.load("bert-tiny")


@pytest.fixture(scope="module")
def task():
    return few("sentiment")


def tune(model, task, **options):
    return bp.fine_tune(
        model, task, **{"epochs": 2, "learning_rate": 1e-3, "keep": "last", "progress": False} | options
    )


def weights(model):
    return {name: one.detach().clone() for name, one in model.hf.state_dict().items()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def equal_histories(one, other):
    return one.history.equals(other.history)


@pytest.mark.parametrize(
    "options",
    [{"precision": "float32"}, {"precision": "bfloat16"}, {"adapter": "houlsby"}, {"adapter": "lora"}],
    ids=str,
)
def test_two_runs_of_one_seed_are_the_same_and_of_another_are_not(model, task, options):
    before, random = weights(model), torch.random.get_rng_state()
    one, two = (tune(model, task, **options) for _ in range(2))
    assert same(weights(one.model), weights(two.model))
    assert equal_histories(one, two)
    other = tune(model, task, seed=1, **options)
    assert not same(weights(one.model), weights(other.model))
    assert same(before, weights(model))
    assert torch.equal(random, torch.random.get_rng_state())


def interrupt_at(monkeypatch, step):
    """Let the optimizer be interrupted, as by a key, before it makes a step."""
    own, calls = torch.optim.AdamW.step, []

    def interrupted(optimizer, *given):
        calls.append(1)
        if len(calls) == step:
            raise KeyboardInterrupt
        return own(optimizer, *given)

    monkeypatch.setattr(torch.optim.AdamW, "step", interrupted)


@pytest.mark.parametrize(
    "options", [{}, {"adapter": "houlsby"}, {"freeze": 1, "keep": "best", "way": True}], ids=str
)
def test_a_run_that_was_interrupted_goes_on_to_the_same_numbers(model, task, tmp_path, monkeypatch, options):
    options = {"epochs": 4, "batch_size": 8, **options}
    whole, file = tune(model, task, **options), tmp_path / "run.checkpoint"
    with monkeypatch.context() as patch:
        interrupt_at(patch, 8)
        with pytest.raises(KeyboardInterrupt):
            tune(model, task, checkpoint=file, **options)
    threads = torch.get_num_threads()
    with monkeypatch.context() as patch:
        # Two of its four epochs were done.
        interrupt_at(patch, 7)
        again = tune(model, task, checkpoint=file, **options)
    assert torch.get_num_threads() == threads
    assert same(weights(again.model), weights(whole.model))
    assert equal_histories(again, whole)
    assert len(again.way) == len(whole.way) == (5 if options.get("way") else 0)
    assert all(map(same, again.way, whole.way))


def test_a_finished_run_is_read_from_its_checkpoint(model, task, tmp_path, monkeypatch):
    file = tmp_path / "run.checkpoint"
    done = tune(model, task, checkpoint=file)
    interrupt_at(monkeypatch, 1)
    assert same(weights(tune(model, task, checkpoint=file).model), weights(done.model))


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"seed": 1}, "of one with seed=0 in place of 1"),
        ({"epochs": 3, "batch_size": 4}, "epochs=2 in place of 3, batch_size=16 in place of 4"),
        ({"freeze": "embeddings"}, "freeze=None in place of 'embeddings'"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(model, task, tmp_path, other, said):
    file = tmp_path / "run.checkpoint"
    tune(model, task, checkpoint=file)
    with pytest.raises(ValueError, match=said):
        tune(model, task, checkpoint=file, **other)
    with pytest.raises(ValueError, match="of one with another task"):
        tune(model, few("sentiment", train=20), checkpoint=file)
    with pytest.raises(ValueError, match="it holds Checkpoint"):
        bp.Tuned.load(file, model, task)


@pytest.mark.parametrize(
    ("freeze", "stays"),
    [
        (None, ()),
        ("embeddings", ("bert.embeddings.",)),
        (0, ("bert.embeddings.",)),
        (1, ("bert.embeddings.", "bert.encoder.layer.0.")),
        (2, ("bert.embeddings.", "bert.encoder.layer.")),
        (["bert.encoder.layer.1.output", "classifier"], ("bert.encoder.layer.1.output", "classifier")),
    ],
)
def test_exactly_the_frozen_parameters_stay(model, task, freeze, stays):
    tuned = tune(model, task, freeze=freeze)
    start, end = tuned.start(), dict(tuned.model.hf.named_parameters())
    unchanged = {name for name, one in start.hf.named_parameters() if torch.equal(one, end[name])}
    assert unchanged == {name for name in end if stays and name.startswith(stays)}
    assert set(tuned.trained) == set(end) - unchanged
    assert all(one.requires_grad for one in end.values())


@pytest.mark.parametrize("adapter", ["houlsby", "lora"])
@pytest.mark.parametrize("name", ["bert-tiny", pytest.param("distilbert-mlm", marks=pytest.mark.slow)])
def test_an_adapter_starts_at_the_base_and_leaves_its_body(task, adapter, name):
    base = bp.load(name)
    tuned = bp.fine_tune(base, task, adapter=adapter, steps=2, keep="last", progress=False)
    text = task.test.texts[0]
    before, start, after = (
        one.trace(text, keep=("hidden_states",)).hidden_states for one in (base, tuned.start(), tuned.model)
    )
    np.testing.assert_allclose(start, before, rtol=0, atol=1e-6)
    assert np.abs(after - before).max() > 1e-4
    body, own = weights(base), weights(tuned.model)
    prefix = tuned.model.hf.base_model_prefix
    shared = {one: f"{prefix}.{one}" for one in base.hf.base_model.state_dict()}
    kept = base.hf.base_model.state_dict()
    assert all(torch.equal(kept[one], own[there]) for one, there in shared.items())
    assert tuned.share_trained <= 0.04
    assert same(body, weights(base))
    # A copy has adapters of its own.
    copy = deepcopy(tuned.model.hf)
    with torch.no_grad():
        for one in copy.parameters():
            one.zero_()
    assert np.array_equal(tuned.model.trace(text, keep=("hidden_states",)).hidden_states, after)


def test_merged_equals_unmerged(model, task, tmp_path):
    tuned = tune(model, task, adapter="lora", learning_rate=1e-2)
    before, merged = weights(tuned.model), tuned.merged()
    assert same(before, weights(tuned.model))
    one, two = (
        np.array([kept.predict(text).sort_values("answer").logit for text in task.test.texts])
        for kept in (merged, tuned.model)
    )
    np.testing.assert_allclose(one, two, rtol=0, atol=1e-5)
    assert set(merged.hf.state_dict()) == set(tune(model, task, steps=1).start().hf.state_dict())
    merged.hf.save_pretrained(tmp_path)
    merged.tokenizer.save_pretrained(tmp_path)
    assert bp.load(tmp_path).predict("It rained.").equals(merged.predict("It rained."))
    with pytest.raises(ValueError, match="a Houlsby adapter is not linear"):
        tune(model, task, adapter="houlsby", steps=1).merged()


@pytest.mark.parametrize(
    "options", [{}, {"adapter": "houlsby"}, {"freeze": ["bert.embeddings"], "way": True}]
)
def test_what_is_saved_is_read(model, task, tmp_path, options):
    tuned, file = tune(model, task, **options), tmp_path / "a.tuned"
    tuned.save(file)
    again = bp.Tuned.load(file, model, task)
    assert same(weights(again.model), weights(tuned.model))
    assert equal_histories(again, tuned)
    assert repr(again) == repr(tuned)
    assert again.settings == tuned.settings
    assert all(map(same, again.way, tuned.way))
    with pytest.raises(ValueError, match="of one with another task"):
        bp.Tuned.load(file, model, few("topic"))
    with pytest.raises(ValueError, match="of one with another model"):
        bp.Tuned.load(file, tuned.start(), task)


def test_a_loss_that_is_no_number_stops_and_keeps_the_last_good_state(model, task, tmp_path):
    file = tmp_path / "run.checkpoint"
    with pytest.raises(
        DivergedError, match=r"at step \d+ \(epoch \d\), learning rate .* epoch \d is in"
    ) as stopped:
        tune(model, task, learning_rate=1e36, warmup=1.0, epochs=6, checkpoint=file)
    good = stopped.value.tuned
    assert all(torch.isfinite(one).all() for one in good.model.hf.parameters())
    assert np.isfinite(good.history.dev_loss).all()


@pytest.mark.parametrize("name", ["sentiment", "entailment", "pos"])
def test_scores_are_of_the_models_answers_with_the_baselines_beside(model, name):
    task = few(name)
    tuned = tune(model, task)
    answers = tuned.answers(task.test)
    gold = [label for label in task.test.flat_labels if label is not None]
    scores = tuned.scores(resamples=50)
    assert scores.accuracy["tuned model"] == pytest.approx(np.mean(np.array(answers) == gold))
    assert scores.index[:3].tolist() == ["tuned model", "most frequent label", "bag of words"]
    baselines = bp.task_baselines(task, resamples=50)
    assert scores.loc[baselines.index, list(baselines)].equals(baselines)
    gains = scores.accuracy["tuned model"] - scores.accuracy
    np.testing.assert_allclose(scores.gain[1:], gains[1:], atol=1e-12)
    assert (scores.gain_low[1:] <= scores.gain[1:]).all()
    if name != "pos":
        pairs = task.test.text_pairs or [None] * len(task.test)
        every = zip(task.test.texts, pairs, strict=True)
        assert answers == tuple(tuned.model.predict(*one, top=1).answer[0] for one in every)
    with pytest.raises(ValueError, match="examples must hold"):
        tuned.scores(few("topic" if name != "sentiment" else "pos").test)


def test_words_are_tagged_where_they_begin_and_none_is_lost(model):
    def tagged(n, words=("the", "unbelievableness", "ran")):
        return bp.Examples(tuple((*words, f"n{place}") for place in range(n)), (("D", "N", None, "X"),) * n)

    whole = bp.Task(
        "tags", tagged(40), tagged(6), tagged(6, ("ran", "the", "unbelievableness")), allow_overlap=True
    )
    tuned = tune(model, whole, epochs=12, learning_rate=3e-3)
    assert tuned.answers(whole.dev) == ("D", "N", "X") * 6
    # Cut at the model's length: the words that are lost still have an answer.
    long = bp.Examples((("ran",) * 600,), (("N",) * 600,))
    with pytest.warns(UserWarning, match="were cut"):
        assert len(tuned.answers(long)) == 600


def test_history_says_what_was_kept(model, task):
    tuned = tune(model, task, keep="best", epochs=3)
    history = tuned.history
    assert history.step.tolist() == [0, 2, 4, 6]
    assert history.kept.tolist() == [at == tuned.epoch for at in range(4)]
    best = history[history.dev_accuracy == history.dev_accuracy.max()].dev_loss.idxmin()
    assert tuned.epoch == best
    assert tune(model, task, epochs=3).epoch == 3
    assert tune(model, task, steps=3).history.step.tolist() == [0, 2, 3]


def test_a_tuned_model_is_tuned_further_and_another_head_is_refused(model, task):
    tuned = tune(model, task)
    further = tune(tuned.model, task, steps=1)
    assert same(weights(further.start()), weights(tuned.model))
    with pytest.raises(ValueError, match=r"head of another shape than task 'topic' needs: .*new_head=True"):
        tune(tuned.model, few("topic"))
    assert tune(tuned.model, few("topic"), steps=1, new_head=True).model.hf.config.num_labels == 6


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"freeze": ["bert", "classifier"]}, "freeze must leave something to train"),
        ({"freeze": 3}, r"freeze must be 0\.\.2 layers of this model, got 3"),
        ({"freeze": "body"}, "freeze must be \"embeddings\", a number of layers"),
        ({"freeze": ["encoder"]}, "freeze must name parameters, such as bert.embeddings.word_embeddings"),
        ({"freeze": 1, "adapter": "lora"}, "freeze must be left out with adapter='lora'"),
        ({"adapter": "prefix"}, "adapter must be one of None, 'houlsby', 'lora', got 'prefix'"),
        ({"adapter_size": 4}, "adapter_size must be left out without an adapter"),
        ({"epochs": 0}, "epochs must be a whole number from 1 on, got 0"),
        ({"batch_size": 1.5}, "batch_size must be a whole number from 1 on, got 1.5"),
        ({"learning_rate": 0.0}, "learning_rate must be a number"),
        ({"weight_decay": float("nan")}, "weight_decay must be a number from 0 on, got nan"),
        ({"warmup": 2}, "warmup must be a number from 0 to 1, got 2"),
        ({"precision": "half"}, "precision must be one of"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(model, task, options, said):
    with pytest.raises(ValueError, match=said):
        bp.fine_tune(model, task, progress=False, **options)


def test_shared_layers_cannot_be_frozen_one_by_one(model, task):
    sizes = {"hidden_size": 16, "embedding_size": 8, "num_attention_heads": 2, "intermediate_size": 32}
    albert = bp.wrap(
        AlbertModel(AlbertConfig(num_hidden_layers=3, vocab_size=30522, **sizes)), model.tokenizer
    )
    with pytest.raises(ValueError, match="layers of AlbertForSequenceClassification share their weights"):
        tune(albert, task, freeze=1)
    tuned = tune(albert, task, freeze="embeddings", steps=2)
    assert not [name for name in tuned.trained if "embeddings." in name]
    assert tune(albert, task, adapter="houlsby", steps=2).share_trained < 1


def test_what_is_no_model_and_what_is_no_task_is_refused(model, task):
    with pytest.raises(TypeError, match="model must be a bertviz_plus model"):
        bp.fine_tune("bert-tiny", task)
    with pytest.raises(TypeError, match="task must be a Task, got str 'sentiment'"):
        bp.fine_tune(model, "sentiment")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["topic", "sentiment"])
def test_minilm_beats_a_bag_of_words(name):
    scores = bp.fine_tune(bp.load(), bp.tasks[name], progress=False).scores()
    assert scores.gain_low["bag of words"] > 0.05
