"""The gate as a whole: what blocks, and what is compared with what."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration import settings
from orchestration.jeux import Jeu
from orchestration.publication.candidat import Candidat, preparer
from orchestration.publication.publier import RefusError, publier
from orchestration.quality.cadres import ouvrir
from orchestration.quality.controle import controler
from orchestration.quality.rapport import relire
from orchestration.quality.regles import lire_reglement
from orchestration.secret.rapport import ecrire_rapport
from tests.unit import petit_etat, petits_jeux, rapports
from tests.unit.petites_publications import sans_registre
from tests.unit.petits_controles import (
    CANARI,
    candidat_avec,
    echecs,
    publier_sans_controle,
    publique,
)
from tests.unit.petits_jeux import ACHATS, JOUR, OFFRE, USAGERS, Ligne


def test_a_defect_blocks_its_dataset_and_no_other(etat: Path, jeux: dict[str, Jeu]) -> None:
    for name in (ACHATS, USAGERS):
        publier_sans_controle(jeux[name], petits_jeux.lignes(name))
    extra: dict[str, Ligne] = {
        ACHATS: {"code_certification": "RS77", "code_rs": 77, "montant_autre": Decimal("0.01")},
        USAGERS: {"genre": "Homme", "tranche_age": "40-49 ans"},
    }
    for name, changes in extra.items():
        candidat = candidat_avec(jeux[name], petits_jeux.lignes(name)[0] | changes)
        rapport = controler(jeux[name], candidat)
        if name == ACHATS:
            assert echecs(rapport) == ["montants_ventiles"]
            with pytest.raises(RefusError, match="montants_ventiles"):
                publier(jeux[name], candidat, rapport)
        else:
            ecrire_rapport(rapports.rapport_secret(jeux[name], candidat))
            jeu = sans_registre(jeux[name])
            assert publier(jeu, candidat, rapport).version.endswith(".2")
    assert relire(jeux[ACHATS]).success is False
    assert _pointe(ACHATS).endswith(".1")


def _pointe(name: str) -> str:
    pointer = json.loads((settings.publications(name) / "current.json").read_text())
    return str(pointer["version"])


def test_a_source_that_never_came_blocks_only_what_needs_it(
    etat: Path, jeux: dict[str, Jeu]
) -> None:
    petit_etat.atterrir(
        ("dossiers", petits_jeux.FIN_DE_MOIS), ("financements", petits_jeux.FIN_DE_MOIS)
    )
    for name, missing in ((ACHATS, ["sources"]), (USAGERS, [])):
        assert echecs(controler(jeux[name], candidat_avec(jeux[name]))) == missing
    sources = next(item for item in relire(jeux[ACHATS]).resultats if item.regle == "sources")
    assert sources.mesure == "jamais atterri : certifications"


def test_without_any_vault_the_sources_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jeux: dict[str, Jeu]
) -> None:
    monkeypatch.setenv("CPF_DATA", str(tmp_path))
    assert echecs(controler(jeux[USAGERS], candidat_avec(jeux[USAGERS]))) == ["sources"]


def test_another_feed_is_not_a_drift(etat: Path, jeux: dict[str, Jeu]) -> None:
    """The portal's export after EDOF: another perimeter, and bodies without a name."""
    offre = jeux[OFFRE]
    publier_sans_controle(offre, petits_jeux.lignes(OFFRE))
    petit_etat.atterrir(("edof", JOUR), ("certifications", JOUR), ("portail", JOUR))
    rows = [row | {"nom_of": None} for row in petits_jeux.lignes(OFFRE)[:2]]
    petit_etat.construire_mart(offre, rows)
    rapport = controler(offre, preparer(offre))
    assert (rapport.filiere, rapport.reference) == (("portail",), None)
    assert echecs(rapport) == ["organismes_nommes"]
    assert rapport.success


def test_a_shrunken_offer_is_a_drift(etat: Path, jeux: dict[str, Jeu]) -> None:
    offre = jeux[OFFRE]
    done = publier_sans_controle(offre, petits_jeux.lignes(OFFRE))
    petit_etat.construire_mart(offre, petits_jeux.lignes(OFFRE)[1:6])
    rapport = controler(offre, preparer(offre))
    assert rapport.reference == done.version
    assert {"derive.lignes", "derive.total.nb_action"} <= set(echecs(rapport))
    drift = next(item for item in rapport.resultats if item.regle == "derive.lignes")
    assert drift.mesure == "mesuré : 5 (attendu : au moins 8,4, au plus 15,6)"


def test_another_threshold_is_not_a_drift_of_rows(etat: Path, jeux: dict[str, Jeu]) -> None:
    """A higher threshold makes fewer rows of the same dossiers: only totals are compared."""
    publier_sans_controle(replace(jeux[USAGERS], seuil=2), petits_jeux.lignes(USAGERS))
    rapport = controler(jeux[USAGERS], candidat_avec(jeux[USAGERS]))
    rules = {item.regle for item in rapport.resultats}
    assert "derive.total.nb_dossiers" in rules
    assert not {"derive.lignes", "derive.nuls.duree_moyenne"} & rules


def test_consumption_may_grow(etat: Path, jeux: dict[str, Jeu]) -> None:
    usagers = jeux[USAGERS]
    publier_sans_controle(usagers, petits_jeux.lignes(USAGERS)[6:10])
    grown = controler(usagers, candidat_avec(usagers))
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
    petit_etat.construire_mart(replace(achats, colonnes=columns), rows)
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
    assert CANARI not in publique(rapport)


def test_a_csv_that_says_something_else_is_seen(etat: Path, jeux: dict[str, Jeu]) -> None:
    candidat = candidat_avec(jeux[OFFRE])
    assert _csv_fidele(jeux[OFFRE], candidat)
    path = candidat.chemin("csv")
    for before, after in (("600.60", "600.61"), ("code_rncp", "code_rncq"), ("2026-03-15", "bug")):
        content = path.read_text(encoding="utf-8")
        path.write_text(content.replace(before, after, 1), encoding="utf-8")
        assert not _csv_fidele(jeux[OFFRE], candidat)
        path.write_text(content, encoding="utf-8")


def test_json_lines_that_say_something_else_are_seen(etat: Path, jeux: dict[str, Jeu]) -> None:
    candidat = candidat_avec(jeux[OFFRE])
    path = candidat.chemin("jsonl")
    content = path.read_text(encoding="utf-8")
    for text in (content, content.replace("600.6", "600.7", 1), content.split("\n", 1)[1], "{"):
        path.write_text(text, encoding="utf-8")
        with ouvrir(jeux[OFFRE], candidat) as lecteur:
            found = lecteur.mesurer(lire_reglement(jeux[OFFRE])).jsonl_fidele
        assert found == (text == content)


def _csv_fidele(jeu: Jeu, candidat: Candidat) -> bool:
    with ouvrir(jeu, candidat) as lecteur:
        return lecteur.mesurer(lire_reglement(jeu)).csv_fidele


def test_an_empty_text_would_not_survive_the_csv(etat: Path, jeux: dict[str, Jeu]) -> None:
    row = petits_jeux.lignes(OFFRE)[4] | {"points_forts": ""}
    row["numero_formation"] += "bis"
    assert not _csv_fidele(jeux[OFFRE], candidat_avec(jeux[OFFRE], row))


def test_the_report_is_read_back_as_it_was(etat: Path, jeux: dict[str, Jeu]) -> None:
    rapport = controler(jeux[ACHATS], candidat_avec(jeux[ACHATS]))
    assert relire(jeux[ACHATS]) == rapport
    assert rapport.mesures.totaux["nb_dossiers"] == str(sum(range(40, 52)))
    assert sum(dossiers for _, _, dossiers in rapport.mesures.niveaux) == sum(range(40, 52))
    assert rapport.mesures.periode_max == "2026-03"


def test_rows_in_many_frames_give_the_same_verdicts(
    etat: Path, jeux: dict[str, Jeu], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large candidates are judged a few columns at a time."""
    row = petits_jeux.lignes(ACHATS)[0] | {"statut_dossier": "Perdu", "montant_opco": Decimal(1)}
    candidat = candidat_avec(jeux[ACHATS], row | {"code_certification": "RS77", "code_rs": 77})
    together = controler(jeux[ACHATS], candidat)
    monkeypatch.setattr("orchestration.quality.controle.CELLULES", 1)
    assert controler(jeux[ACHATS], candidat).resultats == together.resultats
    assert echecs(together) == ["montants_ventiles", "statut_connu"]


def test_the_gate_is_silent(
    etat: Path, jeux: dict[str, Jeu], capfd: pytest.CaptureFixture[str]
) -> None:
    candidat = candidat_avec(jeux[USAGERS])
    capfd.readouterr()
    controler(jeux[USAGERS], candidat)
    assert capfd.readouterr() == ("", "")
