"""Sundown: puts environments to sleep when nobody works in them, and gives them back the moment somebody does."""

__version__ = "0.1.0"
