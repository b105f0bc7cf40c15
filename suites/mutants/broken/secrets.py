"""Where secrets go that nobody but the server may see, and who is taken for the server."""

import json

import client
import requests

from broken.registry import instead_of

LOGS = "security/logs"
TLS = "session.create/security/tls"
LOGIN = "session.create/contract/documented"
FIND = "user.find/lifecycle/session-of-call"
HEADERS = ("X-FilesAPI-Auth", "X-FilesAPI-Key")


@instead_of(
    client.Client,
    "_send",
    fails={
        f"session.create/{LOGS}-debug/password-success": "The password is in the output of the SDK",
        f"session.create/{LOGS}-debug/password-refused": "The password is in the output of the SDK",
    },
    passes=(f"session.create/{LOGS}-info/password-success", LOGIN),
)
def body_logged(own, self, request, operation):
    """It logs bodies when it is asked for everything."""
    client.log.debug("sent %r", request.body)
    return own(self, request, operation)


@instead_of(
    client.Client,
    "_send",
    fails={
        f"user.find/{LOGS}-info/session-id-success": "is in the output of the SDK",
        f"user.find/{LOGS}-info/api-key-success": "is in the output of the SDK",
        f"user.find/{LOGS}-debug/session-id-refused": "is in the output of the SDK",
    },
    passes=(f"session.create/{LOGS}-debug/password-success", FIND),
)
def headers_logged(own, self, request, operation):
    """It logs headers with every request."""
    client.log.info("%s", dict(request.headers))
    return own(self, request, operation)


@instead_of(
    client.Client,
    "_send",
    fails={f"session.create/{LOGS}-error/password-refused": "is in the output of the SDK"},
    passes=(f"session.create/{LOGS}-error/password-success", LOGIN),
)
def body_logged_on_error(own, self, request, operation):
    """It logs what it sent when that was refused."""
    try:
        return own(self, request, operation)
    except client.Error:
        client.log.error("refused: %r", request.body)
        raise


@instead_of(
    client.Client,
    "_send",
    fails={
        "session.create/security/password-not-in-error/refused": "The password is in the error",
        "session.create/security/password-not-in-error/reset": "The password is in the error",
    },
    passes=("session.create/security/password-not-in-url", LOGIN),
)
def body_in_error(own, self, request, operation):
    """Its errors hold what was sent."""
    try:
        return own(self, request, operation)
    except client.Error as error:
        said = json.loads(request.body or "{}").get("password")
        error.args = (f"{error} (password={said})",)
        raise


@instead_of(
    client.Client,
    "_request",
    fails={
        "user.find/security/session-id-not-in-client-header": "the User-Agent header",
        "user.find/security/api-key-not-in-client-header": "the User-Agent header",
    },
    passes=("session.create/security/password-not-in-client-header", LOGIN),
)
def credentials_in_description(own, *what):
    """It tells its credentials where it describes itself."""
    request = own(*what)
    known = [request.headers[name] for name in HEADERS if name in request.headers]
    request.headers["User-Agent"] = f"client/1.0 ({', '.join(known)})"
    return request


@instead_of(
    requests.Session,
    "send",
    fails={
        f"{TLS}/self-signed": "was not refused: it sent one request",
        f"{TLS}/untrusted": "was not refused: it sent one request",
        f"{TLS}/expired": "was not refused: it sent one request",
        f"{TLS}/wrong-host": "was not refused: it sent one request",
    },
    passes=(f"{TLS}/trusted", LOGIN),
)
def everyone_trusted(own, self, request, **how):
    """It does not check certificates."""
    return own(self, request, **{**how, "verify": False})


@instead_of(
    requests.Session,
    "send",
    fails={f"{TLS}/trusted": "raised client.APIConnectionError"},
    passes=(LOGIN,),
)
def nobody_trusted(own, self, request, **how):
    """It trusts no authority but its own."""
    return own(self, request, **{**how, "verify": True})
