"""The gate as a whole: what blocks, what is compared with what, and what reports never show."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication.candidat import Candidat, preparer
from orchestration.publication.publier import RefusError, publier
from orchestration.quality.controle import controler
from orchestration.quality.rapport import Rapport, relire
from orchestration.quality.resultats import NON_MONTREE
from tests.unit import petits_jeux
from tests.unit.petits_jeux import ACHATS, JOUR, OFFRE, USAGERS, Ligne

CANARI = "Zéphirine Canari"


def _candidat(jeu: Jeu, *rows: Ligne) -> Candidat:
    petits_jeux.construire_mart(jeu, [*petits_jeux.lignes(jeu.nom), *rows])
    return preparer(jeu)


def _echecs(rapport: Rapport) -> list[str]:
    return [item.regle for item in rapport.echecs]


def test_a_defect_blocks_its_dataset_and_no_other(etat: Path, jeux: dict[str, Jeu]) -> None:
    for name in (ACHATS, USAGERS):
        candidat = _candidat(jeux[name])
        publier(jeux[name], candidat, controler(jeux[name], candidat))
    extra = {
        ACHATS: {"code_certification": "RS77", "code_rs": 77, "montant_autre": Decimal("0.01")},
        USAGERS: {"genre": "Homme", "tranche_age": "40-49 ans"},
    }
    for name, changes in extra.items():
        candidat = _candidat(jeux[name], petits_jeux.lignes(name)[0] | changes)
        rapport = controler(jeux[name], candidat)
        if name == ACHATS:
            assert _echecs(rapport) == ["montants_ventiles"]
            with pytest.raises(RefusError, match="montants_ventiles"):
                publier(jeux[name], candidat, rapport)
        else:
            assert publier(jeux[name], candidat, rapport).version.endswith(".2")
    assert relire(jeux[ACHATS]).success is False
    assert _pointe(ACHATS).endswith(".1")


def _pointe(name: str) -> str:
    pointer = json.loads((settings.publications(name) / "current.json").read_text())
    return str(pointer["version"])


def test_a_source_that_never_came_blocks_only_what_needs_it(
    etat: Path, jeux: dict[str, Jeu]
) -> None:
    petits_jeux.atterrir(
        ("dossiers", petits_jeux.FIN_DE_MOIS), ("financements", petits_jeux.FIN_DE_MOIS)
    )
    for name, missing in ((ACHATS, ["sources"]), (USAGERS, [])):
        assert _echecs(controler(jeux[name], _candidat(jeux[name]))) == missing
    sources = next(item for item in relire(jeux[ACHATS]).resultats if item.regle == "sources")
    assert sources.mesure == "jamais atterri : certifications"


def test_without_any_vault_the_sources_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jeux: dict[str, Jeu]
) -> None:
    monkeypatch.setenv("CPF_DATA", str(tmp_path))
    assert _echecs(controler(jeux[USAGERS], _candidat(jeux[USAGERS]))) == ["sources"]


def test_another_feed_is_not_a_drift(etat: Path, jeux: dict[str, Jeu]) -> None:
    """The portal's export after EDOF: another perimeter, and numbers that may be missing."""
    offre = jeux[OFFRE]
    candidat = _candidat(offre)
    first = controler(offre, candidat)
    publier(offre, candidat, first)
    assert (first.filiere, first.reference) == (("edof", "certifications"), None)
    petits_jeux.atterrir(("edof", JOUR), ("certifications", JOUR), ("portail", JOUR))
    rows = [row | {"numero_formation": None} for row in petits_jeux.lignes(OFFRE)[:2]]
    petits_jeux.construire_mart(offre, rows)
    second = controler(offre, preparer(offre))
    assert (second.filiere, second.reference) == (("portail",), None)
    assert _echecs(second) == ["organismes_nommes"]
    assert second.success


def test_a_shrunken_offer_is_a_drift(etat: Path, jeux: dict[str, Jeu]) -> None:
    offre = jeux[OFFRE]
    candidat = _candidat(offre)
    done = publier(offre, candidat, controler(offre, candidat))
    petits_jeux.construire_mart(offre, petits_jeux.lignes(OFFRE)[1:6])
    rapport = controler(offre, preparer(offre))
    assert rapport.reference == done.version
    assert {"derive.lignes", "derive.total.nb_action"} <= set(_echecs(rapport))
    drift = next(item for item in rapport.resultats if item.regle == "derive.lignes")
    assert drift.mesure == "mesuré : 5 (attendu : au moins 8,4, au plus 15,6)"


def test_consumption_may_grow(etat: Path, jeux: dict[str, Jeu]) -> None:
    usagers = jeux[USAGERS]
    petits_jeux.construire_mart(usagers, petits_jeux.lignes(USAGERS)[6:10])
    candidat = preparer(usagers)
    publier(usagers, candidat, controler(usagers, candidat))
    petits_jeux.atterrir(
        ("dossiers", petits_jeux.FIN_DE_MOIS), ("financements", petits_jeux.FIN_DE_MOIS)
    )
    grown = controler(usagers, _candidat(usagers))
    assert grown.reference
    assert grown.success


def test_a_missing_column_is_said_and_hides_nothing_else(etat: Path, jeux: dict[str, Jeu]) -> None:
    """The mart lost a column and another changed type: each rule still has its verdict."""
    achats = jeux[ACHATS]
    columns = tuple(
        column._replace(type="VARCHAR") if column.nom == "niveau_diffusion" else column
        for column in achats.colonnes
        if column.nom != "montant_opco"
    )
    rows = petits_jeux.lignes(ACHATS)
    for row in rows:
        del row["montant_opco"]
        row["niveau_diffusion"] = CANARI
    rows[0]["statut_dossier"] = "Perdu"
    petits_jeux.construire_mart(replace(achats, colonnes=columns), rows)
    rapport = controler(achats, preparer(achats))
    by_id = {item.regle: item for item in rapport.resultats}
    assert by_id["colonnes"].mesure == "manque : montant_opco"
    assert by_id["types"].mesure == "niveau_diffusion est VARCHAR au lieu de INTEGER"
    assert rapport.mesures.niveaux == ()
    assert {"montants_positifs", "montants_ventiles", "niveau_de_diffusion"} <= {
        item.regle for item in rapport.resultats if item.mesure.startswith("non évaluable")
    }
    assert by_id["statut_connu"].inattendus == 1
    assert by_id["seuil_personnes"].success
    assert CANARI not in json.dumps(_public(rapport), ensure_ascii=False)


def _public(rapport: Rapport) -> dict[str, Any]:
    folder = settings.candidats(rapport.jeu)
    content: dict[str, Any] = json.loads((folder / "qualite.json").read_text(encoding="utf-8"))
    return content | {"page": (folder / "qualite.html").read_text(encoding="utf-8")}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"genre": CANARI}, id="key"),
        pytest.param({"departement_residence": CANARI}, id="label"),
        pytest.param({"annee_entree": CANARI}, id="malformed"),
    ],
)
def test_a_refused_value_is_never_shown(etat: Path, jeux: dict[str, Jeu], changes: Ligne) -> None:
    """A name that slipped into a mart: the report says where, never what."""
    row = petits_jeux.lignes(USAGERS)[0] | {"csp": "Cadre", "montant_opco": Decimal(1)} | changes
    rapport = controler(jeux[USAGERS], _candidat(jeux[USAGERS], row))
    assert "montants_ventiles" in _echecs(rapport)
    example = next(item for item in rapport.echecs if item.regle == "montants_ventiles").exemples[0]
    assert example["csp"] == "Cadre"
    assert set(example) == {"ligne", *jeux[USAGERS].cle}
    if "genre" in changes:
        assert example["genre"] == NON_MONTREE
    assert CANARI not in json.dumps(_public(rapport), ensure_ascii=False)


def test_too_few_persons_are_counted_and_never_pointed_at(etat: Path, jeux: dict[str, Jeu]) -> None:
    """Not even by another rule that the same row breaks."""
    small = petits_jeux.lignes(USAGERS)[0] | {
        "csp": "Cadre",
        "nb_titulaires": 10,
        "montant_opco": Decimal(1),
    }
    rapport = controler(jeux[USAGERS], _candidat(jeux[USAGERS], small))
    found = {item.regle: item for item in rapport.echecs}
    assert set(found) == {"seuil_personnes", "montants_ventiles"}
    assert [item.inattendus for item in found.values()] == [1, 1]
    assert [item.exemples for item in found.values()] == [(), ()]
    assert "Cadre" not in json.dumps(_public(rapport), ensure_ascii=False)


def test_examples_are_five_at_most(etat: Path, jeux: dict[str, Jeu]) -> None:
    petits_jeux.construire_mart(
        jeux[OFFRE], [row | {"nbaction_nbheures": 1} for row in petits_jeux.lignes(OFFRE)]
    )
    rapport = controler(jeux[OFFRE], preparer(jeux[OFFRE]))
    (failed,) = rapport.echecs
    assert (failed.inattendus, failed.evalues, failed.part) == (12, 12, 1.0)
    assert len(failed.exemples) == 5
    assert failed.exemples[0] == {
        "ligne": 1,
        "numero_formation": "11111111100000_F0",
        "code_departement": "75",
    }


def test_a_csv_that_says_something_else_is_seen(etat: Path, jeux: dict[str, Jeu]) -> None:
    candidat = _candidat(jeux[OFFRE])
    path = candidat.chemin("csv")
    for before, after in (("600.60", "600.61"), ("code_rncp", "code_rncq"), ("2026-03-15", "bug")):
        content = path.read_text(encoding="utf-8")
        path.write_text(content.replace(before, after, 1), encoding="utf-8")
        assert _echecs(controler(jeux[OFFRE], candidat)) == ["csv_fidele"]
        path.write_text(content, encoding="utf-8")
    assert _echecs(controler(jeux[OFFRE], candidat)) == []


def test_an_empty_text_would_not_survive_the_csv(etat: Path, jeux: dict[str, Jeu]) -> None:
    row = petits_jeux.lignes(OFFRE)[4] | {"points_forts": ""}
    row["numero_formation"] += "bis"
    assert _echecs(controler(jeux[OFFRE], _candidat(jeux[OFFRE], row))) == ["csv_fidele"]


def test_the_report_is_read_back_as_it_was(etat: Path, jeux: dict[str, Jeu]) -> None:
    rapport = controler(jeux[ACHATS], _candidat(jeux[ACHATS]))
    assert relire(jeux[ACHATS]) == rapport
    assert rapport.mesures.totaux["nb_dossiers"] == str(sum(range(40, 52)))
    assert sum(dossiers for _, _, dossiers in rapport.mesures.niveaux) == sum(range(40, 52))
    assert rapport.mesures.periode_max == "2026-03"


def test_rows_in_many_frames_give_the_same_verdicts(
    etat: Path, jeux: dict[str, Jeu], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large candidates are judged a few columns at a time."""
    row = petits_jeux.lignes(ACHATS)[0] | {"statut_dossier": "Perdu", "montant_opco": Decimal(1)}
    candidat = _candidat(jeux[ACHATS], row | {"code_certification": "RS77", "code_rs": 77})
    together = controler(jeux[ACHATS], candidat)
    monkeypatch.setattr("orchestration.quality.controle.CELLULES", 1)
    assert controler(jeux[ACHATS], candidat).resultats == together.resultats
    assert _echecs(together) == ["montants_ventiles", "statut_connu"]


def test_the_gate_is_silent(
    etat: Path, jeux: dict[str, Jeu], capfd: pytest.CaptureFixture[str]
) -> None:
    candidat = _candidat(jeux[USAGERS])
    capfd.readouterr()
    controler(jeux[USAGERS], candidat)
    assert capfd.readouterr() == ("", "")
