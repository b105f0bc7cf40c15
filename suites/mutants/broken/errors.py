"""What is raised when the API refuses: nothing, an error that says too little, or the end."""

import os

import client

from broken.registry import instead_of

TYPED = "session.create/errors/typed/not-authenticated"
FIELD = "session.create/fields/site_id/int64-one"


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
    client.Error,
    "__init__",
    fails={
        TYPED: "carries no HTTP status",
        "session.create/errors/status/404": "carries no HTTP status",
    },
    passes=(FIELD, "session.create/faults/body/not-json"),
)
def status_lost(own, self, message, http_status=None, api_type=None):
    """Its errors carry no HTTP status."""
    del http_status
    own(self, message, None, api_type)


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
    fails={TYPED: "raised SystemExit, which is not an error"},
    passes=(FIELD,),
)
def exits(own, status, body):
    """It asks its caller's program to end."""
    del own, body
    raise SystemExit(status)
