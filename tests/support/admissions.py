"""What the API server has to say of namespaces and of zones, as one table: of inputs, and of the answer to each.

Whoever answers, a policy or another, gives these answers; the operator, which looks later, judges the same way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Labels = Mapping[str, str]

MARK = "admission-case"
"""A label by which each case has ClusterEnvSchedules of its own."""


@dataclass(frozen=True)
class Case:
    """A namespace that is written: made where ``before`` is None, else changed from those labels.

    ``defaults`` are the selectors of the ClusterEnvSchedules that there are. ``label`` is what `scheduler` is afterwards, and
    ``refused`` says whether the request is refused.
    """

    labels: Labels
    before: Labels | None = None
    defaults: tuple[Json, ...] = ()
    prefix: str = "team"
    label: str | None = None
    refused: bool = False


ALL: tuple[Json, ...] = ({},)


def of(*expressions: tuple[str, str, list[str]] | tuple[str, str], **labels: str) -> tuple[Json, ...]:
    """One ClusterEnvSchedule with a selector of these."""
    said = [{"key": one[0], "operator": one[1], **({"values": one[2]} if len(one) > 2 else {})} for one in expressions]
    return ({"matchLabels": labels, "matchExpressions": said},)


CASES: dict[str, Case] = {
    "new, covered": Case({}, defaults=ALL, label="enabled"),
    "new, covered, other labels": Case({"team": "a"}, defaults=ALL, label="enabled"),
    "new, nothing covers it": Case({"team": "a"}),
    "new, said enabled": Case({"scheduler": "enabled"}, label="enabled"),
    "new, said disabled": Case({"scheduler": "disabled"}, defaults=ALL, label="disabled"),
    "new, said otherwise": Case({"scheduler": "on"}, defaults=ALL, refused=True),
    "new, said nothing in the label": Case({"scheduler": ""}, defaults=ALL, refused=True),
    "new, in capitals": Case({"scheduler": "Enabled"}, refused=True),
    "new, nearly": Case({"scheduler": "enable"}, refused=True),
    "new, another key": Case({"Scheduler": "on"}, defaults=ALL, label="enabled"),
    "new, of the cluster": Case({}, defaults=ALL, prefix="kube-team"),
    "new, of the cluster, said otherwise": Case({"scheduler": "on"}, prefix="kube-team", label="on"),
    "new, nearly of the cluster": Case({}, defaults=ALL, prefix="kubes", label="enabled"),
    "new, by labels": Case({"team": "a", "tier": "b"}, defaults=of(team="a", tier="b"), label="enabled"),
    "new, by labels, one missing": Case({"team": "a"}, defaults=of(team="a", tier="b")),
    "new, by labels, another value": Case({"team": "b"}, defaults=of(team="a")),
    "new, by one of several": Case({"team": "a"}, defaults=(*of(team="b"), *of(team="a")), label="enabled"),
    "new, by two of them": Case({"team": "a"}, defaults=(*ALL, *of(team="a")), label="enabled"),
    "new, In": Case({"team": "a"}, defaults=of(("team", "In", ["b", "a"])), label="enabled"),
    "new, In others": Case({"team": "c"}, defaults=of(("team", "In", ["b", "a"]))),
    "new, In, without": Case({}, defaults=of(("team", "In", ["a"]))),
    "new, NotIn": Case({"team": "c"}, defaults=of(("team", "NotIn", ["b", "a"])), label="enabled"),
    "new, NotIn, one of them": Case({"team": "a"}, defaults=of(("team", "NotIn", ["b", "a"]))),
    "new, NotIn, without": Case({}, defaults=of(("team", "NotIn", ["a"])), label="enabled"),
    "new, Exists": Case({"team": ""}, defaults=of(("team", "Exists")), label="enabled"),
    "new, Exists, without": Case({}, defaults=of(("team", "Exists"))),
    "new, DoesNotExist": Case({}, defaults=of(("team", "DoesNotExist")), label="enabled"),
    "new, DoesNotExist, with": Case({"team": "a"}, defaults=of(("team", "DoesNotExist"))),
    "new, all must hold": Case({"team": "a"}, defaults=of(("team", "Exists"), ("x", "Exists"), team="a")),
    "new, its own name": Case({}, defaults=of(("kubernetes.io/metadata.name", "Exists")), label="enabled"),
    "old, without": Case({"a": "b"}, before={}, defaults=ALL),
    "old, enabled": Case({"scheduler": "enabled"}, before={}, label="enabled"),
    "old, disabled": Case({"scheduler": "disabled"}, before={"scheduler": "enabled"}, label="disabled"),
    "old, taken off": Case({}, before={"scheduler": "enabled"}, defaults=ALL),
    "old, said otherwise": Case({"scheduler": "off"}, before={"scheduler": "enabled"}, refused=True),
    "old, was otherwise and stays": Case({"scheduler": "off", "a": "b"}, before={"scheduler": "off"}, label="off"),
    "old, was otherwise and becomes another": Case({"scheduler": "on"}, before={"scheduler": "off"}, refused=True),
    "old, was otherwise and is mended": Case({"scheduler": "enabled"}, before={"scheduler": "off"}, label="enabled"),
    "old, was otherwise and is taken off": Case({}, before={"scheduler": "off"}),
}


def refusal(case: Case) -> str:
    """What is said to whoever wrote it."""
    return f'namespace label scheduler must be "enabled" or "disabled", got "{case.labels["scheduler"]}"'


ZONES: dict[str, bool] = {
    "Europe/Berlin": True,
    "UTC": True,
    "owner": True,
    "America/Port-au-Prince": True,
    "America/Argentina/Buenos_Aires": True,
    "Etc/GMT+5": True,
    "US/Eastern": True,
    "EST5EDT": True,
    "Europe/Berln": False,
    "europe/berlin": False,
    "Europe": False,
    "Europe/": False,
    "Berlin": False,
    "CEST": False,
    "+02:00": False,
    "Owner": False,
    "posix/Europe/Berlin": False,
    "localtime": False,
    "Africa/Abidjan Africa/Accra": False,
    " UTC": False,
    "UTC ": False,
}
"""Names, and whether there is such a zone."""
