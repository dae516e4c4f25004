"""Small CSV files that land, for the tests of the landing to break; and what landed, read back."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestration import settings, warehouse
from orchestration.landing.sources import dossiers, financements, organismes

SIRET = "40330342300038"

DOSSIER = {
    "id_dossier": "D0000000001",
    "id_titulaire": "T000000001",
    "date_validation": "2023-01-05",
    "date_entree": "2023-02-01",
    "date_sortie": "2023-03-01",
    "date_derniere_modification": "2023-03-02",
    "statut_dossier": "Clos - Réalisation Totale",
    "genre": "F",
    "date_naissance": "1985-06-07",
    "code_commune_residence": "2A004",
    "code_departement_residence": "2A",
    "situation": "EN_EMPLOI",
    "csp": "CADRE",
    "code_certification": "RS6198",
    "code_formacode": "15052",
    "siret_of": SIRET,
    "numero_formation": f"{SIRET}_TOSA-1",
    "numero_session": "S1",
    "code_departement_lieu": "974",
    "modalite_presence": "PRESENTIEL",
    "nombre_heures": "21.5",
    "prix": "1200.50",
}
FINANCEMENT = {
    "id_dossier": "D0000000001",
    "date_derniere_modification": "2023-03-02",
    "code_financeur": "TITULAIRE",
    "montant": "1200.50",
}
ORGANISME = dict.fromkeys(organismes.DELIVERED, "") | {
    "numeroDeclarationActivite": "11750000075",
    "denomination": "ÉCOLE D'ESSAI",
    "siren": SIRET[:9],
    "siretEtablissementDeclarant": SIRET,
    "adressePhysiqueOrganismeFormation.codePostal": "75001",
    "certifications.VAE": "true",
    "certifications.actionsDeFormation": "false",
    "informationsDeclarees.nbStagiaires": "12",
    "informationsDeclarees.dateDerniereDeclaration": "2023-05-30",
}
OFFER = {
    "date_chargement": "2024-07-11",
    "type_referentiel": "RS",
    "code_rs": "6198",
    "code_rncp": "-1",
    "libelle_niveau_sortie_formation": "",
    "code_certifinfo": "",
    "code_formacode_1": "5052",
    "code_formacode_2": "",
    "code_rome_1": "",
    "code_nsf_1": "326.0",
    "siret_of": SIRET,
    "numero_formation": f"{SIRET}_TOSA-1",
    "contenu_formation": "",
    "nb_action": "2",
    "nb_session_active": "3",
    "nb_session_a_distance": "0",
    "nombre_heures_total_min": "14",
    "nombre_heures_total_max": "21.0",
    "nombre_heures_total_mean": "18",
    "frais_ttc_tot_min": "100",
    "frais_ttc_tot_max": "300.5",
    "frais_ttc_tot_mean": "200.25",
    "code_departement": "6",
    "code_region": "93",
}
assert tuple(DOSSIER) == tuple(dossiers.COLUMNS)
assert tuple(FINANCEMENT) == tuple(financements.COLUMNS)


def text(rows: Iterable[Mapping[str, str]], model: Mapping[str, str]) -> str:
    """CSV text (``;``, LF) of rows that each change a model record."""
    target = io.StringIO()
    writer = csv.DictWriter(target, list(model), delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(dict(model) | dict(row) for row in rows)
    return target.getvalue()


def write(path: Path, content: str | bytes) -> Path:
    """Write a file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def in_vault(query: str) -> list[tuple[Any, ...]]:
    """Rows of a query on the vault, in the order of the landed files."""
    with warehouse.vault(read_only=True) as connection:
        connection.execute("set preserve_insertion_order = true")
        return connection.execute(query).fetchall()


def rejects(source: str) -> list[dict[str, Any]]:
    """Rejects of every deposit of a source, in the order of the records."""
    pattern = settings.landing(source) / "*" / "rejets.parquet"
    with warehouse.connect() as connection:
        rows = connection.execute(
            f"select * from read_parquet('{pattern}', {warehouse.ENCRYPTED_READ}) order by _num"
        )
        names: Sequence[str] = [column[0] for column in rows.description or []]
        return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def tree() -> set[str]:
    """Every path under the deposits, hidden ones included."""
    root = settings.landing()
    return {str(path.relative_to(root)) for path in root.rglob("*")} if root.exists() else set()
