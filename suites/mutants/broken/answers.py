"""What is made of answers that come in an unusual way: in parts, elsewhere, late, or never."""

from http.client import HTTPResponse
import json

import client
import requests

from broken.registry import instead_of

FAULTS = "session.create/faults"
FIELD = "session.create/fields/site_id/int64-one"
REFUSED = "session.create/errors/typed/not-authenticated"


@instead_of(
    client,
    "parsed",
    fails={f"{FAULTS}/body/deep": "raised RecursionError, which is not an error"},
    passes=(FIELD, REFUSED),
)
def depth_raises(own, status, body):
    """It fails on what is nested too deep."""
    json.loads(body.decode("utf-8", "replace") or "null")
    return own(status, body)


@instead_of(
    client.Client,
    "_read",
    fails={f"{FAULTS}/http/chunked": "raised client.AnswerError"},
    passes=(FIELD, f"{FAULTS}/body/not-json"),
)
def first_part_only(own, self, answer):
    """It reads the first part of a body."""
    del own, self
    return answer.raw.read1(64 * 1024, decode_content=True)


@instead_of(
    client.HTTPConnection,
    "response_class",
    fails={f"{FAULTS}/http/early-hints": "status 103"},
    passes=(FIELD, f"{FAULTS}/http/continue"),
)
def hints_are_answers(own):
    """It takes an informational response for the answer."""
    del own
    return HTTPResponse


@instead_of(
    client,
    "LARGEST",
    fails={f"{FAULTS}/body/huge": "the answer has more than"},
    passes=(FIELD, f"{FAULTS}/http/chunked"),
)
def small_answers_only(own):
    """It reads 64 KiB of an answer at the most."""
    del own
    return 64 * 1024


@instead_of(
    requests.Session,
    "send",
    fails={
        "user.find/security/redirect-elsewhere/session-id-302": "is in a request to another origin",
        "user.find/security/redirect-elsewhere/api-key-307": "is in a request to another origin",
        "session.create/security/redirect-elsewhere/password-307": "to another origin",
    },
    passes=(FIELD, "user.find/lifecycle/session-of-call"),
)
def redirects_followed(own, self, request, **how):
    """It follows every redirect with all that it has."""
    first = not hasattr(self, "is_redirected")
    self.is_redirected = True
    return own(self, request, **{**how, "allow_redirects": first})


@instead_of(
    requests.Session,
    "send",
    fails={
        f"{FAULTS}/refused": "is not an error of the SDK's own",
        f"{FAULTS}/reset-before-status": "is not an error of the SDK's own",
    },
    passes=(FIELD, REFUSED),
)
def network_errors_untyped(own, self, *what, **how):
    """It raises the network's errors as they are."""
    try:
        return own(self, *what, **how)
    except requests.RequestException as error:
        raise ConnectionError(str(error)) from error


@instead_of(
    requests.Session,
    "send",
    fails={f"{FAULTS}/silence": "did not end within 4 s"},
    passes=(FIELD, f"{FAULTS}/slow-answer"),
)
def timeout_longer(own, self, request, **how):
    """It waits more than four times as long as it was told."""
    connect, read = how["timeout"]
    return own(self, request, **{**how, "timeout": (connect, read * 4.5)})


@instead_of(
    requests.Session,
    "send",
    fails={f"{FAULTS}/slow-answer": "raised client.APIConnectionError"},
    passes=(FIELD,),
)
def timeout_shorter(own, self, request, **how):
    """It waits for a tenth of the time that it was told."""
    connect, read = how["timeout"]
    return own(self, request, **{**how, "timeout": (connect, read / 10)})


@instead_of(
    client.Client,
    "_read",
    fails={f"{FAULTS}/trickling-body": "did not end within 4 s"},
    passes=(FIELD, f"{FAULTS}/http/chunked"),
)
def no_deadline(own, self, answer):
    """It reads for as long as something comes."""
    del own, self
    return answer.raw.read(decode_content=True)


@instead_of(
    client,
    "taken",
    fails={f"{FAULTS}/http/status-200": "raised client.AnswerError"},
    passes=(FIELD, "session.create/errors/status/404"),
)
def only_created(own, status, body, operation):
    """It takes no status of success but 201."""
    if status == requests.codes.ok:
        raise client.AnswerError("status 200 is not documented", status)
    return own(status, body, operation)
