"""The reference client: sends exactly what the pages say, and accepts exactly what they say."""

from collections.abc import Mapping
from functools import cache
from http.client import HTTPConnection, HTTPResponse, parse_headers
import json
import logging
import math
import re
import time
from typing import Any, NamedTuple, NoReturn
from urllib.parse import quote

import requests
import urllib3

LARGEST = 32 * 1024 * 1024
"""Bytes of the largest answer that is read."""

PASSING = {None, 429, *range(500, 600)}
"""When another attempt is made: no whole answer, too many requests, errors of the server."""

OTHER_TYPES = {"no_cookie": bool, "session": dict, "id": int, "page": int, "per_page": int}
"""The documented parameters that are not text."""

log = logging.getLogger("client")


class Error(Exception):
    """Every error of this client.

    Args:
        message: what happened, in words.
        http_status: the status of the answer, where there was one.
        api_type: the API's own type of the error, where it gave one.
    """

    def __init__(
        self, message: str, http_status: int | None = None, api_type: str | None = None
    ) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.api_type = api_type


class ParameterError(Error):
    """The call cannot be sent as it is; nothing was sent."""


class APIConnectionError(Error):
    """No whole answer came."""


class AnswerError(Error):
    """The answer is not what the API documents."""


class ApiError(Error):
    """The API refused, and said so."""


class Operation(NamedTuple):
    """Where an operation is and what it needs."""

    method: str
    path: str
    required: tuple[str, ...] = ()
    authenticated: bool = False
    answers: bool = True
    lists: bool = False


OPERATIONS: dict[tuple[str, str], Operation] = {
    ("session", "create"): Operation("POST", "/sessions"),
    ("session", "delete"): Operation("DELETE", "/sessions", authenticated=True, answers=False),
    ("session", "destroy"): Operation("DELETE", "/sessions", authenticated=True, answers=False),
    ("session", "forgot"): Operation("POST", "/sessions/forgot", answers=False),
    ("session", "forgot_validate"): Operation(
        "POST", "/sessions/forgot/validate", ("code",), answers=False
    ),
    ("session", "forgot_reset"): Operation(
        "POST", "/sessions/forgot/reset", ("code", "password"), answers=False
    ),
    ("session", "pairing_key"): Operation("POST", "/sessions/pairing_key/{key}", ("key",)),
    ("session", "oauth"): Operation("POST", "/sessions/oauth", ("provider",)),
    ("session", "subdomain"): Operation("POST", "/sessions/subdomain", ("subdomain",)),
    ("session", "as_user"): Operation("POST", "/sessions/as_user", ("user_id",)),
    ("session", "trusted"): Operation("POST", "/sessions/trusted", ("session_id",)),
    ("session", "public_hosting"): Operation("POST", "/sessions/public_hosting", ("return_to",)),
    ("user", "find"): Operation("GET", "/users/{id}", ("id",), authenticated=True),
    ("user", "list"): Operation("GET", "/users", authenticated=True, lists=True),
}


class FinalResponse(HTTPResponse):
    """An answer that passes over every informational one before it (RFC 9110, section 15.2)."""

    def _read_status(self) -> tuple[str, int, str]:
        version, status, reason = super()._read_status()
        while status in range(102, 200):
            parse_headers(self.fp)
            version, status, reason = super()._read_status()
        return version, status, reason


HTTPConnection.response_class = FinalResponse


class Record:
    """An object of the API: its attributes are the members that were answered, as they were."""

    def __init__(self, members: Mapping[str, Any] | None = None) -> None:
        self.members = members or {}

    def __getattr__(self, name: str) -> Any:
        try:
            return self.members[name]
        except KeyError:
            raise AttributeError(name) from None


class Client:
    """Settings, and the calls made with them.

    Args:
        base_url: scheme, host and port.
        ca_file: the authorities to trust; those of requests where there is none.
    """

    def __init__(self, base_url: str, ca_file: str | None = None) -> None:
        self.base_url = base_url
        self.ca_file = ca_file
        self.session_id: str | None = None
        self.api_key: str | None = None
        self.language: str | None = None
        self.workspace_id: int | None = None
        self.max_network_retries = 0
        self.open_timeout = 30.0
        self.read_timeout = 60.0
        self.initial_network_retry_delay = 0.5
        self.max_network_retry_delay = 2.0

    def call(
        self,
        operation: Operation,
        parameters: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Any:
        """Carry out one operation: a record, a list of records, or nothing.

        Raises:
            Error: it could not be carried out.
        """
        request = self._request(operation, parameters or {}, options or {})
        for attempt in range(self.max_network_retries + 1):
            try:
                return self._send(request, operation)
            except (APIConnectionError, ApiError) as error:
                if attempt == self.max_network_retries or error.http_status not in PASSING:
                    raise
            delay = self.initial_network_retry_delay * 2**attempt
            time.sleep(min(delay, self.max_network_retry_delay))
        raise AssertionError

    def save(self, record: Record) -> None:
        """Log in with the members of a record, and take over what is answered.

        Raises:
            Error: it has an id already, or the login could not be carried out.
        """
        if record.members.get("id") is not None:
            raise ParameterError("a session cannot be changed")
        record.members = self.call(OPERATIONS["session", "create"], record.members, {}).members

    def destroy(self, record: Record) -> None:
        """Log out the session of a record, whatever the global one is.

        Raises:
            Error: it could not be carried out.
        """
        self.call(OPERATIONS["session", "delete"], {}, {"session_id": record.id})

    def _request(
        self, operation: Operation, parameters: Mapping[str, Any], options: Mapping[str, Any]
    ) -> requests.PreparedRequest:
        missing = [name for name in operation.required if parameters.get(name) in (None, "")]
        if missing:
            raise ParameterError(f"{', '.join(missing)} must be given")
        for name, value in parameters.items():
            if not isinstance(value, OTHER_TYPES.get(name, str) | None):
                raise ParameterError(f"{name} is of another type")
        in_path = {name for name in parameters if f"{{{name}}}" in operation.path}
        path = operation.path.format(**{name: segment(parameters[name]) for name in in_path})
        rest = {name: value for name, value in parameters.items() if name not in in_path}
        place, rest = ("json", rest) if operation.method == "POST" else ("params", spread(rest))
        try:
            return requests.Request(
                operation.method,
                f"{self.base_url}/api/rest/v1{path}",
                headers={
                    "Accept": "application/json",
                    **self._scope(options),
                    **self._credentials(operation, options),
                },
                **{place: rest or None},
            ).prepare()
        except (requests.RequestException, UnicodeError) as error:
            raise ParameterError(str(error)) from error

    def _scope(self, options: Mapping[str, Any]) -> dict[str, str]:
        """The headers that say which workspace a call is about, and the language of the answer."""
        workspace = options.get("workspace_id", self.workspace_id)
        scope = {"X-Files-Workspace-Id": workspace, "Accept-Language": self.language}
        return {name: str(value) for name, value in scope.items() if value is not None}

    def _credentials(self, operation: Operation, options: Mapping[str, Any]) -> dict[str, str]:
        """The headers that say who calls; those of the one call come before the global ones."""
        ours = {"session_id": self.session_id, "api_key": self.api_key}
        own = {name: each for name, each in options.items() if name != "workspace_id"}
        known = own or (ours if operation.authenticated else {})
        if "session" in known:
            known["session_id"] = known.pop("session").id
        for name, header in (("session_id", "X-FilesAPI-Auth"), ("api_key", "X-FilesAPI-Key")):
            value = known.get(name)
            if value and not (value.isascii() and value.isprintable()):
                raise ParameterError(f"{name} has characters that no header can hold")
            if value:
                return {header: value}
        return {}

    def _send(self, request: requests.PreparedRequest, operation: Operation) -> Any:
        with requests.Session() as connection:
            connection.trust_env = False
            try:
                answer = connection.send(
                    request,
                    timeout=(self.open_timeout, self.read_timeout),
                    verify=self.ca_file or True,
                    allow_redirects=False,
                    stream=True,
                )
                body = self._read(answer)
            except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
                raise APIConnectionError(f"no whole answer came: {type(error).__name__}") from error
        log.info("%s %s: %d", operation.method, operation.path, answer.status_code)
        return taken(answer.status_code, body, operation)

    def _read(self, answer: requests.Response) -> bytes:
        """The whole body, unless it is too large or too slow."""
        body, deadline = bytearray(), time.monotonic() + self.read_timeout
        while chunk := answer.raw.read1(64 * 1024, decode_content=True):
            body += chunk
            if len(body) > LARGEST:
                raise APIConnectionError(f"the answer has more than {LARGEST} bytes")
            if time.monotonic() > deadline:
                raise APIConnectionError(f"the answer took more than {self.read_timeout:g} seconds")
        return bytes(body)


METHODS = {"save": Client.save, "destroy": Client.destroy, "delete": Client.destroy}
"""What can be done with the object of a session."""


def spread(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a query; each member of an object is one: ``session[language]``."""
    members = {
        f"{name}[{member}]": each
        for name, value in parameters.items()
        if isinstance(value, dict)
        for member, each in value.items()
    }
    return {k: v for k, v in parameters.items() if not isinstance(v, dict)} | members


def segment(value: object) -> str:
    """A value as one segment of a path, and never another one."""
    text = str(value)
    if text in {".", ".."}:
        raise ParameterError(f"{text!r} cannot stand in a path")
    return quote(text, safe="")


def taken(status: int, body: bytes, operation: Operation) -> Any:
    """What an answer means.

    Raises:
        Error: it says that there was an error, or it is not documented.
    """
    if status in range(400, 600):
        refused(status, body)
    if status not in range(200, 300):
        raise AnswerError(f"status {status} is not documented", status)
    if not operation.answers and not body:
        return None
    match parsed(status, body):
        case dict() as members if not operation.lists:
            return Record(members)
        case [*items] if operation.lists and all(isinstance(item, dict) for item in items):
            return [Record(item) for item in items]
    raise AnswerError("the answer is not what the operation answers", status)


def refused(status: int, body: bytes) -> NoReturn:
    """Raise what an answer with an error status says."""
    try:
        said = parsed(status, body)
    except AnswerError:
        said = None
    members = said if isinstance(said, dict) else {}
    texts = (members.get("error"), members.get("title"), f"HTTP {status}")
    kind = members.get("type") if isinstance(members.get("type"), str) else None
    raise documented(kind)(
        next(text for text in texts if isinstance(text, str) and text),
        status,
        kind,
    )


@cache
def documented(kind: str | None) -> type[ApiError]:
    """The class that READMEs name for an API type: its own, below the one of its group."""
    if not kind or not re.fullmatch(r"[a-z-]+/[a-z-]+", kind):
        return ApiError
    group, own = ("".join(map(str.capitalize, part.split("-"))) for part in kind.split("/"))
    return type(f"{own}Error", (type(f"{group}Error", (ApiError,), {}),), {})


def parsed(status: int, body: bytes) -> Any:
    """The JSON of a body, read strictly: nothing in it is guessed, rounded or dropped."""
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=unique,
            parse_float=finite,
            parse_constant=finite,
        )
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"the answer is not JSON: {error}", status) from error


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members all have different names."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member is named twice")
    return members


def finite(text: str) -> float:
    """A finite number."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a valid number")
    return number
