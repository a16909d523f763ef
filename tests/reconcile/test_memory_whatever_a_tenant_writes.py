"""Twenty EnvSchedules a namespace, a megabyte each: the memory of the processes stays below a limit that is stated (S1, J6)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, eventually
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.saying import answer_to, words
from support.frontdesks import Counter
from support.operators import Stage
from support.programs import Program

pytestmark = [pytest.mark.lab, pytest.mark.timeout(400, func_only=True)]

MEBIBYTE = 2**20
A_NAMESPACE = 20
FLAT = 48 * MEBIBYTE
"""So much may a process grow by 20 MB of schedules that are there and as much of edits; the limit of its container is 256 MiB.
Measured: the operator 13 MiB, the frontdesk 22, both at a start with all of it there."""

LABELS = {f"example.com/l{number:05}": "v" * 63 for number in range(7_000)}
ANNOTATIONS = {"example.com/note": "a" * 240_000}


def memory(program: Program, field: str) -> int:
    """``VmRSS`` or, the most since the last reset, ``VmHWM``."""
    lines = Path(f"/proc/{program.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) * 1024


def memory_now(program: Program) -> int:
    """And from now on the most is counted afresh."""
    Path(f"/proc/{program.process.pid}/clear_refs").write_text("5")
    return memory(program, "VmRSS")


def a_megabyte(env: Env, name: str) -> None:
    """As large as a tenant can make one without spec, which the CRD bounds."""
    env.schedule(ALWAYS_AWAKE, name=name, labels=LABELS, annotations=ANNOTATIONS)


@pytest.fixture
def tenant(make_env: Callable[..., Env], api: Api) -> Iterator[Env]:
    """Their namespace; what is in it is gone after the test, for others list it too."""
    made = make_env()
    yield made
    for each in range(A_NAMESPACE):
        api.delete(made.schedules(f"s{each:02}"))


def test_operator_and_frontdesk_stay_as_large_as_they_were(
    stage: Stage, counter: Counter, slack: Workspace, tenant: Env, make_env: Callable[..., Env]
) -> None:
    operator, frontdesk = stage.fresh(), counter.fresh(slack)
    programs: dict[str, Program] = {"operator": operator, "frontdesk": frontdesk}
    neighbour = make_env()
    neighbour.add("web", 1)
    neighbour.schedule(ALWAYS_AWAKE)
    for one in programs.values():
        one.start()
    neighbour.until("Awake")
    usual = {name: memory(one, "VmHWM") for name, one in programs.items()}
    before = {name: memory_now(one) for name, one in programs.items()}
    for each in range(A_NAMESPACE):
        a_megabyte(tenant, f"s{each:02}")
    for each in range(A_NAMESPACE):
        tenant.patch({"metadata": {"annotations": {"example.com/edit": "1"}}}, name=f"s{each:02}")
    tenant.until("Awake", name="s00")
    # A watch tells in order: who knows of this wish has heard of all that was written before it.
    neighbour.wish("Asleep")
    neighbour.until("Asleep")
    ana = slack.act("ana")
    eventually(lambda: "is asleep" in words(answer_to(ana, f"status {neighbour.name}")), what="Slack says so")
    grown = {name: memory(one, "VmHWM") - before[name] for name, one in programs.items()}
    assert [name for name, more in grown.items() if more > FLAT] == [], grown
    for one in programs.values():
        one.kill()
        one.start()  # which lists all of it at once
    at_start = {name: memory(one, "VmHWM") - usual[name] for name, one in programs.items()}
    assert [name for name, more in at_start.items() if more > FLAT] == [], at_start
