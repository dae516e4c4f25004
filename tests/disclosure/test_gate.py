"""The gate of the secret on small vaults: sound, then with one leak planted at a time."""

from dataclasses import replace

import pytest

from orchestration.datasets import Dataset
from orchestration.disclosure.gate.checks import check_disclosure
from orchestration.disclosure.gate.disclosure_report import DisclosureReport, read_disclosure_report
from orchestration.release.publish import PublicationRefusedError, publish
from tests.factories import reports, small_vault
from tests.factories.scenario import CO_FUNDED, Scenario, part, self_funded
from tests.factories.small_datasets import USERS

SOUND = Scenario()
CO_FUNDED_TWICE = part(50, employeur=25, opco=25)
pytestmark = pytest.mark.usefixtures("shared_state")


def check(datasets: dict[str, Dataset], scenario: Scenario, *edits: str) -> DisclosureReport:
    return check_disclosure(*small_vault.build_vault(datasets[USERS], scenario, *edits))


def failures(report: DisclosureReport) -> set[str]:
    return {finding.regle for finding in report.echecs}


def test_a_sound_publication_passes(datasets: dict[str, Dataset]) -> None:
    report = check(datasets, SOUND)
    assert failures(report) == set()
    assert report.success
    assert (report.personnes.inconnues, report.personnes.determinees) == (6, 0)
    assert (report.montants.inconnues, report.montants.determinees) == (4, 0)
    assert (report.largeurs.petites, report.largeurs.minimum) == (6, 2)


LEAKS = {
    "a row of two persons": (
        replace(SOUND, lignes=[(1, [0]), (2, [1, 2, 3]), (1, [4]), (2, [5, 6])]),
        {"personnes_par_ligne", "personnes_par_ligne_publiee", "personnes_determinees"},
    ),
    "a small cell that is a row": (
        replace(SOUND, lignes=[(1, [0]), (2, [1, 2, 3]), (2, [4, 5]), (1, [6])]),
        {"personnes_par_ligne", "personnes_determinees"},
    ),
    "a cell in no row": (replace(SOUND, lignes=SOUND.lignes[:2]), {"cellule_dans_une_ligne"}),
    "a cell in two rows": (
        replace(SOUND, lignes=[*SOUND.lignes, (3, [0, 1])]),
        {"cellule_dans_une_ligne"},
    ),
    "one person makes nearly all": (
        SOUND.with_cell(0, self_funded("abcd", 1) | self_funded("e", 1000)),
        {"personne_dominante"},
    ),
    "two cells that their sum tells": (
        SOUND.with_cell(2, self_funded("hx")).with_cell(3, {}),
        {"intervalles"},
    ),
    "an amount of one contributor, told": (
        SOUND.with_cell(0, {**self_funded("abcd"), "e": part(50, opco=50)}),
        {"montants_dits"},
    ),
    "an amount that one makes, told": (
        SOUND.with_cell(
            0,
            {"a": part(50, opco=1), "b": part(50, opco=1), "c": part(50, opco=90)}
            | self_funded("de"),
        ),
        {"montants_dits"},
    ),
    "an amount alone in common": (
        replace(SOUND, pooled={(2, "employeur"): None}),
        {"montants_en_commun", "montants_determines", "montants_dits"},
    ),
    "an amount of one row told again": (
        replace(SOUND, pooled=SOUND.pooled | {(3, "titulaire"): None}),
        {"montants_determines"},
    ),
    "what is left of a row": (
        replace(
            SOUND.with_cell(1, {"f": part(), "g": CO_FUNDED_TWICE}).with_cell(
                2, {"h": CO_FUNDED_TWICE}
            ),
            pooled=SOUND.pooled | {(2, "opco"): None, (3, "titulaire"): None},
        ),
        {"restes_des_lignes"},
    ),
    "an amount of two contributors told again": (
        replace(SOUND, pooled=SOUND.pooled | {(2, "employeur"): 1}),
        {"montants_ventiles"},
    ),
    "a rest of two contributors": (
        SOUND.with_cell(4, {"j": part(), "k": part()}).with_cell(1, self_funded("fg")),
        {"restes_des_groupes", "restes_des_financeurs"},
    ),
}


@pytest.mark.parametrize("name", LEAKS)
def test_each_planted_leak_is_caught(datasets: dict[str, Dataset], name: str) -> None:
    scenario, expected = LEAKS[name]
    report = check(datasets, scenario)
    assert not report.success
    assert expected <= failures(report)


FALSIFICATIONS = {
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


@pytest.mark.parametrize("name", FALSIFICATIONS)
def test_rows_that_say_something_else_are_caught(datasets: dict[str, Dataset], name: str) -> None:
    statement, expected = FALSIFICATIONS[name]
    assert expected <= failures(check(datasets, SOUND, statement))


def test_the_plain_threshold_leaks_what_this_one_keeps(datasets: dict[str, Dataset]) -> None:
    """Two small cells beside a published one, and one alone: its margin gives it back."""
    proof = check(datasets, SOUND).sans_protection
    assert (proof.masquees, proof.retrouvees) == (6, 0)
    alone = SOUND.with_cell(1, self_funded("fgx")).with_cell(2, self_funded("hyz"))
    alone = replace(alone, pooled={})
    proof = check(datasets, alone).sans_protection
    assert (proof.masquees, proof.retrouvees) == (4, 1)


def test_nothing_is_published_of_too_few(datasets: dict[str, Dataset]) -> None:
    """A whole population below the threshold waits, and that is right."""
    empty = Scenario(
        cells=[("75", "Cadre", "Clos", {"a": CO_FUNDED})], lignes=[(2, [0])], pooled={}
    )
    report = check(
        datasets,
        empty,
        "delete from int_usagers__partition",
        "delete from int_usagers__diffusion",
    )
    assert failures(report) == set()


def test_only_what_passed_is_published(datasets: dict[str, Dataset]) -> None:
    dataset, candidate = small_vault.build_vault(datasets[USERS], SOUND)
    quality = reports.report(dataset, candidate, secret=False)
    with pytest.raises(PublicationRefusedError, match="n'a pas été contrôlé"):
        publish(dataset, candidate, quality)
    report = check_disclosure(dataset, candidate)
    assert read_disclosure_report(dataset) == report
    folder = publish(dataset, candidate, quality).path
    assert {"secret.json", "secret.html"} <= {path.name for path in folder.iterdir()}
    leak, _ = LEAKS["a row of two persons"]
    dataset, candidate = small_vault.build_vault(datasets[USERS], leak)
    check_disclosure(dataset, candidate)
    with pytest.raises(PublicationRefusedError, match="personnes_par_ligne"):
        publish(dataset, candidate, reports.report(dataset, candidate, secret=False))
