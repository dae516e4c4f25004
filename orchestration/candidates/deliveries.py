"""What a dataset was made from: the deliveries that its models read, as the vault lists them.

All this is published. Of a personal source, the hash is a keyed one, for whoever guesses a small
file could confirm it, and counts are rounded down to hundreds.
"""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass, replace

from orchestration import keys, settings, warehouse
from orchestration.datasets import Dataset


@dataclass(frozen=True)
class Extract:
    """A landed delivery: dates are ISO texts, counts are records. As it may be published."""

    source: str
    fichier: str
    sha256: str
    date_extraction: str
    atterri_le: str
    lus: int
    atterris: int
    rejetes: int


@dataclass(frozen=True)
class Supply:
    """The set of sources in use (``filiere``), those never landed, and the current deliveries."""

    filiere: tuple[str, ...]
    missing: tuple[str, ...]
    extraits: tuple[Extract, ...]

    @property
    def latest_date(self) -> dt.date | None:
        """Extraction date of the newest delivery of the first source, which dates the rows."""
        dates = [
            dt.date.fromisoformat(extract.date_extraction)
            for extract in self.extraits
            if self.filiere and extract.source == self.filiere[0]
        ]
        return max(dates, default=None)


def supply(dataset: Dataset) -> Supply:
    """Say what feeds ``dataset``: of several sufficient sets, the one whose first source came last.

    That is the rule of the offer's models (EDOF or the portal's export: the newest delivery wins).
    """
    extraits = _current_extracts()
    landed = {extract.source for extract in extraits}
    newest = {
        group: max((e.atterri_le for e in extraits if e.source == group[0]), default="")
        for group in dataset.sources
    }
    filiere = max(dataset.sources, key=lambda group: newest[group])
    used = set(filiere) | set(dataset.optional_sources)
    return Supply(
        filiere=filiere,
        missing=tuple(source for source in filiere if source not in landed),
        extraits=tuple(extract for extract in extraits if extract.source in used),
    )


def _current_extracts() -> list[Extract]:
    if not settings.vault_path().exists():
        return []
    with warehouse.vault(read_only=True) as connection:
        known = connection.execute(
            "select count(*) from duckdb_tables() where database_name = 'coffre' "
            "and schema_name = 'atterrissage' and table_name = 'depots'"
        ).fetchone()
        if known == (0,):
            return []
        rows = connection.execute(
            "select source, fichier, sha256, date_extraction::varchar, "
            "strftime(atterri_le, '%Y-%m-%dT%H:%M:%S.%fZ'), lus, atterris, rejetes "
            "from coffre.atterrissage.depots where courant "
            "order by source, date_extraction, atterri_le, fichier"
        ).fetchall()
    return [_public(Extract(*row)) for row in rows]


def _public(extract: Extract) -> Extract:
    if extract.source not in settings.PERSONAL_SOURCES:
        return extract
    landed, rejected = (count // 100 * 100 for count in (extract.atterris, extract.rejetes))
    digest = hmac.new(keys.derive("livraisons"), extract.sha256.encode(), hashlib.sha256)
    return replace(
        extract,
        sha256=digest.hexdigest(),
        lus=landed + rejected,
        atterris=landed,
        rejetes=rejected,
    )
