"""Figures for Prometheus, summed over all server processes of a host.

The server's command sets PROMETHEUS_MULTIPROC_DIR before this is imported; each process writes
its own files there and `render` adds them up.
"""

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

BUCKETS_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
CONTENT_TYPE = CONTENT_TYPE_LATEST

REQUESTS = Counter(
    "goodfaith_http_requests_total", "Requests answered.", ("method", "route", "status")
)
REQUEST_SECONDS = Histogram(
    "goodfaith_http_request_seconds",
    "Time to answer, in seconds.",
    ("method", "route"),
    buckets=BUCKETS_SECONDS,
)
DELIVERIES = Counter(
    "goodfaith_event_deliveries_total", "Event deliveries looked at.", ("handler",)
)
CODES = Counter("goodfaith_log_in_codes_total", "Log-in codes for known numbers.", ("outcome",))
WEBHOOKS = Counter("goodfaith_webhook_tries_total", "Webhooks tried.", ("outcome",))
MESSAGES = Counter(
    "goodfaith_messages_total", "Tries of messages to borrowers.", ("channel", "fate")
)
MESSAGES_PREVENTED = Counter(
    "goodfaith_messages_prevented_total",
    "Messages that were planned and rightly not sent.",
    ("purpose", "reason"),
)
CRISIS_ALERTS = Counter(
    "goodfaith_crisis_alerts_total",
    "Tries to call staff on duty to the crisis queue.",
    ("outcome",),
)
JOB_RUNS = Counter("goodfaith_job_runs_total", "Job runs ended.", ("job", "outcome"))


def render() -> bytes:
    """All figures in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
