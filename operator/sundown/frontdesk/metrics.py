"""What the frontdesk counts, for ``/metrics``."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

WISHES_TOTAL = Counter("sundown_wishes_total", "What people asked for.", ["verb", "outcome"])
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
