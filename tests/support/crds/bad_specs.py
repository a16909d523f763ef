"""All bad specs: those of a ClusterEnvSchedule and an ActionRequest, and those of an EnvSchedule once more in a template."""

from __future__ import annotations

from dataclasses import replace

from support.crds.bad_env_specs import ENV, LONG, Bad

CLUSTER = (
    Bad("no template", {}, "spec.template", "Required"),
    Bad("priority beyond bounds", {"priority": 1001, "template": {}}, "spec.priority", "less than"),
    Bad("approved by no way", {"approval": {"via": []}, "template": {}}, "spec.approval.via", "should have at least 1"),
    Bad(
        "an action of two words",
        {"approval": {"actions": ["Delete it"]}, "template": {}},
        "spec.approval.actions[0]",
        "should match",
        model="must match",
    ),
    Bad("priority in words", {"priority": "5", "template": {}}, "spec.priority", "of type integer"),
    Bad("broken priority", {"priority": 0.5, "template": {}}, "spec.priority", "of type integer"),
    Bad(
        "template with an override",
        {"template": {"override": {"state": "Awake"}}},
        "spec",
        "unknown field",
        model="template.override is not allowed",
        api_path="spec.template.override",
    ),
    Bad(
        "In without values",
        {"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "In"}]}, "template": {}},
        "spec.namespaceSelector.matchExpressions[0]",
        "In and NotIn need values",
        model="operator In needs values",
        api_path="spec.namespaceSelector.matchExpressions[0].values",
    ),
    Bad(
        "Exists with values",
        {
            "namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "Exists", "values": ["a"]}]},
            "template": {},
        },
        "spec.namespaceSelector.matchExpressions[0]",
        "Exists and DoesNotExist take none",
        model="operator Exists takes no values",
        api_path="spec.namespaceSelector.matchExpressions[0].values",
    ),
    Bad(
        "unknown operator",
        {"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "Like"}]}, "template": {}},
        "spec.namespaceSelector.matchExpressions[0].operator",
        "Unsupported value",
    ),
    Bad(
        "bad label key in the selector",
        {"namespaceSelector": {"matchLabels": {"no key": "x"}}, "template": {}},
        "spec.namespaceSelector.matchLabels",
        "each key must be a label key",
    ),
)


ASKED = {
    "action": "Delete",
    "target": {"namespace": "dev1", "uid": "0c5fe9a5-2d0a-4d5e-9a0b-8f6a3c1d2e4f"},
    "requestedBy": "ana@example.com",
    "via": "slack",
    "requestedAt": "2026-11-23T17:00:00Z",
    "expiresAt": "2026-11-23T17:15:00Z",
    "confirmation": "dev1",
}
"""The spec of an ActionRequest in order."""


def asked(name: str, path: str, api: str, **fields: object) -> Bad:
    """A bad ActionRequest; a field that is None is left out."""
    spec = {key: value for key, value in {**ASKED, **fields}.items() if value is not None}
    of_the_schema = {"Required", "Too long", "Too many", "should match", "Unsupported value", "words such as"}
    model = "" if api in of_the_schema else api
    at_once = path == "spec.confirmation" or path.startswith("spec.expires") or path == "spec.approval.by"
    rule = at_once and model != ""
    return Bad(name, spec, "spec" if rule else path, api, model=model, api_path=path, kind="ActionRequest")


APPROVED = {"required": True, "by": "bo@example.com", "at": "2026-11-23T17:05:00Z"}
OTHER = "confirmation must be the name of the target"
LATE_OR_EARLY = "expiresAt must be after requestedAt"
REQUESTS = (
    *(
        asked(f"request without {field}", f"spec.{field}", "Required", **{field: None})
        for field in ASKED
        if field != "confirmation"
    ),
    asked("action of two words", "spec.action", "should match", action="Reboot now"),
    asked("action in small letters", "spec.action", "should match", action="delete"),
    asked("action of 64 letters", "spec.action", "Too long", action="A" * 64),
    asked("rejected by nobody", "spec.rejected.by", "Required", rejected={"at": "2026-11-23T17:05:00Z"}),
    asked("withdrawn at no time", "spec.withdrawn.at", "Required", withdrawn={"by": "ana@example.com"}),
    asked(
        "approved by another way",
        "spec.approval.via",
        "Unsupported value",
        approval={"required": True, "by": "bo@example.com", "at": "2026-11-23T17:05:00Z", "via": "phone"},
    ),
    asked("a name of a parameter", "spec.parameters", "words such as", parameters={"Replicas": "3"}),
    asked("nine parameters", "spec.parameters", "Too many", parameters={f"p{index}": "" for index in range(9)}),
    asked("a parameter without end", "spec.parameters.name", "Too long", parameters={"name": "x" * 254}),
    asked("seen of nothing", "spec.seen.uid", "Required", seen={"change": "3 -> 0"}),
    asked("name in capitals", "spec.target.namespace", "should match", target={"namespace": "Dev1", "uid": "1"}),
    asked("another name typed", "spec.confirmation", OTHER, confirmation="dev2"),
    asked("half the name typed", "spec.confirmation", OTHER, confirmation="dev"),
    asked("expired when asked for", "spec.expiresAt", LATE_OR_EARLY, expiresAt="2026-11-23T17:00:00Z"),
    asked("good for ever", "spec.expiresAt", LATE_OR_EARLY, expiresAt="2026-11-24T17:00:01Z"),
    *(
        asked(f"asker from the system by {field}", "spec", "requestedBy and groups are people", **{field: value})
        for field, value in (("requestedBy", "system:admin"), ("groups", ["dev", "system:masters"]))
    ),
    asked("101 groups", "spec.groups", "Too many", groups=["dev"] * 101),
    asked("asker of 10,000 letters", "spec.requestedBy", "Too long", requestedBy=LONG),
    asked("own approval", "spec.approval.by", "nobody approves", approval={**APPROVED, "by": "ana@example.com"}),
    asked(
        "own, spelled otherwise", "spec.approval.by", "nobody approves", approval={**APPROVED, "by": "ANA@example.COM"}
    ),
    asked("approval at no time", "spec.approval", "by and at belong together", approval={"by": "bo@example.com"}),
)


def supported(name: str, field: str, api: str, value: object) -> Bad:
    """A bad SupportPod."""
    model = "must be a duration" if field == "ttl" else ""
    return Bad(name, {field: value}, f"spec.{field}", api, model=model, kind="SupportPod")


SUPPORTED = (
    supported("size in small letters", "size", "should match", "xl"),
    supported("size of 17 letters", "size", "Too long", "X" * 17),
    supported("no size", "size", "should match", ""),
    supported("life of no length", "ttl", "should match", "soon"),
    supported("life of 10,000 letters", "ttl", "Too long", LONG),
    supported("owner of 10,000 letters", "owner", "Too long", LONG),
    supported("owner without a name", "owner", "at least 1 chars long", ""),
)


def in_template(bad: Bad) -> Bad:
    """The same mistake in the template of a ClusterEnvSchedule."""
    return replace(
        of_cluster(bad),
        name=f"{bad.name}, in a template",
        spec={"template": bad.spec},
        path=bad.path.replace("spec.", "spec.template."),
        api_path=bad.api_path.replace("spec.", "spec.template."),
    )


def of_cluster(bad: Bad) -> Bad:
    return replace(bad, kind="ClusterEnvSchedule")


BAD_SPECS = (
    *ENV,
    *(of_cluster(bad) for bad in CLUSTER),
    *(in_template(bad) for bad in ENV if "override" not in bad.spec),
    *REQUESTS,
    *SUPPORTED,
)
