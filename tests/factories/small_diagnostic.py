"""The diagnosis of a few published rows: the models' own SQL on tables made by hand."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from orchestration import settings
from orchestration.datasets import read_datasets
from orchestration.sql import identifier, literal
from tests.factories.rendered_models import Models

KEPT = "versions_du_catalogue"
OFFER = "moncompteformation_catalogueformation"
PURCHASES = "moncompteformation_formations_engagees"
TOTALS = f"{PURCHASES}_totaux"
ENTRIES = "entree_sortie_formation"
STEPS = (
    *("catalogue", "certifications", "places", "offre_par_version", "achats", "annees", "totaux"),
    *("demande", "offre", "couverture", "entrees", "territoires", "libelles", "cellules"),
    "indicateurs",
)
USERS = "moncompteformation_usagers"
_SEEDS = (
    *("nsf", "formacode", "regions", "departements", "cpf_codes", "territoires", "successions"),
    *("ruptures", "chiffres"),
)
_DAY, _LAST = dt.date(2026, 1, 20), dt.date(2025, 12, 31)
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
    """An exact total of a year; ``count`` None: secret. What it does not tell is ENSEMBLE."""
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
        self.connection = _world(
            {KEPT: offer, PURCHASES: bought, TOTALS: totals, ENTRIES: entries}, successions
        )
        for step in STEPS:
            _make(self.connection, models, f"int_diagnostic__{step}")
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

    def rows(self, condition: str = "true") -> list[Row]:
        """Rows of the mart."""
        return _rows(self.connection, condition)


class KeyFigures:
    """What the mart of the key figures says of these published rows, by dataset."""

    def __init__(self, **published: Sequence[Row]) -> None:
        models = Models()
        self.connection = _world(published)
        for step in ("lectures", "renouvellement", "lus"):
            _make(self.connection, models, f"int_chiffres__{step}")
        self.connection.execute(f"create table mart as {models.sql('chiffres_cles')}")

    def rows(self, condition: str = "true") -> list[Row]:
        """Rows of the mart."""
        return _rows(self.connection, condition)

    def value(self, chiffre: str, periode: str = "2025", perimetre: str = "FR") -> float | None:
        """The value of a figure; None where it has none."""
        found = self.rows(
            f"chiffre = {literal(chiffre)} and periode = {literal(periode)} "
            f"and perimetre = {literal(perimetre)}"
        )
        return float(found[0]["valeur"]) if found else None

    def asked_again(self, row: Row) -> float:
        """What the query of a row says of the published file."""
        self.connection.execute("use coffre.publies")
        [(value,)] = self.connection.execute(row["requete"]).fetchall()
        self.connection.execute("use memory")
        return float(value)


def _world(
    published: Mapping[str, Sequence[Row]], successions: Sequence[tuple[str, str]] = ()
) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as coffre")
    for schema in ("publies", "nomenclatures", "intermediate", "staging"):
        connection.execute(f"create schema coffre.{schema}")
    for seed in _SEEDS:
        path = settings.PROJECT / "seeds" / f"{seed}.csv"
        dated = "replace (date::date as date)" if seed == "ruptures" else ""
        connection.execute(
            f"create table coffre.nomenclatures.{seed} as "
            f"select * {dated} from read_csv({literal(path)}, all_varchar = true)"
        )
    offer = published.get(KEPT, ())
    tables = {KEPT: offer, OFFER: [{k: v for k, v in x.items() if k != "version"} for x in offer]}
    for name in (PURCHASES, TOTALS, USERS, f"{USERS}_totaux", ENTRIES):
        tables[name] = published.get(name, ())
    for table, rows in tables.items():
        columns = {x.nom: x.type for x in read_datasets()[table.replace(KEPT, OFFER)].colonnes}
        _fill(connection, f"publies.{table}", columns | {"version": "varchar"}, rows)
    days = {"dernier_jour": "date", "jeu": "varchar", "version": "varchar"}
    _fill(
        connection,
        "publies.versions_lues",
        days,
        [{"jeu": name, "version": "2026.01.1", "dernier_jour": _LAST} for name in tables],
    )
    pairs = {"code_certification": "varchar", "remplacee_par": "varchar"}
    rows = [dict(zip(pairs, pair, strict=True)) for pair in successions]
    _fill(connection, "staging.stg_certifications__successions", pairs, rows)
    return connection


def _fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[Row],
) -> None:
    named = ", ".join(f"{identifier(name)} {kind}" for name, kind in columns.items())
    connection.execute(f"create table coffre.{table} ({named})")
    by_columns: dict[tuple[str, ...], list[list[Any]]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row), []).append(list(row.values()))
    for names, values in by_columns.items():
        marks = ", ".join("?" * len(names))
        connection.executemany(
            f"insert into coffre.{table} ({', '.join(names)}) values ({marks})", values
        )


def _make(connection: duckdb.DuckDBPyConnection, models: Models, model: str) -> None:
    connection.execute(f"create table coffre.intermediate.{model} as {models.sql(model)}")


def _rows(connection: duckdb.DuckDBPyConnection, condition: str) -> list[Row]:
    result = connection.execute(f"from mart where {condition} order by all")
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
