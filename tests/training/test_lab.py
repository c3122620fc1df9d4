"""Small models are pre-trained from scratch, the same ones again from the same seed."""

from itertools import product

import numpy as np
import pytest
import torch

import bertviz_plus as bp
from bertviz_plus.training.masking import masking_of
from bertviz_plus.training.pretraining import Schedule, _batches
from bertviz_plus.training.texts import corpus_of
from bertviz_plus.training.wordpieces import shifted, wordpieces

lab = bp.lab
TEXTS = [
    f"the {size} {animal} {verb} in the {place} ."
    for size, animal, verb, place in product(
        ("old", "small", "red"),
        ("cat", "dogs", "horse", "bird"),
        ("slept", "sang", "stood"),
        ("barn", "field", "sun"),
    )
] * 4
SMALL = {"width": 32, "heads": 2, "vocabulary": 80, "examples": 4000, "learning_rate": 5e-3, "points": 3}


def pretrain(**more):
    return lab.pretrain(TEXTS, progress=False, **SMALL | more)


def weights(made):
    return {name: tensor.clone() for name, tensor in made.model.hf.state_dict().items()}


def same(first, second, but=()):
    return all(torch.equal(first[name], second[name]) for name in first if name not in but)


@pytest.fixture(scope="module")
def made():
    return pretrain()


def test_what_texts_repeat_is_learned(made):
    history = made.history
    assert history["examples"].tolist() == [0, 2016, 4000]
    assert history["held_back"].iloc[0] > 3
    # Each hidden word is one of three or four, and "the" and "in" are sure.
    assert made.loss < 1.1
    assert made.loss == history["held_back"].iloc[-1]
    told = made.model.predict("the [MASK] cat slept in the barn .", top=3)
    assert set(told["answer"]) == {"old", "small", "red"}


def test_one_seed_gives_one_model_bit_for_bit():
    first, again, other = (
        pretrain(seed=seed, examples=640, attention_dropout=0.1, dropout=0.1) for seed in (0, 0, 1)
    )
    assert same(weights(first), weights(again))
    assert first.history.equals(again.history)
    assert first.model.info.weights_hash == again.model.info.weights_hash
    assert not same(weights(first), weights(other))


def test_torch_draws_as_if_nothing_had_been_trained():
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    pretrain(examples=64, attention_dropout=0.3, dropout=0.1)
    assert torch.equal(torch.rand(3), wanted)


def test_an_interrupt_leaves_nothing(monkeypatch):
    from bertviz_plus.training import pretraining

    calls = []

    def interrupted(*arguments, **more):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return loss(*arguments, **more)

    loss = pretraining.masked_lm_loss
    monkeypatch.setattr(pretraining, "masked_lm_loss", interrupted)
    state = torch.get_rng_state()
    with pytest.raises(KeyboardInterrupt):
        pretrain(dropout=0.1)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_loss_that_is_no_number_says_where():
    with pytest.raises(FloatingPointError, match=r"after .* of 4000 examples; try a lower learning_rate"):
        pretrain(learning_rate=1e30)


def test_it_is_saved_and_loaded_without_pickles(made, tmp_path):
    folder = made.save(tmp_path / "lab")
    assert not {one.suffix for one in folder.iterdir()} & {".bin", ".pt", ".pkl", ".pickle"}
    again = lab.Pretrained.load(folder)
    assert same(weights(made), weights(again))
    assert again.recipe == made.recipe
    assert again.read == made.read
    assert again.history.equals(made.history)
    text = "the cat sang in the sun ."
    plain = bp.load(folder).trace(text)
    assert plain.tokens == made.model.trace(text).tokens
    assert np.allclose(plain.attention, made.model.trace(text).attention, atol=1e-6)
    with pytest.raises(FileNotFoundError, match="must be one that save"):
        lab.Pretrained.load(tmp_path)


def test_every_batch_size_sees_the_same_examples_in_the_same_order():
    corpus = corpus_of(TEXTS, wordpieces(TEXTS), lab.Recipe())
    for examples in (300, 2500):
        seen = []
        for size in (8, 64, 512):
            batches = list(_batches(corpus, Schedule(examples, size, 1e-3, 2, seed=3)))
            assert sum(map(len, batches)) == examples
            assert max(map(len, batches)) == min(size, examples)
            # In windows of 1024, within which texts of a length stand together.
            flat = [place for batch in batches for place in batch]
            seen.append([sorted(flat[start : start + 1024]) for start in range(0, examples, 1024)])
        assert seen[0] == seen[1] == seen[2]


def test_attention_dropout_is_that_of_the_attention_alone():
    # A dropout that is not there draws nothing, and another seed's draws would change the weights.
    none, some = (pretrain(examples=320, attention_dropout=share) for share in (0.0, 0.3))
    assert not same(weights(none), weights(some))
    assert some.model.hf.config.attention_probs_dropout_prob == 0.3
    assert some.model.hf.config.hidden_dropout_prob == 0


class TestLanguages:
    def test_fake_english_has_no_piece_of_english(self):
        made = pretrain(languages=2, examples=320)
        size = len(made.model.tokenizer)
        english, fake = (one.trace("the cat sang .") for one in made.models.values())
        assert english.tokens == fake.tokens
        ids = [one.tokenizer("the cat sang .").input_ids for one in made.models.values()]
        assert [b - a for a, b in zip(*ids, strict=True)] == [0, *[size] * (len(ids[0]) - 2), 0]
        assert not np.allclose(english.hidden_states, fake.hidden_states)

    def test_twins_with_and_without_language_embeddings_start_alike_and_differ_in_those_alone(self):
        none, some = (pretrain(languages=2, language_embeddings=told, examples=320) for told in (False, True))
        starts = [one.recipe.untrained(one.model.tokenizer).state_dict() for one in (none, some)]
        assert same(*starts)
        name = "bert.embeddings.token_type_embeddings.weight"
        before, without, with_ = (one[name] for one in (starts[0], weights(none), weights(some)))
        # The second language's row is read by nothing without; weight decay alone moves it.
        moved = (without[1] - before[1]).abs().max()
        assert moved < 0.01 * (with_[1] - before[1]).abs().max()
        types = [
            [set(one.tokenizer("the cat").token_type_ids) for one in twin.models.values()]
            for twin in (none, some)
        ]
        assert types == [[{0}, {0}], [{0}, {1}]]

    def test_half_of_the_texts_is_read_in_each(self):
        tokenizer = wordpieces(TEXTS)
        corpus = corpus_of(TEXTS[:6], tokenizer, lab.Recipe(languages=2, language_embeddings=True))
        assert corpus.languages == [0, 1] * 3
        fake = shifted(tokenizer, by=len(tokenizer), language=1)
        assert [tokenizer.cls_token_id, *corpus.sequences[1], tokenizer.sep_token_id] == fake(
            TEXTS[1]
        ).input_ids

    def test_they_are_saved_with_their_languages(self, tmp_path):
        made = pretrain(languages=2, language_embeddings=True, examples=320)
        again = lab.Pretrained.load(made.save(tmp_path))
        for one, other in zip(made.models.values(), again.models.values(), strict=True):
            assert np.array_equal(one.trace("the cat").hidden_states, other.trace("the cat").hidden_states)


class TestEmbeddings:
    def test_the_body_is_bit_identical_and_the_second_language_is_read(self, made):
        before = weights(made)
        other = [
            text.replace("cat", "katze").replace("the", "die").replace("slept", "schlief") for text in TEXTS
        ]
        again = lab.retrain_embeddings(made, other, examples=4000, seed=3, progress=False)
        assert same(weights(made), before)
        after = weights(again)
        changed = {name for name in before if before[name].shape != after[name].shape}
        changed |= {
            name for name in before if name not in changed and not torch.equal(before[name], after[name])
        }
        assert changed == {
            "bert.embeddings.word_embeddings.weight",
            "cls.predictions.bias",
            "cls.predictions.decoder.weight",
            "cls.predictions.decoder.bias",
        }
        assert again.loss < 0.6 * again.history["held_back"].iloc[0]
        assert all(one.requires_grad for one in again.model.hf.parameters())

    def test_permuted_embeddings_reach_the_losses_of_the_original_exactly(self, made):
        other = lab.permuted(made.model, seed=2)
        asked, permuted = (lab.MaskedTexts.of(one, TEXTS[:100]) for one in (made.model, other))
        assert not torch.equal(asked.ids, permuted.ids)
        assert np.array_equal(asked.pieces, permuted.pieces)
        own, theirs = asked.losses(made.model.hf), permuted.losses(other.hf)
        # Sums over the vocabulary run in another order: what is left is the rounding of double precision
        # over logits that are the same in single precision.
        assert np.allclose(own, theirs, rtol=0, atol=1e-5)
        one, two = (model.trace("the cat slept .") for model in (made.model, other))
        assert np.array_equal(one.hidden_states, two.hidden_states)

    def test_embeddings_that_do_not_fit_are_refused(self, made):
        with pytest.raises(ValueError, match=r"embeddings must be \[vocabulary, 32\]"):
            lab.with_embeddings(made.model, made.model.tokenizer, torch.zeros(5, 8), torch.zeros(5))


class TestLosses:
    def test_losses_are_those_of_the_model_one_text_at_a_time(self, made):
        asked = lab.MaskedTexts.of(made.model, TEXTS[:7])
        losses = asked.losses(made.model.hf, batch_size=3)
        for row, text in enumerate(TEXTS[:7]):
            own = asked.ids[row][asked.ids[row] != made.model.tokenizer.pad_token_id][None]
            with torch.no_grad():
                logits = made.model.hf(own).logits[0].double().log_softmax(-1)
            truth = asked.truth[row, : own.shape[1]]
            places = (truth != -100).nonzero()[:, 0]
            assert len(places) == asked.pieces[row]
            assert (own[0, places] == made.model.tokenizer.mask_token_id).all()
            wanted = made.model.tokenizer(text).input_ids
            assert [wanted[place] for place in places] == truth[places].tolist()
            assert losses[row] == pytest.approx(-float(logits[places, truth[places]].sum()), abs=1e-5)

    def test_whole_words_are_masked_as_in_training(self, made):
        tokenizer = made.model.tokenizer
        # None of these words is known whole.
        texts = ["housing stardust ratbird", *TEXTS[:20]]
        asked = lab.MaskedTexts.of(made.model, texts)
        for row, text in enumerate(texts):
            pieces = tokenizer.tokenize(text)
            masked = (asked.truth[row, 1 : len(pieces) + 1] != -100).tolist()
            starts = [place for place, piece in enumerate(pieces) if not piece.startswith("##")]
            words = [masked[start:end] for start, end in zip(starts, [*starts[1:], len(pieces)], strict=True)]
            assert all(len(set(word)) == 1 for word in words)
            assert sum(word[0] for word in words) == max(1, round(0.15 * len(words)))
        assert len(tokenizer.tokenize(texts[0])) > 3 < 1 + asked.pieces[0]

    def test_frequency_is_counted_in_other_texts(self, made):
        asked = lab.MaskedTexts.of(made.model, ["the cat ."])
        piece = int(asked.truth.max())
        size = len(made.model.tokenizer)
        assert asked.by_frequency([[piece] * 3], size)[0] == pytest.approx(-np.log(4 / (size + 3)))

    def test_a_text_of_nothing_is_refused(self, made):
        with pytest.raises(ValueError, match=r"texts\[1\] must hold a piece that can be masked"):
            lab.MaskedTexts.of(made.model, ["the cat", " "])


class TestNoise:
    @pytest.mark.parametrize("scale", [3.0, 40.0])
    def test_the_scale_of_planted_gradients_is_found(self, scale):
        from bertviz_plus.training.gradient_noise import noise_scale

        random = np.random.default_rng(0)
        mean = np.ones(50) / np.sqrt(50)
        drawn = mean + random.normal(scale=np.sqrt(scale / 50 / 8), size=(4000, 50))
        found = noise_scale((drawn**2).sum(1), float((drawn.mean(0) ** 2).sum()), 8)
        assert found == pytest.approx(scale, rel=0.1)

    def test_a_model_that_was_trained_has_noisier_gradients_than_one_at_its_start(self, made):
        start = lab.Pretrained.of(
            made.recipe.untrained(made.model.tokenizer), made.model.tokenizer, [], made.recipe, {}
        )
        before = weights(made)
        first, last = (lab.gradient_noise_scale(one.model, TEXTS, batch_size=8) for one in (start, made))
        assert 0 < first < last
        assert same(weights(made), before)
        assert all(one.grad is None for one in made.model.hf.parameters())

    def test_too_few_texts_are_refused(self, made):
        with pytest.raises(ValueError, match="two batches of 16 at least, got 20"):
            lab.gradient_noise_scale(made.model, TEXTS[:20])


def test_wordpieces_are_the_same_in_every_run():
    texts = [text.replace("cat", f"cat{number}") for number, text in enumerate(TEXTS)]
    first, second = (wordpieces(texts, size=120).get_vocab() for _ in range(2))
    assert first == second
    assert len(first) == 120
    assert [piece for piece, place in sorted(first.items(), key=lambda one: one[1])][:5] == [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
    ]


def test_masked_pieces_are_of_both_languages():
    masking = masking_of(wordpieces(TEXTS), "cpu", 0, languages=2)
    size = len(masking.special) // 2
    assert torch.equal(masking.special[:size], masking.special[size:])
    assert masking.special.sum() == 10


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"layers": 0}, ValueError, "layers must be a whole number from 1 to 24, got 0"),
        ({"width": 30, "heads": 4}, ValueError, "width must be a multiple of heads=4, got 30"),
        ({"batch_size": 4096}, ValueError, "batch_size must be a whole number from 1 to 1024"),
        ({"attention_dropout": 1.0}, ValueError, "attention_dropout must be from 0 up to below 1"),
        ({"scaling": "cubic"}, ValueError, "scaling must be 'sqrt', 'linear' or 'none', got 'cubic'"),
        ({"language_embeddings": True}, ValueError, "language_embeddings need languages=2"),
        ({"learning_rate": 0}, ValueError, "learning_rate must be above 0"),
        ({"hidden": 3}, TypeError, r"what can be set is layers, width, .*; got 'hidden'"),
        ({"texts": "one text"}, TypeError, "texts must be an iterable of texts"),
        ({"texts": ["a", 3]}, ValueError, r"texts\[1\] must be a text that is not empty, got 3"),
        ({"texts": ["a text"]}, ValueError, "texts must be at least 100, got 1"),
    ],
)
def test_what_cannot_be_used_is_refused(given, error, message):
    with pytest.raises(error, match=message):
        lab.pretrain(**{"texts": TEXTS} | given)
