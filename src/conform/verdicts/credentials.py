"""Names the credentials of a case, so that a reason says whose were sent, not their value."""

from __future__ import annotations

from conform.cases.model import CallStep, Case, ConfigureStep
from conform.cases.replies import Answer, Script

_KINDS = {"session_id": "session id", "api_key": "API key"}


def names(case: Case) -> dict[str | None, str]:
    """The name of each session id and API key in a case, such as ``the global session id``."""
    found: dict[str | None, str] = {}
    for reply in case.server.replies if isinstance(case.server, Script) else ():
        if isinstance(reply, Answer) and isinstance(reply.json, dict):
            answered = reply.json.get("id")
            if isinstance(answered, str):
                found[answered] = "the session id of the login"
    for step in case.steps:
        match step:
            case ConfigureStep(credentials=given):
                whose = "the global {}"
            case CallStep(options=given):
                whose = "the {} of the call"
            case _:
                continue
        for member, kind in _KINDS.items():
            value = getattr(given, member)
            if value is not None:
                found[value] = whose.format(kind)
    return found


def instead(case: Case, wanted: str, got: str | None) -> str:
    """What was sent instead of a credential, as a sentence; empty if it is not about one."""
    known = names(case)
    if wanted not in known:
        return ""
    if got is None:
        return f"The request was sent without {known[wanted]}."
    return (
        f"The request was sent with {known.get(got, 'another value')} instead of {known[wanted]}."
    )
