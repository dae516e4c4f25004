"""Data contract of a version in the Open Data Contract Standard (ODCS) 3.1.

Belongs here: the words of ODCS. Does not: columns (``champs``), nor the gate, whose rules are told
here again so that a reader of the files can run them.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from orchestration.description.champs import DATE, DECIMAL, ENTIER, TEXTE, Champ, champs
from orchestration.description.fiche import LICENCE_URL, RYTHMES, Fiche, sans_vide
from orchestration.quality.regles import CRITIQUE, Regle, lire_reglement, nomenclature

NOM = "contrat.odcs.yaml"
_TYPES = {TEXTE: "string", ENTIER: "integer", DECIMAL: "number", DATE: "date"}
_SERVEURS: dict[str, dict[str, str]] = {"parquet": {}, "csv": {"delimiter": ";"}}


def document(fiche: Fiche) -> bytes:
    """Return ``contrat.odcs.yaml``."""
    jeu = fiche.jeu
    content = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": jeu.nom,
        "name": jeu.titre,
        "version": fiche.version,
        "status": "active",
        "domain": "formation professionnelle",
        "contractCreatedTs": fiche.horodatage,
        "tags": list(jeu.mots_cles),
        "description": {
            "purpose": jeu.description,
            "usage": f"Réutilisation libre sous {jeu.licence} ({LICENCE_URL}).",
            "limitations": _limites(fiche),
            "authoritativeDefinitions": [
                {"type": "canonicalUrl", "url": fiche.site.page(jeu.nom)},
            ],
        },
        "servers": [
            {"server": form, "type": "local", "path": f"./{file.nom}", "format": form, **options}
            for form, options in _SERVEURS.items()
            if (file := fiche.donnee(form))
        ],
        "schema": [_table(fiche)],
        "support": [{"channel": fiche.site.contact, "url": fiche.site.url}],
        "slaProperties": _engagements(fiche),
        "customProperties": [
            {"property": f"sha256 {item.nom}", "value": item.sha256} for item in fiche.donnees
        ],
    }
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    return text.encode()


def _limites(fiche: Fiche) -> str:
    if fiche.jeu.seuil is None:
        return "Aucune donnée personnelle."
    return (
        f"Aucune ligne ne compte moins de {fiche.jeu.seuil} personnes : une combinaison trop rare "
        "est réunie à d'autres (REGROUPE)."
    )


def _engagements(fiche: Fiche) -> list[dict[str, Any]]:
    duration, _ = RYTHMES[fiche.jeu.rythme]
    found: list[dict[str, Any]] = [
        {
            "property": "frequency",
            "value": int(duration[1:-1]),
            "unit": duration[-1].lower(),
            "description": f"Rythme {fiche.jeu.rythme}.",
        },
        {"property": "generalAvailability", "value": fiche.horodatage},
    ]
    if fiche.couverture:
        found.append({"property": "timeCoverage", "value": fiche.couverture})
    return found


def _table(fiche: Fiche) -> dict[str, Any]:
    jeu = fiche.jeu
    return {
        "name": jeu.nom,
        "physicalName": jeu.nom,
        "logicalType": "object",
        "physicalType": "table",
        "businessName": jeu.titre,
        "description": jeu.description,
        "dataGranularityDescription": jeu.description.partition(". ")[0],
        "properties": [_colonne(item) for item in champs(fiche)],
        "quality": [
            {
                "type": "library",
                "name": "lignes",
                "description": "Nombre de lignes de la version.",
                "metric": "rowCount",
                "mustBe": fiche.lignes,
            },
            {
                "type": "library",
                "name": "cle_unique",
                "description": f"Une ligne par {', '.join(jeu.cle)}.",
                "metric": "duplicateValues",
                "arguments": {"properties": list(jeu.cle)},
                "mustBe": 0,
            },
            *_conditions(fiche),
        ],
    }


def _colonne(champ: Champ) -> dict[str, Any]:
    column = champ.colonne
    options = {"pattern": f"^({champ.motif})$"} if champ.motif else {}
    content = {
        "name": column.nom,
        "businessName": column.titre,
        "description": column.description,
        "logicalType": _TYPES[champ.nature],
        "logicalTypeOptions": options,
        "physicalType": column.type,
        "required": column.obligatoire,
        "examples": [champ.exemple] if champ.exemple else [],
        "quality": _liste(champ),
        "customProperties": column.unite and [{"property": "unite", "value": column.unite}],
    }
    return sans_vide(content)


def _liste(champ: Champ) -> list[dict[str, Any]]:
    if not champ.valeurs:
        return []
    rule = {
        "type": "library",
        "name": f"{champ.colonne.nom}_connu",
        "metric": "invalidValues",
        "arguments": {"validValues": list(champ.valeurs)},
        "mustBe": 0,
    }
    return [rule]


def _conditions(fiche: Fiche) -> Iterator[dict[str, Any]]:
    """Yield the rules of the gate that the files alone can answer: not those that read a seed."""
    seeds = {path.stem for path in nomenclature("*").parent.glob("*.csv")}
    for rule in lire_reglement(fiche.jeu).regles:
        if rule.condition and rule.severity == CRITIQUE and not _lit(rule.condition, seeds):
            yield {
                "type": "sql",
                "name": rule.id,
                "description": rule.libelle,
                "query": _requete(fiche, rule),
                "mustBe": 0,
            }


def _lit(condition: str, seeds: set[str]) -> bool:
    return any(f" from {seed}" in condition for seed in seeds)


def _requete(fiche: Fiche, rule: Regle) -> str:
    """Return SQL that counts the rows that break a rule.

    Amounts are made decimal again: tools read those of a CSV as floats, whose sums are not exact.
    """
    exact = ", ".join(
        f"{column.nom}::{column.type} as {column.nom}"
        for column in fiche.jeu.colonnes
        if column.nom in rule.colonnes and column.type.startswith("DECIMAL")
    )
    rows = f"(select * replace ({exact}) from {fiche.jeu.nom})" if exact else fiche.jeu.nom
    where = f"({rule.filtre}) and " if rule.filtre else ""
    return f"select count(*) from {rows} where {where}not coalesce(({rule.condition}), false)"
