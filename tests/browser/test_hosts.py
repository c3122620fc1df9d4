"""A view in hosts that are not Jupyter's: their models throw, their buffers differ. It draws and answers."""

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import bertviz_plus as bp
from tests.browser.attention_view import DRAWN
from tests.browser.network import Watched
from tests.browser.samples import small

pytestmark = pytest.mark.browser
STATIC = Path(bp.__file__).parent / "static"

RENDER = """async ({ code, css, state, broken, buffers }) => {
  const revive = (value) => {
    if (Array.isArray(value)) return value.map(revive);
    if (value === null || typeof value !== "object") return value;
    if ("__bytes" in value) {
      const bytes = Uint8Array.from(atob(value.__bytes), (one) => one.charCodeAt(0));
      const longer = new Uint8Array([9, 9, 9, ...bytes]);
      return buffers === "Uint8Array" ? bytes : new DataView(longer.buffer, 3, bytes.length);
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, revive(one)]));
  };
  const values = revive(state);
  const model = { get: (name) => values[name], set(name, value) { values[name] = value; },
    on() {}, off() {}, save_changes() {}, send() {} };
  for (const name of broken) model[name] = () => { throw new Error("a static host"); };
  document.head.append(Object.assign(document.createElement("style"), { textContent: css }));
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  widget.initialize?.({ model });
  globalThis.takeOff = widget.render({ model, el: document.body });
}"""


def plain(value: Any) -> Any:
    """The value as JSON has it, bytes in base64."""
    if isinstance(value, bytes | bytearray | memoryview):
        return {"__bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize("buffers", ["Uint8Array", "DataView"])
@pytest.mark.parametrize(
    "broken", [[], ["set", "save_changes", "send", "on", "off"]], ids=["whole", "broken"]
)
def test_a_view_draws_and_answers_whatever_the_host(watch: Watched, buffers: str, broken: list[str]) -> None:
    view = bp.AttentionView(small(), layer=2)
    state = {name: plain(getattr(view, name)) for name in (*view.STATE, "data", "detail", "error")}
    code, css = ((STATIC / f"attention.{end}").read_text() for end in ("js", "css"))
    given = {"code": code, "css": css, "state": state, "broken": broken, "buffers": buffers}
    page = watch.page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.evaluate(RENDER, given)
    page.wait_for_function(DRAWN, arg=None)
    page.keyboard.press("Tab")
    page.keyboard.press("]")
    expect(page.locator(".bvp-caption")).to_contain_text("layer 3")
    page.wait_for_timeout(200)
    page.evaluate("() => takeOff()")
    expect(page.locator(".bvp")).to_have_count(0)
    assert errors == []
