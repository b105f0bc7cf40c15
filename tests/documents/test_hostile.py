"""A hostile page becomes a document or is refused, in bounded time."""

import time

import pytest

from conform.core.errors import DocumentError
from conform.documents import extract, lint, reader
from conform.documents.meanings import Meanings

SIZE = 200_000
OBJECT = '# A\n\n## Example A Object\n\n```\n{"id": 1}\n```\n\n* `id` (int64): Who\n'
SAMPLE = OBJECT + "\n## Make\n\n```\n%s\n```\n"


@pytest.mark.parametrize(
    "text",
    [
        "`" * SIZE,
        "```\n" * 19_999,
        "* `a`: " + "`" * SIZE,
        "* `a " * (SIZE // 5),
        "``` x " * (SIZE // 6),
        ("* " * 400 + "\n") * 400,
        "#" * SIZE,
        "* `a` " + "(" * SIZE + ": b",
        "* `a` (" + "Nullable<" * (SIZE // 9) + "): b",
        "* `a` (" + "[]" * (SIZE // 2) + "): b",
        OBJECT + "* x\n" * 19_000,
        "# A\n```\n" + "[" * SIZE + "\n```\n* `a` (string): b\n",
        "# A\n```\n" + '{"a":' * 900 + "1" + "}" * 900 + "\n```\n* `a` (string): b\n",
        "# A\n```\n" + "9" * SIZE + "\n```\n* `a` (string): b\n",
        "# A\n```\n" + '"\\ud800"' + "\n```\n* `a` (string): b\n",
        "# " + "aB" * (SIZE // 2) + "\n* `a` (string): b\n",
        SAMPLE % ("a" * SIZE),
        SAMPLE % ("a." * 49_000),
        SAMPLE % ("f.g(" + "a<" * 45_000 + ")"),
        SAMPLE % ("f.g(" + "[" * 90_000),
        SAMPLE % (")" * 90_000 + "f.g()"),
        SAMPLE % ('"' * 90_000),
        SAMPLE % ("f.g(" + "," * 90_000 + ")"),
        SAMPLE % ('p.put("a", 1);' * 6_000 + "x.y(p)"),
    ],
    ids=lambda text: repr(text[:12] + text[-12:]),
)
def test_hostile_text_takes_bounded_time(text: str) -> None:
    began = time.monotonic()
    try:
        document = reader.parse(text, "page")
    except DocumentError:
        pass
    else:
        extract.facts(document, sdk="ruby", releases=(), meanings=Meanings())
        lint.lint(document, sdk="ruby")
    assert time.monotonic() - began < 20
