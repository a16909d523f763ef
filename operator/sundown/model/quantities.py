"""Kubernetes quantities such as ``250m`` or ``1Gi``, as the API conventions define them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import lru_cache

_SUFFIXES = {
    **{suffix: Decimal(1024) ** power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate(("k", "M", "G", "T", "P", "E"), start=1)},
    **{suffix: Decimal(1000) ** -power for power, suffix in enumerate(("m", "u", "n"), start=1)},
}


@lru_cache(maxsize=4096)
def quantity(text: str) -> float:
    """The number that a quantity stands for; 0 for one that cannot be read (the API server lets none through)."""
    suffix = next((suffix for suffix in _SUFFIXES if text.endswith(suffix)), "")
    try:
        return float(Decimal(text.removesuffix(suffix)) * _SUFFIXES.get(suffix, 1))
    except InvalidOperation:
        return 0.0
