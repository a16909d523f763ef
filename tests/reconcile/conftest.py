"""Ordinary tests share one operator: what one of them does must not matter to another."""

import pytest

from support.operators import Operator, Stage


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()
