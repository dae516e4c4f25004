"""CSV on the Web of a version: how to read its CSV.

Belongs here: the words of CSVW. Does not: what is true of a column (``champs``).
"""

import re
from typing import Any

from orchestration.description.champs import DATE, DECIMAL, ENTIER, TEXTE, Champ, champs
from orchestration.description.fiche import LICENCE_URL, Fiche, sans_vide
from orchestration.publication.fichiers import json_lisible

NOM = "{jeu}.csv-metadata.json"
# What regular expressions of XML Schema treat apart (they refuse an escape where none is needed).
_SPECIAL = re.compile(r"[.\\?*+{}()\[\]|^$]")
_BASES = {TEXTE: "string", ENTIER: "integer", DECIMAL: "decimal", DATE: "date"}


def document(fiche: Fiche) -> bytes:
    """Return ``<jeu>.csv-metadata.json``, the name by which CSVW looks for it beside the CSV."""
    csv = fiche.donnee("csv")
    return json_lisible(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "fr"}],
            "url": f"{fiche.jeu.nom}.csv",
            "dialect": {
                "encoding": "utf-8",
                "delimiter": ";",
                "quoteChar": '"',
                "doubleQuote": True,
                "header": True,
                "lineTerminators": ["\n"],
            },
            "dc:identifier": fiche.adresse(f"{fiche.jeu.nom}.csv"),
            "dc:title": fiche.jeu.titre,
            "dc:description": fiche.jeu.description,
            "dc:license": {"@id": LICENCE_URL},
            "dc:publisher": fiche.site.editeur,
            "dc:issued": fiche.horodatage,
            "dcat:keyword": list(fiche.jeu.mots_cles),
            "schema:version": fiche.version,
            "schema:sha256": csv and csv.sha256,
            "schema:contentSize": csv and f"{csv.octets} B",
            "schema:size": f"{fiche.lignes} lignes",
            "tableSchema": {
                "columns": [_colonne(item) for item in champs(fiche)],
                "primaryKey": list(fiche.jeu.cle),
            },
        }
    )


def _colonne(champ: Champ) -> dict[str, Any]:
    column = champ.colonne
    content = {
        "name": column.nom,
        # The header of the CSV, which CSVW compares: the readable title is Dublin Core's.
        "titles": column.nom,
        "dc:title": column.titre,
        "dc:description": column.description,
        "schema:unitText": column.unite,
        "datatype": _type(champ),
        "required": column.obligatoire,
    }
    # An empty cell is null: CSVW's own default.
    return sans_vide(content)


def _type(champ: Champ) -> str | dict[str, str]:
    """Return the type; CSVW has no lists, so that one is a form: this value or that one."""
    base = _BASES[champ.nature]
    if champ.nature == DATE:
        return {"base": base, "format": "yyyy-MM-dd"}
    form = champ.motif or "|".join(_SPECIAL.sub(r"\\\g<0>", value) for value in champ.valeurs)
    return {"base": base, "format": f"^({form})$"} if form else base
