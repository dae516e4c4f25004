"""What a dataset was made from: the deliveries that its models read, as the vault lists them.

All this is published. Of a personal source, the hash is a keyed one, for whoever guesses a small
file could confirm it, and counts are rounded down to hundreds.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter

import duckdb

from orchestration import keys, settings, warehouse
from orchestration.datasets import Dataset
from orchestration.published_versions import readable_version


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
class Fate:
    """What became of the records of a source: read = landed + rejected, landed = the three others.

    ``remplaces``: a newer version of the same; ``ecartes``: left out by the models.
    """

    source: str
    lus: int
    rejetes: int
    atterris: int
    remplaces: int
    ecartes: int
    retenus: int


@dataclass(frozen=True)
class Supply:
    """The set of sources in use (``filiere``), those never landed, and the current deliveries.

    ``devenir``: what became of the records of each source in use. ``dating``: the sources that date
    the rows: the first one, or all of what is made of versions, one of which may be newer.
    """

    filiere: tuple[str, ...]
    missing: tuple[str, ...]
    extraits: tuple[Extract, ...]
    devenir: tuple[Fate, ...] = ()
    dating: tuple[str, ...] = ()

    @property
    def latest_date(self) -> dt.date | None:
        """Extraction date of the newest delivery of the sources that date the rows."""
        dates = [
            dt.date.fromisoformat(extract.date_extraction)
            for extract in self.extraits
            if extract.source in (self.dating or self.filiere[:1])
        ]
        return max(dates, default=None)


def supply(dataset: Dataset) -> Supply:
    """Say what feeds ``dataset``: of several sufficient sets, the one whose first source came last.

    That is the rule of the offer's models (EDOF or the portal's export: the newest delivery wins).
    """
    extraits = _current_versions(dataset) if dataset.derived else _current_extracts()
    landed = {extract.source for extract in extraits}
    newest = {
        group: max((e.atterri_le for e in extraits if e.source == group[0]), default="")
        for group in dataset.sources
    }
    filiere = max(dataset.sources, key=lambda group: newest[group])
    used = set(filiere) | set(dataset.optional_sources)
    feeding = tuple(extract for extract in extraits if extract.source in used)
    return Supply(
        filiere=filiere,
        missing=tuple(source for source in filiere if source not in landed),
        extraits=feeding,
        devenir=() if dataset.derived else tuple(_fates(feeding, _counts(dataset.summary_model))),
        dating=tuple(used) if dataset.derived else (),
    )


def _fates(extraits: Sequence[Extract], counts: Mapping[tuple[str, str], int]) -> Iterator[Fate]:
    for source, group in groupby(extraits, key=attrgetter("source")):
        deliveries = list(group)
        read, landed, rejected = (
            sum(getattr(extract, name) for extract in deliveries)
            for name in ("lus", "atterris", "rejetes")
        )
        superseded, left_out = (counts.get((source, x), 0) for x in ("remplaces", "ecartes"))
        if source in settings.PERSONAL_SOURCES:
            superseded, left_out = _rounded(superseded), _rounded(left_out)
        kept = landed - superseded - left_out
        yield Fate(source, read, rejected, landed, superseded, left_out, kept)


def _counts(model: str | None) -> dict[tuple[str, str], int]:
    """What the models have counted, by source and indicator; nothing before they are built."""
    if model is None or not settings.vault_path().exists():
        return {}
    with warehouse.vault(read_only=True) as connection:
        if not _is_table(connection, "intermediate", model):
            return {}
        rows = connection.execute(
            f"select source, indicateur, valeur::bigint from coffre.intermediate.{model}"
        ).fetchall()
    return {(source, name): value for source, name, value in rows}


def _is_table(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> bool:
    row = connection.execute(
        "select count(*) from duckdb_tables() where database_name = 'coffre' "
        "and schema_name = ? and table_name = ?",
        [schema, name],
    ).fetchone()
    return row != (0,)


def _rounded(count: int) -> int:
    return count // 100 * 100


def _current_versions(dataset: Dataset) -> list[Extract]:
    """What a derived dataset is made from: the current versions of others, as if delivered."""
    return [
        Extract(
            source=name,
            fichier=f"{version.parquet.name} ({version.version})",
            sha256=version.sha256,
            date_extraction=version.dernier_jour,
            atterri_le=version.publie_le,
            lus=version.lignes,
            atterris=version.lignes,
            rejetes=0,
        )
        for name in sorted(dataset.all_sources)
        if (version := readable_version(name))
    ]


def _current_extracts() -> list[Extract]:
    if not settings.vault_path().exists():
        return []
    with warehouse.vault(read_only=True) as connection:
        if not _is_table(connection, "atterrissage", "depots"):
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
    landed, rejected = map(_rounded, (extract.atterris, extract.rejetes))
    digest = hmac.new(keys.derive("livraisons"), extract.sha256.encode(), hashlib.sha256)
    return replace(
        extract,
        sha256=digest.hexdigest(),
        lus=landed + rejected,
        atterris=landed,
        rejetes=rejected,
    )
