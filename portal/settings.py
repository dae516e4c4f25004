"""What an operator may change of the portal, each by one variable: ``CPF_PORTAIL_<NAME>``."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from orchestration import settings

PREFIX = "CPF_PORTAIL_"
BUCKET_SCHEME = "s3://"


@dataclass(frozen=True)
class Settings:
    """Folders, then limits. Durations are in seconds, sizes in bytes."""

    publications: Path
    site: Path
    images: Path
    temporaire: Path
    # --- mirror of a bucket: of what is then ``publications`` and ``site``
    miroir: Path = Path("miroir")
    source: str = ""  # s3://…
    cle_publique: str = ""  # the file of the key that must have signed everything (PEM)
    rafraichissement: float = 10.0  # the bucket is asked that often
    # --- engine
    memoire: str = "1200MB"
    memoire_image: str = "1GB"  # of the process that makes an image
    fils: int = 0  # threads of DuckDB; 0: as many as cores
    rapides: int = 2  # quick slots for statements known as cheap, and as many for unknown ones
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
    adresse: int = 65_000  # length of a URL; the server reads 65,500
    tete: float = 20.0  # the head of a request must come within it
    ecriture: float = 60.0  # a client that takes no byte for so long is left
    arret: int = 30  # requests in flight have so long to finish
    mandataire: bool = False  # believe X-Forwarded-For: only behind a proxy that sets it
    # --- /api/sql
    sql_processus: int = 2
    sql_memoire: str = "400MB"
    sql_limite: float = 10.0
    sql_lignes: int = 100_000
    sql_octets: int = 67_108_864  # of an answer


def read_settings(
    publications: Path | str | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Read the environment. Raises ``ValueError``, in French, when a value is not of its type.

    ``publications``: a folder, or the address of a bucket (``s3://…``).
    """
    state = settings.data()
    named = environ.get(f"{PREFIX}PUBLICATIONS") or ""
    asked = str(publications or named)
    source = asked if asked.startswith(BUCKET_SCHEME) else ""
    if source or named.startswith(BUCKET_SCHEME):
        environ = {k: v for k, v in environ.items() if k != f"{PREFIX}PUBLICATIONS"}
    if source:
        publications = None
    declared = {field.name: field.default for field in fields(Settings)}
    defaults: dict[str, Any] = declared | {
        "publications": Path(publications or state / "publications"),
        "miroir": state / "miroir",
        "site": state / "site",
        "images": state / "portail",
        "temporaire": state / "temporaire" / "portail",
    }
    read = Settings(**{name: _read(name, environ, value) for name, value in defaults.items()})
    return replace(read, source=source) if source else read


def _read(name: str, environ: Mapping[str, str], default: Any) -> Any:
    variable = f"{PREFIX}{name.upper()}"
    text = environ.get(variable)
    if not text:
        return default
    try:
        if isinstance(default, bool):
            return {"oui": True, "non": False, "1": True, "0": False}[text.lower()]
        return Path(text).resolve() if isinstance(default, Path) else type(default)(text)
    except (ValueError, KeyError):
        raise ValueError(f"{variable} : « {text} » n'est pas une valeur admise.") from None
