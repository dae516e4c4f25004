"""The financements of dossiers: one record per version of a dossier and financer (personal).

Belongs here: the columns of the monthly delta and what rejects a record. Does not: an unknown
financer (kept: the models count it as « autre ») or a sum that differs from the price (dbt).
"""

from pathlib import Path

from orchestration.landing.controle import land_texts
from orchestration.landing.depot import Depot
from orchestration.landing.dossiers import HORIZON, MAX_NOMBRE, OUVERTURE
from orchestration.landing.lignes import read_lines
from orchestration.landing.regles import Table, courtes, entre, lisibles, remplies

COLONNES = {
    "id_dossier": "texte",
    "date_derniere_modification": "date",
    "code_financeur": "texte",
    "montant": "nombre",
}
TABLE = Table(
    source="financements",
    nom="financements",
    colonnes=COLONNES,
    regles=(
        *remplies(COLONNES),
        *courtes(("id_dossier", "code_financeur"), most=64),
        *lisibles(COLONNES),
        entre(
            "date_derniere_modification",
            OUVERTURE,
            HORIZON,
            "date_hors_bornes",
            "date avant novembre 2019 ou lointaine",
        ),
        entre("montant", "0", MAX_NOMBRE, "nombre_hors_bornes", "montant négatif ou démesuré"),
    ),
    cle=("id_dossier", "date_derniere_modification", "code_financeur"),
)


def land_financements(path: Path, depot: Depot) -> None:
    """Land one monthly file of financements."""
    read = read_lines(TABLE, path, depot)
    land_texts(TABLE, path, depot, read)
