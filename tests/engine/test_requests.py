"""A step becomes what a user of the release writes: names, positions and forms of its README."""

from __future__ import annotations

from functools import cache

import pytest

from conform.cases import Documentation
from conform.cases.model import CallOptions, CallStep, ConfigureStep, Credentials, RunStep, Stage
from conform.core import manifest
from conform.core.protocol import Accommodation, Call, Configure, Run
from conform.core.values import ABSENT, Kept, String, from_json, parameters
from conform.engine.requests import GIVEN, requests
from conform.engine.spelling import Spelling
from conform.schemas.catalog import Catalog

UNAIDED = Stage(unaided=True)


@cache
def catalog() -> Catalog:
    return Catalog.load()


def spelling(sdk: str, release: str | None = None) -> Spelling:
    """The names of a release."""
    found = manifest.named(sdk).manifest
    return Spelling.of(found, Documentation.of_release(found, release, catalog()))


def asked(step: CallStep | ConfigureStep | RunStep, names: Spelling) -> Call | Configure | Run:
    """The last request of a step."""
    return requests(step, names)[-1]


def call(step: CallStep, names: Spelling) -> Call:
    """The call of a step."""
    found = asked(step, names)
    assert isinstance(found, Call)
    return found


def settings(step: ConfigureStep, names: Spelling) -> dict[str, object]:
    """The settings of a step, as texts."""
    found = asked(step, names)
    assert isinstance(found, Configure)
    return {name: str(value) for name, value in found.settings.items()}


@pytest.mark.parametrize(
    ("sdk", "name"),
    [
        ("python", "max_network_retries"),
        ("php", "maxNetworkRetries"),
        ("dotnet", "MaxNetworkRetries"),
        ("http", "max_network_retries"),
    ],
)
def test_a_setting_has_the_name_of_the_readme_and_keeps_its_value(sdk: str, name: str) -> None:
    step = ConfigureStep(settings={"max_network_retries": from_json(0)})
    assert settings(step, spelling(sdk)) == {name: "0"}


@pytest.mark.parametrize(
    ("sdk", "release", "made"),
    [
        ("javascript", None, {"setSessionId": '"abc"'}),
        ("php", None, {"setSessionId": '"abc"'}),
        ("go", None, {"SessionId": '"abc"'}),
        ("http", None, {"session_id": '"abc"'}),
        ("python", "1.6.456", {"set_session": GIVEN}),
        ("ruby", None, {"session": GIVEN}),
        ("java", None, {"session": GIVEN}),
    ],
)
def test_a_session_id_is_set_in_the_form_of_the_readme(
    sdk: str, release: str | None, made: dict[str, str]
) -> None:
    step = ConfigureStep(credentials=Credentials(session_id="abc"))
    names = spelling(sdk, release)
    assert settings(step, names) == made
    before = requests(step, names)[:-1]
    is_object = GIVEN in made.values()
    assert [type(each) for each in before] == [Call] * is_object
    assert [each.named for each in before if isinstance(each, Call)] == [
        {"id": String(text="abc")}
    ] * is_object


@pytest.mark.parametrize(
    ("sdk", "made"),
    [
        ("python", {"set_session": "it"}),
        ("javascript", {"setSessionId": "it.id"}),
        ("dotnet", {"SessionId": "it.Id"}),
    ],
)
def test_a_kept_session_is_set_as_an_object_or_by_its_id(sdk: str, made: dict[str, str]) -> None:
    step = ConfigureStep(credentials=Credentials(session="it"))
    assert settings(step, spelling(sdk)) == made
    assert len(requests(step, spelling(sdk))) == 1


def test_a_name_without_effect_is_used_only_where_nothing_is_helped() -> None:
    step = ConfigureStep(credentials=Credentials(api_key="k"))
    old, new = spelling("python", "1.0.17"), spelling("python", "1.0.46")
    assert settings(step, old) == settings(step, new) == {"set_api_key": '"k"'}
    assert settings(step, old.on(UNAIDED)) == {"api_key": '"k"'}
    assert settings(step, new.on(UNAIDED)) == {"set_api_key": '"k"'}
    assert old.accommodations == (
        Accommodation(
            name="setting api_key",
            why="api_key has no effect, although the README documents it; set_api_key is used.",
        ),
        Accommodation(
            name="setting session",
            why="session has no effect, although the README documents it; set_session is used.",
        ),
    )
    assert new.accommodations == old.accommodations[1:]
    assert spelling("python", "1.0.47").accommodations == ()


def test_a_number_is_a_text_where_the_readme_writes_one() -> None:
    step = ConfigureStep(settings={"workspace_id": from_json(123)})
    assert settings(step, spelling("dotnet")) == {"WorkspaceId": '"123"'}
    assert settings(step, spelling("java")) == {"workspaceId": "123"}


def test_arguments_are_passed_by_position_by_name_and_as_options() -> None:
    given = parameters(id=7, more=True)
    both = CallStep(operation="user.find", parameters=given, options=CallOptions(api_key="k"))
    python, http = call(both, spelling("python")), call(both, spelling("http"))
    assert python.positional == (from_json(7),)
    assert python.named == {"more": from_json(True)}
    assert python.options == {"api_key": String(text="k")}
    assert (http.positional, http.named) == ((), given)


@pytest.mark.parametrize("sdk", ["python", "ruby", "go", "http"])
def test_a_call_without_arguments_has_none(sdk: str) -> None:
    found = call(CallStep(operation="session.delete", parameters={"a": ABSENT}), spelling(sdk))
    assert (found.positional, found.named, found.options) == ((), None, None)


def test_parameters_come_before_options_even_if_there_are_none() -> None:
    step = CallStep(operation="session.delete", options=CallOptions(session="it"))
    found = call(step, spelling("python", "1.0.17"))
    assert (found.named, found.options) == ({}, {"session": Kept(handle="it")})
    alone = call(step, spelling("javascript"))
    assert (alone.named, alone.options) == (None, {"session": Kept(handle="it")})


def test_java_writes_parameters_and_options_in_full() -> None:
    found = call(CallStep(operation="user.find", parameters=parameters(id=7)), spelling("java"))
    assert (found.positional, found.named, found.options) == ((from_json(7),), {}, {})


def test_what_is_missing_is_not_replaced_by_what_comes_after_it() -> None:
    step = CallStep(operation="session.pairing_key", parameters={"key": ABSENT})
    found = call(step, spelling("python", "1.0.9"))
    assert (found.positional, found.named) == ((), None)


@pytest.mark.parametrize(
    ("release", "name", "styled"),
    [
        ("1.2.103", "sessionId", {}),
        ("1.2.104", "session_id", {"session_id": "sessionId"}),
    ],
)
def test_an_option_has_the_name_of_the_readme_of_the_release(
    release: str, name: str, styled: dict[str, str]
) -> None:
    step = CallStep(operation="user.find", options=CallOptions(session_id="s"))
    names = spelling("javascript", release)
    assert call(step, names).options == {name: String(text="s")}
    assert names.respelled(step) == styled
    assert call(step, names.in_style).options == {"sessionId": String(text="s")}


def test_a_sample_is_run_as_it_is() -> None:
    step = RunStep(code="a()", bind=parameters(a=1), read=("site_id",))
    found = asked(step, spelling("dotnet"))
    assert found == Run(code="a()", bind=parameters(a=1), read=("SiteId",))


@pytest.mark.parametrize(
    ("release", "name"), [("1.0.150", "OpenTimeout"), ("1.4.114", "ConnectTimeout")]
)
def test_a_setting_keeps_the_name_of_its_time(release: str, name: str) -> None:
    step = ConfigureStep(settings={"open_timeout": from_json(1)})
    assert settings(step, spelling("dotnet", release)) == {name: "1"}
