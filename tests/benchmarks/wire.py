"""How many bytes the front end of a view gets."""

from bertviz_plus.views.base import View


def wire_bytes(view: View) -> int:
    """All buffers of a view's data, and the JSON around them."""
    return _size(view.data)


def _size(value: object) -> int:
    if isinstance(value, bytes | bytearray | memoryview):
        return len(value)
    if isinstance(value, dict):
        return sum(len(key) + 4 + _size(one) for key, one in value.items())
    if isinstance(value, list | tuple):
        return sum(1 + _size(one) for one in value)
    return len(repr(value))
