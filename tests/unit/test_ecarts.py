"""Two versions that differ by known edits have exactly that difference."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration import settings
from orchestration.cli import app
from orchestration.ecarts.calcul import comparer
from orchestration.ecarts.resume import deposer, resumer
from orchestration.ecarts.schemas import Cote
from orchestration.jeux import Jeu
from orchestration.publication import publier
from orchestration.publication.candidat import preparer
from orchestration.publication.fichiers import sha256
from tests.unit import petit_etat, petits_jeux, rapports
from tests.unit.petites_publications import est_integre, sans_registre
from tests.unit.petits_jeux import ACHATS, OFFRE, Ligne

CLE = ("id", "lieu")
AVANT = """
    select i as id, nullif('d' || i % 3, 'd0') as lieu, i * 10 as montant, 'x' as texte,
    date '2026-03-01' as charge from range(20) as r(i)
"""


def _comparer(
    folder: Path, avant: str, apres: str, cle: tuple[str, ...] = CLE
) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """Write both queries as Parquet; return the summary and every change."""
    sides = []
    for name, query in (("avant", avant), ("apres", apres)):
        path = folder / f"{name}.parquet"
        duckdb.execute(f"copy ({query}) to '{path}' (format parquet)")
        sides.append(Cote(name, path, cle))
    with comparer(*sides) as found:
        summary = resumer(found, "jeu", ("montant",)).contenu()
        return summary, found.connection.execute(found.ordonnes).fetchall()


def test_known_edits_are_exactly_the_difference(tmp_path: Path) -> None:
    edited = f"""
        select * replace (
            case id when 4 then 41 when 6 then null else montant end as montant,
            case when id in (4, 7) then 'y' else texte end as texte
        ) from ({AVANT}) where id not in (1, 9)
        union all select 100, null, 5, 'z', date '2026-03-01'
    """
    summary, changes = _comparer(tmp_path, AVANT, edited)
    assert changes == [
        ("ajoutee", 100, None, None, None, None),
        ("retiree", 1, "d1", None, None, None),
        ("retiree", 9, None, None, None, None),
        ("revisee", 4, "d1", "montant", "40", "41"),
        ("revisee", 4, "d1", "texte", "x", "y"),
        ("revisee", 6, None, "montant", "60", None),
        ("revisee", 7, "d1", "texte", "x", "y"),
    ]
    assert summary["lignes"] == {
        "ajoutees": 1,
        "retirees": 2,
        "revisees": 3,
        "identiques": 15,
        "sans_cle": 0,
    }
    assert summary["colonnes"] == {"montant": 2, "texte": 2}
    assert summary["schema"] == summary["colonnes_uniformes"] == []
    assert summary["totaux"] == [{"colonne": "montant", "avant": "1900", "apres": "1746"}]


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    summary, changes = _comparer(tmp_path, AVANT, f"from ({AVANT}) order by hash(id)")
    assert changes == []
    assert summary["lignes"]["identiques"] == 20


def test_a_date_that_all_rows_bear_is_said_once(tmp_path: Path) -> None:
    later = f"select * replace (date '2026-03-02' as charge) from ({AVANT})"
    summary, changes = _comparer(tmp_path, AVANT, later)
    assert changes == []
    assert summary["colonnes_uniformes"] == [
        {"colonne": "charge", "avant": "2026-03-01", "apres": "2026-03-02"}
    ]
    but_one = f"select * replace (charge + (id <> 3)::integer as charge) from ({AVANT})"
    assert len(_comparer(tmp_path, AVANT, but_one)[1]) == 19


def test_changes_of_schema_are_named_and_revise_nothing(tmp_path: Path) -> None:
    other = f"""
        select * exclude (texte) replace (id::bigint as id, montant::decimal(12, 2) as montant),
        'neuf' as ajoutee from ({AVANT})
    """
    summary, changes = _comparer(tmp_path, AVANT, other)
    assert changes == []
    assert [(item["colonne"], item["nature"]) for item in summary["schema"]] == [
        ("montant", "type"),
        ("ajoutee", "ajoutee"),
        ("texte", "retiree"),
    ]
    assert summary["schema"][0]["apres"] == "DECIMAL(12,2)"
    text = f"select * replace (case id when 2 then '020' else montant::varchar end as montant) from ({AVANT})"  # noqa: E501
    assert _comparer(tmp_path, AVANT, text)[1] == [
        ("revisee", 2, "d2", "montant", "20", "020"),
    ]


def test_rows_that_share_a_key_are_a_multiset(tmp_path: Path) -> None:
    twins = "union all select null, 'd1', v, 't', date '2026-03-01' from (values {}) as t(v)"
    before = AVANT + twins.format("(1), (1), (1), (2)")
    after = AVANT + twins.format("(2), (1), (3)")
    summary, changes = _comparer(tmp_path, before, after)
    whole = [
        (row[0], *(json.loads(cell)["montant"] for cell in row[4:] if cell)) for row in changes
    ]
    assert whole == [("ajoutee", "3"), ("retiree", "1"), ("retiree", "1")]
    assert summary["lignes"]["sans_cle"] == 3
    assert summary["lignes"]["revisees"] == 0


def test_without_a_common_key_rows_are_compared_whole(tmp_path: Path) -> None:
    other = f"select * replace (case id when 4 then 41 else montant end as montant) from ({AVANT})"
    summary, changes = _comparer(tmp_path, AVANT, other, cle=("disparue",))
    assert summary["cle"] == []
    assert [row[0] for row in changes] == ["ajoutee", "retiree"]
    assert json.loads(changes[0][3])["montant"] == "41"


def test_the_same_versions_make_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = f"select * replace (montant + id % 2 as montant) from ({AVANT}) where id <> 5"
    digests = set()
    for threads in ("1", "2"):
        monkeypatch.setenv("CPF_THREADS", threads)
        sides = []
        for name, query in (("avant", AVANT), ("apres", other)):
            path = tmp_path / f"{name}.parquet"
            duckdb.execute(f"copy (from ({query}) order by hash(id)) to '{path}'")
            sides.append(Cote(name, path, CLE))
        with comparer(*sides) as found:
            deposer(found, tmp_path / "ecarts.parquet")
        digests.add(sha256(tmp_path / "ecarts.parquet"))
    assert len(digests) == 1


def _publier(jeu: Jeu, rows: list[Ligne]) -> Path:
    petit_etat.construire_mart(jeu, rows)
    candidat = preparer(jeu)
    done = publier.publier(sans_registre(jeu), candidat, rapports.rapport(jeu, candidat))
    return done.chemin


@pytest.fixture
def publiees(etat: Path, jeux: dict[str, Jeu]) -> tuple[Path, Path]:
    """The purchases in two versions: a row revised, one removed, one added."""
    rows = petits_jeux.lignes(ACHATS)
    first = _publier(jeux[ACHATS], rows[:11])
    rows[2]["nb_dossiers"] += 1
    return first, _publier(jeux[ACHATS], rows[:1] + rows[2:])


def test_each_version_tells_what_it_changed(
    publiees: tuple[Path, Path], jeux: dict[str, Jeu]
) -> None:
    first, second = publiees
    assert "Première version" in (first / "changements.md").read_text()
    assert not (first / "ecarts.json").exists()
    told = json.loads((second / "ecarts.json").read_text())
    assert told["avant"]["version"] == first.name
    assert (told["lignes"]["ajoutees"], told["lignes"]["retirees"]) == (1, 1)
    assert told["colonnes"] == {"nb_dossiers": 1}
    detail = duckdb.sql(
        f"select nature, colonne, avant, apres from '{second / 'ecarts.parquet'}'"
    ).fetchall()
    assert detail[-1] == ("revisee", "nb_dossiers", "42", "43")
    text = (second / "changements.md").read_text()
    assert "| Révisées | 1 |" in text
    assert "(`nb_dossiers`) | 1 |" in text
    bound = {item["nom"] for item in json.loads((second / "manifest.json").read_text())["fichiers"]}
    assert {"ecarts.json", "ecarts.parquet", "changements.md"} <= bound
    assert est_integre(jeux[ACHATS])


def test_a_damaged_predecessor_does_not_stop_the_next(
    publiees: tuple[Path, Path], jeux: dict[str, Jeu]
) -> None:
    parquet = publiees[1] / f"{ACHATS}.parquet"
    parquet.unlink()
    parquet.write_bytes(b"rien")
    third = _publier(jeux[ACHATS], petits_jeux.lignes(ACHATS))
    assert "n'est plus celui qui a été publié" in (third / "changements.md").read_text()
    assert not (third / "ecarts.json").exists()


def test_the_command_shows_the_difference(publiees: tuple[Path, Path]) -> None:
    arguments = ["diff", ACHATS, publiees[0].name, publiees[1].name]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0
    assert "révisée sur 1 ligne(s)" in shown.stdout
    told = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    published = json.loads((publiees[1] / "ecarts.json").read_text())
    assert {name: told[name] for name in published} == published
    assert len(told["changements"]) == 3
    copied = CliRunner().invoke(
        app, [*arguments, "--publications", str(settings.publications())], env={"CPF_DATA": "/vide"}
    )
    assert copied.stdout == shown.stdout


def test_the_command_refuses_what_it_does_not_know(publiees: tuple[Path, Path]) -> None:
    first = publiees[0].name
    for arguments, said in (
        (["inconnu", first, first], "jeu inconnu"),
        ([ACHATS, first, "2020.01.1"], "version inconnue"),
        ([OFFRE, first, first], "aucune version"),
    ):
        done = CliRunner().invoke(app, ["diff", *arguments])
        assert done.exit_code == 2
        assert said in done.stderr
