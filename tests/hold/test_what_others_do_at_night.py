"""Whatever others do to a workload that sleeps, it stays at zero, marked, and knows what they asked for (G1, W3 to W6).

The policies alone: no operator runs.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from _pytest.mark import ParameterSet

from support.owned import COUNT, MARK, Owned

pytestmark = pytest.mark.lab

Edit = Callable[[Owned], object]


@dataclass(frozen=True)
class Row:
    """An edit, and the count that its workload wakes to after it."""

    name: str
    edit: Edit
    record: str = "3"
    applies: bool = False

    @property
    def by(self) -> str:
        """What its owner types or has typed, as people call it."""
        return "server-side apply" if "server-side" in self.name else _CALLED[self.name.split()[0].rstrip(",")]


_CALLED = {
    "apply": "kubectl apply",
    "replace": "kubectl replace",
    "label": "kubectl label",
    "annotate": "kubectl annotate",
    "patch": "kubectl patch",
    "set": "kubectl set image",
    "rollout": "rollout restart",
}


def param(row: Row) -> ParameterSet:
    return pytest.param(row, id=row.name, marks=pytest.mark.proves("holds", param="owned", against=row.by))


GITOPS = ("--server-side", "--field-manager=gitops", "--force-conflicts")
LIKE_OURS = ("--server-side", "--field-manager=sundown-ci", "--force-conflicts")
"""A pipeline of somebody's (A18)."""
ROWS = (
    Row("apply, server-side, the same", lambda owned: owned.applied(3, "--server-side"), applies=True),
    Row("apply, server-side, 5", lambda owned: owned.applied(5, "--server-side"), "5", applies=True),
    Row(
        "apply, server-side, without the count, which is one",
        lambda owned: owned.applied(None, "--server-side"),
        "1",
        applies=True,
    ),
    Row("apply, server-side, by another, by force, 4", lambda owned: owned.applied(4, *GITOPS), "4"),
    Row("apply, server-side, by another, by force, the same", lambda owned: owned.applied(3, *GITOPS)),
    Row(
        "apply, server-side, by one with a name like ours, by force, 4", lambda owned: owned.applied(4, *LIKE_OURS), "4"
    ),
    Row(
        "patch by one with a name like ours, 4",
        lambda owned: owned.api.merge(owned.path, {"spec": {"replicas": 4}}, fieldManager="sundown-ci"),
        "4",
    ),
    Row("apply, 6", lambda owned: owned.applied(6), "6"),
    Row("replace, the same", lambda owned: owned.replaced(3)),
    Row("replace, 7", lambda owned: owned.replaced(7), "7"),
    Row("replace without a count, which is one", lambda owned: owned.replaced(None), "1"),
    Row("label", lambda owned: owned.kubectl("label", owned.here, "a=b")),
    Row("annotate with something else", lambda owned: owned.annotated("a=b")),
    Row("annotate, mark off", lambda owned: owned.annotated(f"{MARK}-")),
    Row("annotate, record off", lambda owned: owned.annotated(f"{COUNT}-")),
    Row("annotate, all off", lambda owned: owned.annotated(f"{MARK}-", f"{COUNT}-")),
    Row("annotate, another mark", lambda owned: owned.annotated(f"{MARK}=2026-11-20T18:00:00Z/1")),
    Row(
        "annotate, mark and record of another night",
        lambda owned: owned.annotated(f"{MARK}=2026-11-20T18:00:00Z/1", f"{COUNT}=8"),
    ),
    Row("annotate, a record without its mark", lambda owned: owned.annotated(f"{MARK}-", f"{COUNT}=8")),
    Row("annotate, another record", lambda owned: owned.annotated(f"{COUNT}=8"), "8"),
    Row("annotate, none is to wake", lambda owned: owned.annotated(f"{COUNT}=0"), "0"),
    Row("annotate, a record that is no count", lambda owned: owned.annotated(f"{COUNT}=abc")),
    Row("annotate, a record below zero", lambda owned: owned.annotated(f"{COUNT}=-1")),
    Row("annotate, a record beyond all counts", lambda owned: owned.annotated(f"{COUNT}=99999999999999999999")),
    Row("annotate, an empty record", lambda owned: owned.annotated(f"{COUNT}=")),
    Row("annotate, a wish to wake", lambda owned: owned.annotated("sundown.dev/wake-to=9")),
    Row("annotate, a wish that is no count", lambda owned: owned.annotated("sundown.dev/wake-to=abc")),
    Row("patch, strategic, 4", lambda owned: owned.patched('{"spec":{"replicas":4}}'), "4"),
    Row(
        "patch, merge, no count, which is one",
        lambda owned: owned.patched('{"spec":{"replicas":null}}', kind="merge"),
        "1",
    ),
    Row(
        "patch, json, no annotations left",
        lambda owned: owned.patched('[{"op":"remove","path":"/metadata/annotations"}]', kind="json"),
    ),
    Row("set image", lambda owned: owned.kubectl("set", "image", owned.here, "main=registry.example.com/main:2")),
    Row("rollout restart", lambda owned: owned.kubectl("rollout", "restart", owned.here)),
)


@pytest.mark.parametrize("row", [param(row) for row in ROWS])
def test_what_its_owner_applies_is_held_and_knows_what_was_asked_for(owned: Owned, row: Row) -> None:
    """W3, W5, W6, A18"""
    owned.applied(3, "--server-side")
    owned.sleep()
    assert owned.seen() == owned.asleep("3")
    assert owned.owners() == {"kubectl/Apply"}
    row.edit(owned)
    assert owned.seen() == owned.asleep(row.record)


@pytest.mark.parametrize("owned", ["Deployment"], indirect=True)
@pytest.mark.parametrize("row", [param(row) for row in ROWS if not row.applies])
def test_what_was_put_to_sleep_by_a_plain_write_is_held_too(owned: Owned, row: Row) -> None:
    """W3, W5, A18"""
    owned.applied(3)
    owned.sleep_directly()
    assert owned.seen() == owned.asleep("3")
    row.edit(owned)
    assert owned.seen() == owned.asleep(row.record)


def test_two_who_apply_the_same_count_meet_a_conflict_at_night_and_none_by_force(owned: Owned) -> None:
    """A18: as docs/policies.md says."""
    owned.applied(3, "--server-side")
    owned.applied(3, *GITOPS)
    owned.applied(3, "--server-side", "--force-conflicts")
    assert owned.owners() == {"kubectl/Apply", "gitops/Apply"}
    owned.sleep()
    refused = owned.kubectl("apply", "--server-side", "-f", "-", body=owned.manifest(3), check=False)
    assert '"gitops"' in refused.stderr
    assert ".spec.replicas" in refused.stderr
    owned.applied(3, "--server-side", "--force-conflicts")
    assert owned.seen() == owned.asleep("3")
