"""Kubernetes quantities as numbers."""

import pytest

from sundown.model.quantities import quantity


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0.0),
        ("2", 2.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("250m", 0.25),
        ("1500u", 0.0015),
        ("100n", 1e-7),
        ("1k", 1e3),
        ("1M", 1e6),
        ("2G", 2e9),
        ("1E", 1e18),
        ("1e3", 1e3),
        ("1E3", 1e3),
        ("12e-3", 0.012),
        ("1Ki", 1024.0),
        ("512Mi", 512 * 1024.0**2),
        ("1.5Gi", 1.5 * 1024**3),
        ("1Ei", 1024.0**6),
    ],
)
def test_a_quantity_is_the_number_that_kubernetes_takes_it_for(text: str, number: float) -> None:
    """G6."""
    assert quantity(text) == number


@pytest.mark.parametrize("text", ["", "Gi", "lots", "1 Gi Gi", "1K", "0x10", "m"])
def test_what_cannot_be_read_counts_as_nothing(text: str) -> None:
    """Z: one malformed object stops the whole controller."""
    assert quantity(text) == 0.0
