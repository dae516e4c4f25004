"""The gate of the secret on the files of a true run: what it lets through, refuses and says."""

import json
from collections.abc import Callable

import duckdb
import pytest

from orchestration import settings, warehouse
from orchestration.candidates.candidate import Candidate, load
from orchestration.datasets import Dataset
from orchestration.disclosure.gate.checks import check_disclosure
from orchestration.disclosure.gate.disclosure_report import disclosure_refusal
from orchestration.published_rows import published_rows
from orchestration.sql import literal
from tests.factories.small_datasets import PURCHASES, USERS
from tests.integration.conftest import World

pytestmark = pytest.mark.xdist_group("world")
# What is done to one row of a file, and a rule that refuses it.
CHANGES = {
    "nb_titulaires = nb_titulaires + 1": "fichier_fidele",
    "montant_engage = montant_engage + 0.01": "somme_des_financeurs",
    "edition = 'definitive'": "editions_a_leur_date",
}
# Words of the vault that no report may hold: whatever a row or a dossier may say.
WORDS = """
select distinct unnest([code_certification, siren_of, id_dossier, titulaire::varchar])
from coffre.intermediate.int_dossiers__courants
union
select nom from coffre.intermediate.int_lieux__nommes where cle <> 'REGROUPE'
union
select libelle from coffre.nomenclatures.csp
union
select statut_dossier from coffre.nomenclatures.statuts
"""


@pytest.mark.parametrize("name", [PURCHASES, USERS])
def test_what_a_run_makes_passes_and_what_is_changed_is_refused(
    datasets: dict[str, Dataset],
    published: World,
    copy_of: Callable[[World], World],
    name: str,
) -> None:
    dataset, world = datasets[name], copy_of(published)
    with settings.state_in(world.data):
        candidate = load(dataset)
        assert check_disclosure(dataset, candidate).success
        kept = candidate.path("parquet").read_bytes()
        for change, rule in CHANGES.items():
            _change_a_row(candidate, change)
            report = check_disclosure(dataset, candidate)
            assert rule in {each.regle for each in report.constats if not each.success}
            assert disclosure_refusal(dataset, candidate.fichiers)
            candidate.path("parquet").write_bytes(kept)


def _change_a_row(candidate: Candidate, change: str) -> None:
    """Rewrite the file with one row of a provisional edition changed."""
    path = candidate.path("parquet")
    with duckdb.connect() as connection:
        connection.execute(f"create table lignes as from {published_rows(connection, path)}")
        changed = connection.execute(
            f"update lignes set {change} where rowid = (select min(rowid) from lignes "
            "where edition = 'provisoire' and montant_engage is not null) returning 1"
        ).fetchall()
        assert len(changed) == 1
        path.unlink()
        connection.execute(f"copy lignes to {literal(path)} (format parquet)")


def test_a_report_holds_no_word_of_the_vault(published: World) -> None:
    with settings.state_in(published.data), warehouse.vault(read_only=True) as connection:
        words = {str(word) for (word,) in connection.execute(WORDS).fetchall() if word}
    assert len(words) > 500
    for name in (PURCHASES, USERS):
        version = published.version(name)
        assert version
        report = json.loads((version / "secret.json").read_text(encoding="utf-8"))
        assert report["success"]
        for text in (
            (version / file).read_text("utf-8") for file in ("secret.json", "secret.html")
        ):
            assert [word for word in words if word in text] == []
