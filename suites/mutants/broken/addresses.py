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
