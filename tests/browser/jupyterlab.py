"""A real JupyterLab server with folders of its own, and one notebook in it as a page."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.error import URLError

import nbformat
from nbformat.sign import NotebookNotary
from playwright.sync_api import Page, expect

from tests.browser.shadow import ALL

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class JupyterLab:
    """A server on a free port. Its settings, workspaces and signatures are in `folder` alone."""

    MODULE = "jupyterlab"
    APP = "LabApp"
    ALONE = "doc/tree"

    def __init__(self, folder: Path) -> None:
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir(parents=True)
        self._data = folder / "data"
        self._log = folder / "server.log"
        self._token = secrets.token_hex(8)
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(self._data),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        command = [
            *(sys.executable, "-m", self.MODULE, "--no-browser", "--allow-root"),
            f"--ServerApp.port={self._port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.notebooks}",
            f"--IdentityProvider.token={self._token}",
            f"--LabApp.workspaces_dir={folder / 'workspaces'}",
            f"--LabApp.user_settings_dir={folder / 'settings'}",
            f"--{self.APP}.expose_app_in_browser=True",
            # Otherwise the server asks the internet for news.
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        ]
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder
            )

    def __enter__(self) -> Self:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self._process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.url}/api/status?token={self._token}", timeout=2).close()
            except (URLError, TimeoutError, ConnectionError):
                time.sleep(0.2)
            else:
                return self
        self.__exit__()
        raise RuntimeError(f"JupyterLab did not start:\n{self._log.read_text()}")

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def write(self, name: str, *cells: str) -> None:
        """Put a notebook of code cells on the server."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        nbformat.write(notebook, self.notebooks / name)

    def run_elsewhere(self, name: str, *cells: str) -> None:
        """Put a notebook on the server that ran elsewhere and was saved with the state of its views."""
        self.write(name, *cells)
        subprocess.run(
            [sys.executable, str(ROOT / "demo_notebooks/run.py"), name, "--into", "."],
            check=True,
            cwd=self.notebooks,
            capture_output=True,
        )

    def trust(self, name: str) -> None:
        """Sign a notebook as the server's user would."""
        notary = NotebookNotary(data_dir=str(self._data))
        try:
            notary.sign(nbformat.read(self.notebooks / name, as_version=4))
        finally:
            notary.store.close()

    def open(self, page: Page, name: str, *, alone: bool = True) -> "NotebookPage":
        """Show a notebook on the page, alone or among others, and wait until its kernel is ready."""
        # Among others means in a workspace of its own: the server brings back the tabs of the last one.
        path = f"{self.ALONE if alone else f'lab/workspaces/{secrets.token_hex(4)}/tree'}/{name}"
        page.goto(f"{self.url}/{path}?token={self._token}", wait_until="domcontentloaded")
        page.wait_for_function("() => globalThis.jupyterapp", timeout=60_000)
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.wait_for_function(
            f"() => {{ const kernel = ({PANEL})?.sessionContext.session?.kernel;"
            " return kernel?.connectionStatus === 'connected' && kernel.status === 'idle'; }",
            timeout=90_000,
        )
        return NotebookPage(page)


class Notebook7(JupyterLab):
    """The same server with the front end of Notebook 7."""

    MODULE = "notebook"
    APP = "JupyterNotebookApp"
    ALONE = "notebooks"


PANEL = "[...jupyterapp.shell.widgets('main')].find((widget) => widget.sessionContext)"


@dataclass(frozen=True)
class NotebookPage:
    """One notebook in JupyterLab, driven from outside."""

    page: Page

    def command(self, name: str, **arguments: object) -> None:
        """Run a command of JupyterLab's and wait until it is done."""
        self.page.evaluate("([name, args]) => jupyterapp.commands.execute(name, args)", [name, arguments])

    def run_all(self) -> None:
        self.command("notebook:run-all-cells")

    def run(self, cell: int) -> None:
        """Run one cell."""
        self.page.evaluate(f"(cell) => {{ ({PANEL}).content.activeCellIndex = cell; }}", cell)
        self.command("notebook:run-cell")

    def python(self, code: str) -> None:
        """Run code in the kernel, beside the cells."""
        self._request(code, "None")

    def value(self, expression: str) -> object:
        """What an expression is in the kernel, by way of JSON."""
        return json.loads(self._request("import json", f"json.dumps({expression})"))

    def wait_for(self, expression: str, wanted: object) -> None:
        """Wait until an expression has a value in the kernel."""
        value: object = None
        for _ in range(50):
            value = self.value(expression)
            if value == wanted:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{expression} is {value!r}, not {wanted!r}")

    def cells(self) -> dict[str, object]:
        """How many cells there are, which is active, and in which mode."""
        return self.page.evaluate(
            f"""() => {{
                const {{ widgets, activeCellIndex, mode }} = ({PANEL}).content;
                return {{ cells: widgets.length, active: activeCellIndex, mode }};
            }}"""
        )

    def _request(self, code: str, expression: str) -> str:
        reply = self.page.evaluate(
            f"""async ([code, expression]) => {{
                const {{ kernel }} = ({PANEL}).sessionContext.session;
                const future = kernel.requestExecute({{
                    code, silent: true, store_history: false, user_expressions: {{ value: expression }},
                }});
                return (await future.done).content;
            }}""",
            [code, expression],
        )
        value = reply.get("user_expressions", {}).get("value", reply)
        if reply["status"] != "ok" or value["status"] != "ok":
            raise AssertionError(f"the kernel says: {reply}")
        # The text of a str is its repr.
        return str(value["data"]["text/plain"])[1:-1].encode().decode("unicode_escape")

    def shut_down_kernel(self) -> None:
        self.page.evaluate(f"() => ({PANEL}).sessionContext.shutdown()")
        self.page.wait_for_function(f"() => !({PANEL}).sessionContext.session?.kernel", timeout=30_000)

    @contextmanager
    def in_the_dark(self) -> Iterator[None]:
        """Change JupyterLab's theme for a while; views have taken it over when this is entered."""
        is_dark = f"() => getComputedStyle(({ALL})('.bvp')[0]).colorScheme.includes('dark')"
        # The server keeps the theme for all its pages, and another may have left it dark.
        self.command("apputils:change-theme", theme="JupyterLab Light")
        self.page.wait_for_function(f"() => !({is_dark})()")
        self.command("apputils:change-theme", theme="JupyterLab Dark")
        try:
            self.page.wait_for_function(is_dark)
            yield
        finally:
            self.command("apputils:change-theme", theme="JupyterLab Light")
            self.page.wait_for_function("() => document.body.dataset.jpThemeLight === 'true'")

    def shows_a_picture_alone(self) -> None:
        """See that an untrusted notebook shows what it stored beside the view."""
        picture = self.page.locator(".jp-OutputArea img")
        expect(picture).to_be_visible()
        assert picture.evaluate("(image) => image.naturalWidth") >= 600
        expect(self.page.locator(".bvp")).to_have_count(0)

    def save(self) -> None:
        self.command("docmanager:save")
