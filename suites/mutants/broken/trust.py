"""Whom the client trusts with what it sends."""

import requests

from broken.registry import instead_of

TLS = "session.create/security/tls"


@instead_of(
    requests.Session,
    "send",
    fails={
        f"{TLS}/self-signed": "was not refused: it sent one request",
        f"{TLS}/untrusted": "was not refused: it sent one request",
        f"{TLS}/expired": "was not refused: it sent one request",
        f"{TLS}/wrong-host": "was not refused: it sent one request",
    },
    passes=(f"{TLS}/trusted", "session.create/contract/documented"),
)
def everyone_trusted(own, self, request, **how):
    """It does not check certificates."""
    return own(self, request, **{**how, "verify": False})


@instead_of(
    requests.Session,
    "send",
    fails={f"{TLS}/trusted": "raised client.APIConnectionError"},
    passes=(f"{TLS}/self-signed", f"{TLS}/expired", "session.create/contract/documented"),
)
def nobody_trusted(own, self, request, **how):
    """It trusts no authority but its own."""
    return own(self, request, **{**how, "verify": True})
