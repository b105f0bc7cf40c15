"""What is raised when the API refuses: nothing, another error, or one that says too little."""

from functools import cache
import json
import os
import time

import client
import requests

from broken.registry import instead_of

REFUSED = "session.create/errors/not-authenticated/invalid-username-or-password"
TYPED = "session.create/errors/typed/not-authenticated"
FIELD = "session.create/fields/site_id/int64-one"
BODY = "session.create/errors/body"


@instead_of(
    client,
    "taken",
    fails={
        TYPED: "instead of raising",
        "session.create/errors/status/404": "instead of raising",
        "session.create/errors/status/500": "instead of raising",
    },
    passes=(FIELD, "session.create/faults/body/not-json"),
)
def swallowed(own, status, body, operation):
    """It takes an error for a result."""
    return client.Record({}) if status in range(400, 600) else own(status, body, operation)


@instead_of(
    client,
    "taken",
    fails={
        "session.create/errors/status/500": "instead of raising",
        "session.create/errors/status/503": "instead of raising",
    },
    passes=(FIELD, "session.create/errors/status/404"),
)
def server_errors_swallowed(own, status, body, operation):
    """It takes an error of the server for a result."""
    return None if status in range(500, 600) else own(status, body, operation)


@instead_of(
    client,
    "refused",
    fails={
        TYPED: "requests.exceptions.HTTPError is not an error of the SDK's own",
        "session.create/errors/status/404": "is not an error of the SDK's own",
    },
    passes=(FIELD, "session.create/faults/body/not-json"),
)
def untyped(own, status, body):
    """It raises an error of the library that it is made with."""
    del own, body
    raise requests.HTTPError(f"HTTP {status}")


@instead_of(
    client.Error,
    "__init__",
    fails={
        TYPED: "The error carries the HTTP status none",
        "session.create/errors/status/404": "The error carries the HTTP status none",
    },
    passes=(FIELD, "session.create/faults/body/not-json"),
)
def status_lost(own, self, message, http_status=None, api_type=None):
    """Its errors carry no HTTP status."""
    del http_status
    own(self, message, None, api_type)


@instead_of(
    client.Error,
    "__init__",
    fails={"session.create/errors/status/404": "The error carries the HTTP status 400"},
    passes=(FIELD, "session.create/errors/status/400"),
)
def one_status_for_all(own, self, message, http_status=None, api_type=None):
    """Its errors carry the status 400, whatever was answered."""
    own(self, message, http_status and 400, api_type)


@instead_of(
    client.Error,
    "__init__",
    fails={TYPED: "The error carries the API type none"},
    passes=(FIELD, "session.create/errors/status/404"),
)
def type_lost(own, self, message, http_status=None, api_type=None):
    """Its errors carry no API type."""
    del api_type
    own(self, message, http_status)


@instead_of(
    client.Error,
    "__init__",
    fails={TYPED: "The error carries the API type not-authenticated"},
    passes=(FIELD, "session.create/errors/status/404"),
)
def type_cut(own, self, message, http_status=None, api_type=None):
    """Its errors carry the group of the API type only."""
    own(self, message, http_status, api_type and api_type.partition("/")[0])


@instead_of(
    client.Error,
    "__init__",
    fails={
        TYPED: "The error does not carry the API's message",
        f"{BODY}/type-missing": "The error does not carry the API's message",
    },
    passes=(FIELD, "session.create/faults/body/not-json"),
)
def message_lost(own, self, message, http_status=None, api_type=None):
    """Its errors say no more than that something failed."""
    del message
    own(self, "The request failed.", http_status, api_type)


@instead_of(
    client,
    "documented",
    fails={f"{REFUSED}/class": "is not the documented class"},
    passes=(f"{REFUSED}/type", TYPED),
)
def one_class_for_all(own, kind):
    """It has one class for every error of the API."""
    del own, kind
    return client.ApiError


@instead_of(
    client,
    "documented",
    fails={f"{REFUSED}/class": "InvalidUsernameOrPasswordError is not an error of the SDK's own"},
    passes=("session.create/errors/body/type-missing", FIELD),
)
def class_outside_the_family(own, kind):
    """Its classes of API errors are outside its own family."""
    if not kind or "/" not in kind:
        return own(kind)
    return _outside(own(kind).__name__)


@cache
def _outside(name):
    def said(self, message, http_status, api_type):
        Exception.__init__(self, message)
        self.http_status, self.api_type = http_status, api_type

    return type(name, (Exception,), {"__init__": said})


@instead_of(
    client,
    "refused",
    fails={
        f"{BODY}/type-missing": "KeyError is not an error of the SDK's own",
        f"{BODY}/error-missing": "KeyError is not an error of the SDK's own",
    },
    passes=(TYPED, FIELD),
)
def missing_member_raises(own, status, body):
    """It fails where an error has no type or no message."""
    said = json.loads(body)
    if isinstance(said, dict):
        said["type"], said["error"]
    own(status, body)


@instead_of(
    client,
    "refused",
    fails={
        f"{BODY}/html": "json.decoder.JSONDecodeError is not an error of the SDK's own",
        f"{BODY}/nothing": "json.decoder.JSONDecodeError is not an error of the SDK's own",
    },
    passes=(TYPED, FIELD),
)
def body_not_read_raises(own, status, body):
    """It fails where the body of an error is no JSON."""
    json.loads(body)
    own(status, body)


@instead_of(
    client,
    "refused",
    fails={
        f"{BODY}/array": "AttributeError is not an error of the SDK's own",
        f"{BODY}/string": "AttributeError is not an error of the SDK's own",
    },
    passes=(TYPED, FIELD, f"{BODY}/type-missing"),
)
def body_of_other_shape_raises(own, status, body):
    """It fails where the body of an error is no object."""
    json.loads(body).get("type")
    own(status, body)


@instead_of(
    client,
    "refused",
    fails={TYPED: "ended the process with exit code 70"},
    passes=(FIELD, "session.create/faults/body/not-json"),
)
def process_ended(own, status, body):
    """It ends the process when the API refuses."""
    del own, status, body
    os._exit(70)


@instead_of(
    client,
    "refused",
    fails={TYPED: "did not answer within 15 seconds"},
    passes=(FIELD,),
)
def call_never_ends(own, status, body):
    """It never ends a call that the API refused."""
    del own, status, body
    time.sleep(60)


@instead_of(
    client,
    "refused",
    fails={TYPED: "SystemExit is not an error of the SDK's own"},
    passes=(FIELD,),
)
def exits(own, status, body):
    """It asks its caller's program to end."""
    del own, body
    raise SystemExit(status)


@instead_of(
    client,
    "taken",
    fails={"session.create/faults/http/status-200": "raised client.AnswerError"},
    passes=(FIELD, "session.create/errors/status/404"),
)
def only_created(own, status, body, operation):
    """It takes no status of success but 201."""
    if status == requests.codes.ok:
        raise client.AnswerError("status 200 is not documented", status)
    return own(status, body, operation)
