"""The errors that end a run early: one small tree, in the order in which a run can meet them.

Every error says what happened, why, and what to do, and has the exit code of the command. What an
SDK does wrong is not one of these errors: that is a verdict.
"""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The meaning of the exit code of ``conform``."""

    CONFORMS = 0
    DOES_NOT_CONFORM = 1
    USED_WRONGLY = 2
    NOTHING_TESTED = 3
    SUITE_FAILED = 4
    INTERRUPTED = 130


class ConformError(Exception):
    """An early end of the run that the user can do something about.

    Args:
        what: one sentence that says what happened.
        why: the reason, often in the words of another program.
        fix: one sentence that says what to do.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.SUITE_FAILED

    def __init__(self, what: str, *, why: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix

    @property
    def reason(self) -> str:
        """What happened and why, on one line."""
        return " ".join(f"{self.what} {self.why}".split())

    def __str__(self) -> str:
        return "\n".join(line for line in (self.what, self.why, self.fix) if line)


class UsageError(ConformError):
    """The command was used wrongly, such as with the name of something that does not exist."""

    exit_code = ExitCode.USED_WRONGLY


class DocumentError(ConformError):
    """A page cannot be read as the documentation of an object."""

    exit_code = ExitCode.USED_WRONGLY


class DriftError(ConformError):
    """A generated file differs from what its source generates."""

    exit_code = ExitCode.DOES_NOT_CONFORM


class TargetUnavailableError(ConformError):
    """A target cannot be prepared here: its runtime, its release or its registry is missing."""

    exit_code = ExitCode.NOTHING_TESTED


class AdapterError(ConformError):
    """An adapter violated the protocol, ended, or did not answer in time."""

    exit_code = ExitCode.SUITE_FAILED


class SuiteError(ConformError):
    """The suite itself failed; no verdict of this run can be trusted."""

    exit_code = ExitCode.SUITE_FAILED


class InterruptedRunError(ConformError):
    """A signal ended the run, such as Ctrl-C."""

    exit_code = ExitCode.INTERRUPTED
