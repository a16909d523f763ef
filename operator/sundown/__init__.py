"""Sundown: puts environments to sleep when nobody works in them, and gives them back the moment somebody does."""

from sundown.slim_kubernetes_import import spare_the_models

__version__ = "0.1.0"

spare_the_models()
