"""How parts are named that are not where they should be (fault X8)."""

import pytest

from sundown.reconcile.part_names import named

QUOTA = "FailedCreate: exceeded quota: small"


@pytest.mark.parametrize(
    ("titles", "reasons", "told"),
    [
        ([], {}, ""),
        (["Deployment/a", "Deployment/b"], {}, "Deployment/a, Deployment/b"),
        (["Deployment/a"], {"Deployment/a": QUOTA, "Deployment/gone": "x"}, f"Deployment/a ({QUOTA})"),
        (
            ["Deployment/a", "Deployment/b", "Deployment/c", "StatefulSet/d"],
            {"Deployment/a": QUOTA, "Deployment/b": QUOTA, "StatefulSet/d": "other"},
            f"Deployment/c, Deployment/a, Deployment/b ({QUOTA}), StatefulSet/d (other)",
        ),
    ],
)
def test_parts_are_named_with_what_hinders_them(titles: list[str], reasons: dict[str, str], told: str) -> None:
    """X8"""
    assert named(titles, reasons) == told


def test_ten_are_named() -> None:
    assert named([f"Deployment/{number}" for number in range(12)], {}).count("Deployment/") == 10
