"""A token without known characters is still legible."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bertviz_plus.traces.tokens import is_frame_name, legible_tokens, visible_token


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["[CLS]", "##ing", "##", "#", "[SEP]"], ("[CLS]", "ing", "##", "#", "[SEP]")),
        (["▁the", "▁", "s", "a▁b"], ("the", " ", "s", "a▁b")),
        (["Hello", "Ġworld", "Ċ", "Ġ"], ("Hello", "world", "\n", " ")),
        (["ĠðŁ", "ĳį"], ("<20><F0><9F>", "<91><8D>")),
        (["ĠðŁĳį"], ("👍",)),
        (["naÃ¯ve"], ("naÃ¯ve",)),
        (["</script><img onerror=1>"], ("</script><img onerror=1>",)),
        ([], ()),
    ],
)
def test_three_spellings_are_read(pieces, shown):
    assert legible_tokens(pieces) == shown


@given(st.lists(st.text(max_size=8)))
def test_nothing_vanishes(pieces):
    shown = legible_tokens(pieces)
    assert len(shown) == len(pieces)
    assert all(bool(piece) == bool(token) for piece, token in zip(pieces, shown, strict=True))


def test_masks_and_unknown_tokens_stand_for_words():
    assert not any(map(is_frame_name, ["[MASK]", "<mask>", "[UNK]", "<unk>", "<extra_id_0>"]))


@given(st.text(min_size=1, max_size=5))
def test_every_token_can_be_seen(token):
    shown = visible_token(token)
    assert shown.strip()
    assert shown == token or not token.strip() or not token.isprintable()


@pytest.mark.parametrize("token", ["👩‍👩‍👧‍👦", "שלום", "a\u200bb", "</script>"])
def test_a_token_that_can_be_seen_is_left_alone(token):
    assert visible_token(token) == token
