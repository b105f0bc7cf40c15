"""What is passed: names, values, places, and what may not be passed."""

from functools import wraps
import html
import json
import unicodedata
from urllib.parse import urlencode

import client

from broken.registry import instead_of

LOGIN = "session.create/contract/documented"
OTP = "session.create/parameters/otp/"
NAME = "session.create/parameters/username/"
ORDINARY = f"{OTP}string-ordinary"


def with_texts(turn):
    """Sends every text of a call as another one."""

    @wraps(turn)
    def request(own, self, operation, parameters, options):
        turned = {k: turn(v) if isinstance(v, str) else v for k, v in parameters.items()}
        return own(self, operation, turned, options)

    return request


def said(request, body, content_type="application/json"):
    """The request with another body."""
    request.prepare_body(body, None)
    request.headers["Content-Type"] = content_type
    return request


@instead_of(
    client.Client,
    "_request",
    fails={
        "session.create/parameters/partial_session_id/once": "partial_session_id was not sent",
        "session.create/lifecycle/two-factor": "partial_session_id was not sent",
    },
    passes=(ORDINARY, "session.create/lifecycle/save"),
)
def parameter_renamed(own, self, operation, parameters, options):
    """It sends partial_session_id in another style."""
    renamed = {name.replace("partial_s", "partialS"): each for name, each in parameters.items()}
    return own(self, operation, renamed, options)


@instead_of(
    client.Client,
    "_request",
    fails={f"{OTP}string-ordinary": "otp was not sent", f"{OTP}once": "otp was not sent"},
    passes=(f"{NAME}string-ordinary",),
)
def parameter_dropped(own, self, operation, parameters, options):
    """It forgets the one-time password."""
    fewer = {name: each for name, each in parameters.items() if name != "otp"}
    return own(self, operation, fewer, options)


@instead_of(
    client.Client,
    "_request",
    fails={f"{OTP}string-empty": "otp was not sent"},
    passes=(ORDINARY, f"{OTP}string-spaces"),
)
def empty_dropped(own, self, operation, parameters, options):
    """It leaves out what is empty."""
    fewer = {name: each for name, each in parameters.items() if each != ""}
    return own(self, operation, fewer, options)


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
    fails={f"{NAME}string-spaces": "username was changed"},
    passes=(f"{NAME}string-ordinary", f"{NAME}string-digits"),
)
@with_texts
def parameter_trimmed(text):
    """It takes white space off both ends of what it sends."""
    return text.strip()


@instead_of(
    client.Client,
    "_request",
    fails={f"{NAME}string-decomposed": "username was changed"},
    passes=(f"{NAME}string-ordinary", f"{NAME}string-emoji"),
)
@with_texts
def parameter_composed(text):
    """It composes the combining characters of what it sends."""
    return unicodedata.normalize("NFC", text)


@instead_of(
    client.Client,
    "_request",
    fails={
        f"{NAME}string-unicode": "username was changed",
        f"{NAME}string-emoji": "username was changed",
    },
    passes=(f"{NAME}string-ordinary", f"{NAME}string-markup"),
)
@with_texts
def parameter_in_ascii(text):
    """It sends a question mark for what is no ASCII."""
    return text.encode("ascii", "replace").decode()


@instead_of(
    client.Client,
    "_request",
    fails={f"{NAME}string-markup": "username was changed"},
    passes=(f"{NAME}string-ordinary", f"{NAME}string-unicode"),
)
@with_texts
def parameter_as_markup(text):
    """It escapes what it sends as if it were HTML."""
    return html.escape(text)


@instead_of(
    client.Client,
    "_request",
    fails={f"{NAME}string-nul": "username was changed"},
    passes=(f"{NAME}string-ordinary", f"{NAME}string-controls"),
)
@with_texts
def parameter_cut_at_nul(text):
    """It ends a text at its first NUL character."""
    return text.partition("\0")[0]


@instead_of(
    client.Client,
    "_request",
    fails={f"{NAME}string-long": "username was changed"},
    passes=(f"{NAME}string-ordinary",),
)
@with_texts
def parameter_cut(text):
    """It sends 255 characters of a text at the most."""
    return text[:255]


@instead_of(
    client.Client,
    "_request",
    fails={f"{NAME}string-digits": "username was turned into an integer"},
    passes=(f"{NAME}string-ordinary", f"{NAME}string-true"),
)
def digits_as_number(own, *what):
    """It sends a text of digits as a number."""
    request = own(*what)
    members = json.loads(request.body or "{}")
    name = members.get("username", "")
    if not name.isdigit():
        return request
    return said(request, json.dumps({**members, "username": int(name)}))


@instead_of(
    client.Client,
    "_request",
    fails={f"{NAME}once": "username was sent in the query too"},
    passes=(f"{NAME}string-ordinary",),
)
def in_both_places(own, *what):
    """It sends the username in the body and in the query."""
    request = own(*what)
    name = json.loads(request.body or "{}").get("username")
    if isinstance(name, str):
        request.prepare_url(request.url, {"username": name})
    return request


@instead_of(
    client.Client,
    "_request",
    fails={
        "session.create/security/password-not-in-url": "is in the address of a request",
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
    fails={LOGIN: "breaks the contract", ORDINARY: "The body is no JSON"},
    passes=("session.create/fields/site_id/int64-max",),
)
def form_called_json(own, *what):
    """It sends a form and says that it is JSON."""
    request = own(*what)
    return said(request, urlencode(json.loads(request.body))) if request.body else request


@instead_of(
    client.Client,
    "_request",
    fails={f"{NAME}string-unicode": "The body is not UTF-8"},
    passes=(f"{NAME}string-ordinary", f"{NAME}string-escapes"),
)
def other_character_set(own, *what):
    """It writes the body in a character set of its own."""
    request = own(*what)
    if not request.body:
        return request
    text = json.dumps(json.loads(request.body), ensure_ascii=False)
    return said(request, text.encode("cp1250", "replace"))


@instead_of(
    client.Client,
    "_request",
    fails={ORDINARY: "has a member twice: otp"},
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
    client.Client,
    "_request",
    fails={f"{OTP}null": 'The SDK sent otp = "None"'},
    passes=(ORDINARY, f"{OTP}string-null"),
)
def null_as_text(own, self, operation, parameters, options):
    """It sends null as a text."""
    texts = {name: "None" if each is None else each for name, each in parameters.items()}
    return own(self, operation, texts, options)


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
