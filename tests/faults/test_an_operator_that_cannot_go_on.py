"""What the framework under the operator does not survive: then the process has to end, so that Kubernetes starts another."""

import pytest

from support.apiserver import PATIENCE, eventually
from support.detour import Detour, Fault
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab


@pytest.fixture
def doomed(stage: Stage, detour: Detour) -> Operator:
    """An operator that is about to be launched by the detour."""
    return stage.fresh(server=detour.server)


@pytest.mark.parametrize("part", ["/apis/admissionregistration.k8s.io", "watch=true"], ids=["discovery", "watch"])
def test_it_ends_and_says_that_it_failed(doomed: Operator, detour: Detour, part: str) -> None:
    """F4: no process is left that neither acts nor ends."""
    with detour.broken(Fault(method="GET", part=part, status=400)):
        doomed.launch()
        eventually(lambda: not doomed.runs, what="it ends")
    assert doomed.exit_code == 1
    assert "could not go on" in doomed.output


def test_sigterm_while_it_finds_out_what_kinds_there_are_ends_it_cleanly(doomed: Operator, detour: Detour) -> None:
    """Issue 3: in under 5 s, however early it comes."""
    with detour.broken(Fault(method="GET", part="/apis/sundown.dev/v1alpha1", skip=2, hold=True)) as fault:
        doomed.launch()
        assert fault.arrived.wait(PATIENCE), "the framework did not ask"
        assert doomed.terminate() == 0
