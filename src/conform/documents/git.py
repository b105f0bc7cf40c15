"""Reads many objects of a git repository at once, with the program ``git``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
import os
from pathlib import Path
import subprocess
from typing import Final

from conform.core.errors import UsageError

_TIMEOUT_SECONDS: Final = 300
Names = list[str]


class Repository:
    """A checkout or a bare git directory; it is never changed."""

    def __init__(self, path: Path) -> None:
        """Open the repository in a folder.

        Raises:
            UsageError: the folder is not a repository, or git is missing.
        """
        self.path = path
        if not path.is_dir():
            raise UsageError(
                f"{path} is not a git checkout.",
                why="It is not a folder.",
                fix="Name the folder of a git checkout.",
            )
        self._git("rev-parse", "--git-dir")

    @property
    def is_shallow(self) -> bool:
        """Whether the clone lacks older commits."""
        return self._git("rev-parse", "--is-shallow-repository").strip() == b"true"

    def tags(self) -> Names:
        """The names of all tags."""
        return self._git("tag", "--list").decode().split()

    def commits(self, path: str) -> Names:
        """The commits on the checked-out branch that changed a file, the newest one first."""
        if not self._succeeds("rev-parse", "--verify", "--quiet", "HEAD^{commit}"):
            return []
        listing = self._git("log", "--first-parent", "--format=%H", "HEAD", "--", path)
        return listing.decode().split()

    def has_file(self, revision: str, path: str) -> bool:
        """Whether a revision has a file, even if the clone lacks its content."""
        return bool(self._git("ls-tree", "--name-only", revision, "--", path).strip())

    def list(self, revision: str, folder: str) -> dict[str, str]:
        """The object id of every file below a folder of a revision, by its path."""
        listing = self._git("ls-tree", "-r", "-z", revision, "--", f"{folder}/").decode()
        entries = (entry.split("\t", 1) for entry in listing.split("\0") if entry)
        return {path: meta.split()[2] for meta, path in entries}

    def identify(self, names: Iterable[str]) -> dict[str, str]:
        """The object id of each name that exists, such as ``v1.0.3:docs/session.md``."""
        asked = [*names]
        lines = self._batch("--batch-check=%(objectname)", asked).decode().splitlines()
        return {
            name: line
            for name, line in zip(asked, lines, strict=True)
            if not line.endswith(" missing")
        }

    def read(self, ids: Iterable[str]) -> Mapping[str, bytes]:
        """The content of each distinct object."""
        asked = [*dict.fromkeys(ids)]
        output = self._batch("--batch", asked)
        contents: dict[str, bytes] = {}
        position = 0
        for name in asked:
            end = output.index(b"\n", position)
            header = output[position:end].split()
            position = end + 1
            if header[-1] == b"missing":
                continue
            size = int(header[2])
            contents[name] = output[position : position + size]
            position += size + 1
        return contents

    def _batch(self, mode: str, names: Names) -> bytes:
        return self._git("cat-file", mode, given="".join(f"{name}\n" for name in names).encode())

    def _succeeds(self, *arguments: str) -> bool:
        return self._run(arguments, b"").returncode == 0

    def _git(self, *arguments: str, given: bytes = b"") -> bytes:
        done = self._run(arguments, given)
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().splitlines()
            raise UsageError(
                f"git cannot read {self.path}.",
                why=reason[-1] if reason else f"It ended with exit code {done.returncode}.",
                fix="Name the folder of a git checkout.",
            )
        return done.stdout

    def _run(self, arguments: tuple[str, ...], given: bytes) -> subprocess.CompletedProcess[bytes]:
        foreign = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"}
        environment = {name: each for name, each in os.environ.items() if name not in foreign}
        try:
            return subprocess.run(
                ["git", "-C", str(self.path), *arguments],  # noqa: S607 - the user's own git
                input=given,
                capture_output=True,
                check=False,
                timeout=_TIMEOUT_SECONDS,
                env=environment | {"LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1"},
            )
        except FileNotFoundError as error:
            raise UsageError(
                "git is missing.", why="It is not on the PATH.", fix="Install git."
            ) from error
        except subprocess.TimeoutExpired as error:
            raise UsageError(
                f"git did not finish with {self.path}.",
                why=f"It ran for more than {_TIMEOUT_SECONDS} seconds.",
                fix="Try a fresh clone.",
            ) from error
