"""What can end a run early: one small tree that follows the life of a run.

Every error says what happened, why, and what to do about it, and carries the exit code of the
command. What an SDK does wrong is never one of these: that is a verdict.
"""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the exit code of ``conform`` says."""

    CONFORMS = 0
    DOES_NOT_CONFORM = 1
    USED_WRONGLY = 2
    NOTHING_TESTED = 3
    SUITE_FAILED = 4
    INTERRUPTED = 130


class ConformError(Exception):
    """An end of the run that the user can act on.

    Args:
        what: one sentence, what happened.
        why: the reason, in the words of whoever gave it.
        fix: one sentence, what to do now.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.SUITE_FAILED

    def __init__(self, what: str, *, why: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix

    def __str__(self) -> str:
        return "\n".join(line for line in (self.what, self.why, self.fix) if line)


class UsageError(ConformError):
    """The command was used wrongly: an argument names nothing that exists."""

    exit_code = ExitCode.USED_WRONGLY


class DocumentError(ConformError):
    """A page cannot be read as the documentation of an object."""

    exit_code = ExitCode.USED_WRONGLY


class DriftError(ConformError):
    """A generated file is not what its source generates."""

    exit_code = ExitCode.DOES_NOT_CONFORM


class TargetUnavailableError(ConformError):
    """A target cannot be had here: its runtime, its release or its registry is missing."""

    exit_code = ExitCode.NOTHING_TESTED


class AdapterError(ConformError):
    """An adapter broke the protocol, died or did not answer in time."""

    exit_code = ExitCode.SUITE_FAILED


class SuiteError(ConformError):
    """The suite itself failed; no verdict of this run is to be trusted."""

    exit_code = ExitCode.SUITE_FAILED


class InterruptedRunError(ConformError):
    """The run was ended by a signal, such as Ctrl-C."""

    exit_code = ExitCode.INTERRUPTED
