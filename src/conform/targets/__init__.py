"""The name of a target comes in; a target that can be started and its adapter process go out."""

from conform.targets.adapter import Adapter
from conform.targets.resolve import Target

__all__ = ["Adapter", "Target"]
