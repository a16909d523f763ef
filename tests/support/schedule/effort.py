"""How hard the property tests look: seconds in every run, minutes with ``HYPOTHESIS_PROFILE=thorough``."""

import os

from hypothesis import HealthCheck, settings

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def examples(fast: int, thorough: int) -> settings:
    """The same examples in every fast run, others in each thorough one."""
    return settings(
        max_examples=thorough if THOROUGH else fast,
        derandomize=not THOROUGH,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
