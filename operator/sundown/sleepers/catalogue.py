"""The catalogue: which kinds sleep by a patch, what it is, and how anybody knows that they are where they should be.

Nobody else publishes such a list, so each row says where it is from. What was tried with what is said too: "the API server"
means that the kind is Kubernetes' own and its real controller ran, "an open CRD" that one which takes any field stood in for it.
"""

from __future__ import annotations

from sundown.sleepers.database_rows import OPEN_CRD
from sundown.sleepers.database_rows import ROWS as DATABASES
from sundown.sleepers.judges import (
    AtLeast,
    Below,
    Condition,
    Differs,
    Either,
    Held,
    Is,
    MadeBy,
    Message,
    Neither,
)
from sundown.sleepers.patch_kind import PatchKind

_REPLICAS = ("spec", "replicas")
_NO_REPLICAS = '{"spec":{"replicas":0}}'
_SUSPEND = '{"spec":{"suspend":true}}'
_AT_ZERO = Is(("status", "replicas"), (0, None))
_READY = Condition("Ready")
_PAUSED = "is paused"
_PAUSED_AT = ("metadata", "annotations", "autoscaling.keda.sh/paused-replicas")
_SERVICES, _SCALERS, _GITOPS = 20, 40, 50
"""Who scales, or brings back, falls asleep before what it would bring back, and wakes after it."""

ROWS: tuple[PatchKind, ...] = (
    PatchKind(
        kind="CronJob",
        group="batch",
        versions=("v1",),
        plural="cronjobs",
        patch=_SUSPEND,
        is_mute=False,
        title="CronJob",
        source="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/",
        tried="Kubernetes 1.36.3",
        component="cronjob",
    ),
    PatchKind(
        kind="DaemonSet",
        group="apps",
        versions=("v1",),
        plural="daemonsets",
        patch='{"spec":{"template":{"spec":{"nodeSelector":{"sundown.dev/asleep":"true"}}}}}',
        resting=Is(("status", "currentNumberScheduled"), (0, None)),
        ready=AtLeast(("status", "numberAvailable"), ("status", "desiredNumberScheduled"), default=0),
        held=Held(
            "OnDelete",
            by=(Is(("spec", "updateStrategy", "type"), ("OnDelete",)),),
            pending=Below(("status", "updatedNumberScheduled"), ("status", "currentNumberScheduled")),
        ),
        wave=_SERVICES,
        history="controllerrevisions",
        title="DaemonSet",
        source="https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/",
        tried="Kubernetes 1.36.3",
        component="daemonset",
    ),
    PatchKind(
        kind="HorizontalPodAutoscaler",
        group="autoscaling",
        versions=("v2",),
        plural="horizontalpodautoscalers",
        patch='{"spec":{"behavior":{"scaleUp":{"selectPolicy":"Disabled"}}}}',
        # Any other rests by itself while what it scales is at 0.
        applies=Is(("spec", "minReplicas"), (0,)),
        defaults=(
            '{"spec":{"behavior":{"scaleUp":{"stabilizationWindowSeconds":0,"policies":'
            '[{"type":"Pods","value":4,"periodSeconds":15},{"type":"Percent","value":100,"periodSeconds":15}]},'
            '"scaleDown":{"selectPolicy":"Max","policies":[{"type":"Percent","value":100,"periodSeconds":15}]}}}}'
        ),
        is_mute=False,
        wave=_SCALERS,
        title="HorizontalPodAutoscaler that may scale to 0",
        source="https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/",
        tried="Kubernetes 1.36.3",
        component="horizontalpodautoscaler",
        not_held="it rests by itself",
    ),
    PatchKind(
        kind="Rollout",
        group="argoproj.io",
        versions=("v1alpha1",),
        plural="rollouts",
        patch=_NO_REPLICAS,
        count=_REPLICAS,
        resting=_AT_ZERO,
        ready=AtLeast(("status", "availableReplicas"), _REPLICAS),
        held=Held(
            "Paused",
            # By its owner, or by its controller in a step, before a promotion, or after an analysis that said nothing.
            by=(Is(("spec", "paused"), (True,)), Is(("status", "phase"), ("Paused",))),
            pending=Differs(("status", "currentPodHash"), ("status", "stableRS")),
        ),
        wave=_SERVICES,
        title="Argo Rollout",
        source="https://argo-rollouts.readthedocs.io/en/stable/features/specification/",
        tried="Argo Rollouts 1.10.2",
        component="argo-rollout",
    ),
    *(
        PatchKind(
            kind=kind,
            group="keda.sh",
            versions=("v1alpha1",),
            plural=plural,
            patch='{"metadata":{"annotations":{"autoscaling.keda.sh/paused":"true"}}}',
            applies=applies,
            # Its scale loop writes all conditions anew from what it read before, and so an older "Paused" over the one of its
            # controller, where it stays (KEDA's issue 6421). Of "Ready" each of the two writes what it knows itself.
            resting=Either((Condition("Paused"), Message("Ready", _PAUSED))),
            ready=Either((Condition("Paused", ("False", "Unknown", None)), Message("Ready", _PAUSED, said=False))),
            wave=_SCALERS,
            title=f"KEDA {kind}",
            source=f"https://keda.sh/docs/latest/concepts/{page}/#pausing-autoscaling",
            tried="KEDA 2.21.0",
            component="keda",
        )
        for kind, plural, page, applies in (
            # One that its owner has paused at a count stays so, whatever else is said.
            ("ScaledObject", "scaledobjects", "scaling-deployments", Is(_PAUSED_AT, (None,))),
            ("ScaledJob", "scaledjobs", "scaling-jobs", None),
        )
    ),
    *(
        PatchKind(
            kind=kind,
            group="monitoring.coreos.com",
            versions=("v1",),
            plural=plural,
            patch=_NO_REPLICAS,
            count=_REPLICAS,
            resting=_AT_ZERO,
            ready=AtLeast(("status", "availableReplicas"), _REPLICAS),
            title=f"Prometheus operator's {kind}",
            source="https://prometheus-operator.dev/docs/api-reference/api/",
            tried=OPEN_CRD,
            component="prometheus-operator",
        )
        for kind, plural in (
            ("Prometheus", "prometheuses"),
            ("Alertmanager", "alertmanagers"),
            ("ThanosRuler", "thanosrulers"),
        )
    ),
    *(
        PatchKind(
            kind=kind,
            group="kafka.strimzi.io",
            versions=("v1", "v1beta2"),
            plural=plural,
            patch=_NO_REPLICAS,
            count=_REPLICAS,
            resting=_AT_ZERO,
            ready=_READY,
            title=f"Strimzi {kind}",
            source="https://strimzi.io/docs/operators/latest/configuring.html",
            tried=OPEN_CRD,
            component="strimzi",
        )
        for kind, plural in (
            ("KafkaConnect", "kafkaconnects"),
            ("KafkaMirrorMaker2", "kafkamirrormaker2s"),
            ("KafkaBridge", "kafkabridges"),
        )
    ),
    *DATABASES,
    *(
        PatchKind(
            kind=kind,
            group="numaflow.numaproj.io",
            versions=("v1alpha1",),
            plural=plural,
            patch='{"spec":{"lifecycle":{"desiredPhase":"Paused"}}}',
            resting=Is(("status", "phase"), ("Paused",)),
            ready=Is(("status", "phase"), ("Running",)),
            title=f"Numaflow {kind}",
            source=f"https://numaflow.numaproj.io/{page}/",
            tried=OPEN_CRD,
            component="numaflow",
        )
        for kind, plural, page in (
            ("Pipeline", "pipelines", "user-guide/reference/pipeline-operations"),
            ("MonoVertex", "monovertices", "user-guide/reference/mvtx-operations"),
        )
    ),
    PatchKind(
        kind="RayCluster",
        group="ray.io",
        versions=("v1",),
        plural="rayclusters",
        patch=_SUSPEND,
        resting=Is(("status", "state"), ("suspended",)),
        ready=Is(("status", "state"), ("ready",)),
        title="KubeRay RayCluster",
        source="https://docs.ray.io/en/latest/cluster/kubernetes/user-guides/observability.html#raycluster-status-state",
        tried=OPEN_CRD,
        component="kuberay",
    ),
    PatchKind(
        kind="Notebook",
        group="kubeflow.org",
        versions=("v1", "v1beta1"),
        plural="notebooks",
        patch='{"metadata":{"annotations":{"kubeflow-resource-stopped":"1970-01-01T00:00:00Z"}}}',
        # One that its owner has stopped says since when.
        applies=Is(("metadata", "annotations", "kubeflow-resource-stopped"), (None,)),
        resting=Is(("status", "readyReplicas"), (0, None)),
        ready=AtLeast(("status", "readyReplicas"), ("spec", "replicas")),
        title="Kubeflow Notebook",
        source="https://github.com/kubeflow/kubeflow/blob/master/components/notebook-controller/pkg/culler/culler.go",
        tried=OPEN_CRD,
        component="kubeflow-notebook",
    ),
    PatchKind(
        kind="Kustomization",
        group="kustomize.toolkit.fluxcd.io",
        versions=("v1",),
        plural="kustomizations",
        patch=_SUSPEND,
        is_mute=False,
        wave=_GITOPS,
        title="Flux Kustomization",
        source="https://fluxcd.io/flux/components/kustomize/kustomizations/#suspend",
        tried="kustomize-controller 1.7.3",
        component="flux",
    ),
    PatchKind(
        kind="HelmRelease",
        group="helm.toolkit.fluxcd.io",
        versions=("v2",),
        plural="helmreleases",
        patch=_SUSPEND,
        is_mute=False,
        wave=_GITOPS,
        title="Flux HelmRelease",
        source="https://fluxcd.io/flux/components/helm/helmreleases/#suspend",
        tried="helm-controller 1.4.0",
        component="flux",
    ),
    PatchKind(
        kind="Application",
        group="argoproj.io",
        versions=("v1alpha1",),
        plural="applications",
        patch='{"spec":{"syncPolicy":{"automated":{"enabled":false}}}}',
        # Of one that syncs only when somebody says so there is nothing to stop; an ApplicationSet takes all else back.
        applies=Neither((Is(("spec", "syncPolicy", "automated"), (None,)), MadeBy("ApplicationSet"))),
        is_mute=False,
        wave=_GITOPS,
        title="Argo CD Application",
        source="https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/#enabling-and-disabling-automated-sync",
        tried="Argo CD 3.6.1",
        component="argo-cd",
    ),
)
