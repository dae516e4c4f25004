"""The consumption: monthly deltas of dossiers and of their financements, generated in DuckDB.

Belongs here: the order of the SQL steps (``sql/*.sql``) and the tables of codes that they join. Does
not: the shares themselves (``reference``, ``certifications``). Every draw is a hash of a number, so
the files do not depend on threads, and a month's files do not depend on the months that follow.
"""

import dataclasses
import datetime as dt
import string
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from orchestration.generation import demande, reference
from orchestration.generation.certifications import Catalogue
from orchestration.generation.fichiers import remplace
from orchestration.generation.offre import Offre
from orchestration.generation.organismes import Organisme
from orchestration.generation.rates import RATES

SQL = Path(__file__).parent / "sql"
PREMIERE_ANNEE = 2020

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
    """Write ``dossiers/`` and ``financements/`` under ``dossier``, a file per month until ``jour``."""
    dossier.mkdir(parents=True, exist_ok=True)
    chemins: dict[str, list[Path]] = {"dossiers": [], "financements": []}
    with tempfile.TemporaryDirectory(prefix=".generation-", dir=dossier) as travail:
        with duckdb.connect(Path(travail) / "travail.duckdb") as connection:
            connection.execute("set memory_limit = '4GB'")
            connection.execute(f"set temp_directory = '{travail}'")
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
        "certifications": demande.certifications(catalogue),
        "repartition_segment": demande.segments(catalogue),
        "repartition_departement": demande.departements(),
        "facteurs": demande.facteurs(catalogue),
        "departements": pd.DataFrame(
            {
                "rang": range(len(reference.departements())),
                "code": [d.code for d in reference.departements()],
                "code_commune": [d.code_commune for d in reference.departements()],
            }
        ),
        "organismes": pd.DataFrame(
            {"organisme": range(len(organismes)), "siret": [o.siret for o in organismes]}
        ),
        "offres": demande.offres(offre),
        "statuts": pd.DataFrame({"rang": range(1, 10), "libelle": STATUTS}),
        "financeurs": pd.DataFrame({"rang": range(1, 10), "code": FINANCEURS}),
        "situations": pd.DataFrame({"rang": range(1, 4), "code": SITUATIONS}),
        "modalites": pd.DataFrame({"rang": range(3), "code": MODALITES}),
    }
    for nom, table in tables.items():
        connection.register("arrivage", table)
        connection.execute(f"create table {nom} as from arrivage")
        connection.unregister("arrivage")


def _mois(jour: dt.date, scale: float) -> pd.DataFrame:
    """One row per month: how many dossiers are validated, and its year's shares."""
    lignes = []
    premier = 0
    # Constants of the titulaires: a lag of about 18 months of dossiers, 4,400 dossiers a day.
    commun = {"lag_moyen": 2_300_000 * scale, "jours_par_titulaire": 1 / (1.15 * 4400 * scale)}
    for mois in mois_jusqu_a(jour):
        annee, saison = reference.annee_de(mois.year), reference.saison(mois.year)
        nombre = round(annee.dossiers * scale * saison[mois.month - 1] / sum(saison))
        suivant = (mois.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        lignes.append(
            {
                "mois": len(lignes),
                "annee": mois.year,
                "debut": mois,
                "jours": (suivant - mois).days,
                "premier": premier,
                "nombre": nombre,
                "part_annulee": annee.part_annulee,
                "part_demandeur_emploi": annee.part_demandeur_emploi,
                "part_dans_offre": annee.part_dans_offre,
                **commun,
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


def _exporte(
    connection: duckdb.DuckDBPyConnection, source: str, mois: int, chemin: Path
) -> Path:
    requete = _requete(f"export_{source}", mois=mois)
    with remplace(chemin) as provisoire:
        connection.execute(
            f"copy ({requete}) to '{provisoire}' (format csv, delimiter ';', header)"
        )
    return chemin
