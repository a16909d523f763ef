"""What the framework under the operator does not survive: then the process has to end, so that Kubernetes starts another."""

import pytest
from detour import Detour, Fault

from apiserver import eventually
from operators import Operator, Stage

pytestmark = pytest.mark.lab


@pytest.fixture
def doomed(stage: Stage, detour: Detour) -> Operator:
    """An operator that is about to be launched by the detour."""
    return stage.fresh(server=detour.server)


@pytest.mark.parametrize("part", ["/apis/admissionregistration.k8s.io", "watch=true"], ids=["discovery", "watch"])
def test_it_ends_and_does_not_end_as_if_it_had_been_asked_to(doomed: Operator, detour: Detour, part: str) -> None:
    """F4: no process is left that neither acts nor ends."""
    with detour.broken(Fault(method="GET", part=part, status=400)):
        doomed.launch()
        eventually(lambda: not doomed.runs, what="it ends", within=60)
    assert doomed.exit_code not in {None, 0}
    assert '"level": "error"' in doomed.output
