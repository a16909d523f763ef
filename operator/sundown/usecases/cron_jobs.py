"""CronJobs that a schedule does not name: no pod of theirs may be there, and at night they start some all the same.

The operator has no rights on a kind that nobody names, so whoever asks looks with their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.model.cutting import some_of
from sundown.model.spec import Workloads
from sundown.sleepers.catalogue import ROWS
from sundown.sleepers.chosen_rows import rows_for

_NAMED = 3
_ROW = next(row for row in ROWS if row.kind == "CronJob")


async def unnamed_cron_jobs(cluster: Cluster, namespace: str, chosen: Workloads) -> tuple[str, ...]:
    """Those that start pods while the env sleeps, by name; none where the kind sleeps, or this person may not look."""
    if any((row.group, row.api_kind) == (_ROW.group, _ROW.api_kind) for row in rows_for(chosen)):
        return ()
    try:
        found = await cluster.list_pages(_ROW.collection(namespace), _ROW.read_page)
    except ApiError:
        return ()
    runs = (one for one in found if one.replicas > 0 and not one.leaving)
    return tuple(sorted(one.title for one in runs))


def told(titles: Sequence[str]) -> str:
    """What is said of them."""
    start = "start" if len(titles) > 1 else "starts"
    return f"{some_of(titles, _NAMED)} {start} pods at night too: CronJobs sleep where spec.workloads.kinds names them"
