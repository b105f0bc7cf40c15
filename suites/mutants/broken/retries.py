"""How often the client sends the same thing, and when."""

import client

from broken.registry import instead_of

RETRIES = "session.create/faults/retries"
FIELD = "session.create/fields/site_id/int64-one"


def again(own, self, request, operation, times, statuses):
    """Send a request again while it is answered with one of some statuses."""
    for _ in range(times):
        try:
            return own(self, request, operation)
        except client.Error as error:
            if error.http_status not in statuses:
                raise
    return own(self, request, operation)


@instead_of(
    client.Client,
    "_send",
    fails={
        f"{RETRIES}/success": "2 requests arrived instead of one request",
        "session.create/contract/documented": "2 requests arrived instead of one request",
        "session.create/parameters/otp/string-ordinary": "2 requests arrived",
    },
    passes=(FIELD, f"{RETRIES}/definite-401"),
)
def sent_twice(own, self, request, operation):
    """It sends twice what was answered well."""
    own(self, request, operation)
    return own(self, request, operation)


@instead_of(
    client.Client,
    "_send",
    fails={f"{RETRIES}/bounded-reset": "requests arrived instead of at most 6 requests"},
    passes=(FIELD, f"{RETRIES}/bounded-503"),
)
def reset_retried_often(own, self, request, operation):
    """It tries a connection that is reset nine times."""
    return again(own, self, request, operation, 8, {None})


@instead_of(
    client.Client,
    "_send",
    fails={
        f"{RETRIES}/turned-off-503": "2 requests arrived instead of one request",
    },
    passes=(FIELD, f"{RETRIES}/turned-off-reset"),
)
def setting_ignored(own, self, request, operation):
    """It tries once more, whatever the setting says."""
    return again(own, self, request, operation, 1, {503})


@instead_of(
    client.Client,
    "_send",
    fails={f"{RETRIES}/too-many-requests": "A request came sooner than 1.9 s"},
    passes=(FIELD, f"{RETRIES}/definite-403"),
)
def too_soon(own, self, request, operation):
    """It does not wait when it is told to."""
    return again(own, self, request, operation, 1, {429})
