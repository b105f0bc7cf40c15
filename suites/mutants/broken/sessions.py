"""Whose session a request is sent with, and what becomes of one."""

import client

from broken.registry import instead_of

LIFE = "lifecycle"
LOGIN = "session.create/contract/documented"
GLOBAL = "the global session id instead of the session id of the call"
FIND = f"user.find/{LIFE}/session-of-call"


@instead_of(
    client.Client,
    "_credentials",
    fails={
        f"user.find/{LIFE}/key-of-call": "sent without the API key of the call",
        "user.find/security/callers/own-key": "sent without the API key of the call",
    },
    passes=(FIND, LOGIN),
)
def key_forgotten(own, *what):
    """It sends no API key."""
    return {name: value for name, value in own(*what).items() if name != "X-FilesAPI-Key"}


@instead_of(
    client.Client,
    "_credentials",
    fails={
        f"{FIND}-beside-session": GLOBAL,
        f"session.delete/{LIFE}/session-of-call-beside-session": GLOBAL,
        f"session.delete/{LIFE}/object-destroy-beside-session": "is in a later request",
    },
    passes=(FIND, "user.find/security/callers/nobody-after-login"),
)
def global_session_first(own, self, operation, options):
    """It takes the global session where a call has its own."""
    return own(self, operation, {} if self.session_id else options)


@instead_of(
    client.Client,
    "_credentials",
    fails={f"{FIND}-without-key": "The header X-FilesAPI-Key was sent too"},
    passes=(FIND, f"user.find/{LIFE}/key-of-call-without-session"),
)
def global_key_too(own, self, operation, options):
    """It sends the global key beside the session of a call."""
    known = own(self, operation, options)
    return {"X-FilesAPI-Key": self.api_key, **known} if self.api_key else known


@instead_of(
    client.Client,
    "_credentials",
    fails={f"{FIND}-before": "the session id of the call instead of the global session id"},
    passes=(FIND, f"{FIND}-beside-session"),
)
def session_of_call_kept(own, self, operation, options):
    """It keeps the session of one call for the next one."""
    self.session_id = options.get("session_id", self.session_id)
    return own(self, operation, options)


@instead_of(
    client.Client,
    "call",
    fails={"user.find/security/callers/nobody-after-login": "is in a later request"},
    passes=(FIND, LOGIN),
)
def logged_in_by_itself(own, self, operation, *arguments):
    """It keeps the session of a login as the global one."""
    result = own(self, operation, *arguments)
    self.session_id = getattr(result, "id", None) or self.session_id
    return result


@instead_of(
    client,
    "METHODS",
    fails={
        f"session.create/{LIFE}/save-with-id": "was not refused",
        f"session.create/{LIFE}/save-twice": "was not refused",
    },
    passes=(f"session.create/{LIFE}/save",),
)
def saved_again(own):
    """It logs in once more with an object that has an id."""
    login = client.OPERATIONS["session", "create"]

    def save(self, record):
        given = {k: v for k, v in record.members.items() if k in {"username", "password"}}
        record.members = self.call(login, given, {}).members

    return {**own, "save": save}


@instead_of(
    client.Record,
    "__init__",
    fails={f"user.find/{LIFE}/two-sessions": "id was turned into an integer"},
    passes=(f"session.create/{LIFE}/save", FIND, LOGIN),
)
def one_object_for_all(own, self, members):
    """All its objects share what they hold."""
    del own
    type(self).members = members
