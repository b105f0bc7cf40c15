"""Writes one line for each request, in which no secret can be.

A line is made only of what the documentation has: methods, paths of operations with the names of
their parameters, statuses, and types of errors. Nothing that a client sent is copied. So there is
nothing to mask, in any spelling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
import re
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

Log = Callable[[str], None]

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_UNKNOWN: Final = "…"
"""Stands for everything that the documentation does not have."""


class AccessLog:
    """Middleware that tells a log about each request when its answer begins.

    Args:
        app: the application.
        paths: the documented paths, such as ``/api/rest/v1/users/{id}``.
        log: takes the line.
    """

    def __init__(self, app: ASGIApp, *, paths: Iterable[str], log: Log) -> None:
        self._app = app
        self._log = log
        self._patterns = {
            path: re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))) for path in paths
        }
        self._words = {word for path in paths for word in path.split("/")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.monotonic()
        state: dict[str, Any] = scope.setdefault("state", {})

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                taken = round(1000 * (time.monotonic() - began))
                self._log(self._line(scope, message["status"], state, taken))
            await send(message)

        await self._app(scope, receive, noted)

    def _line(self, scope: Scope, status: int, state: dict[str, Any], taken: int) -> str:
        method = scope["method"] if scope["method"] in _METHODS else _UNKNOWN
        words = (method, self._path(scope["path"]), str(status), state.get("error_type", ""))
        return " ".join(filter(None, (*words, f"{taken} ms")))

    def _path(self, path: str) -> str:
        for documented, pattern in self._patterns.items():
            if pattern.fullmatch(path):
                return documented
        return "/".join(word if word in self._words else _UNKNOWN for word in path.split("/"))
