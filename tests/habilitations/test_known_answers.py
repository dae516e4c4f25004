"""The twenty-four known answers, through the models; and that each rule is there for something."""

import datetime as dt

import pytest

from tests.factories.authorisation_cases import (
    CATALOGUE_DAY,
    EXPECTED,
    LATE_REGISTER_DAY,
    OFFER,
    REGISTER_DAY,
    SOLD,
    AuthorisationWorld,
    Row,
    verdicts,
)
from tests.factories.rendered_models import Edit

Found = dict[tuple[str, str], Row]


@pytest.fixture(scope="module")
def found() -> Found:
    return AuthorisationWorld().build()


def _case(found: Found, number: int) -> Row:
    _, siret, code = SOLD[number]
    return found[siret, code]


@pytest.mark.parametrize("case", EXPECTED)
def test_known_answer(found: Found, case: int) -> None:
    assert verdicts(found)[case] == EXPECTED[case]


def test_every_case_has_an_answer(found: Found) -> None:
    assert set(EXPECTED) == set(SOLD)
    assert len(found) == len(SOLD)


def test_trainings_are_counted_once(found: Found) -> None:
    assert _case(found, 1)["nb_formations"] == 2
    assert _case(found, 2)["nb_formations"] == 1


def test_what_has_ended_says_when_and_what_replaces_it(found: Found) -> None:
    row = _case(found, 12)
    assert row["remplacee_par"] == "RNCP99004"
    assert row["libelle_signal"] == ("Enregistrement échu le 23/07/2026 ; remplacée par RNCP99004")
    assert _case(found, 11)["libelle_signal"] == "Enregistrement échu le 15/11/2026"
    assert _case(found, 5)["libelle_signal"] == "Habilitation retirée de la liste le 04/05/2026"


def test_all_true_reasons_are_kept(found: Found) -> None:
    assert _case(found, 22)["motifs"] == "S8,S5"
    assert _case(found, 12)["motifs"] == "S8,S0"
    assert _case(found, 17)["motifs"] == "S2,S5"
    assert _case(found, 9)["motifs"] == "S1"


def test_a_list_too_old_or_absent_judges_nothing() -> None:
    _, siret, code = SOLD[1]
    for world, day in (
        (AuthorisationWorld(LATE_REGISTER_DAY), LATE_REGISTER_DAY),
        (AuthorisationWorld(None), None),
    ):
        row = world.build()[siret, code]
        assert (row["code_signal"], row["severite"], row["motifs"]) == ("S9", None, "S9")
        assert row["date_repertoire"] == day
    # Thirty-one days are not too many.
    limit = AuthorisationWorld(CATALOGUE_DAY - dt.timedelta(days=31)).build()
    assert limit[siret, code]["code_signal"] == "S0"


def test_an_exception_is_no_pair(found: Found) -> None:
    """What the offer does not hold (case 24: a bilan) has no row: the offer holds no exception."""
    assert not [code for _, code in found if code.startswith("CPF")]
    assert {code[:2] for _, code in found} == {"RS", "RN"}


def test_both_dates_are_on_every_row(found: Found) -> None:
    assert {(row["date_catalogue"], row["date_repertoire"]) for row in found.values()} == {
        (CATALOGUE_DAY, REGISTER_DAY)
    }


def test_persistence_counts_the_versions_in_which_it_was_true(found: Found) -> None:
    said = {
        n: (row["nb_versions"], str(row["vu_depuis"])) for n in SOLD if (row := _case(found, n))
    }
    assert said[6] == (4, "2025-01-20")
    assert said[7] == (2, "2026-10-31")
    # Since the day of the end, or of the removal: before, it was not true.
    assert said[12] == (2, "2026-10-31")
    assert said[11] == (1, "2026-11-20")
    assert said[5] == (2, "2026-10-31")


def test_new_is_what_the_catalogue_before_did_not_have(found: Found) -> None:
    # 11 ended since that catalogue; 7 was in it already; 1 is in order, which is no news.
    assert {n: _case(found, n)["nouveau"] for n in (1, 6, 7, 11, 12)} == {
        1: False, 6: False, 7: False, 11: True, 12: False
    }  # fmt: skip
    world = AuthorisationWorld()
    _, siret, code = SOLD[6]
    world.connection.execute(
        f"delete from coffre.registre.{OFFER}__versions where siret_of = ?", [siret]
    )
    assert world.build()[siret, code]["nouveau"]
    world.connection.execute(f"delete from coffre.registre.{OFFER}__versions")
    assert {row["nouveau"] for row in world.build().values()} == {None}


def test_a_gap_ends_the_run_and_what_was_seen_before_is_not_new() -> None:
    world = AuthorisationWorld()
    _, siret, code = SOLD[6]
    world.connection.execute(
        f"delete from coffre.registre.{OFFER}__versions where siret_of = ? "
        "and date_chargement = '2025-11-20'",
        [siret],
    )
    row = world.build()[siret, code]
    assert (row["nb_versions"], str(row["vu_depuis"]), row["severite"]) == (2, "2026-10-31", 3)


def test_the_catalogue_of_today_counts_once_and_those_after_it_do_not() -> None:
    """Built again once published, a version is the same; an older one built again has no future."""
    world = AuthorisationWorld()
    for day in (CATALOGUE_DAY, CATALOGUE_DAY, CATALOGUE_DAY + dt.timedelta(days=1)):
        for _, siret, code in SOLD.values():
            world.put(
                f"registre.{OFFER}__versions",
                [{"siret_of": siret, "code_certification": code, "date_chargement": day}],
            )
    assert world.build() == AuthorisationWorld().build()


def test_a_new_certification_gives_its_list_two_months() -> None:
    world = AuthorisationWorld()
    world.connection.execute(
        "update coffre.atterrissage.certifications_standard set date_effet = '2026-10-01' "
        "where numero_fiche = 'RS9001'"
    )
    assert verdicts(world.build())[6] == ("S5", 2)


def test_a_register_without_states_cannot_say_that_one_was_removed() -> None:
    world = AuthorisationWorld()
    assert _case(world.build(), 5)["etat_connu"]
    world.connection.execute(
        "update coffre.atterrissage.certifications_partenaires "
        "set etat_habilitation = null, date_derniere_modification_etat = null"
    )
    row = _case(world.build(), 5)
    assert (row["code_signal"], row["etat_connu"]) == ("S0", False)


def test_qualiopi_adds_a_reason_and_raises_to_two_at_most() -> None:
    world = AuthorisationWorld()
    without = {SOLD[case][1][:9] for case in (1, 3, 6)}
    declared: list[Row] = [
        {"siren": siret[:9], "actions_de_formation": siret[:9] not in without}
        for case, (_, siret, _) in SOLD.items()
        if case != 14
    ]
    # One declaration of several is enough.
    declared.append({"siren": SOLD[3][1][:9], "actions_de_formation": True})
    world.put("atterrissage.organismes", declared)
    found = world.build()
    told = {n: (_case(found, n)["severite"], _case(found, n)["motifs"]) for n in (1, 2, 3, 6, 14)}
    assert told == {
        1: (2, "S0,S10"),
        2: (0, "S0"),
        3: (1, "S2,S5"),
        6: (3, "S5,S10"),
        14: (1, "S0,S10"),
    }
    assert _case(found, 1)["libelle_signal"].endswith(" ; Qualiopi non trouvé")


def test_a_correction_is_said_and_is_no_longer_to_verify() -> None:
    world = AuthorisationWorld()
    _, siret, code = SOLD[6]
    world.put(
        "nomenclatures.corrections_signaux",
        [
            {
                "siret_of": siret,
                "code_certification": code,
                "date_correction": "2026-11-10",
                "raison": "Habilitation prouvée par le certificateur",
            }
        ],
    )
    row = world.build()[siret, code]
    assert (row["code_signal"], row["severite"]) == ("S5", 0)
    assert row["correction"] == "Habilitation prouvée par le certificateur"
    assert str(row["corrige_le"]) == "2026-11-10"


def test_entries_are_those_of_the_last_twelve_months() -> None:
    world = AuthorisationWorld()
    _, siret, code = SOLD[6]
    world.put(
        "intermediate.int_portail__entrees_sorties",
        [
            {
                "annee_mois": month,
                "siret_of_contractant": siret,
                "code_certification": code,
                "entrees_formation": count,
            }
            for month, count in (
                ("2025-10", 100),
                ("2025-11", 4),
                ("2026-10", 3),
                ("2026-09", None),
            )
        ],
    )
    found = world.build()
    assert found[siret, code]["entrees_12_mois"] == 7
    assert _case(found, 1)["entrees_12_mois"] is None


REGISTERED = "models/intermediate/habilitations/int_habilitations__inscriptions.sql"
JUDGED = "models/intermediate/habilitations/int_habilitations__jugees.sql"
ORDER = "macros/habilitations.sql"
# What is changed, and the cases that it must break.
MUTATIONS = {
    "S5 before S2": (
        [
            Edit(ORDER, "('S2', 'est_habilite_ailleurs')", "('S5', 'est_absent')#"),
            Edit(
                ORDER, "('S5', 'est_absent'),\n    ])", "('S2', 'est_habilite_ailleurs'),\n    ])"
            ),
            Edit(ORDER, "('S5', 'est_absent')#", "('S5', 'est_absent')"),
        ],
        {3, 17, 21},
    ),
    "names are compared": (
        [
            Edit(
                REGISTERED,
                "partenaires.siret = nommees.siret_of\n            and partenaires.peut_former",
                "partenaires.nom_compare = nommees.nom_compare\n"
                "            and partenaires.peut_former",
            )
        ],
        {14},
    ),
    "the SIREN alone is compared": (
        [
            Edit(
                REGISTERED,
                "partenaires.siret = nommees.siret_of\n            and partenaires.peut_former",
                "partenaires.siren = nommees.siren\n            and partenaires.peut_former",
            )
        ],
        {3},
    ),
    "the TAB is kept": (
        [Edit(ORDER, "regexp_replace({{ colonne }}, '\\s', '', 'g')", "{{ colonne }}")],
        {18},
    ),
    "the state is ignored": (
        [Edit(REGISTERED, "coalesce(starts_with(etat, 'Supprim'), false)", "false")],
        {5, 19},
    ),
    "the end is ignored": (
        [Edit(JUDGED, "date_fin_enregistrement < date_catalogue, not est_active, false", "false")],
        {11, 12, 22},
    ),
}


@pytest.mark.parametrize("change", MUTATIONS)
def test_a_changed_rule_breaks_its_cases(change: str) -> None:
    edits, expected = MUTATIONS[change]
    got = verdicts(AuthorisationWorld().build(*edits))
    broken = {case for case, verdict in got.items() if verdict != EXPECTED[case]}
    assert expected <= broken
