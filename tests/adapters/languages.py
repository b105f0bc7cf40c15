"""The known facts of the SDKs of all languages."""

from __future__ import annotations

import json
import sys
from typing import Final

from msgspec.structs import replace

from conform.cases.replies import Answer
from conform.core.protocol import Form, Unsupported
from conform.core.values import ABSENT, Integer, Null, String

from .known import REFUSAL, Error, Known, Lacks, Samples

OF_ONE: Final = {"session_id": "ofone"}
LARGEST: Final = 2**63 - 1
GIVEN: Final = {"username": "mötor 🎉", "password": "vroom\u2028"}
JSON: Final = '{"username":"mötor 🎉","password":"vroom\u2028"}'.encode()
SAVED: Final[tuple[tuple[str, tuple[Form, ...]], ...]] = (
    ("create", ("static",)),
    ("new", ("construct",)),
    ("save", ("instance",)),
)

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
    without_credentials=r"^files_sdk\.\w+\.AuthenticationError ",
    retries=(("user.find", True), ("session.create", True)),
    deletes_without_credentials=True,
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
    without_credentials="^ConfigurationError FilesError ",
    saved=b'{"username":"u"}',
    # Only what the constructor got is a property.
    id_after_save=ABSENT,
    # Its delete takes the options in place of the parameters.
    deletes_for_one_call=False,
    dropped_statuses=(0, None),
    refused=(Error(lineage=" FilesError ", message="Invalid"),),
    unsupported=frozenset({"connect_seconds"}),
    lacks=(
        Lacks("Session.no_such", "Session has no static no_such."),
        Lacks("Session.constructor", "Session has no static constructor."),
        Lacks("NoSuch.create", "There is no files.com/lib/models/NoSuch."),
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
    # In Go, only a pointer can be null.
    shown={
        "id": String(text="\u2028 🎉", native="string"),
        "language": String(text="", native="string"),
        "no_such": ABSENT,
    },
    body=r'{"password":"vroom\u2028","username":"mötor 🎉"}'.encode(),
    large=Integer(text=str(LARGEST), native="int64"),
    made={"id": Integer(text="7", native="int64"), "name": String(text="n", native="string")},
    deletes_without_credentials=True,
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
            "Session.Create",
            "Go's operations take no arguments but one Params",
            {"positional": (String(text="u"),)},
        ),
        Lacks(
            "Session.Delete",
            "files_sdk.Config has no field session_id",
            {"options": {"session_id": "ofone"}},
        ),
        Lacks(
            "Session.Save",
            "a files_sdk.Session sends nothing: Go's operations belong to clients",
            {"form": "instance", "on": "it"},
        ),
    ),
)

RUBY: Final = Known(
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
    without_credentials="^Files::AuthenticationError Files::Error ",
    # On Ruby 3, some releases fail to construct their own error.
    deletes_without_credentials=True,
    saved=b"username=u",
    refused=(
        Error(lineage="Files::Error", types=(REFUSAL["type"], None)),
        Error(lineage="^ArgumentError ", statuses=(None,), types=(None,), own=False),
    ),
    retries=(("session.create", False),),
    lacks=(
        Lacks("Session.no_such", "Files::Session has no no_such"),
        Lacks("NoSuch.create", "there is no Files::NoSuch"),
        Lacks(
            "Session.delete",
            "an object of Files::Session has no delete",
            {"form": "instance", "on": "it"},
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
        deletes_without_credentials=True,
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
    replace(PYTHON, since="2", retries=(("user.find", True), ("session.create", False))),
    replace(
        JAVASCRIPT,
        since="0",
        refused=(Error(lineage=" FilesError ", message="Invalid", types=(None,)),),
    ),
    JAVASCRIPT,
    # Its README names an option for the session that its code does not read.
    replace(JAVASCRIPT, since="1.2.104", session_of_one_call="ignored"),
    RUBY,
    # Faraday 2, which it needs from here on, has one error for every broken connection.
    replace(RUBY, since="1.0.276", retries=(("session.create", True),)),
    Known(
        sdk="php",
        releases=("2.0.642",),
        package="files.com/files-php-sdk",
        families=r"Files\\(Exception\\)?FilesException( Files\\ApiException)?",
        # The page calls static methods on an object, as PHP allows.
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
        without_credentials=r"^Files\\(Exception\\)?ConfigurationException ",
        # Only newer releases have the type; the adapter does not parse it from the message.
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
        deletes_without_credentials=False,
        refused=(Error(lineage="^files_sdk.ResponseError$", statuses=(None,), types=(None,)),),
    ),
    GO,
    Known(
        sdk="java",
        package=r"com\.files:files-sdk",
        families=r"com\.files\.exceptions\.\S+( com\.files\.exceptions\.\S+)*",
        # Its README calls a static method on an object, as Java allows.
        forms=(
            ("create", ("instance", "static")),
            ("delete", ("instance", "static")),
            ("destroy", ("instance", "static")),
            *SAVED[1:],
        ),
        native="com.files.models.Session",
        shown={
            "id": String(text="\u2028 🎉", native="String"),
            "language": Null(native="null"),
            "no_such": ABSENT,
        },
        body=JSON,
        large=Integer(text=str(LARGEST), native="Long"),
        made={"id": Integer(text="7", native="Long"), "name": String(text="n", native="String")},
        id_after_save=Null(native="null"),
        deleted=Answer(status=200, json={}),
        without_credentials=r"^com\.files\.exceptions\.ApiErrorException\$AuthenticationException "
        ".*\nAuthentication required",
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
            Lacks("Session.noSuch", "no static Session.noSuch takes these arguments"),
            Lacks("NoSuch.create", "there is no NoSuch"),
            Lacks("Session.save", "no static Session.save takes these arguments"),
            Lacks(
                "Session.save",
                "no Session.save takes these arguments",
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
        deleted=Answer(status=200, json={}),
        without_credentials="\nAuthentication required",
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
            Lacks("Session.NoSuch", "there is no static Session.NoSuch()"),
            Lacks("NoSuch.Create", "there is no NoSuch"),
            Lacks(
                "User.Find",
                "there is no static User.Find(String)",
                {"positional": (String(text="text"),)},
            ),
            Lacks(
                "Session.Save",
                "there is no instance Session.Save(Dictionary`2)",
                {"form": "instance", "on": "it", "given": {}},
            ),
        ),
        # On other systems, .NET uses the certificate store of the system.
        trusts=sys.platform == "linux",
    ),
)
