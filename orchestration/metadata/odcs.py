"""Data contract of a version in the Open Data Contract Standard (ODCS) 3.1.

The rules of the gate are told again, so that a reader of the files can run them.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from orchestration.metadata.fields import BOOLEAN, DATE, DECIMAL, INTEGER, TEXT, Field, fields
from orchestration.metadata.version_card import FREQUENCIES, LICENCE_URL, VersionCard, without_empty
from orchestration.quality.suite import CRITICAL, Expectation, read_suite, seed_path

FILE_NAME = "contrat.odcs.yaml"
_TYPES = {
    TEXT: "string",
    INTEGER: "integer",
    DECIMAL: "number",
    DATE: "date",
    BOOLEAN: "boolean",
}
_SERVERS: dict[str, dict[str, str]] = {"parquet": {}, "csv": {"delimiter": ";"}}


def document(card: VersionCard) -> bytes:
    """Return ``contrat.odcs.yaml``."""
    dataset = card.dataset
    content = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": dataset.nom,
        "name": dataset.titre,
        "version": card.version,
        "status": "active",
        "domain": "formation professionnelle",
        "contractCreatedTs": card.timestamp,
        "tags": list(dataset.keywords),
        "description": {
            "purpose": card.description,
            "usage": f"Réutilisation libre sous {dataset.licence} ({LICENCE_URL}).",
            "limitations": _limitations(card),
            "authoritativeDefinitions": [
                {"type": "canonicalUrl", "url": card.site.page(dataset.nom)},
            ],
        },
        "servers": [
            {"server": form, "type": "local", "path": f"./{file.nom}", "format": form, **options}
            for form, options in _SERVERS.items()
            if (file := card.data_file(form))
        ],
        "schema": [_table_schema(card)],
        "support": [{"channel": card.site.contact, "url": card.site.url}],
        "slaProperties": _service_levels(card),
        "customProperties": [
            {"property": f"sha256 {data_file.nom}", "value": data_file.sha256}
            for data_file in card.data_files
        ],
    }
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=100)
    return text.encode()


def _limitations(card: VersionCard) -> str:
    if card.dataset.seuil is None:
        return "Aucune donnée personnelle."
    return (
        f"Aucune ligne ne compte moins de {card.dataset.seuil} personnes : une combinaison trop "
        "rare est réunie à d'autres (REGROUPE)."
    )


def _service_levels(card: VersionCard) -> list[dict[str, Any]]:
    duration, _ = FREQUENCIES[card.dataset.frequency]
    commitments: list[dict[str, Any]] = [
        {
            "property": "frequency",
            "value": int(duration[1:-1]),
            "unit": duration[-1].lower(),
            "description": f"Rythme {card.dataset.frequency}.",
        },
        {"property": "generalAvailability", "value": card.timestamp},
    ]
    if card.coverage:
        commitments.append({"property": "timeCoverage", "value": card.coverage})
    return commitments


def _table_schema(card: VersionCard) -> dict[str, Any]:
    dataset = card.dataset
    return {
        "name": dataset.nom,
        "physicalName": dataset.nom,
        "logicalType": "object",
        "physicalType": "table",
        "businessName": dataset.titre,
        "description": dataset.description,
        "dataGranularityDescription": dataset.description.partition(". ")[0],
        "properties": [_column(field) for field in fields(card)],
        "quality": [
            {
                "type": "library",
                "name": "lignes",
                "description": "Nombre de lignes de la version.",
                "metric": "rowCount",
                "mustBe": card.lignes,
            },
            {
                "type": "library",
                "name": "cle_unique",
                "description": f"Une ligne par {', '.join(dataset.key)}.",
                "metric": "duplicateValues",
                "arguments": {"properties": list(dataset.key)},
                "mustBe": 0,
            },
            *_quality_rules(card),
        ],
    }


def _column(field: Field) -> dict[str, Any]:
    column = field.column
    options = {"pattern": f"^({field.pattern})$"} if field.pattern else {}
    content = {
        "name": column.nom,
        "businessName": column.titre,
        "description": column.description,
        "logicalType": _TYPES[field.nature],
        "logicalTypeOptions": options,
        # In the Parquet, whose decimals are doubles.
        "physicalType": "DOUBLE" if field.nature == DECIMAL else column.type,
        "required": column.required,
        "examples": [field.example] if field.example else [],
        "quality": _quality_of_list(field),
        "customProperties": column.unit and [{"property": "unite", "value": column.unit}],
    }
    return without_empty(content)


def _quality_of_list(field: Field) -> list[dict[str, Any]]:
    if not field.values:
        return []
    rule = {
        "type": "library",
        "name": f"{field.column.nom}_connu",
        "metric": "invalidValues",
        "arguments": {"validValues": list(field.values)},
        "mustBe": 0,
    }
    return [rule]


def _quality_rules(card: VersionCard) -> Iterator[dict[str, Any]]:
    """Yield the rules of the gate that the files alone can answer: not those that read a seed."""
    seeds = {path.stem for path in seed_path("*").parent.glob("*.csv")}
    for rule in read_suite(card.dataset).expectations:
        if rule.condition and rule.severity == CRITICAL and not _reads_seed(rule.condition, seeds):
            yield {
                "type": "sql",
                "name": rule.id,
                "description": rule.label,
                "query": _query(card, rule),
                "mustBe": 0,
            }


def _reads_seed(condition: str, seeds: set[str]) -> bool:
    return any(f" from {seed}" in condition for seed in seeds)


def _query(card: VersionCard, rule: Expectation) -> str:
    """Return SQL that counts the rows that break a rule.

    Amounts are made decimal again: tools read those of a CSV as floats, whose sums are not exact.
    """
    exact = ", ".join(
        f"{column.nom}::{column.type} as {column.nom}"
        for column in card.dataset.colonnes
        if column.nom in rule.columns and column.type.startswith("DECIMAL")
    )
    rows = f"(select * replace ({exact}) from {card.dataset.nom})" if exact else card.dataset.nom
    where = f"({rule.row_filter}) and " if rule.row_filter else ""
    return f"select count(*) from {rows} where {where}not coalesce(({rule.condition}), false)"
