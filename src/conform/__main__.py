"""Makes ``python -m conform`` the same as ``conform``."""

from conform.cli import main

main()
