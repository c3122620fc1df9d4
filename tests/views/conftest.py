"""A wire that keeps what is sent, in place of a kernel's."""

from typing import Any, NamedTuple

import comm
import pytest
from ipykernel.comm import Comm
from ipywidgets.widgets import widget


class Message(NamedTuple):
    """What goes to the front end."""

    kind: str
    data: dict[str, Any]
    buffers: list[bytes]

    @property
    def state(self) -> dict[str, Any]:
        return self.data["state"]


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """The messages of every widget that is made in a test, in order."""
    sent: list[Message] = []

    class Wire(Comm):
        # ipywidgets 7 sends where there is a kernel.
        kernel = True

        def publish_msg(
            self,
            msg_type: str,
            data: Any = None,
            metadata: Any = None,
            buffers: Any = None,
            **_: Any,
        ) -> None:
            sent.append(Message(msg_type, data or {}, list(buffers or [])))

    monkeypatch.setattr(comm, "create_comm", Wire)
    if hasattr(widget, "Comm"):
        monkeypatch.setattr(widget, "Comm", Wire)
    return sent
