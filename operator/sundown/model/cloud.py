"""What an env has in AWS, as the plan sees it: plain and immutable, free of the forms in which AWS answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sundown.model.cloud_refusal import Refusal

CloudKind = Literal["EC2Instance", "RDSInstance", "AuroraCluster"]
"""What of AWS can sleep."""

LONGEST_STOP = timedelta(days=7)
"""So long RDS leaves a database stopped, then it starts it by itself (RDS User Guide, "Stopping an Amazon RDS DB instance
temporarily"; Aurora User Guide, "Stopping and starting an Amazon Aurora DB cluster")."""

CloudState = Literal["running", "stopped", "starting", "stopping", "busy", "broken", "unknown"]
"""Where it stands. ``busy`` is in use but can be neither stopped nor started now: a backup, a change, maintenance. ``broken``
is not in use, or not as it should be, until somebody mends it. ``unknown`` is what AWS calls by a word that nobody knows."""

DATABASES: frozenset[CloudKind] = frozenset({"RDSInstance", "AuroraCluster"})
MORE_MINUTES = "5 to 10 minutes more"
"""How long a database takes to start; AWS gives no figure, people with databases do."""


@dataclass(frozen=True, slots=True)
class CloudPart:
    """An instance, a database or a database cluster at the moment it was described.

    ``identifier`` is what AWS calls it (``i-0abc``, ``dev1-db``), ``name`` its Name tag or the same. ``phase`` is AWS's
    own word for the state. ``record`` is the tag that remembers that Sundown stopped it, ``stopped_at`` when (UTC), and
    ``holder`` for whom, as ``<cluster>/<namespace>``. ``refused`` says why it is never touched. ``wave`` and
    ``exclude`` are the raw tags; ``misspelt`` says what is wrong with how its tags are written, and ``meant_for`` names the
    env that they likely mean. ``hourly`` is its price for an hour in use, in ``currency``, None where nobody knows.
    ``unreachable`` says why nothing newer is known of it, empty where it was described just now. ``reason`` is why AWS has put
    it into its state, in AWS's words and ours, and ``trouble`` what is wrong with it and what helps; both may be empty. It is
    not started ``not_before`` a moment (UTC), because the starts before came to nothing. ``recalled`` says that it is as an earlier
    run of the operator knew it, and that AWS has not been asked since.
    """

    kind: CloudKind
    arn: str
    identifier: str
    name: str
    namespace: str
    account: str
    region: str
    state: CloudState
    phase: str
    instance_class: str = ""
    record: str | None = None
    stopped_at: datetime | None = None
    holder: str | None = None
    wave: str | None = None
    exclude: str | None = None
    misspelt: str = ""
    meant_for: str = ""
    enabled: bool = True
    refused: Refusal | None = None
    hourly: float | None = None
    currency: str = "USD"
    unreachable: str = ""
    reason: str = ""
    trouble: str = ""
    not_before: datetime | None = None
    recalled: bool = False

    @property
    def title(self) -> str:
        """``RDSInstance/dev1-db``."""
        return f"{self.kind}/{self.identifier}"

    @property
    def ours(self) -> bool:
        """Whether the record says that Sundown stopped it, and for whom, so that it is Sundown that starts it again.

        A record that names no holder is nobody's: who may tag in AWS could have anything started by half of one.
        """
        return self.record == "running" and self.holder is not None and "/" in self.holder


def restarted_by_aws(part: CloudPart, now: datetime) -> bool:
    """Whether RDS itself has started this database, which Sundown stopped and which should be asleep (`now` is UTC).

    Nobody else would leave the record on it, and RDS does not do it before the seven days are over. Of an env that is
    meant to be awake this says nothing: there it is Sundown that starts what carries a record.
    """
    runs = part.state in {"running", "starting", "busy"}
    return part.kind in DATABASES and part.ours and runs and _stopped_for(part, now) >= LONGEST_STOP


def _stopped_for(part: CloudPart, now: datetime) -> timedelta:
    return now - part.stopped_at if part.stopped_at is not None else timedelta()
