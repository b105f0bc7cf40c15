"""What an object says: values lost, retyped or changed on their way to the caller."""

from contextlib import suppress
from datetime import datetime
from functools import wraps

import client

from broken.registry import instead_of

LOGIN = "session.create/contract/documented"
FIELDS = "session.create/fields"
SITE = f"{FIELDS}/site_id"
LANGUAGE = f"{FIELDS}/language"
TEXT = f"{LANGUAGE}/string-ordinary"
NUMBER = f"{SITE}/int64-one"
FLAG = f"{FIELDS}/read_only/boolean-true"


def taking(kind):
    """Takes every value of a type as another one, and as it is where that cannot be."""

    def made(turn):
        @wraps(turn)
        def parsed(own, status, body):
            members = own(status, body)
            if not isinstance(members, dict):
                return members
            taken = dict(members)
            for name, value in members.items():
                if type(value) is kind:
                    with suppress(ValueError):
                        taken[name] = turn(value)
            return taken

        return parsed

    return made


@instead_of(
    client.Record,
    "__getattr__",
    fails={NUMBER: "The object has no site_id", LOGIN: "The object has no site_id"},
    passes=(TEXT, FLAG),
)
def attribute_lost(own, self, name):
    """It has no site_id."""
    return own(self, name if name != "site_id" else "siteId")


@instead_of(
    client.Record,
    "__getattr__",
    fails={
        f"{FIELDS}/site_id/absent": "KeyError",
        f"{FIELDS}/language/absent": "KeyError",
    },
    passes=(NUMBER, f"{FIELDS}/site_id/null"),
)
def absent_raises(own, self, name):
    """It raises where the server sent nothing."""
    del own
    return self.members[name]


@instead_of(
    client.Record,
    "__init__",
    fails={
        "session.create/variants/unknown-attributes": "raised client.AnswerError",
    },
    passes=(TEXT, NUMBER, LOGIN),
)
def unknown_refused(own, self, members):
    """It refuses an answer with an attribute that it does not know."""
    if any(name.startswith("conform_") for name in members):
        raise client.AnswerError("an attribute is not known")
    own(self, members)


@instead_of(
    client,
    "parsed",
    fails={
        f"{SITE}/int64-beyond-double": "became 9007199254740992",
        f"{SITE}/int64-max": "became 9223372036854775808",
    },
    passes=(NUMBER, f"{SITE}/int64-beyond-int32"),
)
@taking(int)
def rounded(number):
    """It takes whole numbers through a double."""
    return int(float(number))


@instead_of(
    client,
    "parsed",
    fails={NUMBER: "site_id was turned into a decimal number"},
    passes=(TEXT, FLAG),
)
@taking(int)
def whole_as_double(number):
    """It gives whole numbers as numbers with a fraction."""
    return float(number)


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-date": "language was turned into an object of the class"},
    passes=(TEXT, f"{LANGUAGE}/string-digits"),
)
@taking(str)
def text_read_as_date(text):
    """It makes a date of a text that looks like one."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")


@instead_of(
    client,
    "parsed",
    fails={
        f"{LANGUAGE}/string-unicode": "language was changed",
        f"{LANGUAGE}/string-emoji": "language was changed",
    },
    passes=(TEXT, f"{LANGUAGE}/string-markup"),
)
def misread(own, status, body):
    """It reads UTF-8 as if it were Latin-1."""
    return own(status, body.decode("latin-1").encode())


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-ordinary": "language was turned into bytes"},
    passes=(NUMBER, FLAG),
)
@taking(str)
def text_as_bytes(text):
    """It gives texts as bytes."""
    return text.encode()
