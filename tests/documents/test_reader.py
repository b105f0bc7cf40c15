"""Pages of every SDK become documents without loss."""

from collections.abc import Callable
import os
from pathlib import Path
import string
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from conform.core.errors import DocumentError
from conform.documents import extract, reader, types
from conform.documents.findings import Code
from conform.documents.meanings import Meanings
from conform.documents.page import Document, PageEntry
from conform.documents.reader import fold

SDKS = ("python", "javascript", "ruby", "php", "dotnet", "java")

words = st.text(string.ascii_letters + string.digits + "'?.,;()!/<>%&é", min_size=1, max_size=8)
prose = st.lists(words, max_size=6).map(" ".join)
names = st.from_regex(r"[a-z]{2,6}(_[a-z]{2,5}){0,2}", fullmatch=True)
strings = st.text(max_size=12).filter(lambda text: "`" not in text and "  " not in text)
values = {
    "text": strings,
    "number": st.integers(-(2**63), 2**63 - 1),
    "truth": st.booleans(),
    "list": st.lists(st.integers(-9, 9), max_size=3),
}


@st.composite
def described(draw: st.DrawFn, make: Any) -> Any:
    """A random object with random operations, as a page may state it."""
    field_type, method_type, described_type = make
    kinds = st.sampled_from(sorted(values))

    def fields(least: int) -> Any:
        chosen = draw(st.lists(names, unique=True, min_size=least, max_size=5))
        return tuple(
            field_type(name, draw(kinds), draw(prose), draw(st.booleans()) and least == 0)
            for name in chosen
        )

    attributes = fields(1)
    methods = []
    for name in draw(st.lists(names, unique=True, max_size=3)):
        parameters = fields(0)
        passed = {each.name: draw(values[each.kind]) for each in parameters}
        title = draw(st.lists(words, min_size=1, max_size=4).map(" ".join))
        methods.append(method_type(name, title, parameters, passed))
    return described_type(
        title=draw(st.sampled_from(["Thing", "FormField", "ApiKey"])),
        fields=tuple(field_type(each.name, each.kind, each.description) for each in attributes),
        example={each.name: draw(values[each.kind]) for each in attributes},
        methods=tuple(methods),
    )


def stated(entries: tuple[PageEntry, ...]) -> list[tuple[str, str, str, bool]]:
    return [
        (each.name, str(types.parse(each.type)), fold(each.description), each.required)
        for each in entries
    ]


def meant(fields: tuple[Any, ...]) -> list[tuple[str, str, str, bool]]:
    kinds = {"text": "string", "number": "int64", "truth": "boolean", "list": "[int64]"}
    return [(each.name, kinds[each.kind], fold(each.description), each.required) for each in fields]


@pytest.mark.parametrize("folded", [False, True], ids=["lines", "folded"])
@pytest.mark.parametrize("sdk", SDKS)
@given(data=st.data())
def test_a_written_page_is_read_back_unchanged(
    sdk: str, write: Callable[..., str], thing: Any, data: st.DataObject, *, folded: bool
) -> None:
    make = (type(thing.fields[0]), type(thing.methods[0]), type(thing))
    page = data.draw(described(make))
    text = write(sdk, page)
    document = reader.parse(fold(text) if folded else text, "page")

    assert document.is_folded is folded
    assert document.findings == ()
    assert document.title.endswith(page.title)
    assert stated(document.attributes) == meant(page.fields)
    assert document.example is not None
    assert document.example.value == page.example
    assert [section.title for section in document.sections] == [
        method.title for method in page.methods
    ]
    facts = extract.facts(document, sdk=sdk, releases=(), meanings=Meanings())
    assert [operation.name for operation in facts.operations] == [
        method.name for method in page.methods
    ]
    for method, section, operation in zip(
        page.methods, document.sections, facts.operations, strict=True
    ):
        assert stated(section.parameters) == meant(method.parameters)
        if sdk not in {"dotnet", "java"}:
            assert operation.samples[0].arguments == method.arguments


@pytest.mark.parametrize("sdk", SDKS)
def test_lines_are_those_of_the_page(sdk: str, write: Callable[..., str], thing: Any) -> None:
    text = write(sdk, thing)
    document = reader.parse(text, "page")
    for entry in document.entries:
        assert text.split("\n")[entry.line - 1].startswith(f"* `{entry.name}`")
    for section in document.sections:
        assert text.split("\n")[section.line - 1] == f"## {section.title}"


def test_the_sdks_own_spelling_is_kept(write: Callable[..., str], thing: Any) -> None:
    spelt = {
        sdk: [each.spelling for each in reader.parse(write(sdk, thing), "page").attributes]
        for sdk in ("ruby", "dotnet", "java")
    }
    assert spelt == {
        "ruby": [None] * 4,
        "dotnet": ["Id", "IsOpen", "Label", "Secret"],
        "java": ["id", "isOpen", "label", "secret"],
    }


def test_a_list_inside_a_description_belongs_to_it() -> None:
    text = (
        "# A\n\n* `rate` (string): How often:\n* 'S': second\n* 'M': minute\n* `id` (int64): Who\n"
    )
    document = reader.parse(text, "page")
    assert [each.name for each in document.attributes] == ["rate", "id"]
    assert document.attributes[0].description == "How often:\n* 'S': second\n* 'M': minute"


def test_a_description_can_start_like_a_heading() -> None:
    text = "# A\n\n* `users` (int64): # of users\n* `id` (int64): Who\n\n## Example A Object\n"
    for form in (text, fold(text)):
        assert [each.description for each in reader.parse(form, "page").attributes] == [
            "# of users",
            "Who",
        ]


def test_example_responses_are_read_as_well_as_samples() -> None:
    text = (
        "# A\n\n* `id` (int64): Who\n\n---\n\n## Make\n\n```\nA.make()\n```\n\n"
        '### Example Response\n\n```json\n{"id": 1}\n```\n'
    )
    for form in (text, fold(text)):
        [section] = reader.parse(form, "page").sections
        assert len(section.samples) == 1
        assert [each.value for each in section.responses] == [{"id": 1}]


@pytest.mark.parametrize(
    ("line", "documented"),
    [
        ("* `preview`: A small picture", None),
        ("* `data` / `Data` : More", None),
        ("* `tags` (hash(string,array(string))): More", "hash(string,array(string))"),
        ("* `ids` (Nullable<Int64>[]): More", "Nullable<Int64>[]"),
        ("* `q[name]` (string): More", "string"),
    ],
)
def test_odd_lines_are_attributes_too(line: str, documented: str | None) -> None:
    [entry] = reader.parse(f"# A\n\n{line}\n", "page").attributes
    assert entry.type == documented


def test_a_line_that_cannot_be_read_is_a_finding_with_its_line() -> None:
    document = reader.parse("# A\n\n* `id` (int64): Who\n* `broken (string: What\n", "page")
    assert [(each.code, each.line) for each in document.findings] == [(Code.ENTRY_UNREADABLE, 4)]


def test_an_entry_without_a_heading_is_a_finding() -> None:
    document = reader.parse("# A\n\n## Make\n\n```\nA.make()\n```\n\n* `id` (int64): Who\n", "page")
    assert [each.code for each in document.findings] == [Code.ENTRY_MISPLACED]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"\x89PNG\r\n\x00\x00", "binary"),
        ("# Grüße".encode("latin-1"), "not UTF-8"),
        (b"# A page without an object\n\nWords.\n", "neither attributes nor operations"),
        (b"* `a` (string): b\n" * 30_000, "more than 20000 lines"),
        (b"x" * (33 << 20), "larger than"),
    ],
    ids=["empty", "blank", "binary", "latin-1", "prose", "a million lines", "huge"],
)
def test_a_file_that_is_not_a_page_is_refused_with_the_reason(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "page.md"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=reason):
        reader.read(path)


def test_a_missing_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read") as refused:
        reader.read(tmp_path / "none.md")
    assert refused.value.why == "No such file or directory."


def test_a_page_that_is_not_a_regular_file_is_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    for path in (tmp_path, pipe, Path(os.devnull)):
        with pytest.raises(DocumentError, match="cannot be read") as refused:
            reader.read(path)
        assert refused.value.why == "It is not a regular file."


def test_a_byte_order_mark_is_not_part_of_the_title(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_bytes(b"\xef\xbb\xbf# A\n\n* `id` (int64): Who\n")
    assert reader.read(path).title == "A"


def test_the_five_real_pages(real_pages: dict[str, Path]) -> None:
    documents: dict[str, Document] = {sdk: reader.read(path) for sdk, path in real_pages.items()}
    assert {sdk: len(each.attributes) for sdk, each in documents.items()} == {
        "python": 22,
        "ruby": 23,
        "php": 23,
        "dotnet": 23,
        "ruby-oldest": 21,
    }
    assert {sdk: len(each.sections) for sdk, each in documents.items()} == {
        "python": 2,
        "ruby": 2,
        "php": 2,
        "dotnet": 2,
        "ruby-oldest": 7,
    }
    assert documents["ruby"].is_folded
    assert stated(documents["ruby"].attributes) == stated(documents["php"].attributes)
    assert all(each.findings == () for each in documents.values())
