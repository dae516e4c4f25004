"""The consumption: monthly deltas of dossiers and of their financements, generated in DuckDB.

Belongs here: the order of the SQL steps (``sql/*.sql``) and the tables of codes that they join.
Does not: the shares themselves (``reference``, ``demande``). Every draw is a hash of a number, so
the files do not depend on threads, nor a month's files on the months that follow.
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

from orchestration import settings
from orchestration.generation import demande, reference
from orchestration.generation.certifications import Catalogue
from orchestration.generation.fichiers import remplace
from orchestration.generation.offre import Offre
from orchestration.generation.organismes import Organisme
from orchestration.generation.rates import RATES

SQL = Path(__file__).parent / "sql"
PREMIERE_ANNEE = 2020
LAG_MOYEN = 1_700_000  # national dossiers between two of a titulaire, about 13 months
TITULAIRES_PAR_JOUR = 6_160  # numbers given a day, 1.4 per dossier (personnes.sql)

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
MODALITES = ("PRESENTIEL", "MIXTE", "A_DISTANCE")


def mois_jusqu_a(until: dt.date) -> Iterator[dt.date]:
    """First days of the months from January 2020 to the month of ``until``."""
    for annee in range(PREMIERE_ANNEE, until.year + 1):
        for mois in range(1, 13):
            if (annee, mois) <= (until.year, until.month):
                yield dt.date(annee, mois, 1)


def ecrit(
    dossier: Path,
    jour: dt.date,
    scale: float,
    graine: int,
    catalogue: Catalogue,
    organismes: tuple[Organisme, ...],
    offre: Offre,
    progress: Callable[[str], None],
) -> dict[str, list[Path]]:
    """Write ``dossiers/`` and ``financements/`` in ``dossier``, a file per month until ``jour``."""
    chemins: dict[str, list[Path]] = {"dossiers": [], "financements": []}
    with _atelier(dossier / ".generation") as connection:
        _prepare(connection, jour, graine, scale, catalogue, organismes, offre)
        progress("dossiers : tirage")
        _dossiers(connection)
        for rang, mois in enumerate(mois_jusqu_a(jour)):
            for source, fichiers in chemins.items():
                nom = f"{source}_{mois:%Y-%m}.csv"
                fichiers.append(_exporte(connection, source, rang, dossier / source / nom))
            if mois.month == 12 or mois == jour.replace(day=1):
                progress(f"dossiers et financements : {mois:%Y-%m}")
    return chemins


@contextmanager
def _atelier(travail: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Database on disk, since the national tables exceed the memory; removed at the end."""
    shutil.rmtree(travail, ignore_errors=True)  # left by a killed run
    travail.mkdir(parents=True)
    try:
        with duckdb.connect(travail / "travail.duckdb") as connection:
            connection.execute(f"set memory_limit = '{settings.memory_limit()}'")
            connection.execute(f"set threads = {settings.threads()}")
            connection.execute(f"set temp_directory = '{travail}'")
            connection.execute("set enable_progress_bar = false")
            # Every file is ordered by its own query; the tables in between need no order.
            connection.execute("set preserve_insertion_order = false")
            yield connection
    finally:
        shutil.rmtree(travail, ignore_errors=True)


def _requete(nom: str, **valeurs: int) -> str:
    return string.Template((SQL / f"{nom}.sql").read_text(encoding="utf-8")).substitute(valeurs)


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    jour: dt.date,
    graine: int,
    scale: float,
    catalogue: Catalogue,
    organismes: tuple[Organisme, ...],
    offre: Offre,
) -> None:
    """Load the macros and the tables of codes and shares."""
    connection.execute(_requete("macros", graine=graine % 2**20))
    constantes = {
        "part_femmes": reference.PART_FEMMES,
        "nb_organismes": len(organismes),
        "derniere_annee": reference.annees()[-1].annee,
        **{f"taux_{nom}": taux for nom, taux in dataclasses.asdict(RATES).items()},
    }
    for nom, valeur in constantes.items():
        connection.execute(f"create macro {nom}() as {valeur}")
    connection.execute(f"create macro dernier_jour() as date '{jour.isoformat()}'")
    tables = {
        "mois": _mois(jour, scale),
        "organismes": pd.DataFrame(
            {"organisme": range(len(organismes)), "siret": [o.siret for o in organismes]}
        ),
        "certifications": demande.certifications(catalogue),
        "repartition_segment": demande.segments(catalogue),
        "facteurs": demande.facteurs(catalogue),
        "repartition_departement": demande.repartition_departement(),
        "departements": demande.departements(),
        "offres": demande.offres(offre),
        "statuts": _codes(STATUTS, premier=1),
        "financeurs": _codes(FINANCEURS, premier=1),
        "situations": _codes(SITUATIONS, premier=1),
        "modalites": _codes(MODALITES, premier=0),
    }
    for nom, table in tables.items():
        connection.register("arrivage", table)
        connection.execute(f"create table {nom} as from arrivage")
        connection.unregister("arrivage")


def _codes(codes: tuple[str, ...], premier: int) -> pd.DataFrame:
    return pd.DataFrame({"rang": range(premier, premier + len(codes)), "code": codes})


def _mois(jour: dt.date, scale: float) -> pd.DataFrame:
    """One row per month: how many dossiers are validated, and its year's shares."""
    lignes: list[dict[str, object]] = []
    premier = 0
    for mois in mois_jusqu_a(jour):
        annee, saison = reference.annee_de(mois.year), reference.saison(mois.year)
        nombre = round(annee.dossiers * scale * saison[mois.month - 1] / sum(saison))
        lignes.append(
            {
                "mois": len(lignes),
                "annee": mois.year,
                "debut": mois,
                "jours": calendar.monthrange(mois.year, mois.month)[1],
                "premier": premier,
                "nombre": nombre,
                "part_annulee": annee.part_annulee,
                "part_demandeur_emploi": annee.part_demandeur_emploi,
                "part_dans_offre": annee.part_dans_offre,
                "lag_moyen": LAG_MOYEN * scale,
                "jours_par_titulaire": 1 / (TITULAIRES_PAR_JOUR * scale),
            }
        )
        premier += nombre
    return pd.DataFrame(lignes).astype({"debut": "datetime64[s]"})


def _dossiers(connection: duckdb.DuckDBPyConnection) -> None:
    """Draw every dossier and its delivered versions, sorted by month of delivery."""
    connection.execute(
        "create table numeros as select * exclude (premier, nombre, debut), debut::date as debut,"
        " unnest(range(premier, premier + nombre))::integer as numero from mois"
    )
    for cle, nom in (("certification, departement", "locales"), ("certification", "nationales")):
        connection.execute(
            f"create table offres_{nom} as select {cle}, min(offre) as premiere,"
            f" count(*) as nombre from offres group by all"
        )
    for vue in ("personnes", "achats", "conditions", "paiements", "parcours"):
        connection.execute(f"create view {vue} as {_requete(vue)}")
    connection.execute("create table dossiers as from parcours")
    connection.execute(f"create table versions as {_requete('versions')}")
    connection.execute("drop table dossiers")
    connection.execute(f"create view livraisons as {_requete('livraisons')}")


def _exporte(connection: duckdb.DuckDBPyConnection, source: str, mois: int, chemin: Path) -> Path:
    requete = _requete(f"export_{source}", mois=mois)
    with remplace(chemin) as provisoire:
        connection.execute(
            f"copy ({requete}) to '{provisoire}' (format csv, delimiter ';', header)"
        )
    return chemin
