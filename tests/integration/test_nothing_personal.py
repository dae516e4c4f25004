"""Canaries: invented persons planted in the extracts must be found nowhere outside the vault.

Every file that a run leaves is read, decompressed where it is compressed, and searched: the
warehouse, the publications, the candidates, Dagster's storage, logs and reports, and the terminal.
"""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.integration.conftest import SCALE, World

NAME = "Zéphirine-Canari"
NAME_LATIN = NAME.encode("iso-8859-1")
MAIL = "zephirine.canari@exemple-canari.fr"
PHONE = "0699887711"
TITULAIRE = "T-CANARI-777"
DOSSIER = "D-CANARI-888"
BIRTH = "1951-02-03"
CANARIES = [
    NAME.encode(),
    NAME_LATIN,
    MAIL.encode(),
    PHONE.encode(),
    TITULAIRE.encode(),
    DOSSIER.encode(),
    BIRTH.encode(),
]
# Delivered by the source systems: the only plain files that may hold what is personal.
ALLOWED = ("extraits",)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, str]:
    world = World(tmp_path_factory.mktemp("canaris") / "data")
    world.cpf("generate", "--scale", SCALE, "--until", "2020-06", "--seed", "11")
    _plant_persons(world.data / "extraits" / "dossiers", world.data / "extraits" / "financements")
    _plant_contacts(world.data / "extraits" / "edof")
    completed = world.cpf("run", check=False)
    output = completed.stdout + completed.stderr
    for arguments in (["status"], ["verify"], ["run"]):
        again = world.cpf(*arguments, check=False)
        output += again.stdout + again.stderr
    return world, output


def _plant_persons(dossiers: Path, financements: Path) -> None:
    """A valid dossier, and a broken one so that the reject path is walked too."""
    path = sorted(dossiers.glob("*.csv"))[-1]
    header, first, *rest = path.read_text(encoding="utf-8").splitlines()
    columns = header.split(";")
    valid = dict(zip(columns, first.split(";"), strict=True))
    valid |= {"id_dossier": DOSSIER, "id_titulaire": TITULAIRE, "date_naissance": BIRTH}
    broken = valid | {"id_dossier": DOSSIER + "B", "prix": NAME, "date_naissance": MAIL}
    lines = [";".join(row[name] for name in columns) for row in (valid, broken)]
    path.write_text("\n".join([header, first, *lines, *rest]) + "\n", encoding="utf-8")
    financements_file = sorted(financements.glob("*.csv"))[-1]
    with financements_file.open("a", encoding="utf-8") as file:
        file.write(f"{DOSSIER};{valid['date_derniere_modification']};TITULAIRE;100.00\n")
        file.write(f"{DOSSIER}C;{NAME};TITULAIRE;{PHONE}x\n")


def _plant_contacts(edof: Path) -> None:
    """Contact persons in every formation; one formation is broken, so that it is rejected."""
    import re

    path = next(edof.glob("*.xml"))
    text = path.read_text(encoding="iso-8859-1")
    text = re.sub(r"<nom>[^<]*</nom>", f"<nom>{NAME}</nom>", text)
    text = re.sub(r"<courriel>[^<]*</courriel>", f"<courriel>{MAIL}</courriel>", text)
    text = re.sub(r"<numtel>[^<]*</numtel>", f"<numtel>{PHONE}</numtel>", text)
    text = text.replace("<SIRET>", f"<SIRET>{NAME}", 1)
    path.write_text(text, encoding="iso-8859-1")


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
            for (table,) in tables:
                yield repr(connection.execute(f"from {table}").fetchall()).encode()


@pytest.mark.xdist_group("canaris")
def test_canaries_stay_in_the_vault(planted: tuple[World, str]) -> None:
    world, _ = planted
    leaks = [
        (str(path.relative_to(world.data)), canary)
        for path in sorted(world.data.rglob("*"))
        if path.is_file() and path.relative_to(world.data).parts[0] not in ALLOWED
        for content in _contents(path)
        for canary in CANARIES
        if canary in content
    ]
    assert leaks == []


@pytest.mark.xdist_group("canaris")
def test_canaries_are_never_printed(planted: tuple[World, str]) -> None:
    _, output = planted
    assert [canary for canary in CANARIES if canary.decode("iso-8859-1") in output] == []
    assert NAME not in output


@pytest.mark.xdist_group("canaris")
def test_the_search_itself_finds_what_is_planted(planted: tuple[World, str]) -> None:
    """Without this, a test that reads nothing would pass."""
    world, _ = planted
    delivered = b"".join(
        path.read_bytes() for path in (world.data / "extraits").rglob("*") if path.is_file()
    )
    wanted = [canary for canary in CANARIES if canary != NAME.encode()]
    assert all(canary in delivered for canary in wanted)


@pytest.mark.xdist_group("canaris")
def test_the_planted_records_were_landed_and_rejected(planted: tuple[World, str]) -> None:
    """The canaries did go through: one dossier landed, the broken ones are kept as rejects."""
    from orchestration import settings, warehouse

    world, _ = planted
    with settings.state_in(world.data), warehouse.vault(read_only=True) as connection:
        rows = connection.execute(
            "select count(*) from coffre.atterrissage.dossiers where id_dossier = ?", [DOSSIER]
        ).fetchone()
        rejects = connection.execute(
            "select count(*) from read_parquet(?, "
            f"encryption_config = {{footer_key: '{warehouse.PARQUET_KEY}'}}) where contenu like ?",
            [str(world.data / "atterrissage" / "*" / "*" / "rejets.parquet"), "%CANARI%"],
        ).fetchone()
    assert rows == (1,)
    assert rejects is not None
    assert rejects[0] >= 2
