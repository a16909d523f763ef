"""What the frontdesk counts, for ``/metrics``."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

WISHES_TOTAL = Counter("sundown_wishes_total", "What people asked for, by the door.", ["verb", "outcome", "door"])
PROLONGED_SECONDS = Counter("sundown_prolonged_seconds_total", "By how much people put shutdowns off.", ["door"])
CALLS_TOTAL = Counter("sundown_rest_requests_total", "Requests to the REST API.", ["operation", "status", "outcome"])
CALL_SECONDS = Histogram(
    "sundown_rest_seconds",
    "From the head of a request to the REST API until its answer.",
    ["operation"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
REFUSED_CALLS = Counter(
    "sundown_rest_refused_connections_total", "Connections to the REST API that were cut.", ["reason"]
)
DELIVERIES = Counter("sundown_slack_deliveries_total", "What Slack delivered.", ["kind"])
NOTICES = Counter("sundown_slack_notices_total", "Messages posted, updated, closed, looked for.", ["step", "outcome"])
REFUSED_REQUESTS = Counter("sundown_slack_refused_requests_total", "Requests that were not Slack's.", ["reason"])
SOCKET_AGE = Gauge("sundown_slack_socket_age_seconds", "Since the socket gave its last sign of life.")
RECONNECTS = Counter("sundown_slack_reconnects_total", "Sockets that were given up as dead.")
ANSWER_SECONDS = Histogram(
    "sundown_slack_answer_seconds",
    "From the delivery of a command until it is answered.",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10, 30),
)
ALERTS_OPENED = Counter("sundown_alerts_opened_total", "Alerts that were opened.", ["kind"])
ALERTS_CLOSED = Counter("sundown_alerts_closed_total", "Alerts that were closed, by how they ended.", ["kind", "how"])
ALERTS_SUPPRESSED = Counter(
    "sundown_alerts_suppressed_total",
    "Alerts that were not told: asleep, waking, a lost node, too many.",
    ["kind", "why"],
)
