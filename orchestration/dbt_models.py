"""dbt inside Dagster: the manifest, the models as assets, their tests as checks.

Belongs here: running dbt and reporting what it did. Does not: rules about data (``models/``) nor
the files to publish (``publication/``). dbt runs as its own process, so this one never holds the
databases while a model is built.
"""

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    dbt_assets,
)

from orchestration import registry, settings, warehouse
from orchestration.datasets import Dataset
from orchestration.progress import reporter

PREVIEW_ROWS = 5
REGISTRY = "registre"  # the dbt source of what current versions show
# Of an error only its kind is told: its text may quote a value.
_KIND = re.compile(r"\w+ Error(?! in )")
DBT_INPUTS = ("models", "macros", "seeds", "tests/data", "dbt_project.yml", "profiles.yml")


class DbtFailedError(RuntimeError):
    """dbt could not even read the project."""


class Translator(DagsterDbtTranslator):
    """Names of the assets: folders become groups, landed tables the asset of their source."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        name = str(dbt_resource_props["name"])
        match dbt_resource_props["resource_type"]:
            case "source":
                return dg.AssetKey(source_key(str(dbt_resource_props["source_name"]), name))
            case "seed":
                return dg.AssetKey(["nomenclatures", name])
            case _:
                return dg.AssetKey([_layer(dbt_resource_props), name])

    def get_asset_check_spec(self, *args: Any, **kwargs: Any) -> dg.AssetCheckSpec | None:
        """A failed test must stop its own asset, not the one step that builds them all."""
        spec = super().get_asset_check_spec(*args, **kwargs)
        return spec and spec._replace(blocking=False)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        return _layer(dbt_resource_props)


def source_key(source: str, table: str) -> list[str]:
    """Return the asset of a dbt source: what landed (``edof_actions`` → ``edof``), a registry."""
    if source == REGISTRY:
        return [source, table.partition("__")[0]]
    # The register of deliveries is only read to choose between the two feeds of the offer.
    return ["atterrissage", "portail" if table == "depots" else table.partition("_")[0]]


def _layer(props: Mapping[str, Any]) -> str:
    return str(props["fqn"][1])


def registries(datasets: Iterable[Dataset]) -> list[dg.AssetSpec]:
    """Declare what the models read of the versions before: written by the publications of a run."""
    return [
        dg.AssetSpec(
            [REGISTRY, dataset.nom],
            group_name=REGISTRY,
            description="Ce que montre la version courante, et de qui (données personnelles).",
        )
        for dataset in datasets
        if dataset.register
    ]


def environment() -> dict[str, str]:
    """Environment of every dbt process: state under ``CPF_DATA``, whatever the current folder."""
    target = settings.dbt_target()
    return {
        "CPF_DATA": str(settings.data()),
        "DBT_TARGET_PATH": str(target / "target"),
        "DBT_LOG_PATH": str(target / "logs"),
        "DBT_PROFILES_DIR": str(settings.PROJECT),
        # A run of one dataset must not test the tables of another, that may not exist yet.
        "DBT_INDIRECT_SELECTION": "cautious",
    }


def manifest() -> Path:
    """Return dbt's manifest, parsing the project when a file is newer. Raises DbtFailedError."""
    path = settings.dbt_target() / "target" / "manifest.json"
    if path.exists() and path.stat().st_mtime > _newest_input():
        return path
    command = [_executable(), "parse", "--quiet"]
    completed = subprocess.run(
        command,
        cwd=settings.PROJECT,
        env={**os.environ, **environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode:
        raise DbtFailedError(f"« dbt parse » a échoué :\n{completed.stdout[-3000:]}")
    # A partial parse may leave the manifest untouched: date it, or each start would parse again.
    path.touch()
    return path


def _executable() -> str:
    # Beside this interpreter, not on PATH: the environment need not be activated.
    return str(Path(sys.executable).with_name("dbt"))


def _newest_input() -> float:
    roots = [settings.PROJECT / name for name in DBT_INPUTS]
    files = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*"))]
    return max(path.stat().st_mtime for path in files)


def resource() -> DbtCliResource:
    """dbt as Dagster's resource."""
    return DbtCliResource(
        project_dir=str(settings.PROJECT),
        profiles_dir=str(settings.PROJECT),
        dbt_executable=_executable(),
    )


def assets() -> dg.AssetsDefinition:
    """Every seed and model as one subsettable group of assets, every dbt test as a check."""
    translator = Translator(
        settings=DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True)
    )

    @dbt_assets(manifest=manifest(), dagster_dbt_translator=translator, name="modeles")
    def _models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        os.environ.update(environment())
        settings.dbt_target().mkdir(parents=True, exist_ok=True)
        warehouse.finish_killed_writes()
        registry.expose()
        # A failed model or test must stop only what descends from it: what dbt did build and did
        # not refuse is yielded, the rest is not, and Dagster skips just the publications that
        # miss their mart.
        # Unit tests try the code, not the data: they belong to `make test`, not to each run.
        command = ["build", "--exclude-resource-type", "unit_test"]
        run = dbt.cli(command, context=context, raise_on_error=False)
        with (settings.dbt_target() / "dbt.log").open("a") as log, contextlib.redirect_stdout(log):
            events = []
            for event in run.stream():
                events.append(event)
                _report_built(context, event)
        yield from _with_measures(_without_refused(events))
        if not run.is_successful():
            for failure in _failures(run.target_path / "run_results.json"):
                reporter(context.log)(failure)
            reporter(context.log)(f"Détail : {settings.dbt_target() / 'dbt.log'}")

    return _models


def _report_built(context: dg.AssetExecutionContext, event: object) -> None:
    if isinstance(event, dg.Output):
        name = event.output_name.partition("__")[2]
        reporter(context.log)(f"{name} : construit")


def _without_refused(events: list[Any]) -> list[Any]:
    """Leave out the assets that one of their own tests refuses."""
    refused = {
        event.asset_key
        for event in events
        if isinstance(event, dg.AssetCheckResult)
        and not event.passed
        and event.severity == dg.AssetCheckSeverity.ERROR
    }
    return [
        event
        for event in events
        if not (isinstance(event, dg.Output) and _key(event.output_name) in refused)
    ]


def _key(output_name: str) -> dg.AssetKey:
    return dg.AssetKey(output_name.split("__", 1))


def _failures(path: Path) -> Iterator[str]:
    """Say which models and tests failed, and why as far as the reason cannot quote a value."""
    if not path.exists():
        yield "dbt s'est arrêté avant le premier modèle."
        return
    for result in json.loads(path.read_text(encoding="utf-8"))["results"]:
        if result["status"] in ("error", "fail"):
            name = str(result["unique_id"]).split(".")[2]
            message = " ".join(str(result["message"] or "").split())
            reason = message if "enforced contract" in message else _KIND.search(message)
            cause = reason if isinstance(reason, str) else reason[0] if reason else "test en échec"
            yield f"dbt, {name} : {cause}"


def _with_measures(events: list[Any]) -> Iterator[Any]:
    """Add row counts, sizes and a preview once dbt has let go of the databases."""
    nodes = json.loads(manifest().read_text(encoding="utf-8"))["nodes"]
    with warehouse.vault(read_only=True) as connection:
        connection.execute(
            f"attach if not exists '{settings.warehouse_path()}' as entrepot (read_only)"
        )
        for event in events:
            if isinstance(event, dg.Output):
                measures = _measures(connection, nodes, event)
                yield event.with_metadata({**event.metadata, **measures})
            else:
                yield event


def _measures(
    connection: duckdb.DuckDBPyConnection, nodes: Mapping[str, Any], event: dg.Output[Any]
) -> dict[str, Any]:
    unique_id = event.metadata["unique_id"]
    node = nodes[str(getattr(unique_id, "value", unique_id))]
    row = connection.execute(
        "select estimated_size from duckdb_tables() "
        "where database_name = ? and schema_name = ? and table_name = ?",
        [node["database"], node["schema"], node["alias"]],
    ).fetchone()
    if row is None:
        return {}
    measures: dict[str, Any] = {"dagster/row_count": int(row[0])}
    if node["database"] == "entrepot":
        # Only the warehouse is shown: a preview of the vault would be personal data.
        frame = connection.execute(
            f"select * from {node['relation_name']} limit {PREVIEW_ROWS}"
        ).df()
        measures["apercu"] = dg.MetadataValue.md(_markdown(frame))
    return measures


def _markdown(frame: Any, width: int = 40) -> str:
    rows = [
        [str(cell)[:width].replace("|", "¦").replace("\n", " ") for cell in row]
        for row in frame.itertuples(index=False)
    ]
    columns = list(frame.columns)
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
