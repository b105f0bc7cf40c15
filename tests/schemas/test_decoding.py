"""The problems that a lenient decoder hides are found and located."""

import json

from hypothesis import given
from hypothesis import strategies as st
import pytest

from conform.schemas.decoding import Decoded, Undecodable, decode, pointer

SESSION = {"id": "abc", "language": "en", "read_only": True, "sftp_insecure_ciphers": False}


def test_a_plain_body_has_no_problem() -> None:
    assert decode(json.dumps(SESSION).encode()) == Decoded(SESSION)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=10,
    )
)
def test_json_is_decoded_unchanged(value: object) -> None:
    assert decode(json.dumps(value).encode()) == Decoded(value)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"{} {}", "continues after its JSON value"),
        (b"\xef\xbb\xbf{}", "begins with a byte-order mark"),
        (b'{"a": "\xff"}', "is not UTF-8 at byte 7"),
        (b'{"a": ', "is not JSON at character"),
        (b"{'a': 1}", "is not JSON at character"),
        (b"[" * 100_000, "nests deeper than"),
        (b"[" * 300 + b"]" * 300, "nests deeper than"),
    ],
)
def test_a_body_that_is_not_json_is_undecodable(body: bytes, what: str) -> None:
    decoded = decode(body)
    assert isinstance(decoded, Undecodable)
    assert what in decoded.problem.what


@pytest.mark.parametrize(
    ("body", "at", "what"),
    [
        (b'{"a": 1, "a": 2}', "", "repeats a member: a"),
        (b'{"x": [{"a": 1, "a": 2}]}', "/x/0", "repeats a member: a"),
        (b'{"a/b~": NaN}', "/a~1b~0", "is NaN"),
        (b'{"a": -Infinity}', "/a", "is -Infinity"),
        (b'{"a": 18446744073709551616}', "/a", "beyond 64 bits"),
        (b'{"a": -9223372036854775809}', "/a", "beyond 64 bits"),
        (b'{"a": ' + b"9" * 5000 + b"}", "/a", "beyond 64 bits"),
        (b'{"a": 1e999}', "/a", "beyond 64 bits"),
        (b'{"a": "\\ud800"}', "/a", "half a character"),
        (b'{"\\udc00": 1}', "", "half a character"),
    ],
)
def test_a_problem_that_a_lenient_decoder_hides_is_found_at_its_place(
    body: bytes, at: str, what: str
) -> None:
    decoded = decode(body)
    assert isinstance(decoded, Decoded)
    [problem] = decoded.problems
    assert problem.pointer == at
    assert what in problem.what


def test_pointers_are_escaped() -> None:
    assert pointer("a/b", 0, "~") == "/a~1b/0/~0"
