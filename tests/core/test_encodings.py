"""A value is found in all that serialisers make of it, and masked with nothing of it left."""

from __future__ import annotations

from base64 import b64encode
import json
import os
from pathlib import Path
import shutil
import subprocess

from hypothesis import example, given, settings
from hypothesis import strategies as st
import pytest

from conform.core.secrets import MASK, Secret, masked
from conform.selftest.serialisers import SERIALISERS

NASTY = (
    "vroom/4f1c+9d7e%20&x=é",
    "8f14e45fceea167a5a36dedd4bea2543c9f0f895",
    "\\\"b<'>\n\x00\x1b\x7f\U0001f600\\\\ c#{d}\u2028\\",
    "\\u005c\\x5c %41&amp;&#38;",
    "`${x}` \t\r\b\f\a\v?ß☃\u0085\u00ad",
)
characters = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    "\\\\\\\"'/+&%;=<>{}$#\n é😀"
)
secrets = st.text(characters, min_size=4, max_size=12).filter(lambda text: text not in MASK)
around = st.text(characters, max_size=8)

INSIDE = [name for name in SERIALISERS if "Base64" not in name]
"""What writes a secret without what is around it."""
EXACT = [name for name in INSIDE if name not in {"ASCII", "in two lines"}]
"""What loses nothing of a secret."""


def leftover(shown: str) -> tuple[str, str]:
    """What is before the first mask, and what is after the last one."""
    parts = shown.split(MASK)
    assert len(parts) > 1, shown
    return parts[0], parts[-1]


@settings(deadline=None)
@given(secret=secrets, before=around, after=around)
@example(secret="000000\r0", before="", after="")
@example(secret="000Ã", before="", after="")
def test_a_secret_is_masked_in_every_spelling(secret: str, before: str, after: str) -> None:
    # A line break beside one of the secret's own cannot be told from it.
    has_lines = not {"\r", "\n"}.isdisjoint(secret)
    for name in INSIDE if sum(map(str.isascii, secret)) >= 8 else EXACT:
        if name == "in two lines" and has_lines:
            continue
        whole = f"{before}<{SERIALISERS[name](secret)}>{after}"
        first, last = leftover(masked(whole, [Secret(secret)]))
        assert f"{before}<".startswith(first), name
        assert f">{after}".endswith(last), name


@settings(deadline=None)
@given(secret=secrets, before=around, after=around)
def test_nothing_of_a_secret_is_left_in_base64(secret: str, before: str, after: str) -> None:
    whole = b64encode(f"{before}{secret}{after}".encode()).decode()
    first, last = leftover(masked(whole, [Secret(secret)]))
    assert len(first) <= len(before.encode()) * 8 // 6
    assert len(last.rstrip("=")) <= (len(after.encode()) * 8 + 5) // 6


@pytest.mark.parametrize("name", SERIALISERS)
@pytest.mark.parametrize("secret", NASTY)
def test_nasty_secrets_are_found_as_each_serialiser_writes_them(name: str, secret: str) -> None:
    written = SERIALISERS[name](secret)
    assert Secret(secret).found_in(written)
    assert MASK in masked(f"<{written}>", [Secret(secret)])


@settings(deadline=None)
@given(secret=secrets, before=around, after=around)
def test_bytes_are_masked_as_text_is(secret: str, before: str, after: str) -> None:
    body = f"{before}{secret}{after}".encode()
    shown = masked(body, [Secret(secret)])
    assert MASK.encode() in shown
    assert secret.encode() not in shown.replace(MASK.encode(), b"")


@settings(deadline=None)
@given(secret=st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=4))
@example("vroom")
@example("1234")
def test_a_text_without_the_secret_is_unchanged(secret: str) -> None:
    for written in (f"<{secret[:-1]}>", f"<{secret[1:]}-{secret[:-1]}>", json.dumps(secret[:-1])):
        if secret not in written:
            assert masked(written, [Secret(secret)]) == written
    assert Secret(secret).found_in("") is None


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        ("abc", "YWJj 616263 97, 98, 99"),
        ("nope", "\\note \\nop"),
        ("motor", "motel, MOTOR, motto&r"),
        ("motor", "mot\nor"),
        ("a b c d", "a-b-c-d abcd"),
        ("é€", "??, \ufffd\ufffd"),
        ("1111", "149, 49, 49, 491"),
        ("", "anything"),
    ],
)
def test_what_only_looks_like_a_secret_is_not_masked(secret: str, text: str) -> None:
    assert masked(text, [Secret(secret)]) == text


def test_a_secret_that_is_not_unicode_is_masked() -> None:
    undecoded = os.fsdecode(b"caf\xe9-mocha")
    texts = [undecoded, json.dumps(undecoded), "caf\ufffd-mocha"]
    shown = [masked(text, [Secret(undecoded)]) for text in texts]
    assert shown == [MASK, f'"{MASK}"', MASK]


def test_secrets_that_overlap_or_contain_each_other_are_masked_once() -> None:
    secrets = [Secret("vroom-vroom"), Secret("vroom-v"), Secret("room-vroom!"), Secret("act")]
    assert masked("<vroom-vroom!> act", secrets) == f"<{MASK}> {MASK}"


def test_a_secret_is_no_part_of_its_own_representation() -> None:
    assert "vroom" not in repr(Secret("vroom"))


@pytest.mark.parametrize(
    "text", ["\\" * 20_000, "&amp;" * 20_000, "%25" * 20_000, "?" * 50_000, "\n" * 50_000]
)
@pytest.mark.parametrize(
    "secret", ["\\" * 20 + "x", "\\%&" * 9, "é" * 9, "\n" * 20 + "x", "?é" * 20]
)
def test_no_text_makes_a_search_slow(secret: str, text: str) -> None:
    """With one unbounded or ambiguous repetition, this would take years."""
    masked(text, [Secret(secret)])


# ── what the real serialisers write ───────────────────────────────────────────────────────────────

GO = """package main

import ("encoding/json"; "fmt"; "html"; "net/url"; "os")

func main() {
    var secrets []string
    json.NewDecoder(os.Stdin).Decode(&secrets)
    written := [][]string{}
    for _, each := range secrets {
        plain, _ := json.Marshal(each)
        twice, _ := json.Marshal(string(plain))
        written = append(written, []string{
            string(plain), fmt.Sprintf("%q", each), string(twice), fmt.Sprintf("%+q", plain),
            fmt.Sprint([]byte(each)), fmt.Sprintf("%x", each), fmt.Sprintf("% X", each),
            url.QueryEscape(each), url.PathEscape(each), html.EscapeString(each)})
    }
    json.NewEncoder(os.Stdout).Encode(written)
}
"""
JAVASCRIPT = """
const { inspect } = require('util')
const written = JSON.parse(require('fs').readFileSync(0)).map(each => [
  JSON.stringify(each), null, JSON.stringify(JSON.stringify(each)), inspect(each), escape(each),
  encodeURIComponent(each), encodeURI(each), new URLSearchParams({ each }).toString(),
  inspect([...Buffer.from(each)], { maxArrayLength: null, breakLength: Infinity }),
  Buffer.from(`:${each}`).toString('base64url')])
console.log(JSON.stringify(written))
"""
PHP = """
$written = array_map(fn ($each) => [
    json_encode($each), null, json_encode(json_encode($each)), rawurlencode($each),
    urlencode($each), htmlspecialchars($each), htmlentities($each), quoted($each),
    base64_encode("ab$each"), bin2hex($each)], json_decode(stream_get_contents(STDIN)));
function quoted($each) { return '"' . addcslashes($each, "\\0..\\37\\"\\\\\\177..\\377") . '"'; }
echo json_encode($written);
"""
RUBY = """
require 'cgi'; require 'json'; require 'uri'
written = JSON.parse($stdin.read).map { |each| [
  JSON.generate(each), each.inspect, JSON.generate(JSON.generate(each)), each.dump,
  each.b.inspect, CGI.escape(each), URI.encode_www_form_component(each), CGI.escapeHTML(each),
  [each].pack('m'), each.bytes.inspect] }
puts JSON.generate(written)
"""
JAVA = """
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Base64;

class Written {
    public static void main(String[] arguments) throws Exception {
        var encoder = Base64.getMimeEncoder();
        for (var line : new String(System.in.readAllBytes(), "us-ascii").split("\\n")) {
            var raw = Base64.getDecoder().decode(line);
            var whole = ("a name that is long enough for two lines of Base64:"
                + new String(raw, "utf-8")).getBytes("utf-8");
            System.out.println(URLEncoder.encode(new String(raw, "utf-8"), "utf-8"));
            System.out.println(Arrays.toString(raw));
            System.out.println(encoder.encodeToString(whole).replace("\\r\\n", "\\\\r\\\\n"));
        }
    }
}
"""


def run(program: list[str], given: str) -> str:
    """What a program writes to stdout; the test is skipped without it."""
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed")
    ran = subprocess.run(
        program, input=given.encode(), capture_output=True, timeout=120, check=True
    )
    return ran.stdout.decode()


def check(written: str, model: str, quoted: str = "") -> None:
    """All that a language writes has the secret, and the models write the same."""
    for secret, (plain, other, *_), texts in zip(NASTY, *[json.loads(written)] * 2, strict=True):
        for text in texts:
            assert text is None or Secret(secret).found_in(text), text
        assert plain[1:-1] == SERIALISERS[model](secret)
        if quoted:
            assert other[1:-1] == SERIALISERS[quoted](secret)


@pytest.mark.once
def test_what_go_writes_is_found(tmp_path: Path) -> None:
    (tmp_path / "written.go").write_text(GO)
    written = run(["go", "run", str(tmp_path / "written.go")], json.dumps(NASTY))
    check(written, "JSON of Go", "quoted by Go")


@pytest.mark.once
def test_what_javascript_writes_is_found() -> None:
    check(run(["node", "-e", JAVASCRIPT], json.dumps(NASTY)), "JSON of JavaScript")


@pytest.mark.once
def test_what_php_writes_is_found() -> None:
    check(run(["php", "-r", PHP], json.dumps(NASTY)), "JSON of PHP")


@pytest.mark.once
def test_what_ruby_writes_is_found() -> None:
    written = run(["ruby", "-Eutf-8:utf-8", "-e", RUBY], json.dumps(NASTY))
    check(written, "JSON of JavaScript", "inspected by Ruby")


@pytest.mark.once
def test_what_java_writes_is_found(tmp_path: Path) -> None:
    (tmp_path / "Written.java").write_text(JAVA)
    given = "\n".join(b64encode(each.encode()).decode() for each in NASTY)
    lines = run(["java", str(tmp_path / "Written.java")], given).splitlines()
    assert len(lines) == 3 * len(NASTY)
    for number, line in enumerate(lines):
        assert Secret(NASTY[number // 3]).found_in(line), line
