"""Says what failures have in common, as a sentence: one cause is one finding.

This is the only place with the words for causes. Two failures have one cause if their sentences are
equal, so a sentence names the difference and the class of an error, but no attribute, no parameter
and no value of a case.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from conform.core.identity import Suite
from conform.core.observations import Observation
from conform.core.text import capitalised
from conform.core.values import Boolean, Integer, Null, Number, String, Value, kind_of
from conform.verdicts.verdict import Fail, Inconclusive

_EMPTY: Final = frozenset({"", "0", "false"})

_CAUSES: Final = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        # What happened whatever was expected.
        (r".+: contacted another port", "The SDK contacts another port of the base URL"),
        (r".+: contacted (?P<host>.+)", "The SDK contacts another host: {host}"),
        (r".+: unknown", "The network was not isolated"),
        (r".+: (hung|late|no end)", "A call does not end in time"),
        (r".+: crashed with (?P<code>.+)", "A call ends the process with exit code {code}"),
        (r".+: used too much memory", "A call uses too much memory"),
        (r".+: unsupported", "The release does not have a documented operation"),
        (
            r".+: option under another name",
            "An option has another name in the SDK than in its README",
        ),
        (r".+: reading raised (?P<error>.+)", "Reading an attribute raises {error}"),
        (r".+: not reached", "A call is not made, because an earlier step failed"),
        (
            r"samples/steps: raised .+ before it sent a request",
            "The SDK refuses the arguments of a documented sample",
        ),
        (
            r".+: raised (?P<error>.+) before it sent a request",
            "A call raises {error} before it sends a request",
        ),
        (r".+: returned null instead of an object", "A call returns null instead of an object"),
        # Errors.
        (r".+: no own errors", "The SDK has no errors of its own"),
        (
            r".+/(raises|settles|refuses|guards): raised (?P<error>.+)",
            "An error is not the SDK's own: {error}",
        ),
        (r".+: late: raised .+", "A wrong value is refused only after a request"),
        (r".+: raised (?P<error>.+)", "A call that should return a result raises {error}"),
        (r".+/raises: class (?P<error>.+)", "An error is not of the documented class: {error}"),
        (r".+/raises: HTTP status none", "An error carries no HTTP status"),
        (r".+/raises: HTTP status .+", "An error carries another HTTP status than the response"),
        (r".+/raises: API type none", "An error carries no API type"),
        (r".+/raises: API type .+", "An error carries another API type than the response"),
        (r".+/raises: other message", "An error does not carry the message of the API"),
        # Results.
        (r"errors/raises: returned", "A call returns a result for an error response"),
        (r"faults/raises: returned", "A call returns a result for a broken response"),
        (r".+/settles: accepted .+", "A call returns a result for a broken response"),
        (r".+/raises: returned", "A call returns a result instead of raising an error"),
        (r".+: returned", "A call returns a result without a request"),
        (r".+/exposes: absent", "The object lacks an attribute of the response"),
        (r".+/exposes: changed", "{value} of the response is changed in the object"),
        (r".+/exposes: turned into (?P<kind>.+)", "{value} of the response becomes {kind}"),
        (r".+/lacks: invented (?P<kind>.+)", "The server sent nothing, and the SDK invents {kind}"),
        # Requests.
        (r".+: no request", "A call sends no request"),
        (r".+/requests: unwanted", "A call sends a request that it must not send"),
        (r".+/requests: fewer", "The SDK sends fewer requests than it should"),
        (r".+/(requests|atmost): more", "The SDK sends more requests than it should"),
        (r".+/spaced: .+", "The SDK repeats a request too soon"),
        (
            r".+/(sent: header X-FilesAPI-|omits: ).*",
            "A request does not carry exactly the credentials that the caller gave",
        ),
        (r".+/sent: header (?P<name>\S+).*", "A request lacks the right header {name}"),
        (r".+/(sent|conforms): method \w+", "A request has another method than documented"),
        (r".+/sent: path .+", "A request has another path than documented"),
        (r".+/sent: query (?P<name>\S+).*", "A request lacks the right {name} in its query"),
        (r".+/sent: other body", "A request has another body than documented"),
        (r".+/matches: none", "No Pact server took part"),
        (r".+/matches: (?P<kind>\S+).*", "A request breaks the contract: {kind}"),
        (r".+: unreadable", "A request has another path or form than documented"),
        # Parameters.
        (r".+/carries: absent if empty", "An empty, zero, false or null parameter is not sent"),
        (r".+/carries: absent", "A parameter is not sent"),
        (r".+/carries: in the .+", "A parameter is sent in another place than documented"),
        (r".+/carries: \d+ times", "A parameter is sent more than once"),
        (r".+/carries: changed", "{value} is changed when it is sent as a parameter"),
        (r".+/carries: turned into (?P<kind>.+)", "{value} is sent as {kind}"),
        (r".+/conforms: .+", "A request carries something else than its operation documents"),
        (r".+/refuses: trusted", "The SDK trusts a certificate that it must refuse"),
        (r".+/refuses: sent", "A call that must be refused sends a request"),
        (r".+/guards: sent (?P<kind>.+)", "A value of a wrong type is sent: {kind}"),
        (r".+/sound: contradiction", "The README contradicts itself: {seen}"),
        (r".+/sound: .+", "A sample on the page is broken: {seen}"),
        # Secrets.
        (r".+/hides: url", "A secret is in the URL of a request"),
        (r".+/hides: output", "A secret is in the output of the SDK"),
        (r".+/hides: error", "A secret is in an error"),
        (r".+/hides: error-members", "A secret is in a member of an error object"),
        (r".+/hides: client", "A secret is in the User-Agent header"),
        (r".+/hides: elsewhere", "A secret is sent to another origin"),
        (r".+/hides: last-step", "A secret of an earlier call is in a later request"),
        (r".+/hides: header-name", "A caller can write a header of a request"),
        (r".+/escapes: other path", "A value is not escaped in the path of a request"),
    )
)
"""The words for each kind of failure; the first pattern that matches counts."""


_MISSING: Final = {
    "call sends": "A call sends no request",
    "requests arrive": "Fewer requests arrive than the case needs",
    "secret in play": "A secret is in no request and in no response",
    "redirect answered": "No request is answered with a redirect",
    "log written": "The log of the SDK may not work",
    "trusted TLS works": "No call with a trusted certificate works",
    "unsupported": "The adapter cannot do what is documented",
    "end of a probe": "A probe does not end in time",
    "end of other cases": "A call does not end in time in other cases",
}
"""The words for what an inconclusive case lacks."""


def cause_of_doubt(verdict: Inconclusive) -> str:
    """The cause of an inconclusive verdict: a sentence without a full stop."""
    return _MISSING[verdict.missing]


def cause_of(failure: Fail, suite: Suite, seen: Observation) -> str:
    """The cause of a failure: a sentence without a full stop.

    Args:
        failure: the failure, with the expectation that was not met.
        suite: the suite of the case; the same difference can mean another thing in another suite.
        seen: the observation of the case.

    Returns:
        The words for its kind; the reason of the failure if there are none.
    """
    kind = f"{suite}/{failure.expectation}: {_difference(failure, seen)}"
    for pattern, words in _CAUSES:
        if found := pattern.fullmatch(kind):
            value = capitalised(kind_of(_value(failure)))
            return words.format(**found.groupdict(), value=value, seen=failure.seen)
    return failure.reason.removesuffix(".")


def _difference(failure: Fail, seen: Observation) -> str:
    """What differed, without the numbers of a case."""
    match failure.expectation, failure.differs, failure.members:
        case "requests", _, {"count": count} if not failure.differs.startswith("contacted "):
            got = seen.arrived
            if not got:
                return "no request"
            return "unwanted" if not count else "more" if got > count else "fewer"
        case "raises" | "settles" | "refuses" | "guards", str(differs), _ if (
            differs.startswith("raised ") and not seen.error_families
        ):
            return "no own errors"
        case "carries", "absent", _:
            return "absent if empty" if _is_empty(_value(failure)) else "absent"
        case _:
            return failure.differs


def _value(failure: Fail) -> Value:
    """The expected value; null if the expectation has none."""
    match failure.members.get("value"):
        case dict() as value:
            expected: Value = msgspec.convert(value, Value)
            return expected
        case _:
            return Null()


def _is_empty(value: Value) -> bool:
    match value:
        case Null():
            return True
        case String(text=text) | Integer(text=text) | Boolean(text=text) | Number(text=text):
            return text in _EMPTY
        case _:
            return False
