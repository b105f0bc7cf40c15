"""The command ``conform``."""


def main() -> None:
    """Run the command line."""
