"""All bad specs: those of a ClusterEnvSchedule, and those of an EnvSchedule once more in a template."""

from __future__ import annotations

from dataclasses import replace

from bad_env_specs import ENV, Bad

CLUSTER = (
    Bad("no template", {}, "spec.template", "Required"),
    Bad("priority beyond bounds", {"priority": 1001, "template": {}}, "spec.priority", "less than"),
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
)
