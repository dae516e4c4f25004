"""Every path and environment variable of the project, and nothing else.

Reading this module does no I/O; paths follow ``CPF_DATA`` at the time they are asked for, so that
:func:`state_in` moves all of them at once.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# What the publisher has published itself: whoever has it needs neither key nor vault.
PUBLIC_EXPORTS = ("portail", "portail_achats", "portail_usagers", "portail_entrees_sorties")
# Lists that others publish, which say of nobody what is not public.
PUBLIC_REGISTERS = ("certifications", "organismes")
PUBLIC_SOURCES = (*PUBLIC_REGISTERS, *PUBLIC_EXPORTS)
SOURCES = ("edof", "dossiers", "financements", *PUBLIC_SOURCES)
# Those that describe persons.
PERSONAL_SOURCES = frozenset({"dossiers", "financements"})


def data() -> Path:
    """Root of all state (``$CPF_DATA``, default ``./data``)."""
    return Path(os.environ.get("CPF_DATA") or "data").resolve()


def state_in(folder: Path) -> AbstractContextManager[None]:
    """Keep all state in ``folder`` for the length of a block."""
    return environment(CPF_DATA=str(folder.resolve()))


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Set ``variables`` for the length of a block, in this process and in those that it starts."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def extracts(source: str = "") -> Path:
    """Where the raw files are delivered, one folder per source."""
    return data() / "extraits" / source


def exports() -> Path:
    """Public exports, the four of the demonstration or the publisher's own."""
    return data() / "exports"


def landing(source: str = "") -> Path:
    """Immutable deposits, one folder per source then per delivery."""
    return data() / "atterrissage" / source


def is_public() -> bool:
    """Tell whether only public files are read (``CPF_PUBLIC=1``): no vault then, and no key."""
    return os.environ.get("CPF_PUBLIC") == "1"


def public_only() -> AbstractContextManager[None]:
    """Read only public exports for the length of a block, in the processes that it starts too."""
    return environment(CPF_PUBLIC="1")


def vault_path() -> Path:
    """The vault: encrypted database of everything that may be personal, in a folder of its own.

    Where only public exports are read, a database of theirs, in clear.
    """
    return data() / ("public/public.duckdb" if is_public() else "coffre/coffre.duckdb")


def warehouse_path() -> Path:
    """The warehouse: the rows of every current version, and only them."""
    return data() / "entrepot.duckdb"


def candidates(dataset: str = "") -> Path:
    """Files about to be published, waiting for the gate."""
    return data() / "candidats" / dataset


def publications(dataset: str = "") -> Path:
    """Published versions, immutable, and their current pointer."""
    return data() / "publications" / dataset


def site() -> Path:
    """What tells of all the publications: catalogue, feeds, pages; made anew each time."""
    return data() / "site"


def register(dataset: str = "") -> Path:
    """What the current version of a dataset shows, and of whom (encrypted)."""
    return data() / "registre" / dataset


def signatures() -> Path:
    """The last head of each dataset that was signed here: publications must still agree with it."""
    return data() / "signatures"


def forgotten() -> Path:
    """Who asked to be forgotten, by keyed digests, and when they were erased."""
    return data() / "oublis"


def url(declared_url: str) -> str:
    """Address of the site that serves the publications: ``$CPF_URL``, else the declared one."""
    return (os.environ.get("CPF_URL") or declared_url).rstrip("/")


def objects() -> str:
    """Bucket to which every publication goes too (``$CPF_OBJETS``, as ``s3://bucket/prefix``)."""
    return os.environ.get("CPF_OBJETS") or ""


def temporary() -> Path:
    """DuckDB's spill files (encrypted by DuckDB, emptied by it)."""
    return data() / "temporaire"


def dagster_home() -> Path:
    """Dagster's own storage: runs, events, schedules."""
    return data() / "dagster"


def dbt_target() -> Path:
    """dbt's artefacts and log, beside the other state so that a clone stays clean."""
    return data() / "dbt"


def memory_limit() -> str:
    """Memory that DuckDB may use before it spills (``CPF_MEMORY``, default 4GB).

    Public exports are small beside the dossiers of a country: half of it does. With 1 GB the
    Parquet of 213,000 rows of the offer, some 2 kB each, is not written.
    """
    return os.environ.get("CPF_MEMORY") or ("2GB" if is_public() else "4GB")


def threads() -> int:
    """Threads of DuckDB (``CPF_THREADS``, default: the machine's cores)."""
    return int(os.environ.get("CPF_THREADS") or os.cpu_count() or 2)
