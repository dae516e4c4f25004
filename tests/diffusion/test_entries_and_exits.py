"""Entries and exits before any secrecy: the known answer of the domain, through the models."""

import datetime as dt

import pytest

from tests.factories.rendered_models import Models
from tests.factories.small_sessions import dossiers, vault
from tests.factories.steps import VAULT

X, Y = "00000101600013", "00000102400017"
DONE, PART, IN_PROGRESS = (
    "Clos - Réalisation Totale",
    "Clos - Réalisation Partielle",
    "Entrée en formation",
)
# Dossier, body, certification, entry, exit, status.
KNOWN = [
    ("A", X, "RS9001", "2026-01-15", "2026-02-10", DONE),
    ("B", X, "RS9001", "2026-01-20", "2026-01-31", PART),
    ("C", X, "RS9001", "2026-02-03", None, IN_PROGRESS),
    ("D", X, "RS9001", "2025-12-30", "2026-01-05", DONE),
    ("E", Y, "RNCP99004", "2026-01-12", None, "Clos - Non Réalisé annulé titulaire"),
    ("F", Y, "RNCP99004", "2026-01-10", "2026-04-01", DONE),
]
# Month, body, certification: entries, partial and total exits.
EXPECTED = {
    ("2025-12", X, "RS9001"): (1, 0, 0),
    ("2026-01", X, "RS9001"): (2, 1, 1),
    ("2026-02", X, "RS9001"): (1, 0, 1),
    ("2026-01", Y, "RNCP99004"): (1, 0, 0),
    ("2026-04", Y, "RNCP99004"): (0, 0, 1),
}
OTHERS = [
    # out, and not closed yet: nobody knows how it ended
    ("G", Y, "RS9001", "2026-01-11", "2026-02-01", "Sortie de formation"),
    # the day of the last delivery is past, the next one is planned
    ("H", Y, "RS9001", "2026-05-31", None, IN_PROGRESS),
    ("I", Y, "RS9001", "2026-06-01", None, IN_PROGRESS),
    # planned, and not declared
    ("J", Y, "RS9001", "2026-01-11", None, "Validé"),
    # out, of what was never entered
    ("K", Y, "RS9001", None, "2026-01-31", DONE),
]
OF_OTHERS = {("2026-01", Y, "RS9001"): (1, 0, 0), ("2026-05", Y, "RS9001"): (1, 0, 0)}


@pytest.mark.parametrize(
    ("rows", "expected"), [(KNOWN, EXPECTED), (KNOWN + OTHERS, EXPECTED | OF_OTHERS)]
)
def test_the_known_answer(
    rows: list[tuple[str, ...]], expected: dict[tuple[str, ...], tuple[int, ...]]
) -> None:
    table = dossiers(
        *(
            {
                "id_dossier": name,
                "titulaire": f"00000000-0000-0000-0000-{ord(name):012d}",
                "siret_of": siret,
                "siren_of": siret[:9],
                "code_certification": code,
                "date_validation": "2025-12-01",
                "date_entree": entry,
                "date_sortie": left,
                "statut_dossier": status,
            }
            for name, siret, code, entry, left, status in rows
        )
    )
    with vault(table, dt.date(2026, 5, 31)) as connection:
        events = Models().sql("int_entree_sortie_formation__evenements")
        connection.execute(
            f"create view {VAULT}.int_entree_sortie_formation__evenements as {events}"
        )
        described = Models().sql("int_entree_sortie_formation__dossiers")
        found = connection.execute(
            f"""
            select
                annee_mois,
                siret_of_contractant,
                code_certification,
                count_if(day(cohorte) = 1),
                count_if(day(cohorte) = 2),
                count_if(day(cohorte) = 3)
            from ({described})
            group by all
            """
        ).fetchall()
        distinct = connection.execute(
            f"select count(*) = count(distinct numero) and count(*) = count(distinct id_dossier) "
            f"from ({described})"
        ).fetchall()
    assert {row[:3]: row[3:] for row in found} == expected
    assert distinct == [(True,)]
