"""What an output or a page has stored of its view."""

import re
from typing import Any

from bertviz_plus.export.packed import unpack

PACKED = re.compile(r'(<script type="text/plain" data-packed>)([^<]*)(</script>)')


def stored_in(html: str) -> dict[str, Any]:
    """The state, the front end and the names that a view's HTML carries."""
    (found,) = PACKED.findall(html)
    stored: dict[str, Any] = unpack(found[1])
    return stored
