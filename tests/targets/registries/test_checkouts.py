"""A checkout is what runs, however it looks and whatever else this machine has of the package."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
import re
import shutil
import subprocess

import pytest

from conform.core.errors import TargetUnavailableError, UsageError
from conform.targets.names import Checkout, Release, SdkName

from .conftest import Shop
from .ecosystems import said, write
from .server import NOWHERE

pytestmark = pytest.mark.once


def checkout(folder: Path) -> SdkName:
    return SdkName("toy", Checkout(folder))


def git(folder: Path, *words: str) -> None:
    said("git", "-C", folder, "-c", "user.name=us", "-c", "user.email=us@localhost", *words)


PATHS = ("PYTHONPATH", "NODE_PATH", "RUBYLIB", "GEM_PATH", "CLASSPATH")
OTHERS = {
    "backend.py": "raise SystemExit('another backend')",
    "conform_toy.py": 'CONSTANT = "another"',
    "conform_toy.rb": "abort 'another'",
    "rubygems_plugin.rb": "abort 'another'",
    "conform-toy/index.js": 'exports.constant = "another"',
}


def test_a_changed_checkout_of_a_published_version_is_what_runs(shop: Shop, tmp_path: Path) -> None:
    shop.use(shop.server.url)
    shop.ecosystem.publish(shop.server, "1.0.0")
    shop.release("1.0.0")
    write(tmp_path / "other", OTHERS)
    shop.set({name: str(tmp_path / "other") for name in PATHS} | {"GOFLAGS": "-mod=vendor"})
    source = tmp_path / "source"
    for constant in ("first", "second"):
        shop.ecosystem.write_checkout(source, "1.0.0", constant)
        assert shop.constant(shop.checkout(source)) == constant


def commit_and_change(shop: Shop, source: Path) -> Path:
    git(source, "init", "--quiet")
    git(source, "add", ".")
    git(source, "commit", "--quiet", "--message", "All")
    shop.ecosystem.write_checkout(source, "1.0.0", "changed")
    return source


def move_to_an_odd_name(_: Shop, source: Path) -> Path:
    return source.rename(source.with_name("mein schöner Ordner"))


def forbid_writing(_: Shop, source: Path) -> Path:
    for path in (*source.rglob("*"), source):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return source


def link(_: Shop, source: Path) -> Path:
    source.with_name("link").symlink_to(source)
    return source.with_name("link")


def leave_a_submodule_empty(_: Shop, source: Path) -> Path:
    write(source, {".gitmodules": '[submodule "pages"]\n  path = pages\n  url = ../pages\n'})
    (source / "pages").mkdir()
    return source


@pytest.mark.parametrize(
    "change",
    [
        commit_and_change,
        move_to_an_odd_name,
        forbid_writing,
        link,
        leave_a_submodule_empty,
    ],
)
def test_an_unusual_checkout_works(
    shop: Shop, tmp_path: Path, change: Callable[[Shop, Path], Path]
) -> None:
    if shop.ecosystem.name == "java" and change is not move_to_an_odd_name:
        pytest.skip("Maven is slow, and reads the same private copy as all others")
    shop.use(shop.server.url)
    shop.ecosystem.write_checkout(tmp_path / "source", "1.0.0", "kept")
    source = change(shop, tmp_path / "source")
    expected = "changed" if change is commit_and_change else "kept"
    assert shop.constant(shop.checkout(source)) == expected


@pytest.mark.parametrize("version", ["", "not a version"])
def test_a_checkout_without_a_valid_version_works_or_says_why_not(
    shop: Shop, tmp_path: Path, version: str
) -> None:
    if shop.ecosystem.name == "java" and not version:
        pytest.skip("Maven is slow, and takes what it is given")
    shop.use(shop.server.url)
    shop.ecosystem.write_checkout(tmp_path / "source", version, "kept")
    try:
        assert shop.constant(shop.checkout(tmp_path / "source")) == "kept"
    except TargetUnavailableError:
        error = shop.refusal(checkout(tmp_path / "source"))
        assert error.what.startswith(f"The checkout of {shop.ecosystem.package} ")
        assert str(tmp_path) not in error.why


BROKEN = {
    "python": ("backend.py", "def broken(:", "backend.py"),
    "javascript": ("lib/broken.js", "", "build.js:1"),
    "ruby": ("conform-toy.gemspec", "Gem::Specification.new do |gem|", "conform-toy.gemspec:"),
    "php": ("composer.json", "{", "composer.json"),
    "java": ("src/main/java/Broken.java", "class Broken {\n  int x = ;\n}", "Broken.java:[2,"),
    "go": ("broken.go", "package toy\n\nfunc broken( {", "broken.go:3:"),
}


def test_a_checkout_that_does_not_build_shows_its_first_errors(shop: Shop, tmp_path: Path) -> None:
    shop.use(shop.server.url)
    source = tmp_path / "source"
    shop.ecosystem.write_checkout(source, "1.0.0", "kept")
    name, text, where = BROKEN[shop.ecosystem.name]
    write(source, {name: text})
    if shop.ecosystem.name == "javascript":
        write(source, {"build.js": "this is no program"})
        about = json.loads((source / "package.json").read_text())
        about["scripts"] = {"build": "node build.js"}
        write(source, {"package.json": json.dumps(about)})
    shop.ecosystem.build = '[build]\ncommands = [["go", "-C", "{sdk}", "build", "./..."]]\n'
    error = shop.refusal(checkout(source))
    what = "cannot be installed" if shop.ecosystem.name == "php" else "does not (build|compile)"
    assert re.search(what, error.what)
    assert where in error.why
    assert str(tmp_path) not in error.why
    assert error.fix.startswith("Correct this")


@pytest.mark.only("javascript")
def test_compiled_code_that_is_older_than_its_sources_is_built_anew(
    shop: Shop, tmp_path: Path
) -> None:
    shop.use(shop.server.url)
    source = tmp_path / "source"
    shop.ecosystem.write_checkout(source, "1.0.0", "old")
    about = json.loads((source / "package.json").read_text())
    script = {"build": "cp src/Toy.js lib/Toy.js"}
    write(source, {"package.json": json.dumps({**about, "scripts": script})})
    write(source, {"src/Toy.js": 'exports.constant = "new"'})
    assert shop.constant(shop.checkout(source)) == "new"


@pytest.mark.only("javascript")
def test_sources_that_cannot_be_compiled_here_are_not_replaced_by_older_code(
    shop: Shop, tmp_path: Path
) -> None:
    shop.use(shop.server.url)
    source = tmp_path / "source"
    shop.ecosystem.write_checkout(source, "1.0.0", "old")
    about = json.loads((source / "package.json").read_text())
    needs = {"scripts": {"build": "compiler"}, "devDependencies": {shop.ecosystem.missing: "5"}}
    write(source, {"package.json": json.dumps({**about, **needs})})
    error = shop.refusal(checkout(source))
    assert error.what == (
        "The checkout of conform-toy cannot be built here: "
        f"npm cannot install its devDependencies from {shop.server.url}."
    )
    assert "conform-missing" in error.why
    assert "older than its sources" in error.fix


GUZZLE = """<?php

namespace GuzzleHttp;

interface ClientInterface
{
    const MAJOR_VERSION = 7;
}
"""


@pytest.mark.only("php")
@pytest.mark.parametrize(("constraint", "works"), [("^6 || ^7", True), ("^6.5", False)])
def test_the_guzzle_of_php_itself_must_be_one_that_is_required(
    shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    constraint: str,
    *,
    works: bool,
) -> None:
    write(tmp_path, {"path/GuzzleHttp/autoload.php": GUZZLE})
    write(tmp_path, {"ini/path.ini": f'include_path = "{tmp_path}/path"'})
    shop.use(NOWHERE)
    shop.set({"PHP_INI_SCAN_DIR": f":{tmp_path}/ini"})
    source = tmp_path / "source"
    shop.ecosystem.write_checkout(source, "1.0.0", "kept")
    about = json.loads((source / "composer.json").read_text())
    about["require"] = {"guzzlehttp/guzzle": constraint}
    write(source, {"composer.json": json.dumps(about)})
    if not works:
        error = shop.refusal(checkout(source))
        assert error.what == f"{NOWHERE} cannot be reached."
        assert error.why.endswith(
            "The checkout requires guzzlehttp/guzzle ^6.5; this PHP has Guzzle 7 of its own."
        )
        assert error.fix.endswith("Or set CONFORM_ALLOW_SUBSTITUTES=1 to test it with that.")
        monkeypatch.setenv("CONFORM_ALLOW_SUBSTITUTES", "1")
    target = shop.checkout(source)
    assert (target.sdk / "vendor/conform/toy/lib/Toy.php").is_file()
    note = "The SDK requires guzzlehttp/guzzle ^6.5, and was run with Guzzle 7 of this PHP."
    assert target.substitutes == ("" if works else note)
    if not works:
        monkeypatch.delenv("CONFORM_ALLOW_SUBSTITUTES")
        shop.refusal(checkout(source))


@pytest.mark.only("java")
def test_a_release_that_the_user_has_built_is_not_taken_for_the_published_one(
    shop: Shop,
) -> None:
    shop.use(shop.server.url)
    shop.ecosystem.publish(shop.server, "1.0.0")
    local = shop.ecosystem.shared / "m2/invalid/conform/toy/1.0.0"
    shutil.copytree(shop.server.folder / "invalid/conform/toy/1.0.0", local)
    write(local, {"_remote.repositories": "toy-1.0.0.jar>=\ntoy-1.0.0.pom>=\n"})
    error = shop.refusal(SdkName("toy", Release("1.0.0")))
    assert error.what == "invalid.conform:toy 1.0.0 here is not the one that was released."
    assert str(local) in error.fix
    shutil.rmtree(local)
    assert shop.constant(shop.release("1.0.0")) == "published 1.0.0"


@pytest.mark.only("java")
def test_what_an_earlier_build_left_is_not_taken(shop: Shop, tmp_path: Path) -> None:
    shop.use(shop.server.url)
    shop.ecosystem.publish(shop.server, "0.9.0")
    source = tmp_path / "source"
    shop.ecosystem.write_checkout(source, "1.0.0", "new")
    (source / "target").mkdir()
    older = shop.server.folder / "invalid/conform/toy/0.9.0/toy-0.9.0.jar"
    shutil.copy2(older, source / "target")
    assert shop.constant(shop.checkout(source)) == "new"


@pytest.mark.only("ruby")
def test_a_gem_of_the_user_does_not_replace_a_release(shop: Shop, tmp_path: Path) -> None:
    shop.use(shop.server.url)
    shop.ecosystem.publish(shop.server, "1.0.0")
    own = tmp_path / "own"
    shop.ecosystem.write_checkout(own, "1.0.0", "own")
    said("gem", "build", "--silent", "-C", own, "conform-toy.gemspec", "--output", own / "own.gem")
    install = ["gem", "install", "--local", "--install-dir", str(tmp_path / "gems")]
    subprocess.run([*install, str(own / "own.gem")], check=True, capture_output=True)
    shop.set({"GEM_HOME": str(tmp_path / "gems"), "RUBYLIB": str(own / "lib")})
    assert shop.constant(shop.release("1.0.0")) == "published 1.0.0"


@pytest.mark.only("python", "javascript", "ruby", "php", "go")
def test_a_folder_without_the_package_is_no_checkout(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not a checkout of"):
        shop.checkout(tmp_path)
