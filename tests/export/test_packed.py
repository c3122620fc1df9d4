"""Packed data that lost or changed a byte are refused, whatever the byte."""

import base64

import pytest

from bertviz_plus.export.packed import pack, unpack

PACKED = base64.b64decode(pack({"data": {"weights": bytes(range(256)) * 4}, "layer": 3}))


def test_a_change_of_any_byte_that_carries_data_is_noticed():
    # The first ten bytes are gzip's header, of which a time and a system's name mean nothing.
    for place in range(10, len(PACKED)):
        changed = bytearray(PACKED)
        changed[place] ^= 0x55
        with pytest.raises(ValueError, match="cut off or was changed"):
            unpack(base64.b64encode(changed).decode())


@pytest.mark.parametrize("kept", range(0, len(PACKED), 7))
def test_a_cut_is_noticed_wherever_it_is(kept):
    with pytest.raises(ValueError, match="cut off or was changed"):
        unpack(base64.b64encode(PACKED[:kept]).decode())


@pytest.mark.parametrize("text", ["", "=", "not base64!", "AAAA", "H4sI", "W10=", "BAAAAG51bGw="])
def test_what_was_never_packed_is_refused(text):
    with pytest.raises(ValueError, match="cut off or was changed"):
        unpack(text)
