"""Every adapter drives a real SDK, old or new, and shows what that does, right or wrong."""

from __future__ import annotations

from importlib.metadata import version
import json
from pathlib import Path
import re
import sys
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

from msgspec import Struct
from msgspec.structs import replace
from packaging.version import Version
import pytest

from conform.cases.replies import Answer, Drop
from conform.protocol import (
    Call,
    Configured,
    Credentials,
    Fault,
    Form,
    Network,
    Raised,
    Returned,
    Run,
    Unsupported,
)
from conform.servers import Certificates
from conform.targets.checker import Kept, check
from conform.targets.manifest import Naming
from conform.targets.resolve import Target
from conform.values import ABSENT, Integer, Null, String, Value, parameters

LARGEST: Final = 2**63 - 1
REFUSAL: Final = {
    "error": "Invalid",
    "http-code": 401,
    "type": "not-authenticated/invalid-credentials",
}
GIVEN: Final = {"username": "mötor 🎉", "password": "vroom\u2028"}
JSON: Final = '{"username":"mötor 🎉","password":"vroom\u2028"}'.encode()
QUICK: Final = {"first_delay_seconds": 0.01, "longest_delay_seconds": 0.01}
SAVED: Final[tuple[tuple[str, tuple[Form, ...]], ...]] = (
    ("create", ("static",)),
    ("new", ("construct",)),
    ("save", ("instance",)),
)
OF_ONE: Final = Credentials(session_id="ofone")


class Lacks(Struct, frozen=True):
    """Something that no release has, and what the adapter says of it."""

    operation: str
    reason: str
    asked: dict[str, Any] = {}


class Error(Struct, frozen=True, kw_only=True):
    """What an SDK may make of a refusal."""

    lineage: str
    """A pattern of the error's class and its ancestors, nearest first."""
    statuses: tuple[int | None, ...] = (401,)
    types: tuple[str | None, ...] = (REFUSAL["type"],)
    message: str = ".*"
    own: bool = True
    """Whether it is of the families that the SDK says its errors are of."""

    def shown_by(self, raised: Raised, families: tuple[str, ...]) -> bool:
        """Whether this is it."""
        return (
            re.search(self.lineage, lineage(raised)) is not None
            and re.fullmatch(self.message, raised.message, re.DOTALL) is not None
            and raised.http_status in self.statuses
            and raised.api_type in self.types
            and (not self.own or bool({raised.error, *raised.ancestors} & {*families}))
        )


class Samples(Struct, frozen=True):
    """Code in the language of an SDK that runs samples."""

    says: str
    """Makes a session with the ``name`` that is bound, and prints a few words."""
    body: bytes
    words: tuple[str, ...]
    throws: tuple[tuple[str, str], ...]
    """Code that fails, and the class of what it throws."""


class Known(Struct, frozen=True, kw_only=True):
    """What is known of one SDK, and where it differs from the others."""

    sdk: str
    since: str = "0"
    """The first release that this holds for."""
    releases: tuple[str, ...] = ()
    """Those that its registry has, to be tested beside its checkout."""
    package: str
    families: str
    """A pattern of all its error families, in their order."""
    forms: tuple[tuple[str, tuple[Form, ...]], ...]
    """Operations of a session, as they are written in a request."""
    more_forms: bool = False
    """Whether some releases have further operations of a session."""
    native: str
    """The class of a session."""
    shown: dict[str, Value]
    """A session that is answered with an id and with no language but null."""
    body: bytes | None
    """What is sent to make a session; absent where it need only mean the same."""
    form_encoded: bool = False
    large: Integer
    """A large id, as it comes back."""
    found_at: str = "/api/rest/v1/users/{id}"
    """Where a user is found."""
    made: dict[str, Value]
    """A user that was made of an id and a name; nothing where users cannot be made."""
    saved: bytes | None
    """What is sent to save a session of a user name; absent where none is saved."""
    unlearnt: Value | None = None
    """Its id after that, where it does not take it from the answer."""
    session_of_one_call: Literal["first", "second", "ignored", "unsupported"] = "first"
    """Whether the session of one call comes before the global one, after it, or not at all."""
    deletes_for_one_call: bool = True
    """Whether deleting a session takes the options of a call."""
    gone: Answer = Answer(status=204)
    """The answer to one that is deleted."""
    deletes_alone: bool = False
    """Whether deleting a session is sent without credentials too."""
    alone: str = ""
    """A pattern of the error that comes before anything is sent without credentials."""
    mistyped: type[Raised | Unsupported | Returned] = Raised
    """What comes of a parameter of a wrong type."""
    mistyped_own: bool = True
    """Whether that is of the families that the SDK says its errors are of."""
    refused: tuple[Error, ...]
    dropped: str = "."
    """A pattern of an error of the network, with its ancestors."""
    dropped_statuses: tuple[int | None, ...] = (None,)
    unsupported: frozenset[str] = frozenset()
    once: bool = True
    """Whether a request can be sent once only."""
    tries_again: tuple[tuple[str, bool], ...] = (("session.create", True),)
    """Whether an operation is sent again where the connection closes, its HTTP client aside."""
    lacks: tuple[Lacks, ...]
    samples: Samples | None = None
    trusts: bool = True
    """Whether an authority can be given to it here."""


PYTHON: Final = Known(
    sdk="python",
    releases=(
        "1.0.9",
        "1.0.17",
        "1.0.100",
        "1.0.250",
        "1.0.434",
        "1.0.872",
        "1.2.200",
        "1.4.100",
        "1.5.3",
        "1.6.456",
        "2.0.0",
    ),
    package="Files.com",
    families=r"files_sdk\.(error|exceptions)\.Error",
    forms=(*SAVED, ("delete", ("static",)), ("destroy", ("static", "instance"))),
    native="files_sdk.models.session.Session",
    shown={
        "id": String(text="\u2028 🎉", native="str"),
        "language": Null(native="NoneType"),
        "username": Null(native="NoneType"),
        "no_such": ABSENT,
    },
    body=json.dumps(GIVEN).encode(),
    large=Integer(text=str(LARGEST), native="int"),
    made={"id": Integer(text="7", native="int"), "name": String(text="n", native="str")},
    alone=r"^files_sdk\.\w+\.AuthenticationError ",
    tries_again=(("user.find", True), ("session.create", True)),
    deletes_alone=True,
    saved=b'{"username": "u"}',
    refused=(Error(lineage=r"files_sdk\.\w+\.Error Exception", types=(REFUSAL["type"], None)),),
    dropped=r"files_sdk\.\w+\.Error ",
    lacks=(
        Lacks("session.no_such", "there is no no_such"),
        Lacks("NoSuch.create", "there is no NoSuch"),
        Lacks("session.save", "there is no save"),
    ),
    samples=Samples(
        "import os\nprint('noise')\nos.system('echo child')\n"
        "files_sdk.session.create({ 'username': name })",
        b'{"username": "n"}',
        ("noise", "child"),
        (
            ("import sys; sys.exit(3)", "SystemExit"),
            ("def again(): again()\nagain()", "RecursionError"),
            ("files_sdk.session.create({", "SyntaxError"),
        ),
    ),
)

JAVASCRIPT: Final = Known(
    sdk="javascript",
    since="1.1",
    releases=("1.0.310", "1.2.16", "1.2.312", "1.2.314"),
    package="files.com",
    families="FilesError",
    forms=SAVED,
    more_forms=True,
    native="Session",
    shown={
        "id": String(text="\u2028 🎉", native="string"),
        "language": Null(native="null"),
        "no_such": ABSENT,
    },
    body=JSON,
    large=Integer(text=str(2**53 - 1), native="number"),
    made={"id": Integer(text="7", native="number"), "name": String(text="n", native="string")},
    alone="^ConfigurationError FilesError ",
    saved=b'{"username":"u"}',
    dropped_statuses=(0, None),
    refused=(Error(lineage=" FilesError ", message="Invalid"),),
    unsupported=frozenset({"connect_seconds"}),
    lacks=(
        Lacks("Session.no_such", "Session has no static no_such."),
        Lacks("Session.constructor", "Session has no static constructor."),
        Lacks("NoSuch.create", "There is no files.com/lib/models/NoSuch."),
        Lacks(
            "Session.save",
            "Session has save(), which takes no options.",
            {"form": "instance", "on": "it", "options": OF_ONE},
        ),
    ),
    samples=Samples(
        "await Session.create({ 'username': (console.log('noise'), name) });",
        b'{"username":"n"}',
        ("noise",),
        (
            ("(function again() { again() })()", "RangeError"),
            ("await Session.create(,", "SyntaxError"),
            ("throw 'it'", "String"),
            ("setTimeout(() => { throw new TypeError() }), new Promise(() => {})", "TypeError"),
        ),
    ),
)

GO: Final = Known(
    sdk="go",
    since="2",
    releases=("3.3.234",),
    package=r"github\.com/Files-com/files-sdk-go(/v\d+)?",
    families=r"files_sdk\.ResponseError lib\.ResponseError lib\.ErrorWithOriginalResponse",
    forms=(("create", ("static",)), ("New", ("construct",)), ("delete", ("static",))),
    native="files_sdk.Session",
    # A field of Go that is no pointer has no way to say that there is nothing.
    shown={
        "id": String(text="\u2028 🎉", native="string"),
        "language": String(text="", native="string"),
        "no_such": ABSENT,
    },
    body=r'{"password":"vroom\u2028","username":"mötor 🎉"}'.encode(),
    large=Integer(text=str(LARGEST), native="int64"),
    made={"id": Integer(text="7", native="int64"), "name": String(text="n", native="string")},
    deletes_alone=True,
    saved=None,
    mistyped=Unsupported,
    refused=(Error(lineage=r"^files_sdk\.ResponseError$", message=".*Invalid.*"),),
    dropped=r"^url\.Error ",
    unsupported=frozenset({"connect_seconds"}),
    lacks=(
        Lacks("Session.NoSuch", "Session has no NoSuch"),
        Lacks("NoSuch.Create", "there is no NoSuch here"),
        Lacks("Session.Do", "Session has no Do"),
        Lacks(
            "Session.Create",
            "files_sdk.SessionCreateParams has no field for no_such",
            {"given": {"no_such": 1}},
        ),
        Lacks("Session.Create", "a string takes no integer 5", {"given": {"username": 5}}),
        Lacks(
            "Session.Save",
            "a files_sdk.Session sends nothing: Go's operations belong to clients",
            {"form": "instance", "on": "it"},
        ),
    ),
)

KNOWN: Final = (
    Known(
        sdk="http",
        package="requests",
        families=r"client\.Error",
        forms=(("create", ("static",)), ("forgot", ("static",))),
        more_forms=True,
        native="client.Record",
        shown={
            "id": String(text="\u2028 🎉", native="str"),
            "language": Null(native="NoneType"),
            "no_such": ABSENT,
        },
        body=None,
        large=Integer(text=str(LARGEST), native="int"),
        made={},
        deletes_alone=True,
        saved=b'{"username": "u"}',
        refused=(Error(lineage=r"client\.ApiError client\.Error ", message="Invalid"),),
        dropped=r"^client\.APIConnectionError ",
        lacks=(
            Lacks("session.no_such", "there is no static session.no_such"),
            Lacks("NoSuch.create", "there is no static NoSuch.create"),
            Lacks("session.save", "there is no static session.save"),
            Lacks("user.", "there is no construct user.", {"form": "construct"}),
        ),
    ),
    replace(PYTHON, session_of_one_call="second"),
    replace(PYTHON, since="2", tries_again=(("user.find", True), ("session.create", False))),
    replace(
        JAVASCRIPT,
        since="0",
        unlearnt=ABSENT,
        refused=(Error(lineage=" FilesError ", message="Invalid", types=(None,)),),
    ),
    JAVASCRIPT,
    # Its README names an option for the session that its code does not read.
    replace(JAVASCRIPT, since="1.2.104", session_of_one_call="ignored"),
    Known(
        sdk="ruby",
        releases=("1.1.713",),
        package="files.com",
        families="Files::Error",
        forms=(*SAVED, ("destroy", ("static", "instance"))),
        more_forms=True,
        native="Files::Session",
        shown={
            "id": String(text="\u2028 🎉", native="String"),
            "language": Null(native="NilClass"),
            "username": Null(native="NilClass"),
            "no_such": ABSENT,
        },
        body=b"password=vroom%E2%80%A8&username=m%C3%B6tor+%F0%9F%8E%89",
        form_encoded=True,
        large=Integer(text=str(LARGEST), native="Integer"),
        made={
            "id": Integer(text="7", native="Integer"),
            "name": String(text="n", native="String"),
        },
        alone="^Files::AuthenticationError Files::Error ",
        # On Ruby 3 some releases fail to make their own error: that is what there is to be shown.
        deletes_alone=True,
        saved=b"username=u",
        refused=(
            Error(lineage="Files::Error", types=(REFUSAL["type"], None)),
            Error(lineage="^ArgumentError ", statuses=(None,), types=(None,), own=False),
        ),
        tries_again=(("session.create", False),),
        lacks=(
            Lacks("Session.no_such", "Files::Session has no no_such"),
            Lacks("NoSuch.create", "there is no Files::NoSuch"),
            Lacks(
                "Session.delete",
                "an object of Files::Session has no delete",
                {"form": "instance", "on": "it"},
            ),
            Lacks(
                "Session.save",
                "save takes () and no more",
                {"form": "instance", "on": "it", "options": OF_ONE},
            ),
        ),
        samples=Samples(
            "puts 'noise'; system('echo child'); Files::Session.create(username: name)",
            b"username=n",
            ("noise", "child"),
            (
                ("exit 3", "SystemExit"),
                ("def again = again; again", "SystemStackError"),
                ("Files::Session.create(,", "SyntaxError"),
                ("throw :it", "UncaughtThrowError"),
            ),
        ),
    ),
    Known(
        sdk="php",
        releases=("2.0.642",),
        package="files.com/files-php-sdk",
        families=r"Files\\(Exception\\)?FilesException( Files\\ApiException)?",
        # The page calls what is static on an object, as PHP allows.
        forms=(("create", ("static", "instance")), ("new", ("construct",)), SAVED[-1]),
        more_forms=True,
        native=r"Files\Model\Session",
        shown={
            "id": String(text="\u2028 🎉", native="string"),
            "language": Null(native="null"),
            "username": Null(native="null"),
            "no_such": ABSENT,
        },
        body=rb'{"username":"m\u00f6tor \ud83c\udf89","password":"vroom\u2028"}',
        large=Integer(text=str(LARGEST), native="int"),
        made={"id": Integer(text="7", native="int"), "name": String(text="n", native="string")},
        deletes_for_one_call=False,
        alone=r"^Files\\(Exception\\)?ConfigurationException ",
        # Only newer releases keep the type; it is not read out of the message for the others.
        saved=b'{"username":"u"}',
        refused=(
            Error(
                lineage=r"^\S*\\NotAuthenticated\\InvalidCredentialsException ",
                types=(REFUSAL["type"], None),
            ),
        ),
        once=False,
        lacks=(
            Lacks("Session.no_such", "there is no no_such of Session"),
            Lacks("Session.CREATE", "there is no CREATE of Session"),
            Lacks("Session.save", "save of Session is not static"),
            Lacks("NoSuch.create", r"there is no Files\Model\NoSuch"),
            Lacks("session.create", r"there is no Files\Model\session"),
        ),
        samples=Samples(
            r"""
            echo 'noise';
            fwrite(fopen('php://stdout', 'w'), 'log');
            return \Files\Model\Session::create(['username' => $name]);
            """,
            b'{"username":"n"}',
            ("noise", "log"),
            (("$session->delete", "ParseError"),),
        ),
    ),
    replace(
        GO,
        since="0",
        large=Integer(text=str(LARGEST), native="int"),
        made={"id": Integer(text="7", native="int"), "name": String(text="n", native="string")},
        found_at="/api/rest/v1/users/",
        session_of_one_call="unsupported",
        deletes_alone=False,
        refused=(Error(lineage="^files_sdk.ResponseError$", statuses=(None,), types=(None,)),),
    ),
    GO,
    Known(
        sdk="java",
        package=r"com\.files:files-sdk",
        families=r"com\.files\.exceptions\.\S+( com\.files\.exceptions\.\S+)*",
        forms=(*SAVED, ("delete", ("static",)), ("destroy", ("static",))),
        native="com.files.models.Session",
        shown={
            "id": String(text="\u2028 🎉", native="String"),
            "language": Null(native="null"),
            "no_such": ABSENT,
        },
        body=JSON,
        large=Integer(text=str(LARGEST), native="Long"),
        made={"id": Integer(text="7", native="Long"), "name": String(text="n", native="String")},
        unlearnt=Null(native="null"),
        gone=Answer(status=200, json={}),
        alone=r"^com\.files\.exceptions\.ApiErrorException\$AuthenticationException .*"
        "\nAuthentication required",
        saved=b'{"username":"u"}',
        mistyped_own=False,
        refused=(
            Error(
                lineage=r"com\.files\.exceptions\.ApiErrorException .*java\.lang\.Throwable$",
                types=(REFUSAL["type"], None),
            ),
        ),
        unsupported=frozenset({"connect_seconds", "read_seconds"}),
        lacks=(
            Lacks("Session.noSuch", "Session has no static noSuch"),
            Lacks("NoSuch.create", "there is no NoSuch"),
            Lacks("Session.save", "Session has no static save"),
            Lacks(
                "Session.save",
                "Session has no instance save that takes options",
                {"form": "instance", "on": "it", "options": OF_ONE},
            ),
        ),
    ),
    Known(
        sdk="dotnet",
        releases=("1.0.150",),
        package="FilesCom",
        families=".*",
        forms=(*SAVED, ("delete", ("static",)), ("destroy", ("static",))),
        native="FilesCom.Models.Session",
        shown={
            "id": String(text="\u2028 🎉", native="String"),
            "language": Null(native="null"),
            "no_such": ABSENT,
        },
        body=None,
        large=Integer(text=str(LARGEST), native="Int64"),
        made={"id": Integer(text="7", native="Int64"), "name": String(text="n", native="String")},
        gone=Answer(status=200, json={}),
        alone="\nAuthentication required",
        saved=None,
        mistyped_own=False,
        refused=(
            Error(
                lineage=r" System\.Exception$",
                statuses=(401, None),
                types=(REFUSAL["type"], None),
                own=False,
            ),
        ),
        lacks=(
            Lacks("Session.NoSuch", "Session has no static NoSuch()"),
            Lacks("NoSuch.Create", "there is no NoSuch"),
            Lacks("User.Find", "User has no static Find(id)", {"given": {"id": "text"}}),
            Lacks(
                "Session.Save",
                "Session has no instance Save(session_id)",
                {"form": "instance", "on": "it", "options": OF_ONE},
            ),
        ),
        # Elsewhere the store of the user is the system's.
        trusts=sys.platform == "linux",
    ),
)


RELEASES: Final = {known.sdk: known.releases for known in KNOWN}
LACKS: Final = {known.sdk: known.lacks for known in KNOWN}
SAMPLES: Final = {known.sdk: known.samples for known in KNOWN}


def targets(sdk: str, *more: Any) -> list[Any]:
    """Its checkout, and its releases in the registry."""
    releases = (
        pytest.param(f"{sdk}=={release}", *more, marks=pytest.mark.registry)
        for release in RELEASES[sdk]
    )
    return [pytest.param(sdk, *more), *releases]


every = pytest.mark.parametrize(
    "which", [each for sdk in RELEASES for each in targets(sdk)], indirect=True, scope="module"
)
every_that_runs_samples = pytest.mark.parametrize(
    "which",
    [each for sdk, samples in SAMPLES.items() if samples for each in targets(sdk)],
    indirect=True,
    scope="module",
)
every_lack = pytest.mark.parametrize(
    ("which", "lacks"),
    [each for sdk in RELEASES for lacks in LACKS[sdk] for each in targets(sdk, lacks)],
    indirect=["which"],
    scope="module",
)
every_throw = pytest.mark.parametrize(
    ("which", "code", "error"),
    [
        each
        for sdk, samples in SAMPLES.items()
        if samples
        for throw in samples.throws
        for each in targets(sdk, *throw)
    ],
    indirect=["which"],
    scope="module",
)


def lineage(raised: Raised) -> str:
    """The class of an error and its ancestors, in one line."""
    return " ".join((raised.error, *raised.ancestors))


class Spelling:
    """Asks an adapter by the names in a request, and answers by them."""

    def __init__(self, adapter: Any, naming: Naming) -> None:
        self.adapter = adapter
        self.naming = naming

    def call(self, operation: str, *replies: Any, **asked: Any) -> Any:
        """Call an operation such as ``session.create`` in the SDK's own spelling."""
        resource, _, name = operation.partition(".")
        spelt = f"{self.naming.spell('resource', resource)}.{self.operation(name)}"
        asked["read"] = tuple(self.attributes(asked.get("read", ())))
        return self.adapter.call(spelt, *replies, **asked)

    def operation(self, name: str) -> str:
        """An operation, in the SDK's own spelling."""
        return self.naming.spell("operation", name) if name and name != "new" else name

    def attributes(self, names: Any) -> dict[str, Value]:
        """Attributes, in the SDK's own spelling."""
        values = names if isinstance(names, dict) else dict.fromkeys(names)
        return {self.naming.spell("attribute", name): value for name, value in values.items()}

    @property
    def sent(self) -> tuple[str | None, str | None]:
        """The session and the key of the one request."""
        [request] = self.adapter.requests
        session, key = map(request.header, ("X-FilesAPI-Auth", "X-FilesAPI-Key"))
        return session or None, key or None


@pytest.fixture
def it(adapter: Any, target: Target) -> Spelling:
    """The adapter, in the spelling of requests."""
    return Spelling(adapter, target.manifest.naming)


@pytest.fixture
def known(adapter: Any, target: Target) -> Known:
    """What is known of the release that is tested."""
    sdk, release = target.manifest.adapter.name, Version(adapter.started.sdk.version)
    return [each for each in KNOWN if each.sdk == sdk and Version(each.since) <= release][-1]


@every
def test_every_rule_of_the_protocol_is_kept(target: Target) -> None:
    findings = list(check(target.launch, target.manifest.naming))
    assert [each for each in findings if not isinstance(each, Kept)] == []


@every
def test_start_says_what_the_package_says(
    it: Spelling, known: Known, target: Target, request: pytest.FixtureRequest
) -> None:
    started = it.adapter.started
    assert re.fullmatch(known.package, started.sdk.name)
    if known.sdk == "http":
        assert started.sdk.version == version("requests")
    elif target.release is None:
        checkout: Path = request.getfixturevalue("checkout")
        assert started.sdk.version == (checkout / "_VERSION").read_text().strip()
    else:
        assert started.sdk.version == target.release
    assert re.fullmatch(known.families, " ".join(started.error_families))
    session = it.naming.spell("resource", "session")
    found = {each.operation: each.forms for each in started.operations if each.resource == session}
    expected = {it.operation(name): forms for name, forms in known.forms}
    assert expected.items() <= found.items()
    assert known.more_forms or found.keys() == expected.keys()
    user = it.naming.spell("resource", "user")
    finds = {each.operation: each.forms for each in started.operations if each.resource == user}
    assert "static" in finds[it.operation("find")]
    if target.release and target.manifest.pages.package:
        assert target.page is not None
    assert ("run" in started.capabilities) == (known.samples is not None)


@every
def test_a_session_is_created_and_its_attributes_are_read(it: Spelling, known: Known) -> None:
    reply = Answer(status=201, json={"id": "\u2028 🎉", "language": None})
    created = it.call("session.create", reply, given=GIVEN, read=known.shown)
    assert created.value.native == known.native
    assert created.attributes == it.attributes(known.shown)
    [request] = it.adapter.requests
    assert (request.method, request.target) == ("POST", "/api/rest/v1/sessions")
    text = request.body.decode()
    assert (dict(parse_qsl(text)) if known.form_encoded else json.loads(text)) == GIVEN
    assert known.body in {None, request.body}


@every
def test_a_large_id_goes_and_comes_as_it_is(it: Spelling, known: Known) -> None:
    largest = int(known.large.text)
    given = {"given": {"id": largest}, "options": Credentials(api_key="own"), "read": ("id",)}
    found = it.call("user.find", Answer(json={"id": largest}), **given)
    assert found.attributes == it.attributes({"id": known.large})
    [request] = it.adapter.requests
    assert request.method == "GET"
    assert str(largest) in request.target
    assert request.target.startswith(known.found_at.format(id=largest))
    assert it.sent == (None, "own")


class Calls:
    """Calls that are made with credentials, and what they send."""

    def __init__(self, it: Spelling, known: Known) -> None:
        self.it = it
        self.known = known

    def find(self, **options: Any) -> Any:
        """Find a user."""
        reply = Answer(json={"id": 7})
        return self.it.call("user.find", reply, given={"id": 7}, options=Credentials(**options))

    def delete(self, **options: Any) -> Any:
        """Delete the session."""
        return self.it.call("session.delete", self.known.gone, options=Credentials(**options))

    def sent(self, outcome: Any, session: str | None, key: str | None = None) -> None:
        """Hold the one request to its credentials."""
        assert isinstance(outcome, Returned)
        assert self.it.sent == (session, key)

    def refused(self, outcome: Any) -> None:
        """Hold the outcome to the SDK's own error, before anything is sent."""
        assert isinstance(outcome, Raised)
        assert re.search(self.known.alone, f"{lineage(outcome)} \n{outcome.message}")
        assert self.it.adapter.requests == ()


@pytest.fixture
def calls(it: Spelling, known: Known) -> Calls:
    """Calls with credentials."""
    return Calls(it, known)


@every
def test_credentials_are_global_until_reset(calls: Calls, it: Spelling, known: Known) -> None:
    if known.session_of_one_call == "unsupported":
        it.adapter.set(credentials=Credentials(api_key="ofall"))
        calls.sent(calls.find(), None, "ofall")
    else:
        it.adapter.set(credentials=Credentials(session_id="ofall"))
        calls.sent(calls.find(), "ofall")
        calls.sent(calls.delete(), "ofall")
        [request] = it.adapter.requests
        assert (request.method, request.target) == ("DELETE", "/api/rest/v1/sessions")
    it.adapter.reset()
    if known.alone:
        calls.refused(calls.find())
    else:
        calls.sent(calls.find(), None)
    if known.deletes_alone:
        calls.sent(calls.delete(), None)
    elif known.alone:
        calls.refused(calls.delete())


@every
def test_credentials_of_one_call_are_sent_with_that(
    calls: Calls, it: Spelling, known: Known
) -> None:
    calls.sent(calls.find(api_key="key"), None, "key")
    for call in (calls.find, calls.delete) if known.deletes_for_one_call else (calls.find,):
        match known.session_of_one_call:
            case "first" | "second" as place:
                calls.sent(call(session_id="ofone"), "ofone")
                it.adapter.set(credentials=Credentials(session_id="ofall"))
                calls.sent(call(session_id="ofone"), "ofone" if place == "first" else "ofall")
            case "ignored":
                calls.refused(call(session_id="ofone"))
                it.adapter.set(credentials=Credentials(session_id="ofall"))
                calls.sent(call(session_id="ofone"), "ofall")
            case "unsupported":
                assert isinstance(call(session_id="ofone"), Unsupported)
        it.adapter.reset()
        calls.sent(calls.find(api_key="key"), None, "key")


@every
def test_an_object_is_made_kept_and_saved(
    it: Spelling, known: Known, session: dict[str, Any]
) -> None:
    given = {"id": 7, "name": "n"}
    made = it.call("user.", form="construct", given=given, keep="it", read=("id", "name"))
    assert it.adapter.requests == ()
    if known.made:
        assert made.attributes == it.attributes(known.made)
        kept = it.call("user.", form="read", on="it", read=("id", "name"))
        assert kept.attributes == made.attributes
        assert it.adapter.requests == ()
    else:
        assert isinstance(made, Unsupported)
    if known.saved is not None:
        it.call("session.", form="construct", given={"username": "u"}, keep="it")
        assert it.adapter.requests == ()
        assert isinstance(it.call("session.save", form="instance", on="it"), Returned)
        assert [each.body for each in it.adapter.requests] == [known.saved]
        read = it.call("session.", form="read", on="it", read=("id",))
        learnt = replace(known.shown["id"], text=session["id"])
        assert read.attributes == it.attributes({"id": known.unlearnt or learnt})


@every
def test_a_parameter_of_a_wrong_type_is_refused_before_it_is_sent(
    it: Spelling, known: Known
) -> None:
    outcome = it.call("session.create", given={"username": 7})
    assert isinstance(outcome, known.mistyped)
    if isinstance(outcome, Raised):
        own = {outcome.error, *outcome.ancestors} & {*it.adapter.started.error_families}
        assert bool(own) == known.mistyped_own
    assert (it.adapter.requests == ()) == (known.mistyped is not Returned)


@every
def test_an_error_is_shown_as_its_caller_gets_it(it: Spelling, known: Known) -> None:
    error = it.call("session.create", Answer(status=401, json=REFUSAL))
    assert isinstance(error, Raised)
    families = it.adapter.started.error_families
    assert any(each.shown_by(error, families) for each in known.refused), error


@every
def test_a_broken_connection_is_an_error(it: Spelling, known: Known) -> None:
    dropped = it.call("session.create", Drop(how="reset"))
    session, create = it.naming.spell("resource", "session"), it.operation("create")
    with it.adapter.gateway.deaf():
        refused = it.adapter.adapter.ask(Call(resource=session, operation=create), 60)
    for error in (dropped, refused):
        assert isinstance(error, Raised)
        assert re.search(known.dropped, lineage(error))
        assert error.http_status in known.dropped_statuses


@every
def test_settings_that_a_release_lacks_are_named(it: Spelling, known: Known) -> None:
    wanted = {
        "attempts": 2,
        "connect_seconds": 1,
        "read_seconds": 1,
        "first_delay_seconds": 0.01,
    }
    configured = it.adapter.set(network=Network(**wanted))
    assert set(configured.unsupported) == known.unsupported
    assert set(configured.applied) == wanted.keys() - known.unsupported
    once: Configured = it.adapter.set(network=Network(attempts=1))
    assert (once.applied, once.unsupported) == (
        (("attempts",), ()) if known.once else ((), ("attempts",))
    )


@every
def test_attempts_count_the_first(it: Spelling, known: Known) -> None:
    it.adapter.set(credentials=Credentials(api_key="key"))
    for attempts in (1, 3) if known.once else (3,):
        it.adapter.set(network=Network(attempts=attempts, **QUICK))
        for operation, again in known.tries_again:
            given = {"id": 7} if operation == "user.find" else {}
            assert isinstance(it.call(operation, Drop(how="close"), given=given), Raised)
            assert len(it.adapter.requests) == (attempts if again else 1)


@every_lack
def test_what_a_release_lacks_is_found_by_reflection(it: Spelling, lacks: Lacks) -> None:
    it.call("session.", form="construct", keep="it")
    outcome = it.adapter.call(lacks.operation, **lacks.asked)
    assert outcome == Unsupported(reason=lacks.reason)
    assert it.adapter.requests == ()


@every_throw
def test_whatever_a_sample_throws_is_a_result(it: Spelling, code: str, error: str) -> None:
    raised = it.adapter.run(code)
    assert isinstance(raised, Raised)
    assert raised.error == error


@every_that_runs_samples
def test_a_sample_runs_with_its_names_and_may_print(
    it: Spelling, known: Known, session: dict[str, Any]
) -> None:
    samples = known.samples
    assert samples
    ran = it.adapter.run(samples.says, bind=parameters(name="n"), read=("id",))
    assert isinstance(ran, Returned)
    assert isinstance(ran.attributes["id"], String)
    assert ran.attributes["id"].text == session["id"]
    assert [each.body for each in it.adapter.requests] == [samples.body]
    assert all(word in it.adapter.adapter.output() for word in samples.words)


@every
def test_what_runs_no_samples_says_so(it: Spelling, known: Known) -> None:
    ran = it.adapter.adapter.ask(Run(code=""), 60)
    if known.samples:
        assert isinstance(ran, Returned)
    else:
        assert isinstance(ran, Fault)
        assert ran.code == -32601


@every
def test_only_the_given_authority_is_trusted(
    target: Target, behind_gateway: Any, tmp_path: Path
) -> None:
    [trusts] = {each.trusts for each in KNOWN if each.sdk == target.manifest.adapter.name}
    authority = Certificates(tmp_path)
    create = [
        target.manifest.naming.spell(kind, name)
        for kind, name in (("resource", "session"), ("operation", "create"))
    ]
    for ca_file in (authority.ca_file, None):
        with behind_gateway(target.launch, authority.context("tls")) as asked:
            started = asked.start(ca_file=ca_file)
            assert ("ca_file" in started.capabilities) == trusts
            outcome = asked.call(".".join(create))
            assert isinstance(outcome, Returned if ca_file and trusts else Raised)
