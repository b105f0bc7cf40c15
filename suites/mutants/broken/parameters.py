"""What is passed: names, values, places, and what may not be passed."""

import json
from urllib.parse import urlencode

import client

from broken.registry import instead_of

LOGIN = "session.create/contract/documented"
OTP = "session.create/parameters/otp/"
NAME = "session.create/parameters/username/"
ORDINARY = f"{OTP}string-ordinary"


def said(request, body, content_type="application/json"):
    """The request with another body."""
    request.prepare_body(body, None)
    request.headers["Content-Type"] = content_type
    return request


@instead_of(
    client.Client,
    "_request",
    fails={
        ORDINARY: "is not documented",
        "session.create/samples/arguments-1": "client_version is not documented",
        LOGIN: "breaks the contract",
    },
    passes=("session.create/fields/site_id/int64-max",),
)
def parameter_of_its_own(own, self, operation, parameters, options):
    """It adds a parameter of its own."""
    return own(self, operation, {**parameters, "client_version": "1.0.0"}, options)


@instead_of(
    client.Client,
    "_request",
    fails={
        "session.create/security/password-not-in-url": "is in the URL of a request",
        f"{NAME}string-ordinary": "username was sent in the query",
        LOGIN: "breaks the contract",
    },
    passes=("session.create/fields/site_id/int64-max", "session.delete/contract/documented"),
)
def body_in_query(own, *what):
    """It sends what belongs in the body in the query."""
    request = own(*what)
    if request.method == "POST":
        request.prepare_url(request.url, json.loads(request.body or "{}"))
        del request.headers["Content-Length"]
        request.prepare_body(None, None)
    return request


@instead_of(
    client.Client,
    "_request",
    fails={LOGIN: "breaks the contract", ORDINARY: "The body is not JSON"},
    passes=("session.create/fields/site_id/int64-max",),
)
def form_called_json(own, *what):
    """It sends a form and says that it is JSON."""
    request = own(*what)
    return said(request, urlencode(json.loads(request.body))) if request.body else request


@instead_of(
    client.Client,
    "_request",
    fails={f"{NAME}string-unicode": "username was changed"},
    passes=(LOGIN, f"{NAME}string-ordinary"),
)
def form_in_latin_1(own, *what):
    """It sends a form, in a character set of its own."""
    request = own(*what)
    if not request.body:
        return request
    form = urlencode(json.loads(request.body), encoding="latin-1", errors="replace")
    return said(request, form, "application/x-www-form-urlencoded")


@instead_of(
    client.Client,
    "_request",
    fails={f"{NAME}string-unicode": "The body is not UTF-8"},
    passes=(f"{NAME}string-ordinary", f"{NAME}string-escapes"),
)
def other_character_set(own, *what):
    """It writes JSON in a character set of its own."""
    request = own(*what)
    if not request.body:
        return request
    text = json.dumps(json.loads(request.body), ensure_ascii=False)
    return said(request, text.encode("cp1250", "replace"))


@instead_of(
    client.Client,
    "_request",
    fails={ORDINARY: "repeats a member: otp"},
    passes=("session.create/fields/site_id/int64-max",),
)
def member_twice(own, *what):
    """It writes the one-time password twice."""
    request = own(*what)
    members = json.loads(request.body or "{}")
    if "otp" not in members:
        return request
    again = json.dumps({"otp": members["otp"]})
    return said(request, f"{again[:-1]}, {json.dumps(members)[1:]}")


@instead_of(
    client.Client,
    "_request",
    fails={
        "session.forgot_validate/parameters/code/missing": "was not refused",
        "session.forgot_validate/parameters/code/null": "The SDK sent",
    },
    passes=("session.forgot_validate/parameters/code/string-ordinary", ORDINARY),
)
def nothing_required(own, self, operation, parameters, options):
    """It sends a call that lacks a required parameter."""
    return own(self, operation._replace(required=()), parameters, options)


@instead_of(
    client,
    "OTHER_TYPES",
    fails={"session.create/parameters/otp/wrong-type": "The SDK sent otp = 7"},
    passes=(ORDINARY, "session.create/parameters/username/wrong-type"),
)
def any_type(own):
    """It does not check the type of the one-time password."""
    return {**own, "otp": object}


@instead_of(
    client,
    "spread",
    fails={"session.delete/parameters/session/object-ordinary": "session was changed"},
    passes=("session.delete/parameters/format/string-ordinary", ORDINARY),
)
def object_as_it_prints(own, parameters):
    """It sends an object as its language prints it."""
    del own
    return {name: str(each) for name, each in parameters.items()}
