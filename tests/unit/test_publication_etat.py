"""What ``cpf status`` is told of each dataset."""

from pathlib import Path

import pytest

from orchestration.jeux import Jeu
from orchestration.publication.candidat import charger, preparer
from orchestration.publication.etat import EtatJeu, etat
from orchestration.publication.publier import RefusError, publier
from orchestration.secret.constats import Constat
from orchestration.secret.rapport import ecrire_rapport
from tests.unit import petit_etat, petits_jeux, rapports
from tests.unit.petites_publications import sans_registre
from tests.unit.petits_jeux import ACHATS, OFFRE


def _etat(jeu: str) -> EtatJeu:
    return next(item for item in etat() if item.jeu == jeu)


def _controler(jeu: Jeu, dossiers: int, *, success: bool = True) -> str:
    jeu = sans_registre(jeu)
    rows = petits_jeux.lignes(jeu.nom)
    rows[0]["nb_dossiers"] = dossiers
    petit_etat.construire_mart(jeu, rows)
    candidat = preparer(jeu)
    verdict = rapports.resultat("montants_ventiles", success=success)
    rapport = rapports.rapport(jeu, candidat, verdict)
    before = _etat(jeu.nom).controle
    if success:
        publier(jeu, candidat, rapport)
    else:
        with pytest.raises(RefusError):
            publier(jeu, candidat, rapport)
    return before


def test_the_life_of_a_dataset(etat: Path, jeux: dict[str, Jeu]) -> None:
    jeu = jeux[ACHATS]
    assert _etat(ACHATS) == EtatJeu(
        ACHATS, jeu.titre, None, None, None, 5, "jamais publié", None, None
    )
    assert _controler(jeu, 40) == "contrôlé, pas encore publié"
    first = _etat(ACHATS)
    assert first.controle == "publié"
    assert (first.lignes, first.seuil, first.extrait) == (12, 5, "2026-03-31")
    assert first.chemin
    assert (first.chemin / "manifest.json").exists()

    _controler(jeu, 40)
    assert _etat(ACHATS).controle == "inchangé"

    _controler(jeu, 41, success=False)
    blocked = _etat(ACHATS)
    assert blocked.controle == "bloqué : montants_ventiles"
    assert blocked.version == first.version

    leak = Constat("intervalles", "Chacun hésite assez", 12, 1)
    ecrire_rapport(rapports.rapport_secret(jeu, charger(jeu), leak))
    blocked = _etat(ACHATS)
    assert blocked.controle == "bloqué : montants_ventiles, intervalles"
    assert blocked.blocages[-1] == "Chacun hésite assez : 1 sur 12 (secret.html)"

    assert _controler(jeu, 41) == "contrôlé, pas encore publié"
    assert _etat(ACHATS).version != first.version
    assert _etat(OFFRE).controle == "jamais publié"


def test_an_unreadable_pointer_is_said(etat: Path, jeux: dict[str, Jeu]) -> None:
    _controler(jeux[ACHATS], 40)
    (etat / "publications" / ACHATS / "current.json").write_text("{")
    assert "current.json est illisible" in _etat(ACHATS).controle
    assert _etat(ACHATS).version is None
