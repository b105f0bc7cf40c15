"""The releases of a git checkout, and the pages that they ship."""

import os
from pathlib import Path, PurePath
import subprocess

import pytest

from conform.core.errors import UsageError
from conform.documents import coverage, history
from conform.documents.git import Repository
from conform.documents.meanings import Meanings
from conform.documents.sdks import pages
from conform.schemas.source import SchemaSource

PAGE = "# Session\n\n* `id` ({kind}): Who\n"


class Checkout:
    """A git repository to make releases in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> None:
        """Run git in it."""
        who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        command = ["git", *who, "-c", "commit.gpgsign=false", *arguments]
        subprocess.run(command, cwd=self.path, check=True, capture_output=True)

    def release(self, version: str, page: str | None, *, tag: bool = True) -> None:
        """Commit a release, and tag it where it has a tag."""
        (self.path / "_VERSION").write_text(f"{version}\n")
        document = self.path / "docs" / "session.md"
        document.parent.mkdir(exist_ok=True)
        document.unlink(missing_ok=True)
        if page is not None:
            document.write_text(page)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", version)
        if tag:
            self.git("tag", f"v{version}")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    path = tmp_path / "checkout"
    path.mkdir()
    return Checkout(path)


def ranges(checkout: Checkout) -> list[list[tuple[str, str]]]:
    found = history.walk(Repository(checkout.path), "docs/session.md")
    return [[(each.first, each.last) for each in releases] for _, releases in found.pages]


def test_ranges_follow_versions_and_not_commits(checkout: Checkout) -> None:
    one, two = PAGE.format(kind="int64"), PAGE.format(kind="string")
    for version, page in [("1.0.2", one), ("1.0.10", two), ("1.0.9", one), ("1.0.1", one)]:
        checkout.release(version, page)
    assert ranges(checkout) == [[("1.0.1", "1.0.9")], [("1.0.10", "1.0.10")]]


def test_a_page_that_changed_back_is_two_ranges(checkout: Checkout) -> None:
    one, two = PAGE.format(kind="int64"), PAGE.format(kind="string")
    for version, page in [("1.0.1", one), ("1.0.2", two), ("1.0.3", one + "\n\n")]:
        checkout.release(version, page)
    assert ranges(checkout) == [[("1.0.1", "1.0.1"), ("1.0.3", "1.0.3")], [("1.0.2", "1.0.2")]]


def test_releases_without_a_tag_are_found_by_their_version_file(checkout: Checkout) -> None:
    checkout.release("1.0.3", PAGE.format(kind="int64"), tag=False)
    checkout.release("1.0.4", PAGE.format(kind="string"))
    assert ranges(checkout) == [[("1.0.3", "1.0.3")], [("1.0.4", "1.0.4")]]


def test_releases_without_a_readable_page_are_skipped_by_name(checkout: Checkout) -> None:
    checkout.release("1.0.1", PAGE.format(kind="int64"))
    checkout.release("1.0.2", None)
    checkout.release("1.0.3", "Nothing of note.\n")
    checkout.git("tag", "nightly")
    found = history.walk(Repository(checkout.path), "docs/session.md")
    assert found.releases == 3
    assert [(each.release, each.why) for each in found.skipped] == [
        ("1.0.2", "The release does not have the page."),
        ("1.0.3", "It lists neither attributes nor operations."),
    ]


def test_a_checkout_without_releases_is_refused(checkout: Checkout) -> None:
    checkout.release("1.0.1", PAGE.format(kind="int64"), tag=False)
    with pytest.raises(UsageError, match="no tag") as caught:
        ranges(checkout)
    assert caught.value.fix == "Run `git fetch --tags` in it."


def test_a_shallow_clone_without_tags_says_so(checkout: Checkout, tmp_path: Path) -> None:
    for version in ("1.0.1", "1.0.2"):
        checkout.release(version, PAGE.format(kind="int64"), tag=False)
    source, clone = f"file://{checkout.path}", str(tmp_path / "clone")
    checkout.git("clone", "--quiet", "--depth=1", source, clone)
    with pytest.raises(UsageError, match="The clone is shallow"):
        history.walk(Repository(Path(clone)), "docs/session.md")


def test_a_folder_that_is_not_a_checkout_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(UsageError):
            Repository(path)


def test_a_checkout_without_the_page_is_refused(checkout: Checkout) -> None:
    checkout.release("1.0.1", None)
    with pytest.raises(UsageError, match="has a valid page"):
        ranges(checkout)


@pytest.fixture(params=list(pages()))
def real(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """The checkout of an SDK; the variable ``CONFORM_CHECKOUT_<SDK>`` names it."""
    sdk: str = request.param
    variable = f"CONFORM_CHECKOUT_{sdk.upper()}"
    if variable not in os.environ:
        pytest.skip(f"the checkout of the {sdk} SDK is missing: {variable} is not set")
    return sdk, Path(os.environ[variable])


def test_the_committed_facts_are_those_of_the_real_history(real: tuple[str, Path]) -> None:
    sdk, path = real
    page = pages()[sdk].checkout[0]
    found = history.walk(Repository(path), page).facts(sdk, Meanings.load())
    known = tuple(each for each in SchemaSource.load().facts if each.sdk == sdk)
    assert sorted(found, key=lambda each: each.sha256) == sorted(
        known, key=lambda each: each.sha256
    )


def test_every_line_of_the_newest_release_is_parsed_or_reported(
    real: tuple[str, Path], tmp_path: Path
) -> None:
    sdk, path = real
    repository = Repository(path)
    newest = history.releases(repository)[-1].revision
    listing = repository.list(newest, str(PurePath(pages()[sdk].checkout[0]).parent))
    contents = repository.read(listing.values())
    for name, blob in listing.items():
        if blob in contents:
            page = tmp_path / name
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_bytes(contents[blob])
    found = coverage.measure(tmp_path)
    assert found.pages > 100
    assert found.share == 1
    assert found.findings == ()


def test_coverage_counts_the_lines_that_the_reader_does_not_parse(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "session.md").write_text("# A\n\n* `id` (frob): Who\n* `oops (x: y\n")
    (docs / "errors.md").write_text("# Errors\n\nWords.\n")
    found = coverage.measure(tmp_path)
    assert (found.pages, found.lines, found.parsed, found.unknown_types) == (1, 2, 1, 1)
    assert [each.page for each in found.skipped] == ["docs/errors.md"]
    assert found.unaccounted == ()
    with pytest.raises(UsageError, match="no pages"):
        coverage.measure(docs)
