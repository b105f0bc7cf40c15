"""Says, with evidence, whether an SDK release does what its documentation promises."""

from importlib.metadata import version

__version__ = version("sdk-conformance")
