"""What a tokenizer says about its tokens is what a trace shows."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bertviz_plus.traces.trace import Trace
from bertviz_plus.traces.units import characters_of_words, token_at
from bertviz_plus.traces.words import describe_encoding

ODD_TEXTS = [
    "</script><img onerror=alert(1) src=x>",
    "שלום עולם, cat",
    "a👩‍👩‍👧‍👦b cat 👍🏽",
    "zero\u200bwidth\u200d cat",
    "x" * 200,
    "  two  spaces  ",
    "cafe\u0301 naïve",
    "the\n\ncat\tsat",
]
# No lone surrogates: tokenizers refuse them before anything of ours is reached.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40) | st.sampled_from(
    ODD_TEXTS
)
FAST = ["minilm", "byte_level", "metaspace", "llama"]


def describe(tokenizer, text, pair=None, **options):
    encoding = tokenizer(text, pair, **options)
    return describe_encoding(tokenizer, encoding["input_ids"], text=text, pair=pair, encoding=encoding)


def describe_words(tokenizer, words, pair_words=None):
    encoding = tokenizer(words, pair_words, is_split_into_words=True)
    return describe_encoding(
        tokenizer, encoding["input_ids"], words=words, pair_words=pair_words, encoding=encoding
    )


def check_maps(described):
    """Tokens, words and characters must agree with one another."""
    texts = (described.text, described.pair)
    for token, special, word, segment, (start, end) in zip(
        described.tokens,
        described.is_special,
        described.word_ids,
        described.segment_ids,
        described.offsets,
        strict=True,
    ):
        assert 0 <= start <= end <= len(texts[segment] or "")
        assert (word == -1) == special, "every token that frames no text belongs to a word"
        assert token, "no token is shown as nothing"
        if special:
            assert (start, end) == (0, 0)
        elif end > start:
            assert token == texts[segment][start:end]
    ids = [word for word in described.word_ids if word >= 0]
    assert ids == sorted(ids), "words count on"
    for segment in (0, 1):
        starts = [
            start
            for (start, _), own, special in zip(
                described.offsets, described.segment_ids, described.is_special, strict=True
            )
            if own == segment and not special
        ]
        assert starts == sorted(starts), "tokens stand in the order of the text"
    # What the trace refuses would be found here.
    Trace(
        described.tokens,
        words=described.words,
        word_ids=described.word_ids,
        offsets=described.offsets,
        segment_ids=described.segment_ids,
        is_special=described.is_special,
    ).to_words()


@pytest.mark.parametrize("kind", FAST)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, pair=st.none() | TEXTS)
def test_maps_agree_for_any_text(kind, text, pair, request):
    described = describe(request.getfixturevalue(kind), text, pair)
    check_maps(described)
    assert set(range(len(described.words))) == {word for word in described.word_ids if word >= 0}


@pytest.mark.parametrize("kind", FAST)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(TEXTS | st.just(""), min_size=1, max_size=6))
def test_given_words_stay_as_they_are(kind, words, request):
    described = describe_words(request.getfixturevalue(kind), words)
    assert described.words == tuple(words)
    check_maps(described)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.lists(
        st.sampled_from(["The", "unbelievable", "cat", ",", "naïve", "mat."]), min_size=1, max_size=8
    )
)
def test_characters_lead_back_to_their_token_and_word(minilm, text):
    described = describe(minilm, " ".join(text))
    spans = characters_of_words(described.word_ids, described.offsets, len(described.words))
    for word, (start, end) in zip(described.words, spans, strict=True):
        assert described.text[start:end] == word
    for position, (start, end) in enumerate(described.offsets):
        for character in range(start, end):
            assert token_at(described.offsets, character) == position


def test_wordpiece_pair(minilm):
    described = describe(minilm, "Unbelievably, [MASK] sat", "שלום <script>")
    assert described.tokens[:7] == ("[CLS]", "Un", "bel", "ie", "va", "bly", ",")
    assert described.words == ("Unbelievably", ",", "[MASK]", "sat", "שלום", "<", "script", ">")
    assert described.is_special[described.tokens.index("[MASK]")] is False
    first = described.tokens.index("[SEP]")
    assert described.segment_ids == (0,) * (first + 1) + (1,) * (len(described.tokens) - first - 1)


def test_a_separator_that_was_typed_is_a_separator(minilm):
    described = describe(minilm, "[CLS] a [SEP] b [SEP]", add_special_tokens=False)
    assert described.is_special == (True, False, True, False, True)
    assert described.words == ("a", "b")


def test_padding_may_be_dropped(minilm):
    encoding = minilm("the cat", padding="max_length", max_length=12)
    described = describe_encoding(minilm, encoding["input_ids"][:4], text="the cat", encoding=encoding)
    assert described.tokens == ("[CLS]", "the", "cat", "[SEP]")
    whole = describe_encoding(minilm, encoding["input_ids"], text="the cat", encoding=encoding)
    assert whole.is_special[4:] == (True,) * 8


def test_other_tokens_than_the_encodings_are_refused(minilm):
    encoding = minilm("the cat")
    with pytest.raises(ValueError, match=r"same tokens as input_ids: it has 4 .* input_ids has 2"):
        describe_encoding(minilm, [101, 102], text="the cat", encoding=encoding)


def test_bytes_are_shown_as_text(byte_level):
    described = describe(byte_level, "The cat don't naïve", "on the mat")
    assert described.tokens[:3] == ("<s>", "The", "cat")
    assert "naïve" in described.words
    assert described.words[-3:] == ("on", "the", "mat")
    both = [i for i, token in enumerate(described.tokens) if token == "</s>"]
    assert [described.segment_ids[i] for i in both] == [0, 0, 1]
    assert described.word_ids[both[1] + 1] > described.word_ids[both[0] - 1]


def test_llama_has_words_where_it_has_spaces(llama):
    described = describe(llama, "the cats  the cat\nthe")
    assert described.words == ("the", "cats", "the", "cat", "the")
    assert described.tokens[:3] == ("the", "cat", "s")


def test_a_lone_sentencepiece_space_covers_nothing(metaspace):
    described = describe(metaspace, "The cat")
    space = described.tokens.index(" ")
    assert described.offsets[space] == (0, 0)
    assert described.words == ("The", "cat")


def test_words_that_cannot_be_seen_stay_without_a_token(minilm):
    described = describe_words(minilm, ["cats", "", "\u200b", "don't"], ["new york", "cat"])
    assert described.words == ("cats", "", "\u200b", "don't", "new york", "cat")
    assert set(described.word_ids) == {-1, 0, 3, 4, 5}
    assert described.pair == "new york cat"


def test_words_may_have_been_joined_before_tokenising(byte_level):
    words = ["The", "cat", "don't", "sit"]
    encoding = byte_level(" ".join(words))
    described = describe_encoding(byte_level, encoding["input_ids"], words=words, encoding=encoding)
    assert described.words == tuple(words)
    check_maps(described)
    spans = characters_of_words(described.word_ids, described.offsets, 4)
    assert [described.text[start:end] for start, end in spans] == words


def test_a_slow_tokenizer_has_no_words(marian):
    ids = marian("the cat sat")["input_ids"]
    described = describe_encoding(marian, ids, text="the cat sat")
    assert described.words is None
    assert described.word_ids is None
    assert described.offsets is None
    assert described.is_special == (False,) * (len(ids) - 1) + (True,)
    assert "".join(described.tokens[:-1]).replace(" ", "") == "thecatsat"


def test_a_slow_tokenizer_takes_words_that_are_given(marian):
    words = ["the", "cats", "sat"]
    ids = marian(" ".join(words))["input_ids"]
    described = describe_encoding(marian, ids, words=words)
    assert described.words == ("the", "cats", "sat")
    assert sorted(set(described.word_ids)) == [-1, 0, 1, 2]
    with pytest.raises(ValueError, match="words cannot be found among the tokens: MarianTokenizer"):
        describe_encoding(marian, ids, words=["hello", "you"])
