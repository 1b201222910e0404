"""What can be counted. Names begin with `tocsin_`; no label ever holds a person, a key or an address."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

registry = CollectorRegistry()
ProcessCollector(registry=registry)
GCCollector(registry=registry)

INTAKE = Counter("tocsin_intake_events", "Bodies at the intake door, by what was answered.", ["answer"], registry=registry)
INTAKE_BATCH = Histogram(
    "tocsin_intake_batch_rows", "Bodies in one commit.", buckets=(1, 2, 5, 10, 25, 50, 100, 250, 500), registry=registry
)
ENGINE_TICKS = Counter("tocsin_engine_ticks", "Completed ticks of engine modules.", ["module"], registry=registry)
ENGINE_ERRORS = Counter("tocsin_engine_errors", "Ticks that ended with an exception.", ["module"], registry=registry)
DELIVERIES = Counter("tocsin_deliveries", "Messages handed to a provider.", ["channel", "outcome"], registry=registry)
DWELL = Histogram(
    "tocsin_dwell_seconds",
    "From the acceptance of an event to the first attempt to send its page.",
    buckets=(0.05, 0.1, 0.2, 0.3, 0.5, 1, 1.5, 3, 5, 10, 30, 60, 300),
    registry=registry,
)
OLDEST_DUE = Gauge("tocsin_oldest_due_seconds", "How long the oldest due row of a lane has waited.", ["lane"], registry=registry)
UNPROVEN = Gauge("tocsin_unproven", "Problems that the auditor of the pager found last; 0 when all is proven.", registry=registry)
SERVICES_UNPROVEN = Gauge("tocsin_services_unproven", "Services that at some time in 400 days page nobody.", registry=registry)
SERVICES_LAST_RESORT = Gauge(
    "tocsin_services_last_resort", "Services that at some time in 400 days page the last resort alone.", registry=registry
)
FIRST_UNPROVEN = Gauge(
    "tocsin_unproven_in_seconds", "Until the first time at which a service pages nobody; +Inf without one.", registry=registry
)
PROOF_AGE = Gauge("tocsin_services_proof_age_seconds", "How old the proof of the services is.", registry=registry)
LOG_DROPPED = Counter("tocsin_log_lines_dropped", "Log lines given up because nobody read them in time.", registry=registry)


def exposition() -> tuple[bytes, str]:
    """The text for `/metrics` and its content type."""
    return generate_latest(registry), CONTENT_TYPE_LATEST
