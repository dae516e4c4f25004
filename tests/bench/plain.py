"""The plain alternative: the same transformations in one DuckDB script, without orchestration.

One process and one connection: the landing's own functions on each file, the SQL of every model as
dbt compiled it, in order, as plain ``create table``; then the same two files per mart. No Dagster,
no dbt process, no test, no gate, no report, no version. Usage: ``python -m tests.bench.plain``.
"""

import json
import os
from pathlib import Path
from typing import Any

from orchestration import dbt_models, settings, warehouse
from orchestration.datasets import read_datasets
from orchestration.landing.land import land_pending


def main() -> None:
    """Land what is in ``$CPF_DATA/extraits``, build every model, write the marts' files."""
    for source in settings.SOURCES:
        land_pending(source)
    os.environ.update(dbt_models.environment())
    nodes = _compiled_nodes()
    with warehouse.vault() as connection:
        for node in nodes:
            # dbt's seeds are part of its graph: the plain script reads the same CSV files.
            sql = node["compiled_code"] if node["resource_type"] == "model" else _seed_sql(node)
            schema = f"{node['database']}.{node['schema']}"
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create or replace {kind} {schema}.{node['alias']} as {sql}")
        for dataset in read_datasets():
            target = settings.candidates(dataset)
            target.mkdir(parents=True, exist_ok=True)
            mart = f"(select * from coffre.marts.{dataset})"
            parquet, csv = target / f"{dataset}.parquet", target / f"{dataset}.csv"
            connection.execute(f"copy {mart} to '{parquet}' (format parquet, compression zstd)")
            connection.execute(f"copy {mart} to '{csv}' (header, delimiter ';')")


def _compiled_nodes() -> list[dict[str, Any]]:
    """Seeds and models in dependency order, from the manifest that ``dbt compile`` wrote."""
    manifest = json.loads(Path(os.environ["CPF_BENCH_MANIFEST"]).read_text())
    models = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    ordered: list[str] = []

    def visit(key: str) -> None:
        if key in models and key not in ordered:
            for parent in models[key]["depends_on"].get("nodes", []):
                visit(parent)
            ordered.append(key)

    for key in models:
        visit(key)
    return [models[key] for key in ordered]


def _seed_sql(node: dict[str, Any]) -> str:
    types = node["config"]["column_types"]
    casts = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in types.items())
    path = settings.PROJECT / node["original_file_path"]
    replaced = f"replace ({casts})" if casts else ""
    return f"select * {replaced} from read_csv('{path}', header = true, all_varchar = true)"


if __name__ == "__main__":
    main()
