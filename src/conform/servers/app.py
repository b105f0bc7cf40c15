"""The ASGI application: routes of the documented operations, their answers, and the access log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
import sqlite3
import sys
import traceback
from typing import Any, Final
import uuid

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from conform.servers import parameters
from conform.servers.access_log import AccessLog, Log
from conform.servers.accounts import Accounts
from conform.servers.calls import ApiCall
from conform.servers.operations import OPERATIONS
from conform.servers.outcomes import Answered, Opened, Outcome, Refused
from conform.servers.store import Store
from conform.servers.variant import ServedOperation, ServedVariant

Clock = Callable[[], float]
"""Gives seconds since 1970."""

_SESSION_HEADER: Final = "X-FilesAPI-Auth"
_KEY_HEADER: Final = "X-FilesAPI-Key"
_NO_SCHEMA: Final[Mapping[str, Any]] = {"properties": {}, "required": []}
_UNROUTED: Final[dict[int, Refused]] = {
    404: Refused(type="not-found", message="No documented operation has this path."),
    405: Refused(
        type="bad-request/method-not-allowed",
        message="No documented operation of this path has this method.",
    ),
}


def reference_app(
    variant: ServedVariant, accounts: Accounts, store: Store, clock: Clock, log: Log | None = None
) -> Starlette:
    """A server of the documented API as an ASGI application.

    Args:
        variant: what the pages document.
        accounts: the users and settings.
        store: what the server remembers.
        clock: the time.
        log: takes one line for each request, without secrets.
    """
    api = _Api(variant, accounts, store, clock)
    by_path: dict[str, dict[str, ServedOperation]] = {}
    for each in variant.operations:
        by_path.setdefault(each.endpoint.path, {})[each.endpoint.method] = each
    app = Starlette(
        # One route for each path, so that the answer to another method names all methods.
        routes=[
            Route(path, api.endpoint(operations), methods=list(operations))
            for path, operations in by_path.items()
        ],
        middleware=[Middleware(AccessLog, paths=tuple(by_path), log=log)] if log else [],
        exception_handlers={HTTPException: _unrouted, Exception: _defect},
    )
    app.router.redirect_slashes = False
    return app


class _Api:
    def __init__(
        self, variant: ServedVariant, accounts: Accounts, store: Store, clock: Clock
    ) -> None:
        self._variant = variant
        self._accounts = accounts
        self._store = store
        self._clock = clock

    def endpoint(
        self, operations: Mapping[str, ServedOperation]
    ) -> Callable[[Request], Awaitable[Response]]:
        """The function that Starlette calls for the operations of one path, by method."""

        async def respond(request: Request) -> Response:
            operation = operations["GET" if request.method == "HEAD" else request.method]
            body = await _body(request)
            if isinstance(body, Refused):
                return _refusal(request, body)
            outcome = await run_in_threadpool(self._outcome, operation, request, body)
            match outcome:
                case Refused():
                    return _refusal(request, outcome)
                case Opened():
                    answer = self._variant.session(outcome, _origin(request))
                case Answered(body=answer):
                    pass
            return _response(operation.endpoint.status, answer)

        return respond

    def _outcome(self, operation: ServedOperation, request: Request, body: bytes) -> Outcome:
        schema = operation.request or _NO_SCHEMA
        sent = parameters.read(request.headers.get("Content-Type", ""), body, schema)
        if isinstance(sent, Refused):
            return sent
        known = parameters.documented(sent | request.path_params, schema)
        if isinstance(known, Refused):
            return known
        now = self._clock()
        try:
            with self._store.transaction(now) as records:
                call = ApiCall(
                    parameters=known | request.path_params,
                    session_id=request.headers.get(_SESSION_HEADER),
                    api_key=request.headers.get(_KEY_HEADER),
                    origin=_origin(request),
                    now=now,
                    variant=self._variant,
                    accounts=self._accounts,
                    records=records,
                )
                return OPERATIONS[operation.name](call)
        except sqlite3.OperationalError:
            return Refused(
                type="service-unavailable/lock-operation-busy",
                message="The state file is busy, or cannot be written.",
                retry_after=1,
            )


async def _body(request: Request) -> bytes | Refused:
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > parameters.LARGEST_BODY:
                return Refused(
                    type="bad-request/request-body-too-large",
                    message=f"The body has more than {parameters.LARGEST_BODY:,} bytes.",
                )
    except ClientDisconnect:
        return Refused(type="bad-request/invalid-body", message="The body is not complete.")
    return bytes(body)


def _origin(request: Request) -> str:
    """The address that the request arrived at, which does not depend on what the client sent."""
    host, port = request.scope["server"]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _unrouted(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = _refusal(request, _UNROUTED[error.status_code])
    response.headers.update(error.headers or {})
    return response


async def _defect(request: Request, _error: Exception) -> Response:
    traceback.print_exc(file=sys.stderr)
    return _refusal(
        request,
        Refused(
            type="bad-request/internal-general-error",
            message="The server failed; this is a defect of the server.",
        ),
    )


def _refusal(request: Request, refused: Refused) -> Response:
    """The documented error body; the access log learns the type."""
    request.state.error_type = refused.type
    body = {
        "error": refused.message,
        "http-code": refused.status,
        "instance": str(uuid.uuid4()),
        "title": refused.title,
        "type": refused.type,
    }
    response = _response(
        refused.status, body if refused.data is None else body | {"data": refused.data}
    )
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _response(status: int, answer: Any) -> Response:
    if answer is None:
        return Response(status_code=status)
    return Response(msgspec.json.encode(answer), status, media_type="application/json")
