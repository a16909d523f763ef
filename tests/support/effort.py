"""How hard the property tests look: `make check` takes a quarter of the examples, `make test` all, and minutes go into
them with ``HYPOTHESIS_PROFILE=thorough``.
"""

import os
from typing import Any

from hypothesis import HealthCheck, settings

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "")
THOROUGH = PROFILE == "thorough"
QUICK = PROFILE == "quick"
FEWEST = 10


def as_many(usual: int, thorough: int | None = None) -> int:
    """The number of examples of this run, where ``usual`` is that of `make test`."""
    if THOROUGH:
        return thorough or usual * 10
    return max(min(usual, FEWEST), usual // 4) if QUICK else usual


def examples(usual: int, thorough: int | None = None, **more: Any) -> settings:
    """The same examples in every run but the thorough ones, which take others each time; ``more`` is for Hypothesis."""
    return settings(
        max_examples=as_many(usual, thorough),
        derandomize=not THOROUGH,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        **more,
    )
