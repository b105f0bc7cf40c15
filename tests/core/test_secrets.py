"""No secret of the caller is left in an observation that is shown."""

from __future__ import annotations

from base64 import b64encode
import json
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st
import msgspec

from conform.core import paths
from conform.core.observations import Exchange, Header, Observation, Request, Response
from conform.core.protocol import Raised, Returned
from conform.core.secrets import MASK, SECRET_NAMES, Secret, masked, redacted
from conform.core.values import Map, MapEntry, String
from conform.documents.facts import Facts
from conform.selftest.serialisers import SERIALISERS

secrets = st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=12).filter(
    lambda text: text not in MASK
)
NOT_SECRET = frozenset(
    {
        "ai_assistant_personality_id",
        "ai_assistant_personality_system_prompt",
        "allowed_2fa_method_sms",
        "allowed_2fa_method_totp",
        "allowed_2fa_method_u2f",
        "allowed_2fa_method_webauthn",
        "allowed_2fa_method_yubi",
        "aws_access_key_id",
        "calculate_file_checksums_crc32",
        "calculate_file_checksums_md5",
        "calculate_file_checksums_sha1",
        "calculate_file_checksums_sha256",
        "default_workspace_id",
        "email",
        "finalize_partial_uploads",
        "format",
        "home_path",
        "host",
        "id",
        "impersonator_user_id",
        "interface",
        "label",
        "language",
        "legacy_checksums_mode",
        "locale",
        "login_token_domain",
        "max_dir_listing_size",
        "multiple_regions",
        "no_cookie",
        "oauth_label",
        "oauth_provider",
        "provider",
        "read_only",
        "return_to",
        "root_path",
        "sftp_insecure_ciphers",
        "site_id",
        "ssh_client_identification",
        "ssl_required",
        "subdomain",
        "timeout_at",
        "tls_disabled",
        "trusted",
        "two_factor_setup_needed",
        "use_provided_modified_at",
        "user_belongs_to_parent_site",
        "user_id",
        "username",
        "username_or_email",
        "windows_mode_ftp",
    }
)
"""The documented names whose values anybody may see."""


def seen(secret: str) -> Observation:
    request = Request(
        method="POST",
        target=f"/x?p={quote(secret, safe='')}",
        headers=(
            Header("X-Key", secret),
            Header("Authorization", b64encode(secret.encode()).decode()),
            Header(secret, "1"),
        ),
        body=json.dumps({"password": secret}).encode(),
    )
    return Observation(
        steps=(
            Returned(
                value=Map(entries=(MapEntry(key=f"{secret}!", value=String(text=secret)),)),
                attributes={secret: String(text=f"<{secret}>")},
            ),
            Raised(error="Error", message=f"bad {secret}"),
        ),
        exchanges=(Exchange(request=request, response=Response(body=secret.encode())),),
        output=f"DEBUG body={secret!s}",
    )


@settings(deadline=None)
@given(secrets)
def test_a_secret_is_masked_everywhere(secret: str) -> None:
    shown = redacted(seen(secret), [Secret(secret)])
    (exchange,) = shown.exchanges
    assert exchange.request.target == f"/x?p={MASK}"
    assert exchange.request.headers[0].value == MASK
    assert exchange.request.headers[1].value.rstrip("=") == MASK
    assert exchange.request.headers[2].name == MASK
    assert exchange.request.body == json.dumps({"password": MASK}).encode()
    assert exchange.response.body == MASK.encode()
    assert shown.output == f"DEBUG body={MASK}"
    entry = MapEntry(key=f"{MASK}!", value=String(text=MASK))
    returned = Returned(value=Map(entries=(entry,)), attributes={MASK: String(text=f"<{MASK}>")})
    assert shown.steps == (returned, Raised(error="Error", message=f"bad {MASK}"))


def test_a_secret_that_a_log_has_in_any_spelling_is_masked() -> None:
    secret = 'vr\\oom/4f1c+9d7e%20&x="é"'
    for name, write in SERIALISERS.items():
        shown = redacted(Observation(output=f'{{"password":"{write(secret)}"}}'), [Secret(secret)])
        assert MASK in shown.output, name
        assert "oom" not in shown.output, name


@settings(deadline=None)
@given(secrets)
def test_an_observation_without_secrets_is_unchanged(secret: str) -> None:
    observation = seen(secret)
    assert redacted(observation, []) == observation
    assert redacted(observation, [Secret("")]) == observation


def test_every_documented_name_is_a_secret_or_is_not() -> None:
    """A new name needs a decision: it belongs to ``SECRET_NAMES`` or to ``NOT_SECRET``."""
    pages = [
        msgspec.json.decode(path.read_bytes(), type=Facts)
        for path in (paths.schemas() / "facts").glob("*/*.json")
    ]
    assert len(pages) > 20
    documented = {
        each.name
        for page in pages
        for named in (page.attributes, *(operation.parameters for operation in page.operations))
        for each in named
    }
    assert documented - SECRET_NAMES == NOT_SECRET
    assert SECRET_NAMES - documented == {"api_key"}


def test_a_very_short_secret_is_not_masked_inside_of_words() -> None:
    text = '{"password": "p", "app": "Application"} password=p&ip=%70 p'
    assert masked(text, [Secret("p")]) == (
        f'{{"password": "{MASK}", "app": "Application"}} password={MASK}&ip={MASK} {MASK}'
    )
    assert masked("xvroomx", [Secret("vroom")]) == f"x{MASK}x"
