"""The financements of dossiers: one record per version of a dossier and financer (personal).

An unknown financer is kept: the models count it as « autre ».
"""

from pathlib import Path

from orchestration.landing.intake.check import land_texts
from orchestration.landing.intake.column_rules import Table, between, filled, readable, short_enough
from orchestration.landing.intake.deposit import Deposit
from orchestration.landing.intake.lines import read_lines
from orchestration.landing.sources.dossiers import CPF_OPENING, HORIZON, ID_DOSSIER, MAX_NUMBER

COLUMNS = {
    "id_dossier": "texte",
    "date_derniere_modification": "date",
    "code_financeur": "texte",
    "montant": "nombre",
}
TABLE = Table(
    source="financements",
    name="financements",
    columns=COLUMNS,
    rules=(
        *filled(COLUMNS),
        ID_DOSSIER.rule,
        *short_enough(("code_financeur",), most=64),
        *readable(COLUMNS),
        between(
            "date_derniere_modification",
            CPF_OPENING,
            HORIZON,
            "date_hors_bornes",
            "date avant novembre 2019 ou lointaine",
        ),
        between("montant", "0", MAX_NUMBER, "nombre_hors_bornes", "montant négatif ou démesuré"),
    ),
    key=("id_dossier", "date_derniere_modification", "code_financeur"),
    repairs={ID_DOSSIER.column: ID_DOSSIER.canonical},
)


def land_financements(path: Path, deposit: Deposit) -> None:
    """Land one monthly file of financements."""
    read = read_lines(TABLE, path, deposit)
    land_texts(TABLE, path, deposit, read)
