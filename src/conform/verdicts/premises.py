"""Checks the premises of a case: without them, the absence of something means nothing."""

from __future__ import annotations

from typing import assert_never
from urllib.parse import urlsplit

from conform.cases.model import Case
from conform.cases.premises import (
    CallSends,
    LogWritten,
    Premise,
    RedirectAnswered,
    RequestsArrive,
    SecretInPlay,
    TrustedTlsWorks,
    premises,
    twins,
)
from conform.cases.replies import REDIRECTS
from conform.core.observations import Exchange, Observation
from conform.core.secrets import Secret
from conform.core.text import capitalised
from conform.verdicts.verdict import Inconclusive
from conform.verdicts.words import subject, times


def unmet(case: Case, seen: Observation) -> Inconclusive | None:
    """Why nothing can be said about a case; None if every premise was met."""
    for premise in premises(case):
        if reason := _unmet(premise, case, seen):
            return Inconclusive(reason=reason, missing=premise.words)
    return None


def _unmet(premise: Premise, case: Case, seen: Observation) -> str:
    match premise:
        case CallSends(step=step):
            sending = {request.step for request in seen.requests}
            is_met = not sending.isdisjoint({step, *twins(case, step)})
            return "" if is_met else f"{subject(case, step)} sent no request."
        case RequestsArrive(count=count):
            arrived, needed = times(len(seen.requests)), times(count).lower()
            is_met = len(seen.requests) >= count
            return "" if is_met else f"{arrived} arrived; the case needs {needed}."
        case SecretInPlay(secret=secret, of=of):
            is_met = any(_carries(exchange, Secret(secret)) for exchange in seen.exchanges)
            return "" if is_met else f"{capitalised(of)} is in no request and in no response."
        case RedirectAnswered():
            is_met = any(each.response.status in REDIRECTS for each in seen.exchanges)
            return "" if is_met else "No request was answered with a redirect."
        case LogWritten():
            no_log = "At the level debug the SDK logged no request, so its log may not work."
            return "" if _logs(seen.twin or seen) else no_log
        case TrustedTlsWorks():
            is_met = seen.twin is not None and bool(seen.twin.requests)
            return "" if is_met else "The same call with a trusted certificate sent no request."
        case _:
            assert_never(premise)


def _logs(seen: Observation) -> bool:
    paths = (urlsplit(request.target).path for request in seen.requests)
    return any(max(path.split("/"), key=len) in seen.output for path in paths)


def _carries(exchange: Exchange, secret: Secret) -> bool:
    request, response = exchange.request, exchange.response
    headers = (*request.headers, *response.headers)
    texts = [request.target, *(header.value for header in headers)]
    texts += [each.decode("utf-8", "replace") for each in (request.body, response.body)]
    return any(secret.found_in(text) for text in texts)
