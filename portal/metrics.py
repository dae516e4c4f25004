"""What is counted, for Prometheus; never any value of a query.

With several processes, each writes to ``$PROMETHEUS_MULTIPROC_DIR``, and any answers for all.
"""

import os
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

MULTIPROC_DIR = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = CONTENT_TYPE_LATEST
_DURATION_BUCKETS = (0.005, 0.015, 0.04, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

REQUESTS = Counter("cpf_portail_requetes", "Requests answered.", ("methode", "route", "statut"))
DURATION = Histogram(
    "cpf_portail_duree_secondes", "Time to the last byte.", ("route",), buckets=_DURATION_BUCKETS
)
BYTES_SENT = Counter("cpf_portail_octets", "Bytes of bodies sent.", ("route",))
RUNNING = Gauge(
    "cpf_portail_voie_en_cours", "Queries that run.", ("voie",), multiprocess_mode="livesum"
)
WAITING = Gauge(
    "cpf_portail_voie_en_attente", "Queries that wait.", ("voie",), multiprocess_mode="livesum"
)
REFUSALS = Counter("cpf_portail_voie_refus", "Queries refused.", ("voie", "raison"))
OVERRUNS = Counter(
    "cpf_portail_depassements", "Queries that left the quick lane, or their time.", ("suite",)
)
IMAGES = Gauge("cpf_portail_images", "Versions served.", multiprocess_mode="livemax")
VERSIONS_REFUSED = Gauge(
    "cpf_portail_versions_refusees", "Versions that cannot be served.", multiprocess_mode="livemax"
)
MIRROR_AGE = Gauge(
    "cpf_portail_miroir_age_secondes",
    "Time since the bucket was last seen whole; nothing of it is newer. 0: a folder is served.",
    multiprocess_mode="livemin",
)
AHEAD = Counter("cpf_portail_vues_d_avance", "Views asked before any reader does.")


def text() -> bytes:
    """Return what Prometheus reads."""
    if MULTIPROC_DIR not in os.environ:
        return generate_latest(REGISTRY)
    processes = CollectorRegistry()
    MultiProcessCollector(processes)  # type: ignore[no-untyped-call]
    return generate_latest(processes)


def forget_dead_processes() -> None:
    """Drop the gauges of processes that ended: what they ran, nobody runs."""
    folder = os.environ.get(MULTIPROC_DIR)
    if folder is None:
        return
    for path in Path(folder).glob("gauge_live*_*.db"):
        pid = int(path.stem.rpartition("_")[2])
        if not Path(f"/proc/{pid}").exists():
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
