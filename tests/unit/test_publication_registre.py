"""The registry beside the versions: kept, shown to the models, and what may not follow it."""

import json
from pathlib import Path

import pytest

from orchestration import settings, warehouse
from orchestration.jeux import Jeu
from orchestration.publication import registre
from tests.unit.petits_jeux import ACHATS, OFFRE

V1, V2, V3 = "2026.10.1", "2026.11.1", "2026.11.2"


@pytest.fixture
def jeu(etat: Path, jeux: dict[str, Jeu]) -> Jeu:
    """The purchases, with a vault that holds the four models to keep."""
    with warehouse.vault() as connection:
        connection.execute("create schema coffre.intermediate")
        for model in registre.modeles(jeux[ACHATS]):
            connection.execute(f"create table coffre.intermediate.{model} (id_dossier varchar)")
            connection.execute(f"insert into coffre.intermediate.{model} values ('D2'), ('D1')")
    return jeux[ACHATS]


def designer(jeu: Jeu, version: str) -> None:
    """Make ``version`` the current one, as far as the registry looks."""
    folder = settings.publications(jeu.nom)
    (folder / version).mkdir(parents=True, exist_ok=True)
    (folder / version / "manifest.json").write_text("{}")
    pointer = {"version": version, "manifest_sha256": "", "publie_le": ""}
    (folder / "current.json").write_text(json.dumps(pointer))


def montrees() -> set[str]:
    """Names of the views that the models may build on."""
    with warehouse.vault(read_only=True) as connection:
        found = connection.execute(
            "select view_name from duckdb_views() "
            "where database_name = 'coffre' and schema_name = 'registre'"
        ).fetchall()
    return {name for (name,) in found}


def test_the_registry_of_the_current_version_is_shown(jeu: Jeu) -> None:
    registre.exposer()
    assert montrees() == set()
    registre.deposer(jeu, V1)
    registre.exposer()
    assert montrees() == set()
    designer(jeu, V1)
    registre.exposer()
    assert montrees() == {f"{jeu.nom}__{table}" for table in registre.TABLES}
    with warehouse.vault(read_only=True) as connection:
        found = connection.execute(f"from coffre.registre.{jeu.nom}__clos").fetchall()
    assert found == [("D1",), ("D2",)]


def test_the_registry_is_encrypted_and_private(jeu: Jeu) -> None:
    registre.deposer(jeu, V1)
    for path in (settings.registre(jeu.nom) / V1).glob("*.parquet"):
        assert path.stat().st_mode & 0o077 == 0
        assert path.read_bytes()[:4] == b"PARE"


def test_other_rules_build_anew_and_may_not_be_published(
    jeu: Jeu, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert registre.refus(jeu) is None
    registre.deposer(jeu, V1)
    designer(jeu, V1)
    assert registre.refus(jeu) is None
    path = settings.registre(jeu.nom) / V1 / registre.REGLES
    path.write_text(json.dumps(json.loads(path.read_text()) | {"seuil": 3}))
    registre.exposer()
    assert montrees() == set()
    assert "ses règles ont changé (seuil)" in str(registre.refus(jeu))
    monkeypatch.setenv(registre.REBASE, f"autre,{jeu.nom}")
    assert registre.refus(jeu) is None


def test_a_lost_registry_may_not_be_published_over(jeu: Jeu) -> None:
    designer(jeu, V1)
    assert "le registre de cette version a disparu" in str(registre.refus(jeu))


def test_a_rebase_does_not_follow_the_registry(jeu: Jeu, monkeypatch: pytest.MonkeyPatch) -> None:
    registre.deposer(jeu, V1)
    designer(jeu, V1)
    monkeypatch.setenv(registre.REBASE, jeu.nom)
    registre.exposer()
    assert montrees() == set()


def test_the_two_last_are_kept(jeu: Jeu) -> None:
    for version in (V1, V2, V3):
        registre.deposer(jeu, version)
        registre.elaguer(jeu)
    assert {path.name for path in settings.registre(jeu.nom).iterdir()} == {V2, V3}


def test_a_version_whose_number_serves_again_is_replaced(jeu: Jeu) -> None:
    registre.deposer(jeu, V1)
    (settings.registre(jeu.nom) / V1 / "reste").touch()
    (settings.registre(jeu.nom) / ".en_cours-1").mkdir()
    registre.deposer(jeu, V1)
    assert {path.name for path in settings.registre(jeu.nom).iterdir()} == {V1}
    assert not (settings.registre(jeu.nom) / V1 / "reste").exists()


def test_a_version_from_before_the_registry_gets_one(jeu: Jeu) -> None:
    registre.completer(jeu, V1)
    folder = settings.registre(jeu.nom) / V1
    before = (folder / registre.REGLES).stat().st_mtime_ns
    registre.completer(jeu, V1)
    assert (folder / registre.REGLES).stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("livraison", "jour"), [("2026-10-31", "2025-09-30"), ("2026-01-31", "2024-12-31")]
)
def test_periods_are_definitive_thirteen_months_after_their_end(
    jeux: dict[str, Jeu], livraison: str, jour: str
) -> None:
    assert registre.definitif_jusqu_au(jeux[ACHATS], livraison) == jour
    assert registre.definitif_jusqu_au(jeux[OFFRE], livraison) is None


def test_a_dataset_without_persons_has_none(etat: Path, jeux: dict[str, Jeu]) -> None:
    registre.deposer(jeux[OFFRE], V1)
    assert registre.refus(jeux[OFFRE]) is None
    assert registre.modeles(jeux[OFFRE]) == []
    assert not settings.registre(OFFRE).exists()
