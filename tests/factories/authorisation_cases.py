"""The known answers of the signals of authorisation: invented bodies, and what the registers say.

SIRENs begin with five zeros: they have the right check digit and cannot exist. The world is
built by the models themselves, as they stand in the project or with :class:`Edit` of them.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from orchestration import settings
from tests.factories.rendered_models import Edit, Models

Row = dict[str, Any]
CATALOGUE_DAY, REGISTER_DAY = dt.date(2026, 11, 20), dt.date(2026, 11, 19)
LATE_REGISTER_DAY = dt.date(2026, 9, 30)
OFFER = "moncompteformation_catalogueformation"
STEPS = (
    *(
        f"stg_certifications__{name}"
        for name in ("fiches", "partenaires", "certificateurs", "successions")
    ),
    "stg_organismes__organismes",
    *(
        f"int_habilitations__{name}"
        for name in (
            *("paires", "versions", "vues", "fiches", "listes", "inscriptions"),
            *("qualiopi", "entrees", "jugees"),
        )
    ),
    "signaux_habilitation",
)
TRAINS, BOTH, EXAMINES = (f"HABILITATION_{x}" for x in ("FORMER", "ORGA_FORM", "ORGANISER"))

# Number of the case: name of the body, its SIRET, what it sells.
SOLD: Mapping[int, tuple[str, str, str]] = {
    1: ("ALBATROS", "00000101600013", "RS9001"),
    2: ("BELETTE", "00000102400017", "RS9001"),
    3: ("CORMORAN", "00000103200010", "RS9001"),
    4: ("DAUPHIN", "00000104000013", "RS9001"),
    5: ("ECUREUIL", "00000105700017", "RS9001"),
    6: ("FAUCON", "00000106500010", "RS9001"),
    7: ("GRIVE", "00000107300014", "RS9001"),
    8: ("HERON", "00000108100017", "RNCP99005"),
    9: ("CERTIF-A", "00000116400011", "RS9001"),
    10: ("CERTIF-A Sud", "00000116400029", "RS9001"),
    11: ("IBIS", "00000109900019", "RS9002"),
    12: ("JASEUR", "00000110700010", "RNCP99003"),
    13: ("LORIOT", "00000111500013", "RS9999"),
    14: ("MERLE", "00000112300017", "RS9001"),
    15: ("SITTELLE FORMATION (SAS)", "00000113100010", "RNCP99006"),
    16: ("OUTARDE", "00000114900012", "RS9001"),
    17: ("OUTARDE", "00000114900020", "RS9001"),
    18: ("PINSON", "00000115600017", "RS9001"),
    19: ("ALBATROS", "00000101600013", "RNCP99004"),
    20: ("BELETTE", "00000102400017", "RNCP99004"),
    21: ("CORMORAN", "00000103200010", "RNCP99004"),
    22: ("FAUCON", "00000106500010", "RNCP99003"),
}
# When each was first seen, of those that matter; the others are seen since a year.
FIRST_SEEN = {7: dt.date(2026, 10, 31)}
VERSIONS = (dt.date(2025, 1, 20), dt.date(2025, 11, 20), dt.date(2026, 10, 31))

# Partners: code, name, SIRET as it is written, authorisation, state, day of the state.
PARTNERS: Sequence[tuple[str, str, str | None, str, str | None, str | None]] = (
    ("RS9001", "ALBATROS", "00000101600013", TRAINS, "Actif", "2025-01-01"),
    ("RS9001", "BELETTE", "00000102400017", BOTH, None, None),
    ("RS9001", "CORMORAN", "00000103200028", BOTH, "Actif", "2025-01-01"),
    ("RS9001", "DAUPHIN", "00000104000013", EXAMINES, "Actif", "2025-01-01"),
    ("RS9001", "ECUREUIL", "00000105700017", BOTH, "Supprimé", "2026-05-04"),
    ("RS9001", "ANCIEN NOM DU MERLE", "00000112300017", BOTH, "Actif", "2025-01-01"),
    ("RS9001", "OUTARDE", "00000114900012", BOTH, "Actif", "2025-01-01"),
    ("RS9001", "PINSON", "\t115600017", BOTH, "Actif", "2025-01-01"),
    ("RNCP99003", "JASEUR", "00000110700010", BOTH, "Actif", "2025-01-01"),
    ("RNCP99006", "Société SITTELLE Formation", None, BOTH, "Actif", "2025-01-01"),
    ("RNCP99004", "ALBATROS", "00000101600013", BOTH, "Supprimé", "2026-10-30"),
    ("RNCP99004", "BELETTE", "00000102400017", BOTH, "Supprimé", "2026-01-10"),
    ("RNCP99004", "BELETTE", "00000102400017", BOTH, "Actif", "2026-01-11"),
    ("RNCP99004", "CORMORAN", "00000103200010", BOTH, "Supprimé", "2026-01-10"),
    ("RNCP99004", "CORMORAN", "00000103200028", BOTH, "Actif", "2026-01-11"),
)
CERTIFIERS: Sequence[tuple[str, str | None, str]] = (
    ("RS9001", "\t00000116400011", "CERTIF-A"),
    ("RS9002", "\t00000116400011", "CERTIF-A"),
    ("RNCP99003", "\t00000117200014", "CERTIF-B"),
    ("RNCP99004", "\t00000117200014", "CERTIF-B"),
    ("RNCP99005", "\t00000118000017", "MINISTERE FICTIF"),
    ("RNCP99006", None, "CERTIF-C"),
)
# Code, last day of the registration.
CARDS = (
    ("RS9001", "2028-12-31"),
    ("RS9002", "2026-11-15"),
    ("RNCP99003", "2026-07-23"),
    ("RNCP99004", "2029-12-31"),
    ("RNCP99005", "2030-12-31"),
    ("RNCP99006", "2027-12-31"),
)
# Case: code of the signal, severity.
EXPECTED: Mapping[int, tuple[str, int | None]] = {
    **dict.fromkeys((1, 2, 14, 16, 18, 20), ("S0", 0)),
    **dict.fromkeys((3, 17, 21), ("S2", 1)),
    4: ("S3", 2),
    5: ("S4", 3),
    6: ("S5", 3),
    7: ("S5", 2),
    8: ("S6", 1),
    **dict.fromkeys((9, 10), ("S1", 1)),
    11: ("S8", 1),
    **dict.fromkeys((12, 22), ("S8", 2)),
    13: ("S7", 1),
    15: ("S12", 2),
    19: ("S4", 2),
}

_TABLES = {
    "atterrissage.certifications_standard": (
        "numero_fiche varchar, intitule varchar, nomenclature_europe_niveau varchar, "
        "date_effet date, date_fin_enregistrement date, actif varchar"
    ),
    "atterrissage.certifications_partenaires": (
        "numero_fiche varchar, nom_partenaire varchar, siret_partenaire varchar, "
        "habilitation_partenaire varchar, etat_habilitation varchar, date_actif date, "
        "date_derniere_modification_etat date"
    ),
    "atterrissage.certifications_certificateurs": (
        "numero_fiche varchar, siret_certificateur varchar, nom_certificateur varchar"
    ),
    "atterrissage.certifications_ancienne_nouvelle": (
        "numero_fiche varchar, ancienne_certification varchar, nouvelle_certification varchar"
    ),
    "atterrissage.organismes": (
        "siren varchar, siret_etablissement_declarant varchar, denomination varchar, "
        "actions_de_formation boolean, date_derniere_declaration date"
    ),
    f"marts.{OFFER}": (
        "date_chargement date, nom_of varchar, type_referentiel varchar, code_rs integer, "
        "code_rncp integer, intitule_certification varchar, siret_of varchar, "
        "numero_formation varchar, intitule_formation varchar, code_departement varchar"
    ),
    f"registre.{OFFER}__versions": (
        "siret_of varchar, code_certification varchar, date_chargement date"
    ),
    "intermediate.int_portail__entrees_sorties": (
        "annee_mois varchar, siret_of_contractant varchar, code_certification varchar, "
        "entrees_formation bigint"
    ),
    "nomenclatures.signaux": "code varchar, ordre integer, libelle varchar",
    "nomenclatures.certificateurs_dispenses": "siren varchar",
    "nomenclatures.corrections_signaux": (
        "siret_of varchar, code_certification varchar, date_correction date, raison varchar"
    ),
}


class AuthorisationWorld:
    """Landed tables, filled with the known cases; ``build`` runs the models on them."""

    def __init__(self, register_day: dt.date | None = REGISTER_DAY) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as coffre")
        for schema in ("atterrissage", "staging", "intermediate", "marts", "nomenclatures"):
            self.connection.execute(f"create schema coffre.{schema}")
        self.connection.execute("create schema coffre.registre")
        for name, columns in _TABLES.items():
            lineage = ", _num bigint, _date_extraction date" if "atterrissage" in name else ""
            self.connection.execute(f"create table coffre.{name} ({columns}{lineage})")
        self.connection.execute(
            "insert into coffre.nomenclatures.signaux from "
            f"read_csv('{settings.PROJECT / 'seeds' / 'signaux.csv'}')"
        )
        self.put("nomenclatures.certificateurs_dispenses", [{"siren": "000001180"}])
        self._offer()
        if register_day:
            self._register(register_day)

    def put(self, table: str, rows: Sequence[Row]) -> None:
        """Add rows to a table; a column that they lack is null."""
        for row in rows:
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            self.connection.execute(
                f"insert into coffre.{table} ({names}) values ({marks})", list(row.values())
            )

    def sell(self, name: str, siret: str, code: str, number: str, day: dt.date) -> None:
        """Add a training to the catalogue of ``day``."""
        register = "RS" if code.startswith("RS") else "RNCP"
        value = int(code.removeprefix(register))
        self.put(
            f"marts.{OFFER}",
            [
                {
                    "date_chargement": day,
                    "nom_of": name,
                    "type_referentiel": register,
                    "code_rs": value if register == "RS" else -1,
                    "code_rncp": value if register == "RNCP" else -1,
                    "intitule_certification": f"Certification {code}",
                    "siret_of": siret,
                    "numero_formation": f"{siret}_{number}",
                }
            ],
        )

    def _offer(self) -> None:
        for case, (name, siret, code) in SOLD.items():
            self.sell(name, siret, code, code, CATALOGUE_DAY)
            for day in VERSIONS:
                if day >= FIRST_SEEN.get(case, VERSIONS[0]):
                    self.put(
                        f"registre.{OFFER}__versions",
                        [{"siret_of": siret, "code_certification": code, "date_chargement": day}],
                    )
        # The first body has a second training, in two départements.
        name, siret, code = SOLD[1]
        for _ in range(2):
            self.sell(name, siret, code, "SECONDE", CATALOGUE_DAY)

    def _register(self, day: dt.date) -> None:
        def landed(rows: Sequence[Row]) -> list[Row]:
            return [row | {"_num": n, "_date_extraction": day} for n, row in enumerate(rows, 1)]

        self.put(
            "atterrissage.certifications_standard",
            landed(
                [
                    {
                        "numero_fiche": code,
                        "intitule": f"Certification {code}",
                        "date_effet": "2024-01-01",
                        "date_fin_enregistrement": end,
                        "actif": "ACTIVE" if end >= str(day) else "INACTIVE",
                    }
                    for code, end in CARDS
                ]
            ),
        )
        names = ("numero_fiche", "nom_partenaire", "siret_partenaire", "habilitation_partenaire")
        columns = (*names, "etat_habilitation", "date_derniere_modification_etat")
        self.put(
            "atterrissage.certifications_partenaires",
            landed([dict(zip(columns, row, strict=True)) for row in PARTNERS]),
        )
        certifier = ("numero_fiche", "siret_certificateur", "nom_certificateur")
        self.put(
            "atterrissage.certifications_certificateurs",
            landed([dict(zip(certifier, row, strict=True)) for row in CERTIFIERS]),
        )
        self.put(
            "atterrissage.certifications_ancienne_nouvelle",
            landed([{"numero_fiche": "RNCP99003", "nouvelle_certification": "RNCP99004"}]),
        )

    def build(self, *edits: Edit) -> dict[tuple[str, str], Row]:
        """Return the rows of the mart by SIRET and certification."""
        return build_signals(self.connection, Models(*edits))


def build_signals(
    connection: duckdb.DuckDBPyConnection, models: Models
) -> dict[tuple[str, str], Row]:
    """Run the models on what ``coffre`` holds; return the rows of the mart by their key."""
    for step in STEPS:
        layer = {"stg": "staging", "int": "intermediate"}.get(step[:3], "marts")
        connection.execute(f"create or replace table coffre.{layer}.{step} as {models.sql(step)}")
    table = connection.execute("from coffre.marts.signaux_habilitation").to_arrow_table()
    rows: list[Row] = table.to_pylist()
    found = {(row["siret_of"], row["code_certification"]): row for row in rows}
    assert len(found) == len(rows), "one row by establishment and certification"
    return found


def verdicts(found: Mapping[tuple[str, str], Row]) -> dict[int, tuple[str, int | None]]:
    """Return the signal and the severity of each case."""
    rows = {case: found[siret, code] for case, (_, siret, code) in SOLD.items()}
    return {case: (row["code_signal"], row["severite"]) for case, row in rows.items()}
