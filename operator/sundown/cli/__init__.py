"""The command line: ``sundown``, also as ``kubectl sundown``. One module a command, each loaded when it is called."""

from sundown.cli.app import main

__all__ = ["main"]
