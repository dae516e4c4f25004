"""The gate of the secret on small vaults: sound, then with one leak planted at a time."""

from dataclasses import replace

import pytest

from orchestration.jeux import Jeu
from orchestration.publication.publier import RefusError, publier
from orchestration.secret.controle import controler_secret
from orchestration.secret.rapport import RapportSecret, relire_secret
from tests.unit import petit_coffre, rapports
from tests.unit.petit_coffre import AIDES, Situation, part, seuls
from tests.unit.petits_jeux import USAGERS

SAIN = Situation()
DOUBLES = part(50, employeur=25, opco=25)
pytestmark = pytest.mark.usefixtures("etat_partage")


def controle(jeux: dict[str, Jeu], situation: Situation, *retouches: str) -> RapportSecret:
    return controler_secret(*petit_coffre.poser(jeux[USAGERS], situation, *retouches))


def echecs(rapport: RapportSecret) -> set[str]:
    return {item.regle for item in rapport.echecs}


def test_a_sound_publication_passes(jeux: dict[str, Jeu]) -> None:
    rapport = controle(jeux, SAIN)
    assert echecs(rapport) == set()
    assert rapport.success
    assert (rapport.personnes.inconnues, rapport.personnes.determinees) == (6, 0)
    assert (rapport.montants.inconnues, rapport.montants.determinees) == (4, 0)
    assert (rapport.largeurs.petites, rapport.largeurs.minimum) == (6, 2)


FUITES = {
    "a row of two persons": (
        replace(SAIN, lignes=[(1, [0]), (2, [1, 2, 3]), (1, [4]), (2, [5, 6])]),
        {"personnes_par_ligne", "personnes_par_ligne_publiee", "personnes_determinees"},
    ),
    "a small cell that is a row": (
        replace(SAIN, lignes=[(1, [0]), (2, [1, 2, 3]), (2, [4, 5]), (1, [6])]),
        {"personnes_par_ligne", "personnes_determinees"},
    ),
    "a cell in no row": (replace(SAIN, lignes=SAIN.lignes[:2]), {"cellule_dans_une_ligne"}),
    "a cell in two rows": (
        replace(SAIN, lignes=[*SAIN.lignes, (3, [0, 1])]),
        {"cellule_dans_une_ligne"},
    ),
    "one person makes nearly all": (
        SAIN.avec_cellule(0, seuls("abcd", 1) | seuls("e", 1000)),
        {"personne_dominante"},
    ),
    "two cells that their sum tells": (
        SAIN.avec_cellule(2, seuls("hx")).avec_cellule(3, {}),
        {"intervalles"},
    ),
    "an amount of one contributor, told": (
        SAIN.avec_cellule(0, {**seuls("abcd"), "e": part(50, opco=50)}),
        {"montants_dits"},
    ),
    "an amount that one makes, told": (
        SAIN.avec_cellule(
            0, {"a": part(50, opco=1), "b": part(50, opco=1), "c": part(50, opco=90)} | seuls("de")
        ),
        {"montants_dits"},
    ),
    "an amount alone in common": (
        replace(SAIN, communs={(2, "employeur"): None}),
        {"montants_en_commun", "montants_determines", "montants_dits"},
    ),
    "an amount of one row told again": (
        replace(SAIN, communs=SAIN.communs | {(3, "titulaire"): None}),
        {"montants_determines"},
    ),
    "what is left of a row": (
        replace(
            SAIN.avec_cellule(1, {"f": part(), "g": DOUBLES}).avec_cellule(2, {"h": DOUBLES}),
            communs=SAIN.communs | {(2, "opco"): None, (3, "titulaire"): None},
        ),
        {"restes_des_lignes"},
    ),
    "an amount of two contributors told again": (
        replace(SAIN, communs=SAIN.communs | {(2, "employeur"): 1}),
        {"montants_ventiles"},
    ),
    "a rest of two contributors": (
        SAIN.avec_cellule(4, {"j": part(), "k": part()}).avec_cellule(1, seuls("fg")),
        {"restes_des_groupes", "restes_des_financeurs"},
    ),
}


@pytest.mark.parametrize("nom", FUITES)
def test_each_planted_leak_is_caught(jeux: dict[str, Jeu], nom: str) -> None:
    situation, expected = FUITES[nom]
    rapport = controle(jeux, situation)
    assert not rapport.success
    assert expected <= echecs(rapport)


MENSONGES = {
    "a dossier lost": (
        "update int_usagers__diffusion set nb_dossiers = 4 where num_ligne = 1",
        {"rien_de_perdu", "lignes_fideles"},
    ),
    "euros lost": (
        "update int_usagers__diffusion set montant_engage = 499.99 where num_ligne = 1",
        {"rien_de_perdu", "lignes_fideles", "somme_des_financeurs"},
    ),
    "an amount that its row should not tell": (
        "update int_usagers__diffusion set montant_employeur = 100, montant_non_ventile = 300 "
        "where num_ligne = 2",
        {"lignes_fideles"},
    ),
    "a ventilation of something else": (
        "update int_usagers__diffusion set montant_titulaire = montant_titulaire + 1, "
        "montant_non_ventile = montant_non_ventile - 1 where niveau_diffusion = 9",
        {"ventilation_fidele"},
    ),
    "more persons than there are": (
        "update int_usagers__partition set nb_titulaires = 9 where num_ligne = 2",
        {"comptes_fideles"},
    ),
    "the same row twice": (
        "insert into int_usagers__diffusion from int_usagers__diffusion where num_ligne = 1",
        {"cle_unique", "rien_de_perdu"},
    ),
    "a part of an amount kept back": (
        "update int_usagers__communs set montant = montant - 1 where num_ligne = 2",
        {"montants_tus_en_entier"},
    ),
}


@pytest.mark.parametrize("nom", MENSONGES)
def test_rows_that_say_something_else_are_caught(jeux: dict[str, Jeu], nom: str) -> None:
    statement, expected = MENSONGES[nom]
    assert expected <= echecs(controle(jeux, SAIN, statement))


def test_the_plain_threshold_leaks_what_this_one_keeps(jeux: dict[str, Jeu]) -> None:
    """Two small cells beside a published one, and one alone: its margin gives it back."""
    proof = controle(jeux, SAIN).sans_protection
    assert (proof.masquees, proof.retrouvees) == (6, 0)
    alone = SAIN.avec_cellule(1, seuls("fgx")).avec_cellule(2, seuls("hyz"))
    alone = replace(alone, communs={})
    proof = controle(jeux, alone).sans_protection
    assert (proof.masquees, proof.retrouvees) == (4, 1)


def test_nothing_is_published_of_too_few(jeux: dict[str, Jeu]) -> None:
    """A whole population below the threshold waits, and that is right."""
    empty = Situation(
        cellules=[("75", "Cadre", "Clos", {"a": AIDES})], lignes=[(2, [0])], communs={}
    )
    rapport = controle(
        jeux,
        empty,
        "delete from int_usagers__partition",
        "delete from int_usagers__diffusion",
    )
    assert echecs(rapport) == set()


def test_only_what_passed_is_published(jeux: dict[str, Jeu]) -> None:
    jeu, candidat = petit_coffre.poser(jeux[USAGERS], SAIN)
    quality = rapports.rapport(jeu, candidat, secret=False)
    with pytest.raises(RefusError, match="n'a pas été contrôlé"):
        publier(jeu, candidat, quality)
    rapport = controler_secret(jeu, candidat)
    assert relire_secret(jeu) == rapport
    folder = publier(jeu, candidat, quality).chemin
    assert {"secret.json", "secret.html"} <= {path.name for path in folder.iterdir()}
    leak, _ = FUITES["a row of two persons"]
    jeu, candidat = petit_coffre.poser(jeux[USAGERS], leak)
    controler_secret(jeu, candidat)
    with pytest.raises(RefusError, match="personnes_par_ligne"):
        publier(jeu, candidat, rapports.rapport(jeu, candidat, secret=False))
