"""A clock that tests turn, and a client without any knowledge of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

API = "/api/rest/v1"


class TurnedClock:
    """A clock that moves only when a test moves it."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """The time, in seconds since 1970."""
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


class Reply:
    """A response of the server."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.content = response.content
        self.body: Any = response.json() if response.content else None

    @property
    def refused(self) -> tuple[int, str]:
        """The status and the type of an error, whose body has every documented member."""
        assert self.body.keys() - {"data"} == {"error", "http-code", "instance", "title", "type"}
        assert self.body["http-code"] == self.status
        return self.status, self.body["type"]


class PlainClient:
    """Sends what a test says, and nothing else."""

    def __init__(self, url: str) -> None:
        self.url = url

    def send(
        self,
        method: str,
        path: str,
        *,
        session: str | None = None,
        key: str | None = None,
        **options: Any,
    ) -> Reply:
        """Send a request with the options of requests."""
        headers = {"X-FilesAPI-Auth": session, "X-FilesAPI-Key": key}
        headers = {name: value for name, value in headers.items() if value}
        headers |= options.pop("headers", {})
        with requests.Session() as connection:
            connection.trust_env = False
            return Reply(
                connection.request(
                    method,
                    self.url + API + path,
                    headers=headers,
                    allow_redirects=False,
                    timeout=30,
                    **options,
                )
            )

    def post(self, path: str, session: str | None = None, **parameters: Any) -> Reply:
        """Send parameters as JSON."""
        return self.send("POST", path, json=parameters, session=session)

    def login(self, *credentials: str, **more: Any) -> Reply:
        """Log in with a username and a password; by default those of motor."""
        username, password = (*credentials, *("motor", "vroom")[len(credentials) :])
        return self.post("/sessions", username=username, password=password, **more)

    def session(self, *credentials: str) -> str:
        """The id of a new session."""
        reply = self.login(*credentials)
        assert reply.status == 201
        return str(reply.body["id"])

    def works(self, session: str) -> bool:
        """Whether a session can be used."""
        return self.send("GET", "/users", session=session).status == 200


Start = Callable[..., PlainClient]
