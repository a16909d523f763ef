"""A12: `/readyz` says whether the webhook does what policies do elsewhere, while it comes and goes."""

import pytest

from support.apiserver import eventually
from support.operators import Operator, Stage
from support.webhooks import Porch

pytestmark = pytest.mark.lab

EVERY_TWO_SECONDS = str(2 / 60)


@pytest.fixture
def operator(stage: Stage, porch: Porch) -> Operator:
    """An operator that looks often, in a cluster without a webhook."""
    porch.take_down()
    one = stage.fresh(SUNDOWN_SWEEP_MINUTES=EVERY_TWO_SECONDS)
    one.start()
    return one


def says(operator: Operator, text: str) -> None:
    eventually(lambda: text in operator.probe("/readyz")[1], what=f"it says {text}")
    assert operator.probe("/readyz")[0] == 200


def test_it_says_how_it_stands_while_it_comes_and_goes(operator: Operator, porch: Porch) -> None:
    """A12: by its configurations, with no right to more than to get the two of its name."""
    says(operator, "the webhook (deploy/components/admission-webhook) is not there")
    with porch.running():
        says(operator, "admission: complete, by the webhook sundown-label, sundown-time-zone, sundown-default-label")
        assert 'sundown_guards{guard="sundown-label"} 1.0' in operator.probe("/metrics")[1]
        porch.take_down("MutatingWebhookConfiguration")
        says(operator, "and without sundown-default-label (")
    says(operator, "the webhook (deploy/components/admission-webhook) is not there")
    assert 'sundown_guards{guard="sundown-label"} 0.0' in operator.probe("/metrics")[1]
