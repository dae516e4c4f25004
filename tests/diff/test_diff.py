"""Two versions that differ by known edits have exactly that difference."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration import settings
from orchestration.candidates.candidate import prepare
from orchestration.cli.app import app
from orchestration.datasets import Dataset
from orchestration.diff.common_schema import ComparedVersion
from orchestration.diff.compute import compare
from orchestration.diff.summary import summarize, write_changes
from orchestration.files import sha256
from orchestration.release import publish
from tests.factories import reports, small_datasets, small_state
from tests.factories.small_datasets import OFFER, PURCHASES, Row
from tests.factories.small_publications import is_intact, without_registry

KEY = ("id", "lieu")
BEFORE = """
    select i as id, nullif('d' || i % 3, 'd0') as lieu, i * 10 as montant, 'x' as texte,
    date '2026-03-01' as charge from range(20) as r(i)
"""


def _compare(
    folder: Path, before: str, after: str, key: tuple[str, ...] = KEY
) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """Write both queries as Parquet; return the summary and every change."""
    sides = []
    for name, query in (("avant", before), ("apres", after)):
        path = folder / f"{name}.parquet"
        duckdb.execute(f"copy ({query}) to '{path}' (format parquet)")
        sides.append(ComparedVersion(name, path, key))
    with compare(*sides) as comparison:
        summary = summarize(comparison, "jeu", ("montant",)).content()
        return summary, comparison.connection.execute(comparison.ordered).fetchall()


def test_known_edits_are_exactly_the_difference(tmp_path: Path) -> None:
    edited_query = f"""
        select * replace (
            case id when 4 then 41 when 6 then null else montant end as montant,
            case when id in (4, 7) then 'y' else texte end as texte
        ) from ({BEFORE}) where id not in (1, 9)
        union all select 100, null, 5, 'z', date '2026-03-01'
    """
    summary, changes = _compare(tmp_path, BEFORE, edited_query)
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
    summary, changes = _compare(tmp_path, BEFORE, f"from ({BEFORE}) order by hash(id)")
    assert changes == []
    assert summary["lignes"]["identiques"] == 20


def test_a_date_that_all_rows_bear_is_said_once(tmp_path: Path) -> None:
    later = f"select * replace (date '2026-03-02' as charge) from ({BEFORE})"
    summary, changes = _compare(tmp_path, BEFORE, later)
    assert changes == []
    assert summary["colonnes_uniformes"] == [
        {"colonne": "charge", "avant": "2026-03-01", "apres": "2026-03-02"}
    ]
    all_but_one = f"select * replace (charge + (id <> 3)::integer as charge) from ({BEFORE})"
    assert len(_compare(tmp_path, BEFORE, all_but_one)[1]) == 19


def test_changes_of_schema_are_named_and_revise_nothing(tmp_path: Path) -> None:
    other = f"""
        select * exclude (texte) replace (id::bigint as id, montant::decimal(12, 2) as montant),
        'neuf' as ajoutee from ({BEFORE})
    """
    summary, changes = _compare(tmp_path, BEFORE, other)
    assert changes == []
    assert [(item["colonne"], item["nature"]) for item in summary["schema"]] == [
        ("montant", "type"),
        ("ajoutee", "ajoutee"),
        ("texte", "retiree"),
    ]
    assert summary["schema"][0]["apres"] == "DECIMAL(12,2)"
    text = f"select * replace (case id when 2 then '020' else montant::varchar end as montant) from ({BEFORE})"  # noqa: E501
    assert _compare(tmp_path, BEFORE, text)[1] == [
        ("revisee", 2, "d2", "montant", "20", "020"),
    ]


def test_rows_that_share_a_key_are_a_multiset(tmp_path: Path) -> None:
    twins = "union all select null, 'd1', v, 't', date '2026-03-01' from (values {}) as t(v)"
    before = BEFORE + twins.format("(1), (1), (1), (2)")
    after = BEFORE + twins.format("(2), (1), (3)")
    summary, changes = _compare(tmp_path, before, after)
    whole = [
        (row[0], *(json.loads(cell)["montant"] for cell in row[4:] if cell)) for row in changes
    ]
    assert whole == [("ajoutee", "3"), ("retiree", "1"), ("retiree", "1")]
    assert summary["lignes"]["sans_cle"] == 3
    assert summary["lignes"]["revisees"] == 0


def test_without_a_common_key_rows_are_compared_whole(tmp_path: Path) -> None:
    other = f"select * replace (case id when 4 then 41 else montant end as montant) from ({BEFORE})"
    summary, changes = _compare(tmp_path, BEFORE, other, key=("disparue",))
    assert summary["cle"] == []
    assert [row[0] for row in changes] == ["ajoutee", "retiree"]
    assert json.loads(changes[0][3])["montant"] == "41"


def test_the_same_versions_make_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = f"select * replace (montant + id % 2 as montant) from ({BEFORE}) where id <> 5"
    digests = set()
    for threads in ("1", "2"):
        monkeypatch.setenv("CPF_THREADS", threads)
        sides = []
        for name, query in (("avant", BEFORE), ("apres", other)):
            path = tmp_path / f"{name}.parquet"
            duckdb.execute(f"copy (from ({query}) order by hash(id)) to '{path}'")
            sides.append(ComparedVersion(name, path, KEY))
        with compare(*sides) as comparison:
            write_changes(comparison, tmp_path / "ecarts.parquet")
        digests.add(sha256(tmp_path / "ecarts.parquet"))
    assert len(digests) == 1


def _publish_rows(dataset: Dataset, rows: list[Row]) -> Path:
    small_state.build_mart(dataset, rows)
    candidate = prepare(dataset)
    outcome = publish.publish(
        without_registry(dataset), candidate, reports.report(dataset, candidate)
    )
    return outcome.path


@pytest.fixture(scope="module")
def published(shared_state: None, datasets: dict[str, Dataset]) -> tuple[Path, str, str]:
    """A state with two versions of the purchases: a row revised, one removed, one added."""
    rows = small_datasets.lignes(PURCHASES)
    first = _publish_rows(datasets[PURCHASES], rows[:11])
    rows[2]["nb_dossiers"] += 1
    second = _publish_rows(datasets[PURCHASES], rows[:1] + rows[2:])
    return settings.data(), first.name, second.name


@pytest.fixture
def two_versions(published: tuple[Path, str, str], tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """The folders of both versions, in a copy of that state."""
    model, *names = published
    with settings.state_in(shutil.copytree(model, tmp_path / "data")):
        first, second = (settings.publications(PURCHASES) / name for name in names)
        yield first, second


def test_each_version_tells_what_it_changed(
    two_versions: tuple[Path, Path], datasets: dict[str, Dataset]
) -> None:
    first, second = two_versions
    assert "Première version" in (first / "changements.md").read_text()
    assert not (first / "ecarts.json").exists()
    differences = json.loads((second / "ecarts.json").read_text())
    assert differences["avant"]["version"] == first.name
    assert (differences["lignes"]["ajoutees"], differences["lignes"]["retirees"]) == (1, 1)
    assert differences["colonnes"] == {"nb_dossiers": 1}
    detail = duckdb.sql(
        f"select nature, colonne, avant, apres from '{second / 'ecarts.parquet'}'"
    ).fetchall()
    assert detail[-1] == ("revisee", "nb_dossiers", "42", "43")
    text = (second / "changements.md").read_text()
    assert "| Révisées | 1 |" in text
    assert "(`nb_dossiers`) | 1 |" in text
    bound = {item["nom"] for item in json.loads((second / "manifest.json").read_text())["fichiers"]}
    assert {"ecarts.json", "ecarts.parquet", "changements.md"} <= bound
    assert is_intact(datasets[PURCHASES])


def test_a_version_from_before_some_columns_is_compared(
    state: Path, datasets: dict[str, Dataset]
) -> None:
    """Those that editions brought: columns that one side lacks are said, the others compared."""
    brought = ("edition", "valeur_du", "montant_personne")
    columns = tuple(c for c in datasets[PURCHASES].colonnes if c.nom not in brought)
    rows = small_datasets.lignes(PURCHASES)
    older = [{name: row[name] for name in row if name not in brought} for row in rows]
    older[0]["nb_dossiers"] += 1
    first = _publish_rows(replace(datasets[PURCHASES], colonnes=columns), older)
    second = _publish_rows(datasets[PURCHASES], rows)
    for sides, nature in (((first, second), "ajoutee"), ((second, first), "retiree")):
        arguments = ["diff", PURCHASES, *(side.name for side in sides), "--json"]
        outcome = CliRunner().invoke(app, arguments)
        assert outcome.exit_code == 0, outcome.output
        differences = json.loads(outcome.stdout)
        changes = {(item["colonne"], item["nature"]) for item in differences["schema"]}
        assert changes == {(name, nature) for name in brought}
        assert differences["colonnes"] == {"nb_dossiers": 1}
    assert all(f"`{name}`" in (second / "changements.md").read_text() for name in brought)


def test_a_damaged_predecessor_does_not_stop_the_next(
    two_versions: tuple[Path, Path], datasets: dict[str, Dataset]
) -> None:
    parquet = two_versions[1] / f"{PURCHASES}.parquet"
    parquet.unlink()
    parquet.write_bytes(b"rien")
    third = _publish_rows(datasets[PURCHASES], small_datasets.lignes(PURCHASES))
    assert "n'est plus celui qui a été publié" in (third / "changements.md").read_text()
    assert not (third / "ecarts.json").exists()


def test_the_command_shows_the_difference(two_versions: tuple[Path, Path]) -> None:
    arguments = ["diff", PURCHASES, two_versions[0].name, two_versions[1].name]
    shown = CliRunner().invoke(app, arguments)
    assert shown.exit_code == 0
    assert "révisée sur 1 ligne(s)" in shown.stdout
    differences = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    published = json.loads((two_versions[1] / "ecarts.json").read_text())
    assert {name: differences[name] for name in published} == published
    assert len(differences["changements"]) == 3
    copied = CliRunner().invoke(
        app, [*arguments, "--publications", str(settings.publications())], env={"CPF_DATA": "/vide"}
    )
    assert copied.stdout == shown.stdout


def test_the_command_refuses_what_it_does_not_know(two_versions: tuple[Path, Path]) -> None:
    first = two_versions[0].name
    for arguments, message in (
        (["inconnu", first, first], "jeu inconnu"),
        ([PURCHASES, first, "2020.01.1"], "version inconnue"),
        ([OFFER, first, first], "aucune version"),
    ):
        outcome = CliRunner().invoke(app, ["diff", *arguments])
        assert outcome.exit_code == 2
        assert message in outcome.stderr
