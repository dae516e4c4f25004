"""The canaries of the extracts must be found nowhere outside the vault.

Every file that a run leaves is read, decompressed where it is compressed, and searched: the
warehouse, the publications, the candidates, Dagster's storage, logs and reports, and the terminal.
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.factories.modes import PUBLIC, readable_by_others
from tests.integration.canaries import (
    CANARIES,
    CANONICAL,
    CANONICAL_DOSSIER,
    CERTIFICATION,
    DOSSIER,
    NAME,
    SPELLINGS,
)
from tests.integration.conftest import World

# Delivered by the source systems: the only plain files that may hold what is personal.
ALLOWED = ("extraits",)
pytestmark = pytest.mark.xdist_group("world")


def _contents(path: Path) -> Iterator[bytes]:
    data = path.read_bytes()
    yield data
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    if data[:1] == b"\x78":
        try:
            yield zlib.decompress(data)
        except zlib.error:
            return
    if path.suffix == ".parquet":
        try:
            rows = duckdb.sql(f"select * from read_parquet('{path}')").fetchall()
        except duckdb.Error:
            return  # encrypted: its raw bytes were searched
        yield repr(rows).encode()
    if path.name == "entrepot.duckdb":
        with duckdb.connect(path, read_only=True) as connection:
            tables = connection.execute("select table_name from duckdb_tables()").fetchall()
            assert len(tables) > 1
            for (table,) in tables:
                yield repr(connection.execute(f"from {table}").fetchall()).encode()


def test_canaries_stay_in_the_vault(second_run: tuple[World, str]) -> None:
    world, _ = second_run
    leaks = [
        (str(path.relative_to(world.data)), canary)
        for path in sorted(world.data.rglob("*"))
        if path.is_file() and path.relative_to(world.data).parts[0] not in ALLOWED
        for content in _contents(path)
        for canary in CANARIES + CANONICAL
        if canary in content
    ]
    assert leaks == []


def test_others_reach_only_what_is_public(published: World) -> None:
    published.data.chmod(0o755)
    readable = {
        path.relative_to(published.data).parts[0] for path in readable_by_others(published.data)
    }
    assert readable - {".verrou"} == PUBLIC


def test_canaries_are_never_printed(run_output: str, second_run: tuple[World, str]) -> None:
    output = run_output + second_run[1]
    assert [c for c in CANARIES + CANONICAL if c.decode("iso-8859-1") in output] == []
    assert NAME not in output


def test_the_search_itself_finds_what_is_planted(published: World) -> None:
    """Without this, a test that reads nothing would pass."""
    delivered = b"".join(
        path.read_bytes() for path in (published.data / "extraits").rglob("*") if path.is_file()
    )
    wanted = [canary for canary in CANARIES if canary != NAME.encode()]
    assert all(canary in delivered for canary in wanted)


def test_the_planted_records_were_landed_and_rejected(published: World) -> None:
    """The canaries did go through: one dossier landed, the broken ones are kept as rejects."""
    from orchestration import settings, warehouse

    with settings.state_in(published.data), warehouse.vault(read_only=True) as connection:
        rows = connection.execute(
            "select count(*) from coffre.atterrissage.dossiers where id_dossier = ?",
            [CANONICAL_DOSSIER],
        ).fetchone()
        rejects = connection.execute(
            "select count(*) from read_parquet(?, "
            f"encryption_config = {{footer_key: '{warehouse.PARQUET_KEY}'}}) where contenu like ?",
            [str(published.data / "atterrissage" / "*" / "*" / "rejets.parquet"), f"%{DOSSIER}%"],
        ).fetchone()
    assert rows == (1,)
    assert rejects is not None
    assert rejects[0] >= 2


def test_a_person_under_twelve_spellings_is_no_row_of_twelve_persons(published: World) -> None:
    """Twelve dossiers landed, of one person: no row tells of what only that person bought."""
    from orchestration import settings, warehouse

    with settings.state_in(published.data), warehouse.vault(read_only=True) as connection:
        landed = connection.execute(
            "select count(*), count(distinct titulaire) "
            "from coffre.intermediate.int_dossiers__courants where code_certification = ?",
            [CERTIFICATION],
        ).fetchone()
    assert landed == (len(SPELLINGS), 1)
    with duckdb.connect(published.data / "entrepot.duckdb", read_only=True) as connection:
        table = "moncompteformation_formations_engagees"
        rows = connection.execute(f"select code_certification from {table}").fetchall()
    assert len(rows) > 1
    assert (CERTIFICATION,) not in rows
