"""What the admission webhook counts, for ``/metrics``."""

from __future__ import annotations

from prometheus_client import Counter

REVIEWS = Counter(
    "sundown_admission_reviews_total", "What the API server asked, and what was answered.", ["what", "answer"]
)
REFUSED = Counter(
    "sundown_admission_refused_connections_total", "Connections to the webhook that were cut.", ["reason"]
)
