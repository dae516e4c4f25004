"""The gate as a whole: what blocks, and what is compared with what."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.candidates.candidate import Candidate, prepare
from orchestration.datasets import Dataset
from orchestration.disclosure import assets as disclosure
from orchestration.disclosure.gate.disclosure_page import write_report
from orchestration.disclosure.gate.outcomes import Finding
from orchestration.quality.assets import gate_metadata, verdict
from orchestration.quality.gate import check_candidate
from orchestration.quality.reader import open_reader
from orchestration.quality.report import read_report
from orchestration.quality.suite import read_suite
from orchestration.release.publish import PublicationRefusedError, publish
from tests.factories import reports, small_datasets, small_state
from tests.factories.small_datasets import DAY, OFFER, PURCHASES, USERS, Row
from tests.factories.small_gates import (
    CANARY,
    candidate_with,
    failures,
    public_text,
    publish_unchecked,
)
from tests.factories.small_publications import without_registry

pytestmark = pytest.mark.slow


def test_a_defect_blocks_its_dataset_and_no_other(
    state: Path, datasets: dict[str, Dataset]
) -> None:
    for name in (PURCHASES, USERS):
        publish_unchecked(datasets[name], small_datasets.lignes(name))
    extra: dict[str, Row] = {
        PURCHASES: {"code_certification": "RS77", "code_rs": 77, "montant_autre": Decimal("0.01")},
        USERS: {"genre": "Homme", "tranche_age": "40-49 ans"},
    }
    for name, changes in extra.items():
        candidate = candidate_with(datasets[name], small_datasets.lignes(name)[0] | changes)
        report = check_candidate(datasets[name], candidate)
        if name == PURCHASES:
            assert failures(report) == ["montants_ventiles"]
            with pytest.raises(PublicationRefusedError, match="montants_ventiles"):
                publish(datasets[name], candidate, report)
        else:
            write_report(reports.disclosure_report(datasets[name], candidate))
            dataset = without_registry(datasets[name])
            assert publish(dataset, candidate, report).version.endswith(".2")
    assert read_report(datasets[PURCHASES]).success is False
    assert _current_version(PURCHASES).endswith(".1")


def test_what_failed_comes_first_with_its_measure_and_report(
    state: Path, datasets: dict[str, Dataset]
) -> None:
    """What Dagster shows of a gate, before anybody opens a list of rules."""
    row = small_datasets.lignes(PURCHASES)[0]
    wrong = {"code_certification": "RS77", "code_rs": 77, "montant_autre": Decimal("0.01")}
    candidate = candidate_with(datasets[PURCHASES], row | wrong)
    report = check_candidate(datasets[PURCHASES], candidate)
    [failed] = report.blocking_rules
    assert "1 sur" in failed.mesure
    assert verdict(report) == f"Publication bloquée : {failed.libelle} ({failed.mesure})"
    told = {name: value.value for name, value in gate_metadata(report, Path("/x.html")).items()}
    assert list(told)[:2] == ["echecs", "rapport"]
    assert failed.libelle in told["echecs"]
    assert failed.libelle not in told["reussies"]
    assert told["rapport"] == "/x.html"
    counts = {name: value for name, value in told.items() if isinstance(value, int)}
    assert counts["regles_bloquantes_en_echec"] == 1
    assert counts["regles"] == len(report.resultats)
    finding = Finding("r", "Personne n'est seule", 25, 2)
    assert disclosure.verdict([finding]).endswith("Personne n'est seule (2 sur 25)")
    shown = disclosure.failures([finding, replace(finding, libelle="Sûre", anomalies=0)])
    assert shown["regles_bloquantes_en_echec"].value == 1
    assert "Sûre" not in str(shown["echecs"].value)


def _current_version(name: str) -> str:
    pointer = json.loads((settings.publications(name) / "current.json").read_text())
    return str(pointer["version"])


def test_a_source_that_never_came_blocks_only_what_needs_it(
    state: Path, datasets: dict[str, Dataset]
) -> None:
    small_state.land_deliveries(
        ("dossiers", small_datasets.MONTH_END), ("financements", small_datasets.MONTH_END)
    )
    for name, missing in ((PURCHASES, ["sources"]), (USERS, [])):
        assert failures(check_candidate(datasets[name], candidate_with(datasets[name]))) == missing
    sources = next(
        result for result in read_report(datasets[PURCHASES]).resultats if result.regle == "sources"
    )
    assert sources.mesure == "jamais atterri : certifications"


def test_without_any_vault_the_sources_are_missing(
    data_folder: Path, datasets: dict[str, Dataset]
) -> None:
    assert failures(check_candidate(datasets[USERS], candidate_with(datasets[USERS]))) == [
        "sources"
    ]


def test_another_feed_is_not_a_drift(state: Path, datasets: dict[str, Dataset]) -> None:
    """The portal's export after EDOF: another perimeter, and bodies without a name."""
    offer = datasets[OFFER]
    publish_unchecked(offer, small_datasets.lignes(OFFER))
    small_state.land_deliveries(("edof", DAY), ("certifications", DAY), ("portail", DAY))
    rows = [row | {"nom_of": None} for row in small_datasets.lignes(OFFER)[:2]]
    small_state.build_mart(offer, rows)
    report = check_candidate(offer, prepare(offer))
    assert (report.filiere, report.reference) == (("portail",), None)
    assert failures(report) == ["organismes_nommes"]
    assert report.success


def test_a_shrunken_offer_is_a_drift(state: Path, datasets: dict[str, Dataset]) -> None:
    offer = datasets[OFFER]
    first_publication = publish_unchecked(offer, small_datasets.lignes(OFFER))
    small_state.build_mart(offer, small_datasets.lignes(OFFER)[1:6])
    report = check_candidate(offer, prepare(offer))
    assert report.reference == first_publication.version
    assert {"derive.lignes", "derive.total.nb_action"} <= set(failures(report))
    drift = next(result for result in report.resultats if result.regle == "derive.lignes")
    assert drift.mesure == "mesuré : 5 (attendu : au moins 8,4, au plus 15,6)"


def test_another_threshold_is_not_a_drift_of_rows(
    state: Path, datasets: dict[str, Dataset]
) -> None:
    """A higher threshold makes fewer rows of the same dossiers: only totals are compared."""
    publish_unchecked(replace(datasets[USERS], seuil=2), small_datasets.lignes(USERS))
    report = check_candidate(datasets[USERS], candidate_with(datasets[USERS]))
    expectations = {result.regle for result in report.resultats}
    assert "derive.total.nb_dossiers" in expectations
    assert not {"derive.lignes", "derive.nuls.duree_moyenne"} & expectations


def test_consumption_may_grow(state: Path, datasets: dict[str, Dataset]) -> None:
    users = datasets[USERS]
    publish_unchecked(users, small_datasets.lignes(USERS)[6:10])
    grown = check_candidate(users, candidate_with(users))
    assert grown.reference
    assert grown.success


def test_a_missing_column_is_said_and_hides_nothing_else(
    state: Path, datasets: dict[str, Dataset]
) -> None:
    """The mart lost a column and another changed type: each expectation still has its verdict."""
    purchases = datasets[PURCHASES]
    columns = tuple(
        column._replace(type="VARCHAR") if column.nom == "niveau_diffusion" else column
        for column in purchases.colonnes
        if column.nom != "montant_opco"
    )
    rows = small_datasets.lignes(PURCHASES)
    for row in rows:
        del row["montant_opco"]
        row["niveau_diffusion"] = CANARY
    rows[0]["statut_dossier"] = "Perdu"
    small_state.build_mart(replace(purchases, colonnes=columns), rows)
    report = check_candidate(purchases, prepare(purchases))
    by_id = {result.regle: result for result in report.resultats}
    assert by_id["colonnes"].mesure == "manque : montant_opco"
    assert by_id["types"].mesure == "niveau_diffusion est VARCHAR au lieu de INTEGER"
    assert report.mesures.niveaux == ()
    assert {"montants_positifs", "montants_ventiles", "niveau_de_diffusion"} <= {
        result.regle for result in report.resultats if result.mesure.startswith("non évaluable")
    }
    assert by_id["statut_connu"].inattendus == 1
    assert by_id["seuil_personnes"].success
    assert CANARY not in public_text(report)


def test_a_csv_that_says_something_else_is_seen(state: Path, datasets: dict[str, Dataset]) -> None:
    candidate = candidate_with(datasets[OFFER])
    assert _csv_is_faithful(datasets[OFFER], candidate)
    path = candidate.path("csv")
    for before, after in (("600.60", "600.61"), ("code_rncp", "code_rncq"), ("2026-03-15", "bug")):
        content = path.read_text(encoding="utf-8")
        path.write_text(content.replace(before, after, 1), encoding="utf-8")
        assert not _csv_is_faithful(datasets[OFFER], candidate)
        path.write_text(content, encoding="utf-8")


def test_json_lines_that_say_something_else_are_seen(
    state: Path, datasets: dict[str, Dataset]
) -> None:
    candidate = candidate_with(datasets[OFFER])
    path = candidate.path("jsonl")
    content = path.read_text(encoding="utf-8")
    for text in (content, content.replace("600.6", "600.7", 1), content.split("\n", 1)[1], "{"):
        path.write_text(text, encoding="utf-8")
        with open_reader(datasets[OFFER], candidate) as reader:
            faithful = reader.measure(read_suite(datasets[OFFER])).jsonl_fidele
        assert faithful == (text == content)


def _csv_is_faithful(dataset: Dataset, candidate: Candidate) -> bool:
    with open_reader(dataset, candidate) as reader:
        return reader.measure(read_suite(dataset)).csv_fidele


def test_an_empty_text_would_not_survive_the_csv(state: Path, datasets: dict[str, Dataset]) -> None:
    row = small_datasets.lignes(OFFER)[4] | {"points_forts": ""}
    row["numero_formation"] += "bis"
    assert not _csv_is_faithful(datasets[OFFER], candidate_with(datasets[OFFER], row))


def test_the_report_is_read_back_as_it_was(state: Path, datasets: dict[str, Dataset]) -> None:
    report = check_candidate(datasets[PURCHASES], candidate_with(datasets[PURCHASES]))
    assert read_report(datasets[PURCHASES]) == report
    assert report.mesures.totaux["nb_dossiers"] == str(sum(range(40, 52)))
    assert sum(dossiers for _, _, dossiers in report.mesures.niveaux) == sum(range(40, 52))
    assert report.mesures.periode_max == "2026-03"


def test_rows_in_many_frames_give_the_same_verdicts(
    state: Path, datasets: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large candidates are judged a few columns at a time."""
    row = small_datasets.lignes(PURCHASES)[0] | {
        "statut_dossier": "Perdu",
        "montant_opco": Decimal(1),
    }
    candidate = candidate_with(
        datasets[PURCHASES], row | {"code_certification": "RS77", "code_rs": 77}
    )
    together = check_candidate(datasets[PURCHASES], candidate)
    monkeypatch.setattr("orchestration.quality.gate.MAX_CELLS", 1)
    assert check_candidate(datasets[PURCHASES], candidate).resultats == together.resultats
    assert failures(together) == ["montants_ventiles", "statut_connu"]


def test_the_gate_is_silent(
    state: Path, datasets: dict[str, Dataset], capfd: pytest.CaptureFixture[str]
) -> None:
    candidate = candidate_with(datasets[USERS])
    capfd.readouterr()
    check_candidate(datasets[USERS], candidate)
    assert capfd.readouterr() == ("", "")
