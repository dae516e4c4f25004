"""The diagnosis of a few published rows: the models' own SQL on tables made by hand."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from orchestration import settings
from orchestration.datasets import read_datasets
from orchestration.sql import identifier, literal
from tests.factories.rendered_models import Models

OFFER = "moncompteformation_catalogueformation"
PURCHASES = "moncompteformation_formations_engagees"
TOTALS = f"{PURCHASES}_totaux"
ENTRIES = "entree_sortie_formation"
STEPS = (
    *("catalogue", "certifications", "places", "offre_par_version", "achats", "annees", "totaux"),
    *("demande", "offre", "couverture", "entrees", "territoires", "libelles", "cellules"),
    "indicateurs",
)
_SEEDS = ("nsf", "formacode", "regions", "departements", "cpf_codes", "territoires", "successions")
_DAY = dt.date(2026, 1, 20)
Row = dict[str, Any]


def offers(
    number: int,
    certification: str = "RS1",
    region: str | None = "11",
    *,
    departement: str | None = None,
    siren: str = "111111111",
    sessions: int = 1,
    price: float = 1000,
    nsf: str = "326",
    day: dt.date = dt.date(2025, 6, 30),
    version: str = "2025.06.1",
    names: Sequence[str] = (),
    establishment: str = "00001",
) -> list[Row]:
    """``number`` trainings of a certification in a place, or those of these ``names``."""
    register = certification[:2] == "RS"
    kind, code = ("RS", certification[2:]) if register else ("RNCP", certification[4:])
    return [
        {
            "version": version,
            "date_chargement": day,
            "type_referentiel": kind,
            "code_rs": int(code) if register else -1,
            "code_rncp": -1 if register else int(code),
            "intitule_certification": f"Certification {certification}",
            "code_nsf_1": nsf,
            "code_formacode_1": "46052",
            "siret_of": siren + establishment,
            "numero_formation": name,
            "nb_session_active": sessions,
            "frais_ttc_tot_mean": price,
            "code_region": region,
            "code_departement": departement,
        }
        for name in names or [f"{siren}_{certification}_{region}_{x}" for x in range(number)]
    ]


def purchases(
    count: int,
    certification: str = "RS1",
    region: str | None = "11",
    *,
    departement: str | None = "REGROUPE",
    months: Sequence[int] = tuple(range(1, 13)),
    year: int = 2025,
    nsf: str = "326",
    euros: float | None = 1000,
    kind: str | None = "",
) -> list[Row]:
    """``count`` dossiers of a year, as even over its ``months`` as can be; ``euros`` each."""
    known = "RS" if certification.startswith("RS") else "RNCP"
    kind = (certification if certification == "REGROUPE" else known) if kind == "" else kind
    share, left = divmod(count, len(months))
    rows = []
    for rank, month in enumerate(months):
        dossiers = share + (rank < left)
        rows.append(
            {
                "valeur_du": _DAY,
                "mois_validation": f"{year}-{month:02d}",
                "annee_validation": year,
                "type_referentiel": kind,
                "code_certification": certification,
                "intitule_certification": f"Certification {certification}",
                "code_nsf": nsf,
                "code_formacode_principal": "46052",
                "code_region_lieu_formation": region,
                "code_departement_lieu_formation": None if region is None else departement,
                "nb_dossiers": dossiers,
                "montant_engage": None if euros is None else dossiers * euros,
            }
        )
    return [row for row in rows if row["nb_dossiers"]]


def total(
    tableau: str, count: int | None, year: int = 2025, euros: float | None = None, **dimensions: Any
) -> Row:
    """An exact total of a year; ``count`` None: secret. Dimensions that it does not tell: ENSEMBLE."""
    return {
        "tableau": tableau,
        "annee_validation": year,
        "periode": str(year),
        "type_referentiel": "ENSEMBLE",
        "code_certification": "ENSEMBLE",
        "code_nsf": "ENSEMBLE",
        "code_region_lieu_formation": "ENSEMBLE",
        "code_departement_lieu_formation": "ENSEMBLE",
        "nb_dossiers": count,
        "montant_engage": euros,
        **dimensions,
    }


class Diagnosis:
    """What the mart says of these published rows."""

    def __init__(
        self,
        offer: Sequence[Row] = (),
        bought: Sequence[Row] = (),
        totals: Sequence[Row] = (),
        entries: Sequence[Row] = (),
        successions: Sequence[tuple[str, str]] = (),
        models: Models | None = None,
    ) -> None:
        models = models or Models()
        self.connection = duckdb.connect()
        self.connection.execute("attach ':memory:' as coffre")
        for schema in ("publies", "nomenclatures", "intermediate", "staging"):
            self.connection.execute(f"create schema coffre.{schema}")
        self._seeds()
        self._published("versions_du_catalogue", OFFER, offer, version="varchar")
        for name, rows in ((PURCHASES, bought), (TOTALS, totals), (ENTRIES, entries)):
            self._published(name, name, rows)
        self.connection.execute(
            "create table coffre.staging.stg_certifications__successions "
            "(code_certification varchar, remplacee_par varchar)"
        )
        for pair in successions:
            self.connection.execute(
                "insert into coffre.staging.stg_certifications__successions values (?, ?)", pair
            )
        for step in STEPS:
            self.connection.execute(
                f"create table coffre.intermediate.int_diagnostic__{step} as "
                f"{models.sql(f'int_diagnostic__{step}')}"
            )
        self.connection.execute(f"create table mart as {models.sql('offre_et_demande')}")

    def row(
        self, territoire: str = "REG-11", code: str = "RS1", annee: int = 2025, niveau: str = ""
    ) -> Mapping[str, Any]:
        """The one row of a code in a territory."""
        found = self.rows(
            f"territoire = {literal(territoire)} and code = {literal(code)} and annee = {annee}"
            + (f" and niveau_nomenclature = {literal(niveau)}" if niveau else "")
        )
        assert len(found) == 1, found
        return found[0]

    def rows(self, condition: str = "true") -> list[Mapping[str, Any]]:
        """Rows of the mart."""
        result = self.connection.execute(f"from mart where {condition} order by all")
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    def _seeds(self) -> None:
        for seed in (*_SEEDS, "ruptures"):
            path = settings.PROJECT / "seeds" / f"{seed}.csv"
            self.connection.execute(
                f"create table coffre.nomenclatures.{seed} as "
                f"from read_csv({literal(path)}, all_varchar = true)"
            )

    def _published(self, table: str, dataset: str, rows: Sequence[Row], **more: str) -> None:
        columns = {x.nom: x.type for x in read_datasets()[dataset].colonnes} | more
        named = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
        self.connection.execute(f"create table coffre.publies.{table} ({named})")
        for row in rows:
            marks = ", ".join("?" * len(row))
            self.connection.execute(
                f"insert into coffre.publies.{table} ({', '.join(row)}) values ({marks})",
                list(row.values()),
            )
