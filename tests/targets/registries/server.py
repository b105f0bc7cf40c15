"""A server on this machine that a client takes for its registry."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
import threading
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

NOWHERE: Final = "http://127.0.0.1:9"
USER: Final = "reader"
PASSWORD: Final = "swordfish"
_ALLOWED: Final = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
_KINDS: Final = {".json": "application/json", ".html": "text/html"}

Manner = Literal["open", "private", "silent"]
"""Answers everybody, answers with credentials only, or does not answer."""


class RegistryServer(ThreadingHTTPServer):
    """Serves the files of one folder."""

    daemon_threads = True
    manner: Manner = "open"

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.folder = folder
        self.is_closing = threading.Event()
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """The address without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def url_with_credentials(self) -> str:
        """The address with the user and the password in it."""
        return self.url.replace("//", f"//{USER}:{PASSWORD}@")


class _Answer(BaseHTTPRequestHandler):
    server: RegistryServer

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        self.server.asked.append(self.path)
        if self.server.manner == "silent":
            self.server.is_closing.wait(60)
            return
        if self.server.manner == "private" and self.headers["Authorization"] != _ALLOWED:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="registry"')
            body = b"credentials are needed"
        elif (found := self._found()) is None:
            self.send_response(404)
            body = b"not found"
        else:
            self.send_response(200)
            kind = _KINDS.get(found.suffix, "application/octet-stream")
            self.send_header("Content-Type", kind)
            body = found.read_bytes()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _found(self) -> Path | None:
        name = unquote(urlsplit(self.path).path).strip("/")
        path = self.server.folder / name
        places = (path, path / "index.html", path / "index.json")
        return next((place for place in places if place.is_file()), None)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[RegistryServer]:
    """A server until the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with RegistryServer(folder) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.is_closing.set()
            server.shutdown()
            thread.join()
