"""What an object says: values lost, invented, retyped or changed on their way to the caller."""

from contextlib import suppress
from datetime import datetime
from functools import wraps
import html
import json
import unicodedata

import client

from broken.registry import instead_of

LOGIN = "session.create/contract/documented"
FIELDS = "session.create/fields"
SITE = f"{FIELDS}/site_id"
LANGUAGE = f"{FIELDS}/language"
TEXT = f"{LANGUAGE}/string-ordinary"
NUMBER = f"{SITE}/int64-one"
FLAG = f"{FIELDS}/read_only/boolean-true"


def taking(*kinds):
    """Takes every value of a type as another one, and as it is where that cannot be."""

    def made(turn):
        @wraps(turn)
        def parsed(own, status, body):
            members = own(status, body)
            if not isinstance(members, dict):
                return members
            taken = dict(members)
            for name, value in members.items():
                if type(value) in kinds:
                    with suppress(ValueError):
                        taken[name] = turn(value)
            return taken

        return parsed

    return made


# ── there or not ─────────────────────────────────────────────────────────────────────────────────


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
    "__init__",
    fails={
        NUMBER: "The object has no site_id",
        f"{FIELDS}/read_only/boolean-true": "The object has no read_only",
    },
    passes=(TEXT, f"{FIELDS}/id/string-ordinary"),
)
def attributes_renamed(own, self, members):
    """It has its attributes under names in another style."""
    styled = {name.title().replace("_", ""): each for name, each in members.items()}
    own(self, {name[:1].lower() + name[1:]: each for name, each in styled.items()})


@instead_of(
    client,
    "taken",
    fails={LOGIN: "The object has no", TEXT: "The object has no language"},
    passes=("session.delete/contract/documented", "session.create/errors/status/404"),
)
def result_lost(own, *what):
    """It returns nothing at all."""
    own(*what)


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
    fails={f"{FIELDS}/read_only/null": "invented false"},
    passes=(FLAG, f"{FIELDS}/read_only/absent"),
)
@taking(type(None))
def null_is_false(_):
    """It makes false of null."""
    return False


@instead_of(
    client,
    "parsed",
    fails={f"{SITE}/null": "invented 0"},
    passes=(NUMBER, f"{SITE}/absent"),
)
@taking(type(None))
def null_is_zero(_):
    """It makes zero of null."""
    return 0


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/null": 'invented ""'},
    passes=(TEXT, f"{LANGUAGE}/absent"),
)
@taking(type(None))
def null_is_empty(_):
    """It makes the empty text of null."""
    return ""


@instead_of(
    client.Record,
    "__getattr__",
    fails={f"{LANGUAGE}/absent": 'invented ""', f"{SITE}/absent": 'invented ""'},
    passes=(TEXT, NUMBER, f"{LANGUAGE}/null"),
)
def absent_is_empty(own, self, name):
    """It makes the empty text of nothing."""
    del own
    return self.members.get(name, "")


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-empty": "language was turned into null"},
    passes=(TEXT, f"{LANGUAGE}/string-spaces"),
)
@taking(str)
def empty_is_null(text):
    """It makes null of the empty text."""
    return text or None


# ── numbers and booleans ─────────────────────────────────────────────────────────────────────────


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
    fails={f"{SITE}/int64-beyond-int32": "became -2147483648"},
    passes=(NUMBER, f"{SITE}/int64-minus-one"),
)
@taking(int)
def wrapped(number):
    """It takes whole numbers through 32 bits."""
    return (number + 2**31) % 2**32 - 2**31


@instead_of(
    client,
    "parsed",
    fails={f"{SITE}/int64-minus-one": "became 18446744073709551615"},
    passes=(NUMBER, f"{SITE}/int64-max"),
)
@taking(int)
def unsigned(number):
    """It takes whole numbers without their sign bit."""
    return number % 2**64


@instead_of(
    client,
    "parsed",
    fails={f"{SITE}/int64-max": "became 9223372036854775806"},
    passes=(NUMBER, f"{SITE}/int64-min"),
)
@taking(int)
def saturated(number):
    """It takes a number that is too large as the largest one that it knows."""
    return min(number, 2**63 - 2)


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
    fails={NUMBER: "site_id was turned into a string"},
    passes=(TEXT, FLAG),
)
@taking(int)
def number_as_text(number):
    """It gives numbers as texts."""
    return str(number)


@instead_of(
    client,
    "parsed",
    fails={f"{SITE}/int64-zero": "site_id was turned into null"},
    passes=(NUMBER, FLAG),
)
@taking(int)
def zero_is_null(number):
    """It makes null of zero."""
    return number or None


@instead_of(
    client,
    "parsed",
    fails={FLAG: "read_only was turned into an integer"},
    passes=(TEXT, NUMBER),
)
@taking(bool)
def boolean_as_number(flag):
    """It gives booleans as numbers."""
    return int(flag)


@instead_of(
    client,
    "parsed",
    fails={f"{FIELDS}/read_only/boolean-false": "read_only was turned into null"},
    passes=(FLAG, NUMBER),
)
@taking(bool)
def false_is_null(flag):
    """It makes null of false."""
    return flag or None


@instead_of(
    client,
    "parsed",
    fails={f"{FIELDS}/read_only/boolean-false": "became true"},
    passes=(FLAG, NUMBER),
)
@taking(bool)
def false_is_true(_):
    """It takes a boolean that is there as true."""
    return True


# ── texts ────────────────────────────────────────────────────────────────────────────────────────


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-digits": "language was turned into an integer"},
    passes=(TEXT, f"{LANGUAGE}/string-true"),
)
@taking(str)
def digits_as_number(text):
    """It gives a text of digits as a number."""
    return int(text)


@instead_of(
    client,
    "parsed",
    fails={
        f"{LANGUAGE}/string-true": "language was turned into a boolean",
        f"{LANGUAGE}/string-null": "language was turned into null",
        f"{LANGUAGE}/string-json": "language was turned into an object",
    },
    passes=(TEXT, f"{LANGUAGE}/string-date"),
)
@taking(str)
def text_read_as_json(text):
    """It reads a text that looks like JSON."""
    return json.loads(text)


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
    fails={f"{LANGUAGE}/string-spaces": "language was changed"},
    passes=(TEXT, f"{LANGUAGE}/string-controls"),
)
@taking(str)
def text_trimmed(text):
    """It takes white space off both ends of a text."""
    return text.strip(" \t")


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-decomposed": "language was changed"},
    passes=(TEXT, f"{LANGUAGE}/string-emoji"),
)
@taking(str)
def text_composed(text):
    """It composes combining characters."""
    return unicodedata.normalize("NFC", text)


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-emoji": "language was changed"},
    passes=(TEXT, f"{LANGUAGE}/string-unicode"),
)
@taking(str)
def text_in_16_bits(text):
    """It has no characters beyond 16 bits."""
    return "".join(each for each in text if each < "\U00010000")


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-markup": "language was changed"},
    passes=(TEXT, f"{LANGUAGE}/string-escapes"),
)
@taking(str)
def markup_unescaped(text):
    """It reads the entities of HTML in a text."""
    return html.unescape(text)


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-separators": "language was changed"},
    passes=(TEXT, f"{LANGUAGE}/string-escapes"),
)
@taking(str)
def separators_folded(text):
    """It takes every line separator of Unicode for a line break."""
    return text.replace("\u2028", "\n").replace("\u2029", "\n")


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-right-to-left": "language was changed"},
    passes=(TEXT, f"{LANGUAGE}/string-unicode"),
)
@taking(str)
def directions_dropped(text):
    """It drops the characters that say in which direction a text runs."""
    return text.replace("\u202e", "").replace("\u202c", "")


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-escapes": "language was changed"},
    passes=(TEXT, f"{LANGUAGE}/string-unicode"),
)
@taking(str)
def escapes_left(text):
    """It leaves the escapes of JSON in a text."""
    return text.replace("\n", "\\n")


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-nul": 'became "a"'},
    passes=(TEXT, f"{LANGUAGE}/string-controls"),
)
@taking(str)
def text_cut_at_nul(text):
    """It ends a text at its first NUL character."""
    return text.partition("\0")[0]


@instead_of(
    client,
    "parsed",
    fails={f"{LANGUAGE}/string-long": "language was changed"},
    passes=(TEXT,),
)
@taking(str)
def text_cut(text):
    """It keeps 4,096 characters of a text."""
    return text[:4096]


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
