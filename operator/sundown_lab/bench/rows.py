"""The rows of the table: what is measured, against which bar, and how it came out. A bar is what the project has promised itself."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Unit = Literal["ratio", "s", "MiB", "a minute"]


@dataclass(frozen=True)
class Bar:
    """One line of the design's table: ``most`` is the largest figure that passes."""

    key: str
    what: str
    most: float
    unit: Unit
    how: str


BARS: tuple[Bar, ...] = (
    Bar(
        "herd-100",
        "due at once: due to all written ÷ bare loop of the same PATCHes",
        1.15,
        "ratio",
        "medians of rounds in turn on the same objects; bare loop: aiohttp, 64 at once, replicas and record in one "
        "merge patch with resourceVersion, metadata asked for, the operator's identity and field managers, the operator frozen",
    ),
    Bar(
        "herd-300",
        "due at once: due to all written ÷ bare loop of the same PATCHes",
        1.2,
        "ratio",
        "as herd-100",
    ),
    Bar(
        "herd-500",
        "due at once: due to all written ÷ bare loop of the same PATCHes",
        1.15,
        "ratio",
        "as herd-100",
    ),
    Bar(
        "cpu",
        "operator CPU per 1,000 workloads of a transition",
        0.8,
        "s",
        "user and system time from just before due until every status says that it is over, Events posted; median of "
        "the rounds, the dearer of both ways",
    ),
    Bar(
        "start",
        "operator start to all envs decided",
        4.0,
        "s",
        "from the start of the process, imports and all; the slower of a start on new envs and one on sleeping ones",
    ),
    Bar(
        "first-write",
        "due to first workload written, all envs due at the same second",
        0.5,
        "s",
        "the arrival of the first change at a watch of the workloads; the later of both ways",
    ),
    Bar(
        "memory",
        "operator memory, most resident from its start through a transition",
        120.0,
        "MiB",
        "the kernel's high-water mark (VmHWM)",
    ),
    Bar(
        "idle",
        "API requests beyond watches, all envs asleep",
        2.0,
        "a minute",
        "as the API server counts them, Kopf's among them, for sweeps every 10 minutes: a quiet window, and a window "
        "with sweeps every minute of which a tenth counts; a write fails it",
    ),
    Bar(
        "idle-kinds",
        "API requests beyond watches, all envs asleep, every kind of the catalogue served; named",
        2.0,
        "a minute",
        "as idle, by the audit log: whatever the operator's account asks, its directory of kinds included; a watch that is "
        "begun anew is a watch. Six sweeps, of which one lists every kind, after two by which an operator settles. Rights on all "
        "kinds, and an object of each, asleep, in the first envs",
    ),
    Bar(
        "wake-limit",
        "most pods started within 60 s ÷ SUNDOWN_WAKE_PODS_PER_MINUTE, all envs waking at once",
        1.1,
        "ratio",
        "by the arrival of each workload's count at a watch of the API server; it fails, too, where less than 0.9 of the "
        "limit is used from the first to the last",
    ),
    Bar(
        "hold-day",
        "API server CPU for other people's writes, with all policies ÷ without",
        1.15,
        "ratio",
        "medians of rounds with and without in turn, as many of each first: user and system time of the API server's process. "
        "Ten writes are three PATCHes and three applies of Deployments and StatefulSets, two of scale, a Lease and a ConfigMap, "
        "where nothing sleeps. The policies are those of components/hold, policies, admission and kinds/*/hold, all kinds served",
    ),
    Bar(
        "hold-night",
        "API server CPU for a write that puts to sleep, with all policies ÷ without",
        1.7,
        "ratio",
        "as hold-day, of the operator's own PATCHes: of what somebody applies, the one with the mark, by which the policy does the "
        "rest ÷ the two that it takes without; of what nobody applies, the same PATCH with and without",
    ),
    Bar(
        "click",
        "Slack click to first workload written, 50 clicks a second, p95",
        0.5,
        "s",
        "one click for each env on its message in a channel: Slack's simulator, Socket Mode, Bolt, the person's rights, "
        "the patch, the operator; to the arrival of the env's first change at a watch of the workloads",
    ),
    Bar(
        "ack", "Slack click to the ack, the longest", 3.0, "s", "as Slack's simulator counts it; a missed ack fails it"
    ),
    Bar(
        "frontdesk-memory",
        "frontdesk memory, most resident",
        96.0,
        "MiB",
        "as memory; the bar is what deploy/ requests",
    ),
    Bar(
        "api-list",
        "REST API: a list of all envs in one page, p95",
        0.15,
        "s",
        "one call after the other on a kept connection, token and rights of the caller asked of the cluster as ever",
    ),
    Bar(
        "api-wake",
        "REST API: from the call that wakes to the first workload written, p95",
        0.15,
        "s",
        "one env after the other; to the arrival of the env's first change at a watch of the workloads",
    ),
    Bar(
        "alert",
        "a pod's status to the alert in Slack, p95",
        2.0,
        "s",
        "ten pods that crash one after the other, among as many as are watched; to the time of the message in Slack's simulator",
    ),
    Bar(
        "alerts-memory",
        "what it costs the frontdesk to watch pods for alerts, most resident",
        60.0,
        "MiB",
        "as memory; a frontdesk that watches for alerts less one that does not, in the same cluster",
    ),
    Bar(
        "cloud-refresh",
        "a look at all tagged instances ÷ bare loop of the same calls",
        1.25,
        "ratio",
        "from the first call of a refresh to its end, as the operator's metric says; bare loop: boto3, one call after the "
        "other; AWS is simulated on the same cores",
    ),
    Bar(
        "cloud-stop",
        "due to the last instance's stop accepted by AWS ÷ bare loop of the same calls",
        2.0,
        "ratio",
        "all envs due at the same second; bare loop: boto3 in eight threads, describe, one CreateTags an env, StopInstances",
    ),
    Bar(
        "cloud-calls",
        "calls to AWS ÷ the least possible",
        1.25,
        "ratio",
        "as the simulator counts them. Least for a refresh: pages of 100 tagged things and descriptions of 1,000; least for "
        "stopping: one CreateTags an env, for the record names it, and for each 1,000 instances one description before, one "
        "StopInstances, and one description when it is over. The question about stop protection, asked of each instance "
        "once a day, is not counted",
    ),
    Bar(
        "cloud-memory",
        "operator memory with AWS, most resident",
        256.0,
        "MiB",
        "as memory; the bar is the limit that deploy/ sets; boto3 alone takes about 40 MiB",
    ),
)
KEYS = tuple(bar.key for bar in BARS)


@dataclass(frozen=True)
class Row:
    """One measured figure. ``size`` is envs x workloads; ``detail`` holds what it was made from, ``said`` what of that people
    are told."""

    bar: Bar
    size: str
    measured: float
    way: str = ""
    spoiled: str = ""
    said: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return self.measured <= self.bar.most and not self.spoiled

    def to_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        about = {"size": self.size, "way": self.way or None, "measured": round(self.measured, 4), "passed": self.passed}
        return {
            **asdict(self.bar),
            **about,
            "spoiled": self.spoiled or None,
            "said": self.said or None,
            "detail": self.detail,
        }


def bar(key: str) -> Bar:
    """The bar of that key."""
    return next(each for each in BARS if each.key == key)


@dataclass(frozen=True)
class Scale:
    """How much is measured: ``herds`` as envs and rounds, the crowd's envs, the seconds and sweeps that idling
    takes, ``cloud``, the envs that have ten instances each in AWS, ``pods`` that are watched for alerts, the envs that wake
    under a limit of ``a_minute`` pods, and the workloads, the rounds, and the days in a round of ``hold``."""

    herds: tuple[tuple[str, int, int], ...]
    crowd: int
    idle_seconds: float
    sweep_minutes: float
    workloads: int = 10
    cloud: int = 250
    pods: int = 10_000
    waking: int = 100
    a_minute: int = 1500
    hold: tuple[int, int, int] = (1000, 6, 3)


FULL = Scale(
    herds=(("herd-100", 100, 5), ("herd-300", 300, 3), ("herd-500", 500, 2)),
    crowd=1000,
    idle_seconds=60,
    sweep_minutes=1,
)
QUICK = Scale(
    herds=(("herd-100", 100, 2),),
    crowd=200,
    idle_seconds=12,
    sweep_minutes=0.2,
    cloud=25,
    pods=1000,
    waking=20,  # it takes more than a minute to see that no minute has more than it may
    a_minute=300,
    hold=(200, 2, 1),
)
