"""The table of operations. A new operation is a row: where it is, the right it takes, what comes in and goes out, who answers."""

from __future__ import annotations

from sundown.frontdesk.api import envs, records, requesting, retired, supporting, wishing
from sundown.frontdesk.api.operation import Nothing, Operation
from sundown.frontdesk.api.shapes import (
    Asking,
    AskingFor,
    AskingMany,
    AskingManyFor,
    Bulk,
    EnvDetail,
    EnvExplained,
    EnvHistory,
    EnvList,
    EnvWhy,
    Page,
    Period,
    WishDone,
)
from sundown.usecases.wish import WISHES

ROOT = "/api/v1"

_PATHS = {"extend": "prolongate", "reset": "schedule/reset"}
"""What a wish is called here, where that is not its verb."""


def _wishes() -> list[Operation]:
    """Each wish for one env, and for many."""
    rows = []
    for verb, row in WISHES.items():
        path, span = _PATHS.get(verb, verb), {"for": "2h"} if row.takes_span else {}
        rows.append(
            Operation(
                id=f"{verb}Env",
                method="POST",
                path=f"{ROOT}/envs/{{env}}/{path}",
                summary=row.summary.replace("environments", "an environment").replace("their", "its"),
                details=row.text.replace("SPAN", "The time"),
                tag="wishes",
                right=row.right,
                body=AskingFor if row.takes_span else Asking,
                answer=WishDone,
                example={**span, "reason": "release test"},
                handle=wishing.wish(verb),
                proposes=bool(row.action),
                versioned=True,
            )
        )
        rows.append(
            Operation(
                id=f"{verb}Envs",
                method="POST",
                path=f"{ROOT}/bulk/{path}",
                summary=f"{row.summary.removesuffix('.').replace('an environment', 'environments')}: all that a selector selects.",
                details=f"{row.text.replace('SPAN', 'The time')} One that is refused does not stop the others: each has its result.",
                tag="bulk",
                right=row.right,
                where="each",
                body=AskingManyFor if row.takes_span else AskingMany,
                answer=Bulk,
                example={"selector": "team=a,tier!=prod", **span},
                handle=wishing.wish_each(verb),
                mixed=True,
            )
        )
    return rows


OPERATIONS: dict[str, Operation] = {
    row.id: row
    for row in (
        Operation(
            id="listEnvs",
            method="GET",
            path=f"{ROOT}/envs",
            summary="All environments that you may see, page by page.",
            details="By name. Of many it is enough to ask for those with some labels, or in one state.",
            tag="envs",
            right="get",
            where="each",
            query=Page,
            answer=EnvList,
            handle=envs.listing,
        ),
        Operation(
            id="getEnv",
            method="GET",
            path=f"{ROOT}/envs/{{env}}",
            summary="What an environment does now, part by part.",
            details="The ETag is the version of its EnvSchedule: send it as If-Match with what you ask for then.",
            tag="envs",
            right="get",
            answer=EnvDetail,
            handle=envs.get,
            versioned=True,
        ),
        Operation(
            id="whyEnv",
            method="GET",
            path=f"{ROOT}/envs/{{env}}/why",
            summary="Why it is in this state, who did it, and what comes next.",
            details="With it: what is not well, and which parts hang.",
            tag="envs",
            right="get",
            answer=EnvWhy,
            handle=envs.why,
        ),
        Operation(
            id="envHistory",
            method="GET",
            path=f"{ROOT}/envs/{{env}}/history",
            summary="Its last transitions, the newest first: to what, why, and by whom.",
            details="The last ten are kept.",
            tag="envs",
            right="get",
            answer=EnvHistory,
            handle=envs.history,
        ),
        Operation(
            id="explainEnv",
            method="GET",
            path=f"{ROOT}/envs/{{env}}/explain",
            summary="When its schedule sleeps and wakes, and why.",
            details="For a week from now, or for any time of up to 92 days.",
            tag="envs",
            right="get",
            query=Period,
            answer=EnvExplained,
            handle=envs.explain,
        ),
        Operation(
            id="listRequests",
            method="GET",
            path=f"{ROOT}/requests",
            summary="What was asked for and needs confirmation or approval, the newest first.",
            details="About the environments that you may see: who, what, when, who approved, and what has become of it.",
            tag="records",
            right="get",
            where="each",
            query=records.NewestRequests,
            answer=records.RequestList,
            handle=records.requests,
        ),
        Operation(
            id="audit",
            method="GET",
            path=f"{ROOT}/audit",
            summary="What people did, the newest first.",
            details="From the requests, and from the last ten transitions of each environment that you may see.",
            tag="records",
            right="get",
            where="each",
            query=records.Since,
            answer=records.Audit,
            handle=records.audit,
        ),
        Operation(
            id="listSupportPods",
            method="GET",
            path=f"{ROOT}/support",
            summary="All support pods.",
            details="Each with its size, its owner, until when it lives, and the line that leads into it.",
            tag="support",
            right="list",
            on="supportpods",
            where="cluster",
            answer=supporting.SupportPodList,
            handle=supporting.listing,
        ),
        Operation(
            id="startSupportPod",
            method="POST",
            path=f"{ROOT}/support",
            summary="Start a pod for management work, for a while.",
            details="It is stopped by itself when its time is over. Who starts it is its owner.",
            tag="support",
            right="create",
            on="supportpods",
            where="cluster",
            body=supporting.NewPod,
            answer=supporting.SupportPodItem,
            example={"name": "tools", "size": "L"},
            handle=supporting.start,
            made=True,
        ),
        Operation(
            id="extendSupportPod",
            method="POST",
            path=f"{ROOT}/support/{{pod}}/extend",
            summary="Have a support pod live for its usual time from now.",
            details="One that was started by somebody else takes the right to patch supportpods.",
            tag="support",
            right="create",
            on="supportpods",
            where="cluster",
            body=Nothing,
            answer=supporting.SupportPodItem,
            handle=supporting.extend,
        ),
        Operation(
            id="stopSupportPod",
            method="DELETE",
            path=f"{ROOT}/support/{{pod}}",
            summary="Stop a support pod.",
            details="One that was started by somebody else takes the right to delete supportpods.",
            tag="support",
            right="create",
            on="supportpods",
            where="cluster",
            answer=Nothing,
            handle=supporting.stop,
        ),
        *_wishes(),
        *requesting.operations(ROOT),
        *retired.operations(ROOT),
    )
}
