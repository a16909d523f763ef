"""What is counted, for ``/metrics``."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

API_REQUESTS = Counter("sundown_api_requests_total", "Requests to the Kubernetes API.", ["method", "code"])
POLICIES = Gauge("sundown_policies", "1 for the state in which the policies of the hold were seen last.", ["state"])
GUARDS = Gauge(
    "sundown_guards", "1 for each guard of the API server that was in force when it was seen last.", ["guard"]
)
ENVS = Gauge("sundown_envs", "Environments by state.", ["state"])
TRANSITIONS = Counter("sundown_transitions_total", "Finished transitions.", ["to"])
TRANSITION_SECONDS = Histogram(
    "sundown_transition_seconds",
    "From the first write of a transition until all parts are where they should be.",
    ["to"],
    buckets=(1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200),
)
LATENESS_SECONDS = Histogram(
    "sundown_lateness_seconds",
    "From the moment that a transition was due until its first write.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 60, 600),
)
WAKE_QUEUE_ENVS = Gauge("sundown_wake_queue_envs", "Environments that wait in line to wake.")
WAKE_QUEUE_PODS = Gauge("sundown_wake_queue_pods", "Pods that wait in line to start.")
WRITES = Counter("sundown_workload_writes_total", "Writes to workloads.", ["action", "outcome"])
FIGHTS = Gauge("sundown_fights", "Workloads that somebody else sets back again and again.")
FIGHTS_BEGUN = Counter("sundown_fights_begun_total", "Fights for the count of a workload that have begun.")
WATCHED_KINDS = Gauge("sundown_watched_kinds", "Kinds that are watched for changes, because objects of theirs sleep.")
DRIFTS = Counter("sundown_drifts_total", "Looks that are made because somebody changed, or made, what should sleep.")
VISIT_ERRORS = Counter("sundown_visit_errors_total", "Visits to an env that failed and are repeated.", ["reason"])
DECIDED = Gauge("sundown_envs_decided", "Environments that have been visited since the start.")
SLEPT = Gauge("sundown_slept_seconds", "Time asleep of the environments that there are, in nights that have ended.")
SAVED_CPU = Gauge("sundown_saved_cpu_seconds", "The same times the cores that the sleeping pods request.")
SAVED_MEMORY = Gauge("sundown_saved_memory_byte_seconds", "The same times the memory that the sleeping pods request.")
REQUESTS = Counter(
    "sundown_requests_total", "ActionRequests that have come into a state, by what they ask for.", ["action", "state"]
)
SUPPORT_PODS = Gauge("sundown_support_pods", "Support pods by state.", ["state"])
SUPPORT_STARTED = Counter(
    "sundown_support_pods_started_total", "Pods that were started for support pods, those anew among them.", ["size"]
)
SUPPORT_ENDED = Counter(
    "sundown_support_pods_ended_total", "Support pods that were stopped because their time was over."
)
AWS_CALLS = Counter(
    "sundown_aws_calls_total", "Calls to AWS; each may take several attempts.", ["service", "operation", "outcome"]
)
AWS_PARTS = Gauge("sundown_aws_parts", "Tagged instances, databases and clusters in AWS.", ["kind", "state"])
AWS_PROBLEMS = Gauge("sundown_aws_problems", "Tagged things in AWS that are left alone because of their tags.")
AWS_UNREACHABLE = Gauge(
    "sundown_aws_unreachable",
    "Whether a region of an account (by its number in the settings) could not be looked at.",
    ["account", "region"],
)
AWS_REFRESHED = Gauge(
    "sundown_aws_refreshed_timestamp_seconds",
    "When a region of an account was last looked through as a whole.",
    ["account", "region"],
)
