"""Why nothing happens in a namespace that has no EnvSchedule, and what to do."""

import pytest

from sundown.model.resources import ClusterEnvSchedule
from sundown.usecases.unscheduled import unscheduled
from support.samples import after, default, namespace

OTHERS = default(spec={"namespaceSelector": {"matchLabels": {"team": "nobody"}}})
OLDER, YOUNGER = default(created=after(hours=-1)), default(created=after(hours=1))
APPLY = "apply one (examples/01-office-hours.yaml)"
ALONE = f", and its label scheduler=enabled alone does nothing: {APPLY}, or a ClusterEnvSchedule that selects it"
NOT_YET = ' yet, although ClusterEnvSchedule "everyone" covers it: is the operator running, and is that one in order?'
TOO_OLD = f', and is older than ClusterEnvSchedule "everyone", which covers it: label it scheduler=enabled, or {APPLY}'


@pytest.mark.parametrize(
    ("label", "defaults", "said"),
    [
        ("enabled", (), ALONE),
        ("enabled", (OTHERS,), ALONE),
        ("enabled", None, ALONE),
        ("enabled", (YOUNGER,), f"{NOT_YET} (kubectl describe clusterenvschedule everyone)"),
        (None, (OLDER,), f"{NOT_YET} (kubectl describe clusterenvschedule everyone)"),
        (None, (YOUNGER,), TOO_OLD),
        ("disabled", (OLDER,), ", and its label scheduler=disabled keeps it out"),
        (None, (), f": {APPLY}"),
        (None, None, f": {APPLY}"),
    ],
)
def test_each_case(label: str | None, defaults: tuple[ClusterEnvSchedule, ...] | None, said: str) -> None:
    """D5 A9"""
    space = namespace(labels={"scheduler": label} if label is not None else {})
    assert unscheduled(space, defaults, key="scheduler") == f"the namespace has no EnvSchedule{said}"
