"""Where requests go: methods, paths, and what stands in a path."""

from urllib.parse import quote_plus

import client

from broken.registry import instead_of

LOGIN = "session.create/contract/documented"
LOGOUT = "session.delete/contract/documented"
PATH = "session.pairing_key/security/path"
KEY = "session.pairing_key/parameters/key/string-ordinary"


@instead_of(
    client.Client,
    "_request",
    fails={
        LOGIN: "breaks the contract",
        "session.create/samples/arguments-1": "The method was PUT",
        "session.create/lifecycle/save": "The method was PUT",
    },
    passes=(LOGOUT, "session.create/fields/site_id/int64-max"),
)
def put_in_place_of_post(own, self, *what):
    """It puts what is to be posted."""
    request = own(self, *what)
    request.method = request.method.replace("POST", "PUT")
    return request


@instead_of(
    client.Client,
    "_request",
    fails={
        LOGOUT: "breaks the contract",
        "session.delete/samples/arguments-1": "The method was POST",
        "session.delete/lifecycle/destroy": "The method was POST",
    },
    passes=(LOGIN, "user.find/lifecycle/session-of-call"),
)
def post_in_place_of_delete(own, self, *what):
    """It logs out with POST."""
    request = own(self, *what)
    request.method = request.method.replace("DELETE", "POST")
    return request


@instead_of(
    client.Client,
    "_request",
    fails={
        LOGIN: "breaks the contract",
        "session.create/samples/arguments-1": "The path was /api/rest/v2/sessions",
        "user.find/lifecycle/session-of-call": "The path was /api/rest/v2/users/7",
    },
    passes=("session.create/fields/site_id/int64-max", "session.create/errors/status/404"),
)
def next_version(own, self, *what):
    """It calls version 2 of the API."""
    request = own(self, *what)
    request.url = request.url.replace("/v1/", "/v2/")
    return request


@instead_of(
    client.Client,
    "_request",
    fails={
        LOGIN: "breaks the contract",
        "session.create/parameters/username/string-ordinary": "The path was /api/rest/v1/sessions/",
    },
    passes=("session.create/fields/site_id/int64-max",),
)
def slash_at_the_end(own, self, *what):
    """It ends every path in a slash."""
    request = own(self, *what)
    path, mark, query = request.url.partition("?")
    request.url = f"{path}/{mark}{query}"
    return request


@instead_of(
    client,
    "segment",
    fails={
        f"{PATH}/slash": "The path became",
        f"{PATH}/query": "The path became",
        f"{PATH}/fragment": "The path became",
    },
    passes=(KEY, "user.find/lifecycle/session-of-call"),
)
def path_unescaped(own, value):
    """It puts a value into a path as it is."""
    del own
    return str(value)


@instead_of(
    client,
    "segment",
    fails={
        f"{PATH}/space": "The path became",
        "session.pairing_key/parameters/key/string-unicode": "key was changed",
    },
    passes=(KEY, f"{PATH}/slash"),
)
def space_as_plus(own, value):
    """It writes a space in a path as a plus sign."""
    del own
    return quote_plus(str(value))


@instead_of(
    client,
    "segment",
    fails={
        f"{PATH}/percent": "The path became",
        "session.pairing_key/parameters/key/string-unicode": "key was changed",
    },
    passes=(KEY, "user.find/lifecycle/session-of-call"),
)
def escaped_twice(own, value):
    """It escapes a value in a path twice."""
    return own(own(value))


@instead_of(
    client,
    "segment",
    fails={
        f"{PATH}/one-dot": "The path became",
        f"{PATH}/only-dots": "The path became",
    },
    passes=(KEY, f"{PATH}/slash"),
)
def dots_in_path(own, value):
    """It lets a value climb out of its place in the path."""
    return str(value) if str(value) in {".", ".."} else own(value)
