"""What an operator may change of the portal, each by one variable: ``CPF_PORTAIL_<NAME>``.

Belongs here: names, defaults, reading the environment. Does not: what the limits do.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from orchestration import settings

PREFIXE = "CPF_PORTAIL_"


@dataclass(frozen=True)
class Reglages:
    """Folders, then limits. Durations are in seconds, sizes in bytes."""

    publications: Path
    site: Path
    images: Path
    temporaire: Path
    # --- engine
    memoire: str = "1200MB"
    fils: int = 0  # threads of DuckDB; 0: as many as cores
    rapides: int = 4  # quick slots for statements known as cheap, and as many for unknown ones
    lentes: int = 2
    tranche: float = 0.25  # a query that runs longer leaves its quick slot
    limite_rapide: float = 10.0
    limite_lente: float = 60.0
    attente_lente: int = 64  # waiting for a slow slot, in all and by client
    attente_par_client: int = 16
    patience: float = 30.0  # who waits longer for a slot is refused
    exports: int = 16  # open streams
    # --- requests
    quota: int = 1_000_000  # calls a day and client
    corps: int = 1_048_576
    adresse: int = 65_536  # length of a URL
    ecriture: float = 60.0  # a client that takes no byte for so long is left
    arret: int = 30  # requests in flight have so long to finish
    mandataire: bool = False  # believe X-Forwarded-For: only behind a proxy that sets it
    # --- /api/sql
    sql_processus: int = 2
    sql_memoire: str = "400MB"
    sql_limite: float = 10.0
    sql_lignes: int = 100_000


def lire_reglages(
    publications: Path | None = None, environ: Mapping[str, str] = os.environ
) -> Reglages:
    """Read the environment. Raises ``ValueError``, in French, when a value is not of its type."""
    folders: dict[str, Any] = {
        "publications": settings.publications(),
        "site": settings.site(),
        "images": settings.data() / "portail",
        "temporaire": settings.temporaire() / "portail",
    }
    if publications is not None:
        folders["publications"] = publications.resolve()
    given: dict[str, Any] = {
        field.name: _lire(f"{PREFIXE}{field.name.upper()}", environ, field.default)
        for field in fields(Reglages)
        if field.name not in folders and environ.get(f"{PREFIXE}{field.name.upper()}")
    }
    return Reglages(**folders, **given)


def _lire(name: str, environ: Mapping[str, str], default: Any) -> Any:
    text = environ[name]
    try:
        if isinstance(default, bool):
            return {"oui": True, "non": False, "1": True, "0": False}[text.lower()]
        return type(default)(text)
    except (ValueError, KeyError):
        raise ValueError(f"{name} : « {text} » n'est pas une valeur admise.") from None
