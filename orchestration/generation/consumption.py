"""The consumption: monthly deltas of dossiers and of their financements, generated in DuckDB.

The steps are ``sql/*.sql``. Every draw is a hash of a number, so the files do not depend on
threads, nor a month's files on the months that follow.
"""

import calendar
import dataclasses
import datetime as dt
import shutil
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd

from orchestration.files import atomic_write, private_folder
from orchestration.generation import demand, reference
from orchestration.generation.invented_certifications import Catalog
from orchestration.generation.months import counts_of_year, months_until
from orchestration.generation.offer import GENERALIST_SHARE, Offer
from orchestration.generation.rates import RATES
from orchestration.generation.register_tables import FORMER_END
from orchestration.generation.scales import Scale
from orchestration.generation.training_bodies import MOVED_ON, TrainingBody, ranges
from orchestration.sql import limit

SQL = Path(__file__).parent / "sql"
MEAN_LAG = 1_700_000  # national dossiers between two of a titulaire, about 13 months
TITULAIRES_PER_DAY = 6_160  # numbers given a day, 1.4 per dossier (personnes.sql)

STATUTS = (
    "Validé", "Entrée en formation", "Sortie de formation", "Clos - Réalisation Totale",
    "Clos - Réalisation Partielle", "Clos - Non Réalisé annulé titulaire",
    "Clos - Non Réalisé annulé OF", "Dossier annulé gestionnaire", "Rejeté",
)  # fmt: skip
FINANCEURS = (
    "TITULAIRE", "RESTE_A_CHARGE", "EMPLOYEUR", "FRANCE_TRAVAIL", "OPCO", "REGION", "AGEFIPH",
    "TRANSITIONS_PRO", "AUTRE",
)  # fmt: skip
SITUATIONS = ("DEMANDEUR_EMPLOI", "EN_EMPLOI", "AUTRE")
# Where somebody may live that is no département: overseas collectivités, abroad.
FAR_PLACES = ("975", "977", "978", "986", "987", "988", "99")
MODALITES = ("PRESENTIEL", "MIXTE", "A_DISTANCE")


def write(
    folder: Path,
    day: dt.date,
    scale: Scale,
    seed: int,
    catalog: Catalog,
    bodies: tuple[TrainingBody, ...],
    offer: Offer,
    progress: Callable[[str], None],
) -> dict[str, list[Path]]:
    """Write ``dossiers/`` and ``financements/`` in ``folder``, a file per month until ``day``."""
    paths: dict[str, list[Path]] = {"dossiers": [], "financements": []}
    with _working_database(folder / ".generation") as connection:
        _prepare(connection, day, seed, scale, catalog, bodies, offer)
        progress("dossiers : tirage")
        _create_dossiers(connection)
        for rank, month in enumerate(months_until(day)):
            for source, files in paths.items():
                name = f"{source}_{month:%Y-%m}.csv"
                files.append(_export(connection, source, rank, folder / source / name))
            if month.month == 12 or month == day.replace(day=1):
                progress(f"dossiers et financements : {month:%Y-%m}")
    return paths


@contextmanager
def _working_database(work_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Database on disk, since the national tables exceed the memory; removed at the end."""
    shutil.rmtree(work_folder, ignore_errors=True)  # left by a killed run
    private_folder(work_folder)
    try:
        with duckdb.connect(work_folder / "travail.duckdb") as connection:
            limit(connection)
            connection.execute(f"set temp_directory = '{work_folder}'")
            connection.execute("set enable_progress_bar = false")
            # Every file is ordered by its own query; the tables in between need no order.
            connection.execute("set preserve_insertion_order = false")
            yield connection
    finally:
        shutil.rmtree(work_folder, ignore_errors=True)


def _query(name: str, **values: int) -> str:
    return string.Template((SQL / f"{name}.sql").read_text(encoding="utf-8")).substitute(values)


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    day: dt.date,
    seed: int,
    scale: Scale,
    catalog: Catalog,
    bodies: tuple[TrainingBody, ...],
    offer: Offer,
) -> None:
    """Load the macros and the tables of codes and shares."""
    connection.execute(_query("macros", graine=seed % 2**20))
    generalists = ranges(bodies)[reference.GENERAL_SECTOR]
    constants = {
        "part_femmes": reference.WOMEN_SHARE,
        "part_generalistes": GENERALIST_SHARE,
        "premier_generaliste": generalists.start,
        "nb_generalistes": len(generalists),
        "derniere_annee": reference.years()[-1].annee,
        **{f"taux_{name}": rate for name, rate in dataclasses.asdict(RATES).items()},
    }
    for name, value in constants.items():
        connection.execute(f"create macro {name}() as {value}")
    for name, date in (
        ("dernier_jour", day),
        ("demenagement", MOVED_ON),
        ("fin_des_anciennes", FORMER_END),
    ):
        connection.execute(f"create macro {name}() as date '{date.isoformat()}'")
    connection.execute(f"create macro lieux_lointains() as {list(FAR_PLACES)}")
    tables = {
        "mois": _months(day, scale.dossiers, seed),
        "organismes": pd.DataFrame(
            {
                "organisme": range(len(bodies)),
                "sirets": [list(o.sirets) for o in bodies],
                "ancien_siret": pd.Series([o.former_siret for o in bodies], dtype="string"),
            }
        ),
        "certifications": demand.certifications(catalog, bodies, seed),
        "repartition_segment": demand.segments(catalog),
        "facteurs": demand.factors(catalog),
        "repartition_departement": demand.departement_quantiles(scale),
        "departements": demand.departements(),
        "offres": demand.offers(offer),
        "statuts": _codes(STATUTS, first=1),
        "financeurs": _codes(FINANCEURS, first=1),
        "situations": _codes(SITUATIONS, first=1),
        "modalites": _codes(MODALITES, first=0),
    }
    for name, table in tables.items():
        connection.register("arrivage", table)
        connection.execute(f"create table {name} as from arrivage")
        connection.unregister("arrivage")


def _codes(codes: tuple[str, ...], first: int) -> pd.DataFrame:
    return pd.DataFrame({"rang": range(first, first + len(codes)), "code": codes})


def _months(day: dt.date, scale: float, seed: int) -> pd.DataFrame:
    """One row per month: how many dossiers are validated, and its year's shares."""
    rows: list[dict[str, object]] = []
    first = 0
    for month in months_until(day):
        year = reference.facts_of_year(month.year)
        count = counts_of_year(month.year, year.dossiers * scale, seed)[month.month - 1]
        rows.append(
            {
                "mois": len(rows),
                "annee": month.year,
                "debut": month,
                "jours": calendar.monthrange(month.year, month.month)[1],
                "premier": first,
                "nombre": count,
                "part_annulee": year.part_annulee,
                "part_demandeur_emploi": year.part_demandeur_emploi,
                "part_dans_offre": year.part_dans_offre,
                "facteur_distance": year.facteur_distance,
                "lag_moyen": MEAN_LAG * scale,
                "jours_par_titulaire": 1 / (TITULAIRES_PER_DAY * scale),
            }
        )
        first += count
    return pd.DataFrame(rows).astype({"debut": "datetime64[s]"})


def _create_dossiers(connection: duckdb.DuckDBPyConnection) -> None:
    """Draw every dossier and its delivered versions, sorted by month of delivery."""
    connection.execute(
        """
        create table numeros as
        select
            * exclude (premier, nombre, debut),
            debut::date as debut,
            unnest(range(premier, premier + nombre))::integer as numero
        from mois
        """
    )
    for key, name in (("certification, departement", "locales"), ("certification", "nationales")):
        connection.execute(
            f"""
            create table offres_{name} as
            select
                {key},
                min(offre) as premiere,
                count(*) as nombre
            from offres
            group by all
            """
        )
    for view in ("personnes", "achats", "conditions", "paiements", "parcours"):
        connection.execute(f"create view {view} as {_query(view)}")
    connection.execute("create table dossiers as from parcours")
    connection.execute(f"create table versions as {_query('versions')}")
    connection.execute("drop table dossiers")
    connection.execute(f"create view livraisons as {_query('livraisons')}")


def _export(connection: duckdb.DuckDBPyConnection, source: str, month: int, path: Path) -> Path:
    query = _query(f"export_{source}", mois=month)
    with atomic_write(path) as temporary:
        connection.execute(f"copy ({query}) to '{temporary}' (format csv, delimiter ';', header)")
    return path
