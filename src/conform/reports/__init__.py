"""Events and lines of a run come in; a summary, reports and the output of the terminal go out."""

from conform.reports.summary import Summary

__all__ = ["Summary"]
